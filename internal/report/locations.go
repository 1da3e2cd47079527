package report

import (
	"strings"

	"assay/internal/contract"
)

// Locations writes the files and lines that a finding is about in one line:
// "specs/paytm.yaml:209, fixtures/paytm/createOrder/least.yaml:12".
func Locations(f contract.Finding) string {
	texts := make([]string, len(f.Locations))
	for i, l := range f.Locations {
		texts[i] = Visible(l.String())
	}
	return strings.Join(texts, ", ")
}

// firstLine is a text without its further lines.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
