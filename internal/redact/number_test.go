package redact_test

import (
	"math/big"
	"strings"
	"testing"

	"assay/internal/redact"
)

// TestPlainDigits writes numbers in plain digits, without a change of their value.
func TestPlainDigits(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{
		"4711": "4711", "4711.0": "4711", "4.711e3": "4711", "4.711E+3": "4711", "4711000e-3": "4711",
		"47.10": "47.1", "1e-2": "0.01", "-4.5e1": "-45", "0.0": "0",
		"90071992547409931.0": "90071992547409931", "0.1000000000000000055511151231257827": "0.1000000000000000055511151231257827",
		"1e9999": "1e9999", "1e-9999": "1e-9999", "1e99999999999999999999": "1e99999999999999999999",
	} {
		got := redact.PlainDigits(number)
		if got != want {
			t.Errorf("%s: %s, want %s", number, got, want)
		}
		if strings.Contains(number, "9999") {
			continue
		}
		before, _ := new(big.Rat).SetString(number)
		if after, ok := new(big.Rat).SetString(got); !ok || before.Cmp(after) != 0 {
			t.Errorf("%s: %s is another value", number, got)
		}
	}
	for digits, want := range map[string]string{"0932": "1932", "0": "0", "0.5": "0.5", "-0932": "-1932", "932": "932"} {
		if got := redact.Numeral(digits); got != want {
			t.Errorf("%s: %s, want %s", digits, got, want)
		}
	}
}
