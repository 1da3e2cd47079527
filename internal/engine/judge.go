package engine

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"assay/internal/check"
	"assay/internal/contract"
	"assay/internal/seal"
	"assay/internal/spec"
)

// Judging says how exchanges are judged that no case asked for.
type Judging struct {
	// Provider is whose every exchange is, wherever it went; "": whose host it is.
	Provider string
	// Bases is where traffic of a provider goes besides its servers: a gateway, a
	// proxy, a sandbox.
	Bases map[string]string
	// Keys are the merchant's credentials by provider, to verify signatures and
	// authorization with. What nobody names is unproved.
	Keys map[string]map[string]string
	// Recorded exchanges come from files: nobody here saw who answered, so they
	// prove nothing of a provider.
	Recorded bool
}

// Judge holds exchanges that others had to the rules that need neither a case
// nor an adapter. It is safe for concurrent use.
type Judge struct {
	engine   *Engine
	how      Judging
	routes   []route
	learning sync.Mutex
	// Explain has the rules look at every exchange, however plain, and takes nothing
	// at a glance.
	Explain bool
}

// route is where an operation is found.
type route struct {
	host     string // "": any
	path     string
	spec     *spec.Spec
	o        *spec.Operation
	evidence contract.Evidence
	*prepared
}

// prepared is what is made once of an operation.
type prepared struct {
	quick   *check.Quick // nil: there is something about it that only the rules can judge
	letters *spec.Letters
	rules   []check.Rule // those that apply
	// conforming is what the rules said of exchanges in which they found nothing, by
	// class: of others of that class they would say the same. The list is never
	// changed, but replaced.
	conforming atomic.Pointer[[]known]
}

// known is what is known of a class.
type known struct {
	check.Class
	result contract.Result
}

// Judge makes a judge. A provider that is not known, a base that is no URL and a
// credential that the specification does not list are errors.
func (e *Engine) Judge(how Judging) (*Judge, error) {
	j := &Judge{engine: e, how: how}
	for _, provider := range slices.Concat(slices.Sorted(maps.Keys(how.Bases)), slices.Sorted(maps.Keys(how.Keys)), []string{how.Provider}) {
		if provider != "" && e.Spec(provider) == nil {
			return nil, &UnknownNameError{"provider", provider, Nearest(provider, e.Providers())}
		}
	}
	for _, s := range e.Specs {
		for name := range how.Keys[s.Provider] {
			if s.Credential(name) == nil {
				return nil, fmt.Errorf("the specification of %s lists no credential %s", s.Provider, name)
			}
		}
		if how.Provider != "" && how.Provider != s.Provider {
			continue
		}
		for _, server := range s.Servers {
			if err := j.route(s, server.URL, server.Evidence); err != nil {
				return nil, err
			}
		}
		if base, ok := how.Bases[s.Provider]; ok {
			for _, below := range append([]string{""}, paths(s)...) { // a gateway may keep the path of the host behind it
				if err := j.route(s, strings.TrimSuffix(base, "/")+below, contract.NoEvidence); err != nil {
					return nil, err
				}
			}
		}
	}
	return j, nil
}

// paths are those of a provider's servers, where they have one.
func paths(s *spec.Spec) []string {
	var all []string
	for _, server := range s.Servers {
		if u, err := url.Parse(server.URL); err == nil && strings.Trim(u.Path, "/") != "" && !slices.Contains(all, u.Path) {
			all = append(all, u.Path)
		}
	}
	return all
}

func (j *Judge) route(s *spec.Spec, base string, evidence contract.Evidence) error {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("the base of %s: expected http://HOST or https://HOST, and a path if there is one", s.Provider)
	}
	for _, o := range s.Operations {
		j.routes = append(j.routes, route{host(u), strings.TrimSuffix(u.Path, "/") + o.Path, s, o, evidence, j.prepared(s, o)})
	}
	return nil
}

// host is that of a URL, without a port that its scheme has anyway.
func host(u *url.URL) string {
	h := strings.ToLower(u.Host)
	switch u.Scheme {
	case "https":
		return strings.TrimSuffix(h, ":443")
	case "http":
		return strings.TrimSuffix(h, ":80")
	}
	return h
}

// prepared gives what is made once of an operation.
func (j *Judge) prepared(s *spec.Spec, o *spec.Operation) *prepared {
	for _, to := range j.routes {
		if to.o == o {
			return to.prepared
		}
	}
	return &prepared{quick: check.NewQuick(s, o), letters: s.Letters(o), rules: check.For(&check.Pass{Spec: s, Operation: o})}
}

// find gives the operation that a request belongs to, nil where it is nobody's.
func (j *Judge) find(r contract.Request) *route {
	asked := host(r.URL)
	for i := range j.routes {
		to := &j.routes[i]
		if to.o.Method == r.Method && to.path == r.URL.Path && to.host == asked {
			return to
		}
	}
	if s := j.engine.Spec(j.how.Provider); s != nil {
		if o := s.Match(r.Method, r.URL.Path); o != nil {
			return &route{spec: s, o: o, prepared: j.prepared(s, o)}
		}
	}
	return nil
}

// Operation tells which operation a request belongs to, nil where it is of no
// known provider, or at an operation that nobody documents.
func (j *Judge) Operation(r contract.Request) *spec.Operation {
	if to := j.find(r); to != nil {
		return to.o
	}
	return nil
}

// Judge holds an exchange to the rules. It is not ok where the exchange is of no
// documented operation. The verdict is left open: see Tally.
func (j *Judge) Judge(ex contract.Exchange) (r contract.Result, ok bool) {
	to := j.find(ex.Request)
	if to == nil {
		return r, false
	}
	var of check.Class
	var taken spec.Taken
	plain := false
	if to.quick != nil && !j.Explain {
		of, taken, plain = to.quick.Conforms(ex, j.how.Keys[to.spec.Provider], to.spec.Merchant)
		if known := to.recall(of); plain && known != nil {
			r = *known
			r.Origin, r.Evidence = ex.Origin, j.strength(to, ex)
			return r, true
		}
	}
	p := j.pass(to, ex, taken)
	r = contract.Result{Case: to.o.Name(), Provider: to.spec.Provider, Operation: to.o.ID, Origin: ex.Origin, Evidence: j.strength(to, ex)}
	if met, found := p.View.Met(to.o); found && met.Row != nil {
		r.Code = met.Code
	}
	if r = held(p, r, to.rules); plain && len(r.Findings) == 0 {
		j.learn(to, of, r)
	}
	return r, true
}

// recall gives what the rules said of a class, nil where they were not asked yet.
func (to *route) recall(of check.Class) *contract.Result {
	all := to.conforming.Load()
	if all == nil {
		return nil
	}
	for i := range *all {
		if (*all)[i].Class == of {
			return &(*all)[i].result
		}
	}
	return nil
}

// learn keeps what the rules said of a class.
func (j *Judge) learn(to *route, of check.Class, r contract.Result) {
	j.learning.Lock()
	defer j.learning.Unlock()
	if to.recall(of) != nil {
		return
	}
	var more []known
	if all := to.conforming.Load(); all != nil {
		more = slices.Clone(*all)
	}
	more = append(more, known{of, r})
	to.conforming.Store(&more)
}

// strength is what an exchange proves of the provider.
func (j *Judge) strength(to *route, ex contract.Exchange) contract.Evidence {
	switch {
	case ex.Answer.Header.Get("Server") == contract.SandboxServer:
		return contract.Simulated
	case ex.Evidence == contract.NoEvidence && !j.how.Recorded:
		return to.evidence
	}
	return ex.Evidence
}

// Asked holds a request to the rules whose answer has not come yet. The result
// has neither code nor evidence, and its verdict is left open.
func (j *Judge) Asked(request contract.Request) (r contract.Result, ok bool) {
	to := j.find(request)
	if to == nil {
		return r, false
	}
	r = contract.Result{Case: to.o.Name(), Provider: to.spec.Provider, Operation: to.o.ID}
	p := j.pass(to, contract.Exchange{Request: request}, spec.Taken{})
	r = held(p, r, slices.DeleteFunc(slices.Clone(to.rules), func(rule check.Rule) bool { return rule.Family != "request" }))
	r.Findings = slices.DeleteFunc(r.Findings, func(f contract.Finding) bool { return !strings.HasPrefix(f.At, "request") })
	return r, true
}

func (j *Judge) pass(to *route, ex contract.Exchange, taken spec.Taken) *check.Pass {
	if ex.Request.Header == nil {
		ex.Request.Header = http.Header{}
	}
	own := j.how.Keys[to.spec.Provider]
	p := &check.Pass{
		Spec: to.spec, Operation: to.o, Strict: j.engine.options.Strict, Waivers: j.engine.Fixtures.Waivers, Now: j.engine.options.Now,
		View: spec.NewView(ex, own, to.spec.Merchant),
	}
	if !j.Explain {
		p.View.Glance(to.letters, taken)
	}
	p.View.Signature = seal.State(to.o.Sign.Request, ex.Request.Body, own)
	p.View.Authentication = check.Authentication(to.o, ex.Request, own, contract.Token{}, time.Time{})
	return p
}
