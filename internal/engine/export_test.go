package engine

import (
	"context"

	"assay/internal/contract"
)

// Matrix compares what scenarios came to.
func (e *Engine) Matrix(ctx context.Context, selected []*contract.Case, results []contract.Result) []contract.Comparison {
	return e.matrix(ctx, selected, results)
}
