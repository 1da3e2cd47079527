package conform_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"assay/internal/conform"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/fixed"
	"assay/internal/protocol"
	"assay/internal/testsize"
	"assay/internal/transport"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// patience is how long the clients of these tests wait for a response, unless they learn
// that none will come.
const patience = 30 * time.Second

// attempts has the function that ends the last attempt to send a request to a host.
var attempts sync.Map

// attempt returns the context of one attempt to send a request.
func attempt(ctx context.Context, r contract.Request) (context.Context, context.CancelFunc) {
	timed, cancel := context.WithTimeout(ctx, patience)
	attempts.Store(r.URL.Host, cancel)
	return timed, cancel
}

// giveUp ends the attempt to send a request to a base URL.
func giveUp(baseURL string) {
	if u, err := url.Parse(baseURL); err == nil {
		if cancel, ok := attempts.Load(u.Host); ok {
			cancel.(context.CancelFunc)()
		}
	}
}

// sendOnce is what a good client does.
func sendOnce(ctx context.Context, over http.RoundTripper, r contract.Request) (contract.Exchange, error) {
	timed, cancel := attempt(ctx, r)
	defer cancel()
	return transport.Send(timed, over, r)
}

// adapterClient is an adapter of this repository as a client under test. Its hooks make it a
// bad one.
type adapterClient struct {
	engine *engine.Engine
	tls    *tls.Config
	// ask changes what it asks for, and prepare the request that it makes of it.
	ask     func(call protocol.Call, c *contract.Call)
	prepare func(call protocol.Call, r *contract.Request)
	// send sends the request; nil: sendOnce does.
	send func(ctx context.Context, over http.RoundTripper, r contract.Request) (contract.Exchange, error)
	// lost replies after an error; nil: the client says that there was one.
	lost func(ctx context.Context, err error) protocol.Reply
	// read changes what it makes of the response.
	read func(call protocol.Call, ex contract.Exchange, o *contract.Outcome)
	// refuses: it says refused in place of this outcome.
	refuses func(o contract.Outcome) bool
}

func (a adapterClient) Hello() protocol.Hello {
	return protocol.Hello{Name: "adapter", Protocol: protocol.Version, Concurrency: 8}
}

func (a adapterClient) Close() error { return nil }

func (a adapterClient) Do(ctx context.Context, call protocol.Call) (protocol.Reply, error) {
	provider, operation, _ := strings.Cut(call.Operation, "/")
	o := a.engine.Adapter(provider, contract.Setup{
		BaseURL: call.BaseURL, Credentials: call.Credentials, Now: func() time.Time { return call.Now }, Random: fixed.Random(call.ID),
	}).Operation(operation)
	ask := contract.Call{Input: call.Input, Options: call.Options}
	if call.Token != nil {
		ask.Token = *call.Token
	}
	if a.ask != nil {
		a.ask(call, &ask)
	}
	made, err := o.Request(ask)
	var refused *contract.RefusedError
	if errors.As(err, &refused) {
		return protocol.Reply{ID: call.ID, Refused: true}, nil
	}
	if err != nil {
		return protocol.Reply{}, err
	}
	request, err := transport.Freeze(made)
	if err != nil {
		return protocol.Reply{}, err
	}
	if a.prepare != nil {
		a.prepare(call, &request)
	}
	send, config := sendOnce, a.tls
	if a.send != nil {
		send = a.send
	}
	if config == nil {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	ex, err := send(ctx, &http.Transport{DisableKeepAlives: true, TLSClientConfig: config}, request)
	if err != nil {
		if a.lost != nil {
			return a.lost(ctx, err), nil
		}
		return protocol.Reply{ID: call.ID, Errored: true, Outcome: contract.UnknownOutcome()}, nil
	}
	read := o.Read(ex)
	if a.read != nil {
		a.read(call, ex, &read)
	}
	if a.refuses != nil && a.refuses(read) {
		return refusal(ctx, nil), nil
	}
	return protocol.Reply{ID: call.ID, Outcome: read}, nil
}

// refusal says that nothing was sent.
func refusal(context.Context, error) protocol.Reply {
	r := protocol.Reply{Refused: true, Outcome: contract.UnknownOutcome()}
	r.Outcome.Omits = contract.StateOnly
	return r
}

// spoken returns the cases that an adapter can play: others have only a specification.
func spoken(e *engine.Engine) []*contract.Case {
	return slices.DeleteFunc(slices.Clone(e.Fixtures.Cases), func(c *contract.Case) bool {
		return c.Request != nil || !e.Adapter(c.Provider(), contract.Setup{}).Speaks(c.Operation())
	})
}

// panics is a client in this process that panics.
type panics struct{ adapterClient }

func (panics) Hello() protocol.Hello { return protocol.Hello{Concurrency: 1} }

func (panics) Do(context.Context, protocol.Call) (protocol.Reply, error) { panic("planted") }

// TestPanic holds a client that panics at every call: each case is an error, and none waits for
// the place of another one.
func TestPanic(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	cases := spoken(e)[:3]
	r := conform.New(e, conform.Options{Client: panics{}}).Run(t.Context(), cases, contract.Error, "test", nil)
	for _, result := range r.Results {
		if result.Verdict != contract.Errored || !strings.Contains(result.Why, "panicked") {
			t.Errorf("%s: %s: %s", result.Case, result.Verdict, result.Why)
		}
	}
}

// TestAdapters holds the adapters to the contract.
func TestAdapters(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	e := enginetest.Load(t)
	s := conform.New(e, conform.Options{Client: adapterClient{engine: e}}.WithWaits(giveUp))
	r := s.Run(t.Context(), spoken(e), contract.Error, "test", nil)
	for _, result := range r.Results {
		if result.Verdict != contract.Pass {
			t.Errorf("%s: %s: %s", result.Case, result.Verdict, result.Why)
		}
		for _, f := range result.Findings {
			if f.Counts() && f.Severity == contract.Error {
				t.Errorf("%s: %s at %s: %v", result.Case, f.Rule, f.At, f.Message)
			}
		}
	}
	if !r.Client.Conformant {
		t.Errorf("not conformant: %v", r.Client.Why)
	}
}
