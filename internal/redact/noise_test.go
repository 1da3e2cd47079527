package redact_test

import (
	"testing"

	"assay/internal/redact"
)

// TestWordsAreNames checks words that decode to bytes which a detector could take for an
// address. They are shown as they are.
func TestWordsAreNames(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"inconclusive", "SUBSCRIPTION", "inconclusive: no exchange", "redirectionUrl", "merchantAccessKey", "customerInfo", "integrationType", "transactionAmount", "shippingAddress"} {
		if got := redact.Name(word); got != word {
			t.Errorf("%s is shown as %s", word, got)
		}
	}
	for _, hidden := range []string{"payer@mailhost.in", "cGF5ZXJAbWFpbGhvc3QuaW4=", "4111 1111 1111 1111"} {
		if got := redact.Name(hidden); got == hidden {
			t.Errorf("%s is shown", hidden)
		}
	}
}
