package report

import (
	"fmt"
	"io"
	"strings"

	"assay/internal/contract"
)

// DriftMarkdown writes a comparison for a web page: a table with a row for each change,
// then the command that shows each change again.
func DriftMarkdown(w io.Writer, d *contract.Drift, how How) error {
	var b strings.Builder
	printf := func(format string, args ...any) { _, _ = fmt.Fprintf(&b, format, args...) } // a strings.Builder never fails
	printf("## Drift: %s\n\n%s against %s.\n", changed(d), escaped(sideText(d.New)), escaped(sideText(d.Old)))
	for i, l := range uncompared(d) {
		if i == 0 {
			printf("\n")
		}
		printf("- Not compared: %s: %s.\n", escaped(strings.Join(foreigns(l.operations), ", ")), l.why)
	}
	if len(d.Changes) > 0 {
		printf("\n| impact | operation | code | what | where | was | is | why | first seen | last seen | id |\n|---|---|---|---|---|---|---|---|---|---|---|\n")
	}
	for _, c := range d.Changes {
		was, is := c.Was.String(), c.Is.String()
		if fromDocuments(c) {
			was, is = dash(escaped(Words(c.Before))), dash(escaped(Words(c.Now)))
		}
		printf("| **%s**%s | %s | %s | %s: %s | %s | %s | %s | %s | %s | %s | %s |\n",
			c.Impact, before(" ", c.Status), c.Operation, escaped(Foreign(c.Code)), c.Kind, escaped(Sentence(c.Message)), code(place(c.At)), was, is, escaped(Sentence(c.Why)), escaped(Foreign(c.First)), escaped(Foreign(c.Last)), c.ID)
	}
	if d.Baseline != nil {
		printf("\n%s\n", escaped(against(d.Baseline)))
		for _, i := range fixedIssues(d.Baseline) {
			printf("\n- fixed: %s: %s: %s (%s)\n", escaped(i.Operation), i.Rule, escaped(i.Sentence), escaped(i.ID))
		}
	}
	for _, c := range d.Changes {
		text := Visible(words(c.Command)) + before("\n", string(namedJSON(c.Example)))
		printf("\n%s\n%s\n%[1]s\n", fence(text), text)
	}
	b.WriteString(reproduceMarkdown(reproduceDrift(d, how)))
	_, err := io.WriteString(w, b.String())
	return err
}

// fence returns the line that begins and ends a block of code: backticks, more than the
// text has in a row.
func fence(text string) string {
	line := "```"
	for strings.Contains(text, line) {
		line += "`"
	}
	return line
}

// markup replaces what Markdown and GitHub take for markup, a link or a cell's end by
// references, which are never markup.
var markup = strings.NewReplacer(
	"|", "&#124;", "\\", "&#92;", "`", "&#96;", "<", "&lt;", ">", "&gt;", "&", "&amp;", "[", "&#91;", "]", "&#93;",
	"*", "&#42;", "~", "&#126;", "://", "&#58;//", "www.", "www&#46;", "\n  ", " ",
)

// escaped makes a text safe for a cell of a Markdown table.
func escaped(s string) string { return markup.Replace(lines(s)) }

// code writes a text as code in a cell. Between backticks no reference can be written, so
// a text that could end the code or the cell, or that some reader takes for markup, goes into
// an element.
func code(s string) string {
	if strings.ContainsAny(s, "|`\\<[&") {
		return "<code>" + escaped(s) + "</code>"
	}
	return "`" + s + "`"
}
