package rule

import "assay/internal/contract"

// ExcerptAt returns the excerpt of any place of the exchange.
func ExcerptAt(p *Subject, at contract.Place) *contract.Excerpt { return p.excerpter().excerpt(at) }
