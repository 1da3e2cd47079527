package paytm_test

import (
	"sync"

	adapters "assay/internal/adapter"
	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/specs"
)

var documents = sync.OnceValues(func() (*openapi.Spec, error) { return openapi.Load(specs.Files, "paytm.yaml") })

// checked returns the adapter as the rest of assay uses it: it refuses what the
// specification excludes.
func checked(setup contract.Setup) *contract.Adapter {
	s, err := documents()
	if err != nil {
		panic(err)
	}
	return adapters.New(s, setup)
}
