package negative

import (
	"testing"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// TestWordsResponse finds the row for a violation by the messages of a table.
func TestWordsResponse(t *testing.T) {
	t.Parallel()
	row := func(code string, messages ...string) *openapi.Code {
		return &openapi.Code{Code: code, State: contract.Invalid, Messages: messages}
	}
	o := &openapi.Operation{Codes: []*openapi.Code{
		row("SMALL", "Amount must be at least 1"), row("LARGE", "The maximum amount is 9"), row("AMOUNT", "The amount is wrong"),
		row("MISSING", "A member is missing"), row("EXTRA", "transfers is not required and should not be sent"), row("UNKNOWN", "Received unknown parameter: {field}"),
		row("ANY", "{field} is wrong"),
	}}
	w := parseWords(o)
	for keyword, want := range map[string]string{
		"minimum": "SMALL", "exclusiveMinimum": "SMALL", "maximum": "LARGE", "multipleOf": "AMOUNT", "type": "AMOUNT", "required": "MISSING",
	} {
		if got, why := w.response(fault{at: contract.RequestBody("/amount"), keyword: keyword}, nil); got != want {
			t.Errorf("%s: %q, want %q (%v)", keyword, got, want, why)
		}
	}
	if got, _ := w.response(fault{at: contract.RequestBody("/transfers"), keyword: "type"}, nil); got != "ANY" {
		t.Errorf("a member that a row about undocumented members names: %q", got)
	}
}
