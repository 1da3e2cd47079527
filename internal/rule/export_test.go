package rule

import (
	"time"

	"assay/internal/contract"
)

// ExcerptAt returns the excerpt of any place of the exchange.
func ExcerptAt(p *Subject, at contract.Place) *contract.Excerpt { return p.excerpter().excerpt(at) }

// Excerpts returns a function that makes the excerpts of an exchange.
func Excerpts(p *Subject) func(contract.Place) *contract.Excerpt { return p.excerpter().excerpt }

// PlainInstant reports whether a time is plausible at first sight.
func PlainInstant(raw []byte, unit string) bool { return plainInstant(raw, unit) }

// SetClock sets the clock that limits the time for damaged copies.
func SetClock(p *Subject, clock func() time.Time) { p.clock = clock }

// Limits of the copies of a response that clients read.
const (
	MaxCopied     = maxCopied
	MaxDamaged    = maxDamaged
	MaxDamageWork = maxDamageWork
	MaxDamageTime = maxDamageTime
)
