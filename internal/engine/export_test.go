package engine

import (
	"context"

	"assay/internal/contract"
)

// Matrix compares the outcomes of each scenario across operations.
func (e *Engine) Matrix(ctx context.Context, selected []*contract.Case, results []contract.Result) []contract.Comparison {
	return e.matrix(ctx, selected, results, nil)
}
