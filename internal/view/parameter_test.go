package view

import (
	"testing"

	"assay/internal/jsonschema"
)

// TestNumbersInTexts: a parameter is a number if its whole text is one.
func TestNumbersInTexts(t *testing.T) {
	t.Parallel()
	whole := jsonschema.Anything()
	whole.Types, whole.Minimum = []string{"integer"}, "2"
	p := (&Parameter{Place: "request.query.n", In: "query", Name: "n", Schema: whole}).compile()
	for text, keyword := range map[string]string{
		"12": "", "2": "", "-3": "minimum", "1": "minimum", "1.5": "type", "1e1": "", "2e": "type",
		"12 ": "type", "12\n": "type", " 12": "type", "": "type", "twelve": "type", "1 2": "type", "+12": "type", "０": "type",
	} {
		got := ""
		if all := p.violations(text, &jsonschema.ScanState{}); len(all) > 0 {
			got = all[0].Keyword
		}
		if got != keyword {
			t.Errorf("%q: %q, want %q", text, got, keyword)
		}
	}
}
