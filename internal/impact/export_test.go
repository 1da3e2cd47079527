package impact

import (
	"assay/internal/contract"
	"assay/internal/drift"
	"assay/internal/openapi"
)

// LearnUses returns what one response shows about a function that reads it.
func LearnUses(o *openapi.Operation, response contract.Response, read func(contract.Response) contract.Outcome) *drift.Uses {
	t := &probe{o: o, response: response, uses: &drift.Uses{}, read: read}
	t.run()
	return t.uses
}
