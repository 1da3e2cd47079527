package engine

import (
	"assay/internal/contract"
	"assay/internal/crash"
)

// Journal notes which requests were sent, so that a run that is killed can be completed by
// hand. References are those of the request.
type Journal interface {
	Sending(name string, references []string) error
	Received(name string, status int, code string) error
	Lost(name string) error
}

// noteSending writes the journal before a request.
func (n *network) noteSending(r *Resolved) error {
	if n.live.Journal == nil {
		return nil
	}
	var references []string
	if r.Input != nil {
		references = r.Input.References()
	}
	return n.live.Journal.Sending(r.Case.Name, references)
}

// noteSent writes the journal after a request. If that fails, a later run names the case
// although this one reports it, which does no harm.
func (n *network) noteSent(r *Resolved, ex contract.Exchange, err error) {
	switch {
	case n.live.Journal == nil:
	case err != nil:
		_ = n.live.Journal.Lost(r.Case.Name)
	default:
		code := ""
		_ = crash.Contain("", func() { // the rules read the code again, and report it
			if body, err := contract.Decode(ex.Response.Body); err == nil {
				if met := r.Operation.ResultCodeOf(ex, body); met.Row != nil {
					code = met.Name()
				}
			}
		})
		_ = n.live.Journal.Received(r.Case.Name, ex.Response.Status, code)
	}
}
