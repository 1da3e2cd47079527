package report

import (
	"fmt"
	"io"
	"strings"

	"assay/internal/contract"
)

// DriftText writes a comparison as text: a paragraph for each change, the worst first, and
// a summary.
func DriftText(w io.Writer, d *contract.Drift, how How) error {
	var b strings.Builder
	p := pen{how.Color}
	printf := func(format string, args ...any) { _, _ = fmt.Fprintf(&b, format, args...) } // a strings.Builder never fails
	for _, c := range d.Changes {
		printf("%s%s %s  %s%s  %s  %s\n  %s%s\n", p.impact(c.Impact), before(" ", c.Status), c.Operation, c.Kind, before("  code ", Foreign(c.Code)), place(c.At), c.ID, line(c.Message), lines(often(c)))
		if why := line(c.Why); why != "" {
			printf("  %s\n", why)
		}
		if !fromDocuments(c) && !c.Now.IsZero() {
			printf("  now: %s\n", lines(Words(c.Now)))
		}
		if c.Example != nil {
			printf("  such as: %s\n", namedJSON(c.Example))
		}
		if c.First != "" {
			printf("  first %s, last %s\n", Foreign(c.First), Foreign(c.Last))
		}
		if c.Doc != "" {
			printf("  %s\n", Foreign(c.Doc))
		}
		printf("  %s\n\n", Visible(words(c.Command)))
	}
	for _, l := range uncompared(d) {
		printf("not compared: %s: %s\n", strings.Join(foreigns(l.operations), ", "), l.why)
	}
	if d.Baseline != nil {
		printf("%s\n", strings.TrimPrefix(p.fixedLines(d.Baseline), "\n"))
	}
	b.WriteString(reproduceText(reproduceDrift(d, how)))
	printf("%s against %s: %s\n", sideText(d.New), sideText(d.Old), advised(d))
	_, err := io.WriteString(w, b.String())
	return err
}

func (p pen) impact(i contract.Impact) string {
	switch i {
	case contract.Breaks:
		return p.paint(red, string(i))
	case contract.Degrades:
		return p.paint(yellow, string(i))
	case contract.Minor:
		return p.paint(cyan, string(i))
	case contract.Harmless:
	}
	return string(i)
}
