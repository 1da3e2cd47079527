package main

import (
	"slices"
	"testing"

	"assay/internal/contract"
	"assay/internal/recording"
)

// TestLeaking checks that names chosen by a provider cannot send control characters to
// a terminal.
func TestLeaking(t *testing.T) {
	t.Parallel()
	at := contract.ResponseBody(contract.PointerTo("a\x1b[2Jb\n"))
	if got, want := leakLines([]recording.Leak{{At: at, What: "looks like a PAN"}}), []string{`response#/a\x1b[2Jb\n: looks like a PAN`}; !slices.Equal(got, want) {
		t.Errorf("leaks: %q, want %q", got, want)
	}
	template := &contract.Template{ID: "x", Text: "{place} is missing"}
	r := contract.Result{Findings: []contract.Finding{{Rule: "r", Severity: contract.Error, At: at, Message: template.Says(contract.ArgPlace("place", at))}}}
	if got, want := findingLines(r), []string{`r: response#/a\x1b[2Jb\n is missing`}; !slices.Equal(got, want) {
		t.Errorf("findings: %q, want %q", got, want)
	}
}
