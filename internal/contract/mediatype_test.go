package contract_test

import (
	"strings"
	"testing"

	"assay/internal/contract"
)

func TestMediaType(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"application/json":         "application/json",
		"text/html; charset=utf-8": "text/html",
		"":                         "",
		"a b":                      "",
		"text/html" + strings.Repeat("; a=b", 100_000): "",
		strings.Repeat("x", 1<<20) + "/json":           "",
	} {
		if got, _, err := contract.MediaType(text); got != want || (err == nil) != (want != "") {
			t.Errorf("%.40q: %q, %v", text, got, err)
		}
	}
}
