package notify

import "time"

// What the tests use that is not exported.
var (
	Sign       = sign
	ReadSecret = readSecret
	Backoff    = backoff
	RetryAfter = retryAfter
	Span       = span
	Variables  = variables
)

// The limits that the tests depend on.
const (
	MaxWait    = maxWait
	MaxAfter   = maxAfter
	MaxPause   = maxPause
	MaxTurn    = maxTurn
	MaxRefused = maxRefused
	FirstWait  = firstWait
)

// RefusedWait is the time after so many refusals, without jitter.
func RefusedWait(n int) time.Duration { return refusedWait(n) }
