package openapi_test

import (
	"testing"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/specs"
)

// TestParsePlaces parses every place that a document documents, as users write it.
func TestParsePlaces(t *testing.T) {
	t.Parallel()
	all, err := openapi.LoadAll(specs.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		for _, o := range s.Operations {
			for _, m := range o.Places() {
				if p, err := contract.ParsePlace(string(m.At)); err != nil || p != m.At || p.General() != p {
					t.Errorf("%s: %q, %v", o.Name(), p, err)
				}
			}
		}
	}
}
