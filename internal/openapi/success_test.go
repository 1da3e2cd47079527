package openapi_test

import (
	"testing"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// TestSuccess finds the row for a valid request: one that needs no when, if there is one.
func TestSuccess(t *testing.T) {
	t.Parallel()
	asked, refused := &openapi.Code{Code: "asked", State: contract.Succeeded, When: &openapi.Expression{}}, &openapi.Code{Code: "refused", State: contract.Rejected}
	plain, later := &openapi.Code{Code: "plain", State: contract.Succeeded}, &openapi.Code{Code: "later", State: contract.Succeeded}
	for name, c := range map[string]struct {
		codes []*openapi.Code
		want  *openapi.Code
	}{
		"the first without a when": {[]*openapi.Code{refused, asked, plain, later}, plain},
		"only with a when":         {[]*openapi.Code{refused, asked}, asked},
		"none":                     {[]*openapi.Code{refused}, nil},
	} {
		if got := (&openapi.Operation{Codes: c.codes}).Success(); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
