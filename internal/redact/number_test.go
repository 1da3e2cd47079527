package redact_test

import (
	"testing"

	"assay/internal/redact"
)

// TestNumeral makes JSON numbers of digits.
func TestNumeral(t *testing.T) {
	t.Parallel()
	for digits, want := range map[string]string{"0932": "1932", "0": "0", "0.5": "0.5", "-0932": "-1932", "932": "932", "00": "10"} {
		if got := redact.Numeral(digits); got != want {
			t.Errorf("%s: %s, want %s", digits, got, want)
		}
	}
}
