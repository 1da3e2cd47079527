package engine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/openapi"
	"assay/internal/transport"
)

// Live configures requests to providers.
type Live struct {
	Bases    map[string]string   // by provider; replaces the first server of its specification
	Getenv   func(string) string // returns credentials
	Rate     float64             // calls a second, above 0
	MaxCalls int                 // calls a run, above 0
	Timeout  time.Duration       // for one call
	// Pick is that of Terms.
	Pick func(name string) func(n int) int
	// Journal, unless it is nil, notes what is sent. A request is sent only after the
	// journal has it.
	Journal Journal
	// Transport sends the requests; if it is nil, one is made that verifies certificates.
	Transport http.RoundTripper
}

// Simulated configures requests to an assay sandbox that serves every provider below a
// base URL and accepts the published test credentials.
func Simulated(specs []*openapi.Spec, base string) *Live {
	fake, bases := map[string]string{}, map[string]string{}
	for _, s := range specs {
		bases[s.Provider] = base + "/" + s.Provider
		for _, c := range s.Credentials {
			fake[c.Env] = c.Test
		}
	}
	return &Live{
		Bases: bases, Getenv: func(name string) string { return fake[name] },
		Rate: 1e6, MaxCalls: 1e6, Timeout: 30 * time.Second,
		Transport: &http.Transport{}, // without a proxy: the sandbox is on loopback
	}
}

// network is the source that sends requests to providers.
type network struct {
	live  Live
	limit *rate.Limiter
	mu    sync.Mutex
	calls int
	// sandboxes are the providers that an assay sandbox simulates. The header Prefer gives
	// it the time of replays, and requests responses that no request can provoke.
	sandboxes map[string]bool
}

// Network returns the source that sends requests to the providers of a catalog, or to a
// sandbox. A base has to be https, or http on loopback.
func Network(of *catalog.Catalog, live Live) (Source, error) {
	if !(live.Rate > 0) || math.IsInf(live.Rate, 1) || // NaN is not over 0
		live.MaxCalls <= 0 || live.Timeout <= 0 {
		return nil, errors.New("rate, number of calls and time-out of a live run must be above 0, and finite")
	}
	for provider, base := range live.Bases {
		if !slices.Contains(of.Providers(), provider) {
			return nil, fmt.Errorf("--base: there is no provider %s%s", provider, catalog.DidYouMean(provider, of.Providers()))
		}
		u, err := url.Parse(base)
		if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !catalog.Loopback(u)) {
			return nil, fmt.Errorf("--base %s: expected https://HOST; http is for loopback only", provider)
		}
	}
	if live.Transport == nil {
		live.Transport = &http.Transport{
			Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 10 * time.Second,
			// A request on a connection that the provider is about to close is lost, and
			// requests are sent once. No known server closes before five idle seconds.
			IdleConnTimeout: 4 * time.Second,
		}
	}
	n := &network{live: live, limit: rate.NewLimiter(rate.Limit(live.Rate), 1), sandboxes: map[string]bool{}}
	for provider, base := range live.Bases {
		n.sandboxes[provider] = live.isSandbox(base)
	}
	return n, nil
}

// isSandbox reports whether an assay sandbox serves at a base on loopback. It sends
// OPTIONS, which changes nothing (RFC 9110, section 9.3.7) and does not count as a call.
func (l Live) isSandbox(base string) bool {
	u, err := url.Parse(base)
	if err != nil || !catalog.Loopback(u) {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), l.Timeout)
	defer cancel()
	responded, err := transport.Send(ctx, l.Transport, contract.Request{Method: http.MethodOptions, URL: u, Header: http.Header{}})
	return err == nil && responded.Response.Header.Get("Server") == contract.SandboxServer
}

// Terms are the credentials from the environment, and the given base or the documented
// server.
func (n *network) Terms(s *openapi.Spec) Terms {
	values := map[string]string{}
	for _, c := range s.Credentials {
		values[c.Name] = n.live.Getenv(c.Env)
	}
	return Terms{Base: n.base(s), Credentials: values, Real: !n.sandboxes[s.Provider], Pick: n.live.Pick}
}

func (n *network) base(s *openapi.Spec) string {
	if base, ok := n.live.Bases[s.Provider]; ok {
		return strings.TrimSuffix(base, "/")
	}
	return s.Servers[0].URL
}

// Ready returns the credentials that are not set or that cannot be right. It also prepares the specification, so
// that no response waits for that.
func (n *network) Ready(s *openapi.Spec) error {
	s.Prepare()
	value := func(c *openapi.Credential) string { return n.live.Getenv(c.Env) }
	if err := catalog.CheckCredentials(s, value); err != nil {
		return err
	}
	return catalog.MissingCredentials(s, value)
}

// Connect returns a connection to the base, unless no request can make a provider respond
// as the case expects.
func (n *network) Connect(r *Resolved) (Connection, error) {
	line := Connection{Origin: "live"}
	why := r.Negative.Inconclusive
	if why.Template == nil {
		why = n.whyNotLive(r)
	}
	if why.Template != nil {
		return line, &NotPlayableError{why}
	}
	reserved := false
	line.Reserve = func(ctx context.Context) error {
		err := n.take(ctx)
		reserved = err == nil
		return err
	}
	line.Send = func(ctx context.Context, request contract.Request) (contract.Exchange, []string, error) {
		take := n.take
		if reserved {
			take, reserved = func(context.Context) error { return nil }, false
		}
		ex, err := n.send(ctx, r, request, take)
		return ex, nil, err
	}
	return line, nil
}

// send sends the request once. Without a response it is unknown whether the provider
// accepted the request.
func (n *network) send(ctx context.Context, r *Resolved, request contract.Request, take func(context.Context) error) (contract.Exchange, error) {
	if err := permit(r, request.URL); err != nil {
		return contract.Exchange{}, err
	}
	if err := take(ctx); err != nil {
		return contract.Exchange{}, err
	}
	if err := n.noteSending(r); err != nil {
		return contract.Exchange{}, fmt.Errorf("%w\nnothing was sent", err)
	}
	ctx, cancel := context.WithTimeout(ctx, n.live.Timeout)
	defer cancel()
	asked := request
	if !r.Real {
		asked.Header = request.Header.Clone()
		asked.Header["Prefer"] = r.preferences()
	}
	var ex contract.Exchange
	var err error
	if crashed := crash.Contain("sending the request", func() { ex, err = transport.Send(ctx, n.live.Transport, asked) }); crashed != nil {
		err = crashed
	}
	ex.Request = request
	n.noteSent(r, ex, err)
	if err != nil {
		return ex, &NoResponseError{r.Spec.Provider, err}
	}
	ex.Origin, ex.Evidence = "live", catalog.Evidence(r.Spec, r.Base)
	return ex, nil
}

// NoResponseError says that no whole response to a request came.
type NoResponseError struct {
	Provider string
	Err      error
}

// Error says whether something was sent, what is unknown, and what to do.
func (e *NoResponseError) Error() string {
	if cause := new(transport.Cause); errors.As(e.Err, &cause) && cause.Unsent {
		return fmt.Sprintf("%v\nnothing was sent", e.Err)
	}
	return fmt.Sprintf("%v\nit is unknown whether %s accepted the request: inquire about it, and do not send it again", e.Err, e.Provider)
}

// Unwrap gives the reason.
func (e *NoResponseError) Unwrap() error { return e.Err }

// minReference is the number of characters that a reference needs to be new in every run.
const minReference = 6

// whyNotLive returns why no request can provoke the response of a case; an empty message
// if one can.
func (n *network) whyNotLive(r *Resolved) contract.Message {
	o, from := r.Operation, r.Case
	row := o.Code(from.Want.Row())
	switch {
	case from.Fixed:
		return caseFixed.Says()
	case !r.Real:
		return contract.Message{}
	case from.Input != nil && slices.ContainsFunc(from.Input.References(), func(reference string) bool { return len(reference) < minReference }):
		return referenceShort.Says(contract.ArgInt("least", minReference))
	case from.Fault != "":
		return faultNeeded.Says()
	case len(from.Merchant) > 0:
		return merchantNeeded.Says()
	case !from.At.IsZero():
		return timeNeeded.Says()
	case row.When == nil && row != o.Success() && !r.reusesKey(row):
		return requestUndecided.Says(contract.ArgText("code", row.Name()))
	}
	return contract.Message{}
}

// reusesKey reports whether the case provokes a row by sending another request with the
// idempotency key of the case before.
func (r *Resolved) reusesKey(row *openapi.Code) bool {
	i := r.Operation.Idempotency
	return i != nil && row.Name() == i.Conflict && r.Case.After != ""
}

// preferences returns the values of the header Prefer for a sandbox: the time, and what
// the case needs and no request can provoke.
func (r *Resolved) preferences() []string {
	c := r.Case
	all := []string{"at=" + r.Now().UTC().Format(time.RFC3339)}
	row := r.Operation.Code(c.Want.Row())
	if row.When == nil && row != r.Operation.Success() && !r.Derived && !r.reusesKey(row) { // a negative has to provoke its response by itself
		preferred := "code=" + row.Code
		if row.Variant != "" {
			preferred += "; variant=" + row.Variant
		}
		all = append(all, preferred)
	}
	if c.Fault != "" {
		all = append(all, "fault="+c.Fault)
	}
	for name, on := range c.Merchant {
		all = append(all, fmt.Sprintf("merchant.%s=%t", name, on))
	}
	return all
}

// permit allows calls only to the base and the servers of the specification. It counts
// them and waits for the rate.
func permit(r *Resolved, u *url.URL) error {
	allowed := []string{r.Base}
	for _, server := range r.Spec.Servers {
		allowed = append(allowed, server.URL)
	}
	if !slices.ContainsFunc(allowed, func(base string) bool {
		b, err := url.Parse(base)
		return err == nil && b.Host == u.Host && b.Scheme == u.Scheme
	}) {
		return fmt.Errorf("%s is not a server of %s; nothing was sent", u.Host, r.Spec.Provider)
	}
	return nil
}

// take takes one of the calls of the run, and waits until it may be sent.
func (n *network) take(ctx context.Context) error {
	n.mu.Lock()
	n.calls++
	spent := n.calls > n.live.MaxCalls
	n.mu.Unlock()
	if spent {
		return fmt.Errorf("the run has used all of its %d calls; --max-calls allows more", n.live.MaxCalls)
	}
	if err := n.limit.Wait(ctx); err != nil {
		return errInterrupted // Wait of a burst of one has no other reason
	}
	return nil
}
