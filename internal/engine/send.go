package engine

import (
	"fmt"

	"assay/internal/contract"
	"assay/internal/fixture"
	"assay/internal/seal"
	"assay/internal/spec"
)

// changed applies the patch of a case. A signature that still stands is computed
// again where the body was touched, unless the case says not to.
func (e *Engine) changed(s *spec.Spec, o *spec.Operation, c *contract.Case, r contract.Request) (contract.Request, error) {
	changed, body, err := fixture.Apply(c.Send, r)
	if err != nil {
		return r, fmt.Errorf("%s: %w", c.File, err)
	}
	if body && c.Resign {
		values := e.setup(s, c, true).Credentials
		changed.Body = seal.Sign(o.Sign.Request, changed.Body, values, chance(c.Name+" again"))
	}
	return changed, nil
}
