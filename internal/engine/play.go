package engine

import (
	"context"
	"errors"
	"io/fs"
	"sync"
	"sync/atomic"

	"assay/internal/cassette"
	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/report"
	"assay/internal/rule"
	"assay/internal/signature"
)

// Play is the result of playing a case, before any rule is applied.
type Play struct {
	Exchange *contract.Exchange
	Origin   string         // of the exchange; set also if there is none
	Token    contract.Token // the token in the request
	Cassette *cassette.Cassette
	Err      error    // why there is no exchange; see Inconclusive
	Unplayed []string // interactions of the cassette that were not replayed
	name     string
}

// Inconclusive returns the reason if the source cannot play the case. It returns "" if
// there is an exchange, and if playing the case failed.
func (p Play) Inconclusive() string {
	var cannot *NotPlayableError
	switch {
	case errors.As(p.Err, &cannot):
		return cannot.Error()
	case errors.Is(p.Err, fs.ErrNotExist):
		return report.Sentence(cassetteAbsent.Says(contract.ArgText("case", p.name)))
	}
	return ""
}

// caseRun is a resolved case that is played at most once.
type caseRun struct {
	*Resolved
	once    sync.Once
	started atomic.Bool
	play    Play
}

// lookup returns the run of a case, always the same one.
func (e *Engine) lookup(c *contract.Case) *caseRun {
	e.mu.Lock()
	p := e.cases[c.Name]
	e.mu.Unlock()
	if p != nil {
		return p
	}
	made := &caseRun{Resolved: e.Resolve(c)}
	e.mu.Lock()
	defer e.mu.Unlock()
	if p = e.cases[c.Name]; p == nil { // another goroutine may have resolved it meanwhile
		p, e.cases[c.Name] = made, made
	}
	return p
}

// Play plays a case. Later calls return the result of the first.
func (e *Engine) Play(ctx context.Context, c *contract.Case) Play {
	return e.playOnce(ctx, e.lookup(c))
}

// PlayResolved plays a case like Play and returns the resolved case as well.
func (e *Engine) PlayResolved(ctx context.Context, c *contract.Case) (*Resolved, Play) {
	p := e.lookup(c)
	return p.Resolved, e.playOnce(ctx, p)
}

// Resolved returns a resolved case, always the same one. It does not play the case.
func (e *Engine) Resolved(c *contract.Case) *Resolved { return e.lookup(c).Resolved }

// Connect returns the connection for a case, for a request that a client under test made.
// See Source.
func (e *Engine) Connect(r *Resolved) (Connection, error) { return e.source.Connect(r) }

// needsNoCall reports whether a case is recorded or was played before, so that playing it
// sends nothing.
func (e *Engine) needsNoCall(c *contract.Case) bool {
	return e.source.Terms(e.Spec(c.Provider())).Recorded || e.lookup(c).started.Load()
}

func (e *Engine) playOnce(ctx context.Context, p *caseRun) Play {
	p.once.Do(func() {
		p.started.Store(true)
		if crashed := crash.Contain("playing "+p.Case.Name, func() { p.play = e.play(ctx, p.Resolved) }); crashed != nil {
			p.play.Err = crashed
		}
		p.play.name = p.Case.Name
	})
	return p.play
}

// errInterrupted is the error of a case that was not played because the run was to end.
var errInterrupted = errors.New("the run was interrupted before this case; nothing was sent")

// play connects to the source, makes the request and sends it.
func (e *Engine) play(ctx context.Context, r *Resolved) Play {
	if err := ctx.Err(); err != nil {
		return Play{Err: errInterrupted}
	}
	line, err := e.source.Connect(r)
	play := Play{Origin: line.Origin, Cassette: line.Cassette, Err: err}
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

// EmptySubject returns the subject of a case that is not played. It suffices to find out
// which rules apply.
func (e *Engine) EmptySubject(c *contract.Case) *rule.Subject {
	return e.emptySubject(e.lookup(c).Resolved)
}

func (e *Engine) emptySubject(r *Resolved) *rule.Subject {
	p := e.NewSubject(r.Spec, r.Operation, r.Case)
	p.Read, p.Unspoken = r.Reader.Read, r.Reader.Read == nil
	if r.Recorded && e.Recorded(r.Case) {
		p.Recording = &rule.Recording{Name: r.Case.Name}
	}
	return p
}

// Subject plays a case and returns what rules see of it.
func (e *Engine) Subject(ctx context.Context, c *contract.Case) (*rule.Subject, Play) {
	r := e.lookup(c)
	p, play := e.emptySubject(r.Resolved), e.playOnce(ctx, r)
	if r.Input != nil {
		p.References = r.Input.References()
	}
	if play.Err != nil {
		return p, play
	}
	r.Observe(p, *play.Exchange, play.Token)
	if play.Cassette == nil {
		return p, play
	}
	p.Recording = &rule.Recording{
		Name: play.Cassette.Name, InManifest: play.Cassette.Listed, SHA256: play.Cassette.SHA256, ManifestSHA256: play.Cassette.Entry.SHA256,
		Evidence: play.Cassette.Entry.Evidence, Date: play.Cassette.Entry.Date, Exchanges: play.Cassette.Exchanges(),
		Line: func() int { return play.Cassette.Line(play.Exchange.Origin) },
	}
	return p, play
}

// Observe sets the exchange of a subject. token is the token in its request.
func (r *Resolved) Observe(p *rule.Subject, ex contract.Exchange, token contract.Token) {
	p.View = r.View(ex)
	p.View.Now = r.Now()
	p.View.Signature = signature.RequestState(r.Operation.Sign.Request, p.View)
	p.View.Authentication = rule.Authentication(r.Operation, ex.Request, r.Credentials, token, r.Now())
}
