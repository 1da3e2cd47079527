// Package judge applies the rules to exchanges that belong to no case: recorded traffic,
// and the exchanges that a proxy passes on.
//
// A Judge finds the operation of an exchange by host, path and method and applies all
// rules that need neither a case nor an adapter (Judge.Judge). The base path of a server may
// be left out. A request that differs only in its method, or in slashes, case or base path,
// nearly matches: this is an error. Any other exchange is unmatched: it is counted and, if a
// provider has its host, reported by method and path (Judge.Unknown). Check and Learn
// read files with several workers; their memory does not grow with the number of exchanges.
// A Tally counts results, groups findings and makes the report. It has limits for places,
// groups, codes and unreadable entries; the counts stay exact.
//
// Recorded traffic does not prove that the provider sent these responses. Without the
// merchant's credentials, signatures and authorization are inconclusive.
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
	"assay/internal/crash"
	"assay/internal/openapi"
	"assay/internal/route"
	"assay/internal/rule"
	"assay/internal/signature"
)

// Options configure a judge.
type Options struct {
	// Provider is the provider of all exchanges, whatever their host. If it is "", the host
	// decides.
	Provider string
	// Bases are further base URLs by provider, such as a gateway, a proxy or a sandbox.
	Bases map[string]string
	// Keys are the merchant's credentials by provider, to verify signatures and
	// authorization. Without them both are inconclusive.
	Keys map[string]map[string]string
	// Recorded means that exchanges come from files, which do not prove that the provider
	// sent the responses.
	Recorded bool
}

// Judge applies the rules that need neither a case nor an adapter. It skips expressions
// that do not compile. Check returns them as an error; callers of Judge.Judge compile the
// specifications first. A Judge is safe for concurrent use.
type Judge struct {
	catalog *catalog.Catalog
	options Options
	routes  []*served
	exact   map[string]*hostRoutes   // by host
	any     *route.Index[*served]    // the operations of Options.Provider, at any host
	hosts   map[string]*openapi.Spec // the hosts of the routes
}

// served is one host and path at which an operation is served.
type served struct {
	host     string // "" matches any host
	path     route.Template
	spec     *openapi.Spec
	o        *openapi.Operation
	evidence contract.Evidence
	*operationRules
	clean string // the path, as near misses are compared
	shape string // of the path: routes of one shape match the same requests
}

// operationRules is what all exchanges of an operation share.
type operationRules struct {
	rules        []rule.Rule               // the rules that apply
	requestRules []rule.Rule               // those that check requests
	addressRules []rule.Rule               // those that check method and URL
	subjects     sync.Pool                 // of *rule.Subject
	compile      func() error              // compiles the operation once, with the first exchange
	remembers    func() bool               // whether a result code depends on earlier references
	merchantAt   func() []contract.Pointer // the members of a request that name the merchant
	apiKeys      func() []*openapi.Authorization
	// lists are the rule lists of results; most exchanges share one.
	lists atomic.Pointer[[]ruleLists]
}

// ruleLists are the lists of checked and inconclusive rules, for results in which these
// are the same, with the same reasons.
type ruleLists struct {
	states       []byte
	reasons      []*contract.Template
	checked      []string
	inconclusive []contract.Gap
}

// maxLists limits the shared lists of an operation. Further results have their own.
const maxLists = 64

// sharedLists returns the lists of an outcome.
func (p *operationRules) sharedLists(rules []rule.Rule, o rule.Outcome) (checked []string, inconclusive []contract.Gap) {
	all := p.lists.Load()
	if all != nil {
		for i := range *all {
			if known := &(*all)[i]; bytes.Equal(known.states, o.Checked) && slices.Equal(known.reasons, o.Inconclusive) {
				return known.checked, known.inconclusive
			}
		}
	}
	own := ruleLists{states: bytes.Clone(o.Checked), reasons: slices.Clone(o.Inconclusive)}
	own.checked, own.inconclusive = o.Lists(rules)
	var more []ruleLists
	if all != nil {
		more = *all
	}
	if len(more) < maxLists && len(rules) == len(p.rules) {
		more = append(slices.Clone(more), own)
		p.lists.CompareAndSwap(all, &more) // if another goroutine was faster, a later result adds it
	}
	return own.checked, own.inconclusive
}

// New returns a judge. An unknown provider, a base that is not an http or https URL, and a
// credential that the specification does not list are errors.
func New(c *catalog.Catalog, how Options) (*Judge, error) {
	j := &Judge{catalog: c, options: how, hosts: map[string]*openapi.Spec{}, exact: map[string]*hostRoutes{}}
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
			for _, below := range append([]string{""}, paths(s)...) { // a gateway may keep the path of the server behind it
				if err := j.route(s, strings.TrimSuffix(base, "/")+below, contract.NoEvidence); err != nil {
					return nil, err
				}
			}
		}
	}
	j.index()
	return j, nil
}

// paths returns the paths in the base URLs of a provider's servers.
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
		return fmt.Errorf("the base of %s: expected http://HOST or https://HOST, with or without a path", s.Provider)
	}
	for _, o := range s.Operations {
		path := o.Template().Below(u.Path)
		j.routes = append(j.routes, &served{host(u), path, s, o, evidence, j.rulesOf(s, o), rule.CleanPath(path.Text()), path.Shape()})
	}
	if j.hosts[host(u)] == nil {
		j.hosts[host(u)] = s
	}
	return nil
}

// rulesOf returns what all exchanges of an operation share.
func (j *Judge) rulesOf(s *openapi.Spec, o *openapi.Operation) *operationRules {
	for _, to := range j.routes {
		if to.o == o {
			return to.operationRules
		}
	}
	made := &operationRules{rules: j.catalog.RulesFor(&rule.Subject{Spec: s, Operation: o}), compile: sync.OnceValue(o.Compile)}
	made.requestRules = slices.DeleteFunc(slices.Clone(made.rules), func(r rule.Rule) bool { return r.Family != "request" })
	made.addressRules = slices.DeleteFunc(slices.Clone(made.rules), func(r rule.Rule) bool { return !r.Address })
	made.remembers = sync.OnceValue(func() bool { return remembers(o) })
	made.merchantAt = sync.OnceValue(func() []contract.Pointer { return merchantPlaces(o) })
	made.apiKeys = sync.OnceValue(func() []*openapi.Authorization { return apiKeys(o) })
	path := j.catalog.Data.Path
	made.subjects.New = func() any { return &rule.Subject{Path: path} }
	return made
}

// Judge applies the rules to an exchange. ok is false if the exchange matches no documented
// operation, not even nearly. The result has no verdict: Tally.Add computes it.
func (j *Judge) Judge(ex contract.Exchange) (r contract.Result, ok bool) {
	to := j.find(ex.Request)
	if to == nil {
		return j.judgeNear(&ex)
	}
	j.judgeExchange(to, &ex, nil, earlier{}, &r)
	return r, true
}

// succeeded reports whether the result code of a judged exchange means success.
func succeeded(to *served, r *contract.Result) bool {
	row := to.o.Code(r.Code)
	return r.Code != "" && row != nil && row.State == contract.Succeeded
}

// judgeExchange applies all rules of an operation to an exchange. before is what earlier
// exchanges say about it; its zero value says nothing. seen is nil if the identity is not
// needed.
func (j *Judge) judgeExchange(to *served, ex *contract.Exchange, seen *references, before earlier, r *contract.Result) identity {
	*r = contract.Result{Case: to.o.Name(), Provider: to.spec.Provider, Operation: to.o.ID, Origin: ex.Origin, Evidence: j.evidence(to, ex), Took: ex.Response.Duration}
	return j.judge(to, ex, to.rules, r, seen, before)
}

// judge applies rules to an exchange; see judgeExchange. If assay panics, the verdict of
// the result is error.
func (j *Judge) judge(to *served, ex *contract.Exchange, rules []rule.Rule, r *contract.Result, seen *references, before earlier) (is identity) {
	if crashed := crash.Contain("checking an exchange", func() { is = j.applyRules(to, ex, rules, r, seen, before) }); crashed != nil {
		if r.Findings == nil {
			r.Checked, r.Inconclusive, r.Findings = []string{}, []contract.Gap{}, []contract.Finding{}
		}
		*r, is = r.Crashed(crashed.Error(), crashed.Stack), identity{}
	}
	return is
}

func (j *Judge) applyRules(to *served, ex *contract.Exchange, rules []rule.Rule, r *contract.Result, seen *references, before earlier) (is identity) {
	p, _ := to.subjects.Get().(*rule.Subject)
	j.observe(p, to, ex)
	if p.Repeat = before.repeat; before.repeated {
		p.View.Known = []string{p.View.Reference()}
	} else if p.Repeat != nil && p.Repeat.Same && p.View.Reference() != "" {
		p.View.Known = []string{} // a repeat is not a duplicate
	}
	if seen != nil && to.remembers() {
		is.reference = seen.key(to, p.View)
	}
	if seen != nil && to.o.Idempotency != nil {
		is.use, p.Repeat = seen.use(to, p.View), firstUse
	}
	if met, found := p.View.ResultCode(); found && met.Row != nil && ex.Response.Status != 0 {
		r.Code = met.Name()
	}
	r.Refusal = rule.DocumentedRefusal(to.o, p.View)
	o := rule.Each(rules, p)
	if r.Findings = o.Findings; r.Findings == nil {
		r.Findings = []contract.Finding{}
	}
	r.Checked, r.Inconclusive = to.sharedLists(rules, o)
	if ex.Test != nil {
		p.ExpectByTest(ex.Test, r)
	}
	if len(o.Crashes) > 0 {
		for _, crashed := range o.Crashes {
			*r = r.Crashed(crashed.Error(), crashed.Stack)
		}
		return // the subject is not used again
	}
	p.View.Done()
	p.Reset()
	to.subjects.Put(p)
	return is
}

// evidence returns what an exchange proves about the provider.
func (j *Judge) evidence(to *served, ex *contract.Exchange) contract.Evidence {
	switch {
	case fromSandbox(ex.Response.Header):
		return contract.Simulated
	case ex.Evidence == contract.NoEvidence && !j.options.Recorded:
		return to.evidence
	}
	return ex.Evidence
}

// fromSandbox reports whether an assay sandbox responded.
func fromSandbox(h http.Header) bool {
	values := h["Server"]
	return len(values) > 0 && values[0] == contract.SandboxServer
}

// JudgeRequest applies the rules about requests to a request without a response yet. The
// result has no code, evidence or verdict.
func (j *Judge) JudgeRequest(request contract.Request) (r contract.Result, ok bool) {
	to := j.find(request)
	if to == nil {
		return j.judgeNear(&contract.Exchange{Request: request})
	}
	r = contract.Result{Case: to.o.Name(), Provider: to.spec.Provider, Operation: to.o.ID}
	j.judge(to, &contract.Exchange{Request: request}, to.requestRules, &r, nil, earlier{})
	r.Findings = slices.DeleteFunc(r.Findings, func(f contract.Finding) bool { return f.At.Direction() != contract.InRequest })
	return r, true
}

// Excerpts adds to the findings of an exchange what was sent and received at their
// places. It takes longer than judging: call it if Tally.NeedsExcerpts.
func (j *Judge) Excerpts(ex contract.Exchange, findings []contract.Finding) {
	if to := j.find(ex.Request); to != nil {
		j.excerpts(to, &ex, findings)
	}
}

func (j *Judge) excerpts(to *served, ex *contract.Exchange, findings []contract.Finding) {
	p := &rule.Subject{Spec: to.spec, Operation: to.o, View: openapi.NewView(to.o, *ex, j.options.Keys[to.spec.Provider], to.spec.Merchant)}
	p.Excerpts(findings)
	p.View.Done()
}

// observe sets the exchange of a subject.
func (j *Judge) observe(p *rule.Subject, to *served, ex *contract.Exchange) {
	own := j.options.Keys[to.spec.Provider]
	p.Spec, p.Operation, p.Strict, p.Waivers, p.Now = to.spec, to.o, j.catalog.Options.Strict, j.catalog.Fixtures.Waivers, j.catalog.Options.Now
	p.View = openapi.NewView(to.o, *ex, own, to.spec.Merchant)
	if p.View.Exchange.Request.Header == nil {
		p.View.Exchange.Request.Header = http.Header{}
	}
	p.View.Signature = signature.RequestState(to.o.Sign.Request, p.View)
	p.Authenticate(own)
}
