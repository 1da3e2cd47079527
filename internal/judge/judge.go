// Package judge holds exchanges to the rules that no case asked for: recorded
// traffic, and what passes a proxy. It finds the operation that an exchange
// belongs to, judges it, counts what came of it, and learns what responses look
// like.
package judge

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/rule"
	"assay/internal/signature"
)

// Options say how exchanges are judged that no case asked for.
type Options struct {
	// Provider is whose every exchange is, wherever it went; "": whose host it is.
	Provider string
	// Bases is where traffic of a provider goes besides its servers: a gateway, a
	// proxy, a sandbox.
	Bases map[string]string
	// Keys are the merchant's credentials by provider, to verify signatures and
	// authorization with. What nobody names is inconclusive.
	Keys map[string]map[string]string
	// Recorded exchanges come from files: nobody here saw who responded, so they
	// prove nothing of a provider.
	Recorded bool
}

// Judge holds exchanges that others had to the rules that need neither a case
// nor an adapter. Expressions that do not compile apply to nothing: Check tells of
// them, and whoever judges one exchange after the other has the specification compiled
// before. It is safe for concurrent use.
type Judge struct {
	catalog *catalog.Catalog
	how     Options
	routes  []route
}

// route is where an operation is found.
type route struct {
	host     string // "": any
	path     string
	spec     *openapi.Spec
	o        *openapi.Operation
	evidence contract.Evidence
	*prepared
}

// prepared is what is made once of an operation.
type prepared struct {
	rules  []rule.Rule  // those that apply
	asked  []rule.Rule  // those of them that look at requests
	passes sync.Pool    // of *check.Pass
	fault  func() error // of compiling it, once an exchange is of it
	// lists are what results say of which rules looked: most exchanges share one.
	lists atomic.Pointer[[]lists]
}

// lists are those of results in which the same rules looked, and the others could not
// for the same reasons.
type lists struct {
	looked       []byte
	why          []*contract.Template
	checked      []string
	inconclusive []contract.Gap
}

// mostLists is how many are shared of an operation: beyond them each result has its
// own.
const mostLists = 64

// shared gives the lists of an outcome.
func (p *prepared) shared(rules []rule.Rule, o rule.Outcome) (checked []string, inconclusive []contract.Gap) {
	all := p.lists.Load()
	if all != nil {
		for i := range *all {
			if known := &(*all)[i]; bytes.Equal(known.looked, o.Looked) && slices.Equal(known.why, o.Inconclusive) {
				return known.checked, known.inconclusive
			}
		}
	}
	own := lists{looked: bytes.Clone(o.Looked), why: slices.Clone(o.Inconclusive)}
	own.checked, own.inconclusive = o.Lists(rules)
	var more []lists
	if all != nil {
		more = *all
	}
	if len(more) < mostLists && len(rules) == len(p.rules) {
		more = append(slices.Clone(more), own)
		p.lists.CompareAndSwap(all, &more) // who comes second adds it another time
	}
	return own.checked, own.inconclusive
}

// New makes a judge. A provider that is not known, a base that is no URL and a
// credential that the specification does not list are errors.
func New(c *catalog.Catalog, how Options) (*Judge, error) {
	j := &Judge{catalog: c, how: how}
	for _, provider := range slices.Concat(slices.Sorted(maps.Keys(how.Bases)), slices.Sorted(maps.Keys(how.Keys)), []string{how.Provider}) {
		if provider != "" && c.Spec(provider) == nil {
			return nil, &catalog.UnknownNameError{Kind: "provider", Name: provider, Nearest: catalog.Nearest(provider, c.Providers())}
		}
	}
	for _, s := range c.Specs {
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
func paths(s *openapi.Spec) []string {
	var all []string
	for _, server := range s.Servers {
		if u, err := url.Parse(server.URL); err == nil && strings.Trim(u.Path, "/") != "" && !slices.Contains(all, u.Path) {
			all = append(all, u.Path)
		}
	}
	return all
}

func (j *Judge) route(s *openapi.Spec, base string, evidence contract.Evidence) error {
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
func (j *Judge) prepared(s *openapi.Spec, o *openapi.Operation) *prepared {
	for _, to := range j.routes {
		if to.o == o {
			return to.prepared
		}
	}
	made := &prepared{rules: rule.For(&rule.Subject{Spec: s, Operation: o}), fault: sync.OnceValue(o.Compile)}
	made.asked = slices.DeleteFunc(slices.Clone(made.rules), func(r rule.Rule) bool { return r.Family != "request" })
	path := j.catalog.Data.Path
	made.passes.New = func() any { return &rule.Subject{Path: path} }
	return made
}

// find gives the operation that a request belongs to, nil where it is nobody's.
func (j *Judge) find(r contract.Request) *route {
	for i := range j.routes {
		to := &j.routes[i]
		if to.o.Method == r.Method && to.path == r.URL.Path && (to.host == r.URL.Host || to.host == host(r.URL)) {
			return to
		}
	}
	if s := j.catalog.Spec(j.how.Provider); s != nil {
		if o := s.Match(r.Method, r.URL.Path); o != nil {
			return &route{spec: s, o: o, prepared: j.prepared(s, o)}
		}
	}
	return nil
}

// Operation tells which operation a request belongs to, nil where it is of no
// known provider, or at an operation that nobody documents.
func (j *Judge) Operation(r contract.Request) *openapi.Operation {
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
	return j.whole(to, &ex), true
}

// whole holds an exchange of an operation to all rules.
func (j *Judge) whole(to *route, ex *contract.Exchange) contract.Result {
	r := contract.Result{Case: to.o.Name(), Provider: to.spec.Provider, Operation: to.o.ID, Origin: ex.Origin, Evidence: j.strength(to, ex)}
	return j.judge(to, ex, to.rules, r)
}

// judge holds an exchange to rules. All of them look at it.
func (j *Judge) judge(to *route, ex *contract.Exchange, rules []rule.Rule, r contract.Result) contract.Result {
	p, _ := to.passes.Get().(*rule.Subject)
	j.show(p, to, ex)
	if met, found := p.View.ResultCode(); found && met.Row != nil && ex.Response.Status != 0 {
		r.Code = met.Row.Code
	}
	o := rule.Each(rules, p)
	if r.Findings = o.Findings; r.Findings == nil {
		r.Findings = []contract.Finding{}
	}
	r.Checked, r.Inconclusive = to.shared(rules, o)
	p.View.Done()
	p.Reset()
	to.passes.Put(p)
	return r
}

// strength is what an exchange proves of the provider.
func (j *Judge) strength(to *route, ex *contract.Exchange) contract.Evidence {
	switch {
	case sandboxed(ex.Response.Header):
		return contract.Simulated
	case ex.Evidence == contract.NoEvidence && !j.how.Recorded:
		return to.evidence
	}
	return ex.Evidence
}

// sandboxed tells whether a sandbox of ours responded.
func sandboxed(h http.Header) bool {
	values := h["Server"]
	return len(values) > 0 && values[0] == contract.SandboxServer
}

// Asked holds a request to the rules whose response has not come yet. The result
// has neither code nor evidence, and its verdict is left open.
func (j *Judge) Asked(request contract.Request) (r contract.Result, ok bool) {
	to := j.find(request)
	if to == nil {
		return r, false
	}
	r = contract.Result{Case: to.o.Name(), Provider: to.spec.Provider, Operation: to.o.ID}
	r = j.judge(to, &contract.Exchange{Request: request}, to.asked, r)
	r.Findings = slices.DeleteFunc(r.Findings, func(f contract.Finding) bool { return f.At.Direction() != contract.InRequest })
	return r, true
}

// show shows an exchange to a pass.
func (j *Judge) show(p *rule.Subject, to *route, ex *contract.Exchange) {
	own := j.how.Keys[to.spec.Provider]
	p.Spec, p.Operation, p.Strict, p.Waivers, p.Now = to.spec, to.o, j.catalog.Options.Strict, j.catalog.Fixtures.Waivers, j.catalog.Options.Now
	p.View = openapi.NewView(to.o, *ex, own, to.spec.Merchant)
	if p.View.Exchange.Request.Header == nil {
		p.View.Exchange.Request.Header = http.Header{}
	}
	p.View.Signature = signature.RequestState(to.o.Sign.Request, p.View)
	p.Authenticate(own)
}
