package engine

import (
	"context"
	"errors"
	"io/fs"
	"sync"
	"sync/atomic"

	"assay/internal/cassette"
	"assay/internal/contract"
	"assay/internal/rule"
	"assay/internal/signature"
)

// Play is what became of a case that was asked.
type Play struct {
	Exchange *contract.Exchange
	Origin   string         // of the exchange, also where none came
	Token    contract.Token // the one the request was authorized with
	Tape     *cassette.Cassette
	Err      error    // we could not look; see Inconclusive
	Unplayed []string // interactions of the tape that it left
	name     string
}

// Inconclusive tells why nothing was there to look at; "" where something was, or
// where looking failed.
func (p Play) Inconclusive() string {
	var cannot *CannotAskError
	switch {
	case errors.As(p.Err, &cannot):
		return cannot.Error()
	case errors.Is(p.Err, fs.ErrNotExist):
		return "there is no cassette " + p.name
	}
	return ""
}

// playing is a case, resolved, and played once.
type playing struct {
	*Resolved
	once  sync.Once
	begun atomic.Bool
	play  Play
}

// resolved gives what is played of a case: the same, however often it is asked
// for.
func (e *Engine) resolved(c *contract.Case) *playing {
	e.mu.Lock()
	p := e.cases[c.Name]
	e.mu.Unlock()
	if p != nil {
		return p
	}
	made := &playing{Resolved: e.Resolve(c)}
	e.mu.Lock()
	defer e.mu.Unlock()
	if p = e.cases[c.Name]; p == nil { // who comes second takes the first's
		p, e.cases[c.Name] = made, made
	}
	return p
}

// Play asks what a case asks, once however often it is called.
func (e *Engine) Play(ctx context.Context, c *contract.Case) Play {
	return e.played(ctx, e.resolved(c))
}

// Asked gives a case as it was resolved to be played, and what became of it.
func (e *Engine) Asked(ctx context.Context, c *contract.Case) (*Resolved, Play) {
	p := e.resolved(c)
	return p.Resolved, e.played(ctx, p)
}

// atHand tells whether a case can be played without anybody being asked: it was
// recorded, or played before.
func (e *Engine) atHand(c *contract.Case) bool {
	return e.source.Terms(e.Spec(c.Provider())).Recorded || e.resolved(c).begun.Load()
}

func (e *Engine) played(ctx context.Context, p *playing) Play {
	p.once.Do(func() {
		p.begun.Store(true)
		p.play = e.play(ctx, p.Resolved)
		p.play.name = p.Case.Name
	})
	return p.play
}

// play is the way of a case: whom to ask, its request, the response.
func (e *Engine) play(ctx context.Context, r *Resolved) Play {
	line, err := e.source.Reach(r)
	play := Play{Origin: line.Origin, Tape: line.Tape, Err: err}
	if err != nil {
		return play
	}
	request, token, err := e.request(ctx, r)
	if err != nil {
		play.Err = err
		return play
	}
	ex, unplayed, err := line.Send(ctx, request)
	if err != nil {
		play.Err = err
		return play
	}
	play.Exchange, play.Token, play.Unplayed = &ex, token, unplayed
	return play
}

// Blank is the pass of a case before it is played: enough to tell which rules
// apply.
func (e *Engine) Blank(c *contract.Case) *rule.Subject { return e.blank(e.resolved(c).Resolved) }

func (e *Engine) blank(r *Resolved) *rule.Subject {
	p := e.NewPass(r.Spec, r.Operation, r.Case)
	p.Read = r.Read.Read
	if r.Recorded && e.Recorded(r.Case) {
		p.Recording = &rule.Recording{Name: r.Case.Name}
	}
	return p
}

// Pass is a case, played, as rules see it.
func (e *Engine) Subject(ctx context.Context, c *contract.Case) (*rule.Subject, Play) {
	r := e.resolved(c)
	p, play := e.blank(r.Resolved), e.played(ctx, r)
	if r.Input != nil {
		p.References = r.Input.References()
	}
	if play.Err != nil {
		return p, play
	}
	r.See(p, *play.Exchange, play.Token)
	if play.Tape == nil {
		return p, play
	}
	p.Recording = &rule.Recording{
		Name: play.Tape.Name, Listed: play.Tape.Listed, SHA256: play.Tape.SHA256, Wanted: play.Tape.Entry.SHA256,
		Evidence: play.Tape.Entry.Evidence, Date: play.Tape.Entry.Date, Exchanges: play.Tape.Exchanges(),
		Line: func() int { return play.Tape.Line(play.Exchange.Origin) },
	}
	return p, play
}

// See shows an exchange of the case to a pass. The token is what its request was
// authorized with.
func (r *Resolved) See(p *rule.Subject, ex contract.Exchange, token contract.Token) {
	p.View = r.View(ex)
	p.View.Signature = signature.RequestState(r.Operation.Sign.Request, p.View)
	p.View.Authentication = rule.Authentication(r.Operation, ex.Request, r.Credentials, token, r.Now())
}
