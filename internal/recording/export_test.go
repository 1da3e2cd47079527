package recording

import (
	"assay/internal/contract"
	"assay/internal/engine"
)

// Scrubbed is an exchange of a case as it may be kept.
func Scrubbed(e *engine.Engine, c *contract.Case, ex contract.Exchange) contract.Exchange {
	clean, _ := scrubbed(e.Resolve(c), engine.Play{Exchange: &ex})
	return clean
}
