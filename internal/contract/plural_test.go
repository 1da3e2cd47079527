package contract_test

import (
	"testing"

	"assay/internal/contract"
)

// TestPlural checks the forms of the nouns that reports count.
func TestPlural(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"1 rule": contract.Plural(1, "rule"), "0 rules": contract.Plural(0, "rule"), "2 rules": contract.Plural(int64(2), "rule"),
		"1 entry": contract.Plural(1, "entry"), "2 entries": contract.Plural(2, "entry"), "2 days": contract.Plural(2, "day"),
		"1 success": contract.Plural(1, "success"), "0 successes": contract.Plural(0, "success"),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
