package contract_test

import (
	"math/big"
	"strings"
	"testing"

	"assay/internal/contract"
)

// TestPlainNumber writes numbers in plain digits, without a change of their value.
func TestPlainNumber(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{
		"4711": "4711", "4711.0": "4711", "4.711e3": "4711", "4.711E+3": "4711", "4711000e-3": "4711",
		"47.10": "47.1", "1e-2": "0.01", "-4.5e1": "-45", "0.0": "0", ".5": "0.5", "+5.0": "5",
		"90071992547409931.0": "90071992547409931", "0.1000000000000000055511151231257827": "0.1000000000000000055511151231257827",
		"1e9999": "1e9999", "1e-9999": "1e-9999", "1e99999999999999999999": "1e99999999999999999999",
		"": "", ".": ".", "1/2": "1/2", "0x1p4": "0x1p4", "1_0.0": "1_0.0", "1.2.3": "1.2.3", "Inf": "Inf", ".inf": ".inf", "e": "e",
	} {
		got := contract.PlainNumber(number)
		if got != want {
			t.Errorf("%s: %s, want %s", number, got, want)
		}
		before, ok := new(big.Rat).SetString(number)
		if !ok || strings.Contains(number, "9999") {
			continue
		}
		if after, ok := new(big.Rat).SetString(got); !ok || before.Cmp(after) != 0 {
			t.Errorf("%s: %s is another value", number, got)
		}
	}
}
