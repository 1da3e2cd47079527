package engine

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/transport"
)

// Live says how providers are asked.
type Live struct {
	Bases    map[string]string   // by provider, in the place of the specification's first server
	Getenv   func(string) string // where credentials come from
	Rate     float64             // calls a second, more than nothing
	MaxCalls int                 // calls a run, more than nothing
	Timeout  time.Duration       // for one call
	// Transport sends; nil: one that verifies TLS.
	Transport http.RoundTripper
}

// Simulated says how a sandbox of ours is asked that serves every provider below
// a base URL and accepts the fake credentials.
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
		Transport: &http.Transport{}, // no proxy stands between us and loopback
	}
}

// network is the source that asks providers.
type network struct {
	live  Live
	limit *rate.Limiter
	mu    sync.Mutex
	calls int
	// ours are the providers for whom a sandbox of ours responses. It is told the
	// time of replays, and what no request can provoke is asked for in the header
	// Prefer.
	ours map[string]bool
}

// Network is the source that asks the providers of a catalog, or a sandbox.
func Network(of *catalog.Catalog, live Live) (Source, error) {
	if live.Rate <= 0 || live.MaxCalls <= 0 || live.Timeout <= 0 {
		return nil, errors.New("a live run needs a rate, a number of calls and a time-out of more than nothing")
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
			// An order is lost that is sent over a connection which the provider is about to
			// close, and it is sent once. No server is known that waits for less than five
			// seconds.
			IdleConnTimeout: 4 * time.Second,
		}
	}
	n := &network{live: live, limit: rate.NewLimiter(rate.Limit(live.Rate), 1), ours: map[string]bool{}}
	for provider, base := range live.Bases {
		n.ours[provider] = live.sandboxed(base)
	}
	return n, nil
}

// sandboxed asks at a base on loopback, with OPTIONS, which changes nothing
// (RFC 9110, section 9.3.7), whether a sandbox of ours serves there. It is no call
// to a provider, and the budget does not count it.
func (l Live) sandboxed(base string) bool {
	u, err := url.Parse(base)
	if err != nil || !catalog.Loopback(u) {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), l.Timeout)
	defer cancel()
	responded, err := transport.Send(ctx, l.Transport, contract.Request{Method: http.MethodOptions, URL: u, Header: http.Header{}})
	return err == nil && responded.Response.Header.Get("Server") == contract.SandboxServer
}

// Terms are the environment's credentials, and the base that was given.
func (n *network) Terms(s *openapi.Spec) Terms {
	values := map[string]string{}
	for _, c := range s.Credentials {
		values[c.Name] = n.live.Getenv(c.Env)
	}
	return Terms{Base: n.base(s), Credentials: values, Real: !n.ours[s.Provider]}
}

func (n *network) base(s *openapi.Spec) string {
	if base, ok := n.live.Bases[s.Provider]; ok {
		return strings.TrimSuffix(base, "/")
	}
	return s.Servers[0].URL
}

// Ready tells of credentials that are not set. It prepares the specification as well:
// nothing that takes its time is left for when a response waits to be judged.
func (n *network) Ready(s *openapi.Spec) error {
	s.Prepare()
	return catalog.Lacking(s, func(c *openapi.Credential) string { return n.live.Getenv(c.Env) })
}

// Reach asks whoever responses at the base, unless nobody can be made to response as
// the case wants.
func (n *network) Reach(r *Resolved) (Line, error) {
	line := Line{Origin: "live"}
	why := r.Negative.Inconclusive
	if why == "" {
		why = n.unaskable(r)
	}
	if why != "" {
		return line, &CannotAskError{why}
	}
	line.Send = func(ctx context.Context, request contract.Request) (contract.Exchange, []string, error) {
		ex, err := n.send(ctx, r, request)
		return ex, nil, err
	}
	return line, nil
}

// send asks once. A response that does not come leaves it open whether the request
// was taken.
func (n *network) send(ctx context.Context, r *Resolved, request contract.Request) (contract.Exchange, error) {
	if err := n.may(ctx, r, request.URL); err != nil {
		return contract.Exchange{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, n.live.Timeout)
	defer cancel()
	asked := request
	if !r.Real {
		asked.Header = request.Header.Clone()
		asked.Header["Prefer"] = r.wishes()
	}
	ex, err := transport.Send(ctx, n.live.Transport, asked)
	ex.Request = request
	if err != nil {
		return ex, fmt.Errorf("%w\nwhether %s took the request is not known: inquire about it, and do not send it again", err, r.Spec.Provider)
	}
	ex.Origin, ex.Evidence = "live", catalog.Evidence(r.Spec, r.Base)
	return ex, nil
}

// shortest is how many characters a reference needs to be new every time.
const shortest = 6

// unaskable tells why nobody can be made to response as a case wants.
func (n *network) unaskable(r *Resolved) string {
	o, from := r.Operation, r.Case
	row := o.Code(from.Want.Code)
	switch {
	case from.Fixed:
		return "request and response belong together as they stand, and only a cassette can show them"
	case !r.Real:
		return ""
	case from.Input != nil && slices.ContainsFunc(from.Input.References(), func(reference string) bool { return len(reference) < shortest }):
		return "its reference is too short to be a new one on every run"
	case from.Fault != "":
		return "its response is spoilt on purpose, which no provider does"
	case len(from.Merchant) > 0:
		return "it needs a merchant for whom the provider has switched something else on"
	case !from.At.IsZero():
		return "it needs another time, and the provider's clock is its own"
	case row.When == nil && row != o.Success():
		return "the documents do not say how code " + row.Code + " is provoked"
	}
	return ""
}

// wishes says in the header Prefer what time it is, and what the case needs and
// no request can bring about.
func (r *Resolved) wishes() []string {
	c := r.Case
	all := []string{"at=" + r.Now().UTC().Format(time.RFC3339)}
	row := r.Operation.Code(c.Want.Code)
	if row.When == nil && row != r.Operation.Success() && !r.Derived { // a derived request has to bring its response about by itself
		all = append(all, "code="+row.Code)
	}
	if c.Fault != "" {
		all = append(all, "fault="+c.Fault)
	}
	for name, on := range c.Merchant {
		all = append(all, fmt.Sprintf("merchant.%s=%t", name, on))
	}
	return all
}

// may keeps a call to the hosts of the specification or the base, to the rate
// and to the budget.
func (n *network) may(ctx context.Context, r *Resolved, u *url.URL) error {
	allowed := []string{r.Base}
	for _, server := range r.Spec.Servers {
		allowed = append(allowed, server.URL)
	}
	if !slices.ContainsFunc(allowed, func(base string) bool {
		b, err := url.Parse(base)
		return err == nil && b.Host == u.Host && b.Scheme == u.Scheme
	}) {
		return fmt.Errorf("%s is no host of %s", u.Host, r.Spec.Provider)
	}
	n.mu.Lock()
	n.calls++
	spent := n.calls > n.live.MaxCalls
	n.mu.Unlock()
	if spent {
		return fmt.Errorf("the budget of %d calls is spent; --max-calls raises it", n.live.MaxCalls)
	}
	return n.limit.Wait(ctx)
}
