package rule

import (
	"strings"
	"testing"
)

// TestAmountsSayNoText checks that messages do not quote an invalid amount: it could be
// a card number.
func TestAmountsSayNoText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"4111 1111 1111 1111", "100.00", "99999999999999999999", "x@example.com", ""} {
		for _, means := range []string{"amount-minor", "amount-decimal"} {
			minor, err := minorUnits(text, means)
			if err == nil && (means != "amount-decimal" || text != "100.00" || minor != 10000) {
				t.Errorf("%q as %s is %d", text, means, minor)
			}
			if err != nil && text != "" && strings.Contains(err.Error(), text) {
				t.Errorf("%s: %v holds the text", means, err)
			}
		}
	}
}
