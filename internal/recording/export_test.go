package recording

import (
	"assay/internal/contract"
	"assay/internal/engine"
)

// Redacted returns a redacted exchange of a case.
func Redacted(e *engine.Engine, c *contract.Case, ex contract.Exchange) contract.Exchange {
	clean, _ := redactPlay(e.Resolve(c), engine.Play{Exchange: &ex})
	return clean
}
