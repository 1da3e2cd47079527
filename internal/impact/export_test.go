package impact

import (
	"assay/internal/contract"
	"assay/internal/drift"
	"assay/internal/openapi"
)

// Tried tells what one response shows of whoever reads it.
func Tried(o *openapi.Operation, response contract.Response, read func(contract.Response) contract.Outcome) *drift.Uses {
	t := &trial{o: o, response: response, uses: &drift.Uses{}, read: read}
	t.run()
	return t.uses
}
