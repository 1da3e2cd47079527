package engine

import "assay/internal/contract"

// Scrubbed is an exchange of a case as it may be kept.
func (e *Engine) Scrubbed(c *contract.Case, ex contract.Exchange) contract.Exchange {
	clean, _ := e.scrubbed(c, Play{Exchange: &ex})
	return clean
}
