package openapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/specs"
)

// TestPayLinks expects that every address in a response, except the merchant's own, is
// secret: whoever has it can pay, or act as the customer.
func TestPayLinks(t *testing.T) {
	t.Parallel()
	all, err := openapi.LoadAll(specs.Files)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, s := range all {
		for _, o := range s.Operations {
			for _, status := range o.Statuses() {
				if status >= http.StatusBadRequest {
					continue // the address of a page about the fault
				}
				for _, m := range o.Responses[status].Members() {
					field := m.Pointer.LastToken()
					if name := strings.ToLower(field); !strings.Contains(name, "url") && !strings.Contains(name, "link") || merchants(s, field) {
						continue
					}
					found++
					if !m.Secret {
						t.Errorf("%s: %s is not secret", o.Name(), m.Pointer)
					}
				}
			}
		}
	}
	if found < 4 {
		t.Errorf("only %d addresses are documented", found)
	}
}

// merchants reports whether a name is that of an address of the merchant: a request of the
// provider has it, and the responses repeat it.
func merchants(s *openapi.Spec, name string) bool {
	return slices.ContainsFunc(s.Operations, func(o *openapi.Operation) bool {
		return slices.ContainsFunc(o.Places(), func(m openapi.MemberAt) bool {
			return m.At.Direction() == contract.InRequest && m.At.Field() == name && !m.Secret
		})
	})
}
