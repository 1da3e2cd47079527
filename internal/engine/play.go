package engine

import (
	"context"
	crypto "crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"sync"
	"time"

	"assay/internal/cassette"
	"assay/internal/check"
	"assay/internal/contract"
	"assay/internal/seal"
	"assay/internal/spec"
	"assay/internal/wire"
)

// Play is what became of a case that was asked.
type Play struct {
	Exchange *contract.Exchange
	Token    contract.Token // the one the request was authorized with
	Tape     *cassette.Tape
	Err      error    // we could not look; see Unproved
	Unplayed []string // interactions of the tape that it left
	name     string
}

// Unproved tells why nothing was there to look at; "" where something was, or
// where looking failed.
func (p Play) Unproved() string {
	var cannot *CannotAskError
	switch {
	case errors.As(p.Err, &cannot):
		return cannot.Error()
	case errors.Is(p.Err, fs.ErrNotExist):
		return "there is no cassette " + p.name
	}
	return ""
}

type playing struct {
	once sync.Once
	play Play
}

// clock is when replays happen. It stands before the documented sample token of
// EnKash expires, and nothing else depends on it.
func clock() time.Time { return time.Date(2022, time.June, 1, 0, 0, 0, 0, time.UTC) }

// Play asks what a case asks, once however often it is called.
func (e *Engine) Play(ctx context.Context, c *contract.Case) Play {
	e.mu.Lock()
	p, ok := e.plays[c.Name]
	if !ok {
		p = &playing{}
		e.plays[c.Name] = p
	}
	e.mu.Unlock()
	p.once.Do(func() {
		if e.caller != nil {
			p.play = e.call(ctx, c)
		} else {
			p.play = e.replay(ctx, c)
		}
		p.play.name = c.Name
	})
	return p.play
}

func (e *Engine) replay(ctx context.Context, c *contract.Case) Play {
	tape, err := e.tapes[c.Name]()
	if err != nil {
		return Play{Err: err}
	}
	request, token, err := e.Request(ctx, c)
	if err != nil {
		return Play{Tape: tape, Err: err}
	}
	player := tape.Replay(e.matching(c))
	ex, err := wire.Send(ctx, player, request)
	if err != nil {
		return Play{Tape: tape, Err: err}
	}
	ex.Origin, ex.Evidence = player.Origin(), tape.Entry.Evidence
	return Play{Exchange: &ex, Token: token, Tape: tape, Unplayed: player.Unplayed()}
}

// Request makes the request that a case sends, patch and signature included.
func (e *Engine) Request(ctx context.Context, c *contract.Case) (contract.Request, contract.Token, error) {
	s := e.Spec(c.Provider())
	o := s.Operation(c.Operation())
	ask := contract.Ask{Input: e.caller.fresh(e, c), Options: c.Options}
	if c.After != "" {
		before := e.Play(ctx, e.Fixtures.Case(c.After))
		if before.Err != nil {
			return contract.Request{}, ask.Token, fmt.Errorf("after %s: %w", c.After, before.Err)
		}
		ask.After = before.Exchange
	}
	if o.Authorization != nil && o.Authorization.IssuedBy != "" {
		token, err := e.token(ctx, s, o)
		if err != nil {
			return contract.Request{}, ask.Token, err
		}
		ask.Token = token
	}
	made, err := e.adapter(s.Provider, e.setup(s, c, true)).Operation(o.ID).Request(ask)
	if err != nil {
		return contract.Request{}, ask.Token, err
	}
	request, err := wire.Freeze(made)
	if err != nil {
		return contract.Request{}, ask.Token, err
	}
	if len(c.Send) > 0 {
		request, err = e.changed(s, o, c, request)
	}
	if forge := e.derived[c.Name].Forge; forge != nil {
		request.Body = forge(request.Body, e.setup(s, c, true).Credentials)
	}
	return request, ask.Token, err
}

// setup gives an adapter what it needs. To ask, it has the credentials the case
// names; to read answers it has the merchant's own.
func (e *Engine) setup(s *spec.Spec, c *contract.Case, asking bool) contract.Setup {
	values := e.caller.credentials(s)
	if asking {
		for name, value := range c.Credentials {
			values[name] = value
		}
	}
	setup := contract.Setup{BaseURL: s.Servers[0].URL, Credentials: values, Now: func() time.Time { return e.now(c) }, Random: chance(c.Name)}
	if e.caller != nil {
		setup.BaseURL = e.caller.base(s)
	}
	if e.caller.real(s) {
		setup.Random = crypto.Reader
	}
	return setup
}

// now is when a case is played. A sandbox of ours is told the time of replays.
func (e *Engine) now(c *contract.Case) time.Time {
	switch {
	case e.caller.real(e.Spec(c.Provider())):
		return time.Now()
	case c.At.IsZero():
		return clock()
	}
	return c.At
}

// chance is the randomness of a replay: the same for the same case.
func chance(name string) io.Reader {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // never fails
	var seed [32]byte
	h.Sum(seed[:0])
	return rand.NewChaCha8(seed)
}

// picks chooses numbers by such chance.
func picks(name string) func(n int) int {
	random := chance(name)
	return func(n int) int {
		var b [4]byte
		_, _ = random.Read(b[:])                              // never fails
		return int(binary.BigEndian.Uint32(b[:]) % uint32(n)) //nolint:gosec // n is the size of an alphabet
	}
}

// token obtains a token by playing the issuing operation: the first of its
// cases that asks plainly and is expected to succeed.
func (e *Engine) token(ctx context.Context, s *spec.Spec, o *spec.Operation) (contract.Token, error) {
	issuer := s.Operation(o.Authorization.IssuedBy)
	for _, c := range e.Fixtures.Cases {
		if issuer == nil || c.Provider() != s.Provider || c.Operation() != issuer.ID || len(c.Send) > 0 || c.After != "" {
			continue
		}
		if row := issuer.Code(c.Want.Code); row == nil || row.State != contract.Succeeded {
			continue
		}
		play := e.Play(ctx, c)
		if play.Err != nil {
			return contract.Token{}, fmt.Errorf("the token from %s: %w", c.Name, play.Err)
		}
		read := e.adapter(s.Provider, e.setup(s, c, false)).Operation(issuer.ID).Read(*play.Exchange)
		if read.Token == nil {
			return contract.Token{}, fmt.Errorf("the token from %s: the adapter reads none in its answer, which it takes for %s", c.Name, read.State)
		}
		return *read.Token, nil
	}
	return contract.Token{}, fmt.Errorf("%s needs a token from %s, and no case there succeeds", o.Name(), o.Authorization.IssuedBy)
}

// matching says how the request of a case is recognised in a cassette:
// signatures and timestamps are new every time, and personal data is compared
// as it would have been recorded.
func (e *Engine) matching(c *contract.Case) cassette.Matching {
	o := e.Spec(c.Provider()).Operation(c.Operation())
	var ignored []string
	if o.Sign.Request != nil {
		ignored = append(ignored, o.Sign.Request.At)
	}
	for _, m := range o.Request.Members() {
		if m.Means == "timestamp" {
			ignored = append(ignored, m.Pointer)
		}
	}
	return cassette.Matching{Ignored: ignored, Hidden: o.Hides, Scrub: func(r contract.Request) contract.Request {
		return e.scrubber(c).Request(r)
	}}
}

// Pass is a case, played, as rules see it.
func (e *Engine) Pass(ctx context.Context, c *contract.Case) (*check.Pass, Play) {
	p, play := e.Blank(c), e.Play(ctx, c)
	if asked := e.caller.fresh(e, c); asked != nil {
		p.References = asked.References()
	}
	if play.Err != nil {
		return p, play
	}
	e.see(p, c, *play.Exchange, play.Token)
	if play.Tape == nil {
		return p, play
	}
	p.Recording = &check.Recording{
		Name: play.Tape.Name, Listed: play.Tape.Listed, SHA256: play.Tape.SHA256, Wanted: play.Tape.Entry.SHA256,
		Evidence: play.Tape.Entry.Evidence, Date: play.Tape.Entry.Date, Exchanges: play.Tape.Exchanges(),
	}
	return p, play
}

// see shows an exchange to a pass.
func (e *Engine) see(p *check.Pass, c *contract.Case, ex contract.Exchange, token contract.Token) {
	merchant := maps.Clone(p.Spec.Merchant)
	maps.Copy(merchant, c.Merchant)
	own := e.caller.credentials(p.Spec)
	p.View = spec.NewView(p.Operation, ex, own, merchant)
	p.View.Signature = seal.Asked(p.Operation.Sign.Request, p.View)
	p.View.Authentication = check.Authentication(p.Operation, ex.Request, own, token, e.now(c))
}
