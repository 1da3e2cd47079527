package impact

import (
	"assay/internal/contract"
	"assay/internal/drift"
	"assay/internal/spec"
)

// Tried tells what one answer shows of whoever reads it.
func Tried(o *spec.Operation, answer contract.Answer, read func(contract.Answer) contract.Outcome) *drift.Uses {
	t := &trial{o: o, answer: answer, uses: &drift.Uses{}, read: read}
	t.run()
	return t.uses
}
