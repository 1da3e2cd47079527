package engine

import (
	"context"

	"assay/internal/cassette"
	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/report"
)

// Source provides the responses to the requests of cases: cassettes, providers over the
// network, or a sandbox. Nothing else in the engine knows which.
type Source interface {
	// Terms returns how to send requests to a provider.
	Terms(s *openapi.Spec) Terms
	// Ready returns an error if something is missing that requests to a provider need.
	Ready(s *openapi.Spec) error
	// Connect returns the connection for a case, before its request is made. If the source
	// cannot play the case, the error is a *NotPlayableError or fs.ErrNotExist.
	Connect(r *Resolved) (Connection, error)
}

// Terms are the conditions under which a source sends requests to a provider.
type Terms struct {
	Base        string            // base URL
	Credentials map[string]string // the merchant's
	// Recorded means that the responses exist already, so requests keep the references of
	// their cases.
	Recorded bool
	// Real means that the provider has its own clock: time and randomness are then this
	// machine's, and else the fixed ones of replays.
	Real bool
	// Pick gives, by name, what chooses the letters and digits of new references. nil: this
	// machine's randomness, so that no two runs share a reference.
	Pick func(name string) func(n int) int
}

// Connection sends the request of one case.
type Connection struct {
	Origin   string             // of its exchanges
	Cassette *cassette.Cassette // that is replayed; nil if none is
	// Reserve takes one of the calls of a run, and waits until it may be sent. Send then does
	// neither. It is for a client that waits for the response with a time of its own; nil:
	// calls are not limited.
	Reserve func(ctx context.Context) error
	// Send sends the request once. It also returns the interactions of the cassette that
	// were not replayed.
	Send func(ctx context.Context, request contract.Request) (ex contract.Exchange, unplayed []string, err error)
}

// NotPlayableError says why a source cannot play a case: no known request makes the
// provider send that response.
type NotPlayableError struct{ Why contract.Message }

func (e *NotPlayableError) Error() string { return report.Sentence(e.Why) }
