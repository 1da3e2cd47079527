package openapi_test

import (
	"slices"
	"testing"
)

// TestConditions lists every condition between members. No response of ours violates
// most of them, so a run would not notice a missing one.
func TestConditions(t *testing.T) {
	t.Parallel()
	want := map[string][]string{
		"enkash/createToken":    {"keys-or-header", "code-present", "token-on-success", "expiry-on-success"},
		"enkash/createOrder":    {"code-present", "redirection-on-success", "redirection-absolute"},
		"ipayments/createOrder": {"url-to-follow", "order-on-success"},
		"ipayments/initKyc":     {"url-to-follow", "kid-on-success"},
		"paytm/createOrder":     {"mid-agrees", "order-agrees", "website-or-callback", "mobile-for-emi", "token-on-success"},
		"paytring/createOrder":  {"key-is-the-merchants", "order-on-success", "address-if-any", "address-absolute", "success-without-error", "error-explained"},
	}
	for _, s := range all(t) {
		for _, o := range s.Operations {
			var ids []string
			for _, r := range o.Rules {
				ids = append(ids, r.ID)
			}
			if !slices.Equal(ids, want[o.Name()]) {
				t.Errorf("%s has the conditions %v, want %v", o.Name(), ids, want[o.Name()])
			}
		}
	}
}
