package recording

import (
	"assay/internal/contract"
	"assay/internal/engine"
)

// Redacted is an exchange of a case as it may be kept.
func Redacted(e *engine.Engine, c *contract.Case, ex contract.Exchange) contract.Exchange {
	clean, _ := redactPlay(e.Resolve(c), engine.Play{Exchange: &ex})
	return clean
}
