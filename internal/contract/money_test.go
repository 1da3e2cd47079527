package contract_test

import (
	"testing"

	"pgregory.net/rapid"

	"assay/internal/contract"
)

func TestParseDecimal(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"1": 100, "1.0": 100, "1.00": 100, "1.5": 150, "0.01": 1, "10.10": 1010, "007": 700,
		"1.000": 100, "92233720368547757.99": 9223372036854775799, "92233720368547758.07": 9223372036854775807,
	} {
		if got, err := contract.ParseDecimal(text); err != nil || got != want {
			t.Errorf("ParseDecimal(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", ".", "1.", ".5", "-1", "+1", "1e2", "1,00", " 1", "1.001", "0x10", "NaN", "１", "92233720368547758.08", "92233720368547758.99", "99999999999999999999"} {
		if got, err := contract.ParseDecimal(text); err == nil {
			t.Errorf("ParseDecimal(%q) = %d, want an error", text, got)
		}
	}
}

func TestDecimalAndBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		minor := rapid.Int64Min(0).Draw(t, "minor")
		text := contract.Money{Minor: minor, Currency: "INR"}.Decimal()
		if back, err := contract.ParseDecimal(text); err != nil || back != minor {
			t.Fatalf("%d became %q became %d, %v", minor, text, back, err)
		}
	})
	if got := (contract.Money{Minor: -5}).Decimal(); got != "-0.05" {
		t.Errorf("-5 minor units are %q", got)
	}
}
