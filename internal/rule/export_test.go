package rule

import "assay/internal/contract"

// ExcerptAt returns the excerpt of any place of the exchange.
func ExcerptAt(p *Subject, at contract.Place) *contract.Excerpt { return p.excerpter().excerpt(at) }

// Excerpts returns a function that makes the excerpts of an exchange.
func Excerpts(p *Subject) func(contract.Place) *contract.Excerpt { return p.excerpter().excerpt }
