package openapi_test

import (
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/specs"
)

// TestPayLinks expects that every address in a response is secret: whoever has it can pay,
// or act as the customer.
func TestPayLinks(t *testing.T) {
	t.Parallel()
	all, err := openapi.LoadAll(specs.Files)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, s := range all {
		for _, o := range s.Operations {
			for _, m := range o.Places() {
				name := strings.ToLower(m.At.Field())
				if m.At.Direction() != contract.InResponse || !strings.Contains(name, "url") && !strings.Contains(name, "link") {
					continue
				}
				found++
				if !m.Secret {
					t.Errorf("%s: %s is not secret", o.Name(), m.At)
				}
			}
		}
	}
	if found < 4 {
		t.Errorf("only %d addresses are documented", found)
	}
}
