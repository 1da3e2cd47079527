package engine

import (
	"context"

	"assay/internal/cassette"
	"assay/internal/contract"
	"assay/internal/openapi"
)

// Source responses what cases ask: cassettes, providers over the network, a
// sandbox. Nothing else in the engine knows which it is.
type Source interface {
	// Terms says how a provider is asked.
	Terms(s *openapi.Spec) Terms
	// Ready tells what is lacking to ask a provider; nil: nothing.
	Ready(s *openapi.Spec) error
	// Reach finds who responses a case, before its request is made. Where nobody does,
	// the error is a *CannotAskError or fs.ErrNotExist.
	Reach(r *Resolved) (Line, error)
}

// Terms are how a source has a provider asked.
type Terms struct {
	Base        string            // where
	Credentials map[string]string // the merchant's own
	// Recorded responses have come already: a case is asked under its own references.
	Recorded bool
	// Real is who responses with a clock of their own: time and chance are this
	// machine's, else those of replays.
	Real bool
}

// Line is open to who responses one case.
type Line struct {
	Origin string             // of what comes over it
	Tape   *cassette.Cassette // that responses; nil: it is no cassette
	// Send sends the request, once. Of a tape it names the interactions that it left.
	Send func(ctx context.Context, request contract.Request) (ex contract.Exchange, unplayed []string, err error)
}

// CannotAskError is a case that only a cassette can show: nothing is known that
// makes a provider response so.
type CannotAskError struct{ Why string }

func (e *CannotAskError) Error() string { return e.Why }
