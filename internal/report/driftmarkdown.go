package report

import (
	"fmt"
	"io"
	"strings"

	"assay/internal/contract"
)

// DriftMarkdown writes a comparison for a web page: a table with a row for each change,
// then the command that shows each change again.
func DriftMarkdown(w io.Writer, d *contract.Drift, _ How) error {
	var b strings.Builder
	printf := func(format string, args ...any) { _, _ = fmt.Fprintf(&b, format, args...) } // a strings.Builder never fails
	printf("## Drift: %s\n\n%s against %s.\n", changed(d), escaped(sideText(d.New)), escaped(sideText(d.Old)))
	for i, l := range uncompared(d) {
		if i == 0 {
			printf("\n")
		}
		printf("- Not compared: %s: %s.\n", escaped(strings.Join(l.operations, ", ")), l.why)
	}
	if len(d.Changes) > 0 {
		printf("\n| impact | operation | code | what | where | was | is | why | first seen | last seen | id |\n|---|---|---|---|---|---|---|---|---|---|---|\n")
	}
	for _, c := range d.Changes {
		was, is := c.Was.String(), c.Is.String()
		if fromDocuments(c) {
			was, is = dash(escaped(Words(c.Before))), dash(escaped(Words(c.Now)))
		}
		printf("| **%s**%s | %s | %s | %s: %s | `%s` | %s | %s | %s | %s | %s | %s |\n",
			c.Impact, before(" ", c.Status), c.Operation, escaped(c.Code), c.Kind, escaped(Sentence(c.Message)), escaped(string(c.At)), was, is, escaped(Sentence(c.Why)), escaped(c.First), escaped(c.Last), c.ID)
	}
	for _, c := range d.Changes {
		printf("\n```\n%s%s\n```\n", c.Command, before("\n", string(c.Example)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// escaped makes a text safe for a cell of a Markdown table.
func escaped(s string) string {
	return strings.NewReplacer("|", `\|`, "\n  ", " ", "<", "&lt;", ">", "&gt;", "`", "'").Replace(lines(s))
}
