package engine

import (
	"context"
	crypto "crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"assay/internal/contract"
	"assay/internal/spec"
	"assay/internal/wire"
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
func Simulated(specs []*spec.Spec, base string) *Live {
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

// CannotAskError is a case that only a cassette can show: nothing is known that
// makes a provider answer so.
type CannotAskError struct{ Why string }

func (e *CannotAskError) Error() string { return e.Why }

// CredentialsError is credentials that are not set, by the names of their
// environment variables.
type CredentialsError struct {
	Provider string
	Env      []string
}

func (e *CredentialsError) Error() string {
	return fmt.Sprintf("%s: %s not set", e.Provider, strings.Join(e.Env, ", "))
}

// caller asks providers. A nil one plays cassettes.
type caller struct {
	live       Live
	limit      *rate.Limiter
	mu         sync.Mutex
	calls      int
	references map[[2]string]string // by the case that brought them up, and its own
	// ours are the providers for whom a sandbox of ours answers. It is told the
	// time of replays, and what no request can provoke is asked for in the header
	// Prefer.
	ours map[string]bool
}

// Ask makes the engine ask providers where it would play cassettes. It comes
// before anything is played.
func (e *Engine) Ask(live Live) error {
	if live.Rate <= 0 || live.MaxCalls <= 0 || live.Timeout <= 0 {
		return errors.New("a live run needs a rate, a number of calls and a time-out of more than nothing")
	}
	for provider, base := range live.Bases {
		if e.Spec(provider) == nil {
			return fmt.Errorf("--base: there is no provider %s; did you mean %s?", provider, Nearest(provider, e.Providers()))
		}
		u, err := url.Parse(base)
		if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u)) {
			return fmt.Errorf("--base %s: expected https://HOST; http is for loopback only", provider)
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
	e.caller = &caller{live: live, limit: rate.NewLimiter(rate.Limit(live.Rate), 1), references: map[[2]string]string{}, ours: map[string]bool{}}
	for provider, base := range live.Bases {
		e.caller.ours[provider] = live.sandboxed(base)
	}
	return nil
}

// sandboxed asks at a base on loopback, with OPTIONS, which changes nothing
// (RFC 9110, section 9.3.7), whether a sandbox of ours serves there. It is no call
// to a provider, and the budget does not count it.
func (l Live) sandboxed(base string) bool {
	u, err := url.Parse(base)
	if err != nil || !loopback(u) {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), l.Timeout)
	defer cancel()
	answered, err := wire.Send(ctx, l.Transport, contract.Request{Method: http.MethodOptions, URL: u, Header: http.Header{}})
	return err == nil && answered.Answer.Header.Get("Server") == contract.SandboxServer
}

// real tells whether who answers for a provider has a clock of their own.
func (c *caller) real(s *spec.Spec) bool { return c != nil && !c.ours[s.Provider] }

func loopback(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// Ready tells what a run of the selected cases lacks, all of it at once: live,
// credentials that are not set (*CredentialsError), else cassettes of their
// providers that do not parse, each with file and line. Live, it compiles as well what
// the run needs: nothing that comes to light after a request keeps it from being judged.
func (e *Engine) Ready(selected []*contract.Case) error {
	var lacks []error
	for _, s := range e.Specs {
		switch {
		case !slices.ContainsFunc(selected, func(c *contract.Case) bool { return c.Provider() == s.Provider }):
		case e.caller != nil:
			s.Prepare()
			lacks = append(lacks, e.caller.lacks(s))
		default:
			lacks = append(lacks, e.unreadable(s))
		}
	}
	return errors.Join(lacks...)
}

func (e *Engine) unreadable(s *spec.Spec) error {
	var faults []error
	for _, c := range e.Fixtures.Cases {
		if c.Provider() != s.Provider {
			continue
		}
		if _, err := e.tapes[c.Name](); err != nil && !errors.Is(err, fs.ErrNotExist) {
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

func (c *caller) lacks(s *spec.Spec) error {
	missing := &CredentialsError{Provider: s.Provider}
	for _, credential := range s.Credentials {
		if c.live.Getenv(credential.Env) == "" && !credential.Optional {
			missing.Env = append(missing.Env, credential.Env)
		}
	}
	if len(missing.Env) > 0 {
		return missing
	}
	return nil
}

// credentials gives what the run speaks with: the environment's live, the
// specification's fake ones from cassettes.
func (c *caller) credentials(s *spec.Spec) map[string]string {
	values := s.TestCredentials()
	if c == nil {
		return values
	}
	for _, credential := range s.Credentials {
		values[credential.Name] = c.live.Getenv(credential.Env)
	}
	return values
}

func (c *caller) base(s *spec.Spec) string {
	if base, ok := c.live.Bases[s.Provider]; ok {
		return strings.TrimSuffix(base, "/")
	}
	return s.Servers[0].URL
}

func (c *caller) evidence(s *spec.Spec) contract.Evidence { return Evidence(s, c.base(s)) }

// Evidence is what an answer from a base proves: one from loopback was made by a
// program here, one from a host of the specification what that says of it, and
// one from anywhere else is taken for the provider's own.
func Evidence(s *spec.Spec, base string) contract.Evidence {
	u, err := url.Parse(base)
	if err == nil && loopback(u) {
		return contract.Simulated
	}
	for _, server := range s.Servers {
		if server.URL == strings.TrimSuffix(base, "/") {
			return server.Evidence
		}
	}
	for _, server := range s.Servers {
		if at, parsed := url.Parse(server.URL); err == nil && parsed == nil && strings.EqualFold(at.Host, u.Host) {
			return server.Evidence
		}
	}
	return contract.Production
}

// fresh gives the input of a case references nobody has used, of the form of its
// own; cases after it that carry the same share them. Replays keep theirs.
func (c *caller) fresh(e *Engine, from *contract.Case) contract.Input {
	if c == nil || from.Input == nil {
		return from.Input
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return from.Input.Renamed(func(reference string) string {
		key := [2]string{e.first(from, reference).Name, reference}
		if c.references[key] == "" {
			c.references[key] = contract.Alike(reference, chosen)
		}
		return c.references[key]
	})
}

// first is the case that a case follows and that brought up a reference, or the
// case itself.
func (e *Engine) first(c *contract.Case, reference string) *contract.Case {
	first := c
	for before := c; before.After != ""; {
		before = e.Fixtures.Case(before.After)
		if before.Input != nil && slices.Contains(before.Input.References(), reference) {
			first = before
		}
	}
	return first
}

// chosen is one of n numbers by chance, so that no two runs share a reference.
func chosen(n int) int {
	i, err := crypto.Int(crypto.Reader, big.NewInt(int64(n)))
	if err != nil {
		return 0 // the system has no randomness: Go ends the program before this
	}
	return int(i.Int64())
}

// call asks the provider what a case asks, once. An answer that does not come
// leaves it open whether the request was taken.
func (e *Engine) call(ctx context.Context, c *contract.Case) Play {
	s := e.Spec(c.Provider())
	o := s.Operation(c.Operation())
	why := e.derived[c.Name].Unproved
	if why == "" {
		why = e.caller.unaskable(o, c)
	}
	if why != "" {
		return Play{Err: &CannotAskError{why}}
	}
	request, token, err := e.Request(ctx, c)
	if err != nil {
		return Play{Err: err}
	}
	if err := e.caller.may(ctx, s, request.URL); err != nil {
		return Play{Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, e.caller.live.Timeout)
	defer cancel()
	asked := request
	if e.caller.ours[s.Provider] {
		asked.Header = request.Header.Clone()
		asked.Header["Prefer"] = e.wishes(o, c)
	}
	ex, err := wire.Send(ctx, e.caller.live.Transport, asked)
	ex.Request = request
	if err != nil {
		return Play{Err: fmt.Errorf("%w\nwhether %s took the request is not known: inquire about it, and do not send it again", err, s.Provider)}
	}
	ex.Origin, ex.Evidence = "live", e.caller.evidence(s)
	return Play{Exchange: &ex, Token: token}
}

// shortest is how many characters a reference needs to be new every time.
const shortest = 6

// unaskable tells why nobody can be made to answer as a case wants.
func (c *caller) unaskable(o *spec.Operation, from *contract.Case) string {
	row := o.Code(from.Want.Code)
	switch {
	case from.Fixed:
		return "request and answer belong together as they stand, and only a cassette can show them"
	case c.ours[from.Provider()]:
		return ""
	case from.Input != nil && slices.ContainsFunc(from.Input.References(), func(reference string) bool { return len(reference) < shortest }):
		return "its reference is too short to be a new one on every run"
	case from.Fault != "":
		return "its answer is spoilt on purpose, which no provider does"
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
func (e *Engine) wishes(o *spec.Operation, c *contract.Case) []string {
	all := []string{"at=" + e.now(c).UTC().Format(time.RFC3339)}
	row := o.Code(c.Want.Code)
	_, derived := e.derived[c.Name] // its request has to bring the answer about by itself
	if row.When == nil && row != o.Success() && !derived {
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
func (c *caller) may(ctx context.Context, s *spec.Spec, u *url.URL) error {
	allowed := []string{c.base(s)}
	for _, server := range s.Servers {
		allowed = append(allowed, server.URL)
	}
	if !slices.ContainsFunc(allowed, func(base string) bool {
		b, err := url.Parse(base)
		return err == nil && b.Host == u.Host && b.Scheme == u.Scheme
	}) {
		return fmt.Errorf("%s is no host of %s", u.Host, s.Provider)
	}
	c.mu.Lock()
	c.calls++
	spent := c.calls > c.live.MaxCalls
	c.mu.Unlock()
	if spent {
		return fmt.Errorf("the budget of %d calls is spent; --max-calls raises it", c.live.MaxCalls)
	}
	return c.limit.Wait(ctx)
}
