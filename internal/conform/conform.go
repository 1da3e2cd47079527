// Package conform holds a client under test to the cases of a provider.
//
// For each case the client gets a call and the address of a server that stands in for the
// provider during this call (package standin). The server gives the response of the case,
// whatever the client asks for. The rules about requests then see what really arrived, and
// the rules about clients see what the client says came of it: they let it make the call
// again with changed responses, and while something fails.
//
// The responses come from the source of an engine: cassettes, a sandbox, or the provider
// itself. A sandbox and a provider see the first call of a case only, and only once; calls
// with changed responses are made between the client and this machine.
package conform

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/engine"
	"assay/internal/openapi"
	"assay/internal/protocol"
	"assay/internal/report"
	"assay/internal/rule"
)

// Options say how a client is tested.
type Options struct {
	Client protocol.Client
	// Forward: the request of the client goes on to the source of the engine, a sandbox or a
	// provider, and the client gets its response. Otherwise it gets the recorded one.
	Forward bool
	// Timeout is how long a client may take to reply; 0: DefaultTimeout.
	Timeout time.Duration
	// Authority makes the certificates of connections; nil: certificates are not checked.
	Authority Authority
	// Skips are what is not checked, each with the reason.
	Skips []Skip
	// Secrets are values that no text of the client may bring into a report, besides the
	// credentials and the personal data of its calls.
	Secrets []string
	// Items: the coverage names its items, so that the shards of a run can be put together.
	Items bool

	waits func(baseURL string) // for tests: a client has to give up by itself
}

// DefaultTimeout is how long a client may take to reply.
const DefaultTimeout = 60 * time.Second

// Session holds one client to the cases of an engine. It is safe for concurrent use.
type Session struct {
	engine  *engine.Engine
	options Options
	hello   protocol.Hello
	free    chan struct{} // has a place for each call that the client accepts at a time

	made atomic.Int64 // calls

	mu     sync.Mutex
	calls  map[string]*firstCall
	chosen map[string]string // by provider/operation: the case with failures
}

// New returns a session. The engine must be ready for the cases that are played.
func New(e *engine.Engine, o Options) *Session {
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	hello := o.Client.Hello()
	return &Session{
		engine: e, options: o, hello: hello,
		free: make(chan struct{}, max(1, hello.Concurrency)), calls: map[string]*firstCall{}, chosen: chosen(e),
	}
}

// chosen returns the case of each operation with which failures are tried: the first that
// follows no other and whose code means that the request was accepted.
func chosen(e *engine.Engine) map[string]string {
	all := map[string]string{}
	for _, followers := range []bool{false, true} {
		for _, c := range e.Fixtures.Cases {
			s := e.Spec(c.Provider())
			if s == nil || (c.After != "") != followers {
				continue
			}
			o := s.Operation(c.Operation())
			row := o.Code(c.Want.Row())
			if all[o.Name()] == "" && row != nil && row.State.Accepted() && row.State != contract.Duplicate && len(c.Send) == 0 && c.Fault == "" && len(c.Credentials) == 0 {
				all[o.Name()] = c.Name
			}
		}
	}
	return all
}

// Rules returns the rules that apply to a case. No call is made.
func (s *Session) Rules(c *contract.Case) []rule.Rule { return s.rulesFor(s.emptySubject(c)) }

// rulesFor returns the rules about requests and clients that apply to a subject.
func (s *Session) rulesFor(p *rule.Subject) []rule.Rule {
	return slices.DeleteFunc(s.engine.RulesFor(p), func(r rule.Rule) bool {
		return r.Family != "request" && r.Family != "client"
	})
}

// emptySubject returns the subject of a case before the client was called.
func (s *Session) emptySubject(c *contract.Case) *rule.Subject {
	p := s.engine.EmptySubject(c)
	p.Case, p.Unspoken, p.Recording, p.Read = caseFor(c), false, nil, nil
	p.UnderTest = &rule.UnderTest{
		Failures: s.chosen[c.Provider()+"/"+c.Operation()] == c.Name, TLS: s.options.Authority != nil, Timeout: s.options.Timeout,
	}
	return p
}

// caseFor returns the case as the client plays it: without the changes that assay makes to its
// own requests, and without the findings that come from them or are about the response.
func caseFor(c *contract.Case) *contract.Case {
	own := *c
	own.Send = nil
	own.Want.Findings = slices.DeleteFunc(slices.Clone(c.Want.Findings), func(f contract.ExpectedFinding) bool {
		r, _ := rule.Find(f.Rule)
		return r.Family != "client" && (r.Family != "request" || changed(c) || f.At.Direction() == contract.InResponse)
	})
	return &own
}

// ofClient removes findings of rules about requests whose place is in the response: the client
// did not write it.
func ofClient(findings []contract.Finding) []contract.Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f contract.Finding) bool {
		r, _ := rule.Find(f.Rule)
		return r.Family == "request" && f.At.Direction() == contract.InResponse
	})
}

// Subject plays a case with the client, and returns what rules see of it. The error says why
// there is nothing to see: *InconclusiveError, or the client gave no reply.
func (s *Session) Subject(ctx context.Context, c *contract.Case) (*rule.Subject, error) {
	p := s.emptySubject(c)
	first := s.first(ctx, c)
	if first.err != nil {
		return p, first.err
	}
	p.UnderTest.Arrived, p.UnderTest.Refused = first.orders, first.reply.Refused
	s.observe(p, first)
	return p, nil
}

// observe lets rules see a call, and lets them make it again.
func (s *Session) observe(p *rule.Subject, first *firstCall) {
	if first.resolved.Input != nil {
		p.References = first.resolved.Input.References()
		p.UnderTest.People = first.resolved.Input.People()
	}
	p.UnderTest.Token, p.UnderTest.Stated = first.token.Value, first.stated
	first.resolved.Observe(p, first.exchange, first.token)
	p.View.Credentials = first.resolved.CallCredentials // with which the client reads the response
	sent := first.exchange.Request
	sent.Method = first.resolved.Operation.Method // another one is no other path
	if !first.goesTo(first.resolved.Operation, sent) {
		p.DocumentedPath = first.base().Path + first.resolved.Operation.Path
	}
	p.UnderTest.Read = func(ex contract.Exchange) contract.Trial { return s.read(first, ex) }
	p.UnderTest.Try = func(failures ...contract.Failure) []contract.Trial { return s.try(first, failures) }
}

// Result plays a case and applies its rules.
func (s *Session) Result(ctx context.Context, c *contract.Case) contract.Result {
	r := contract.Result{Case: c.Name, Provider: c.Provider(), Operation: c.Operation(), Origin: "client", Checked: []string{}, Inconclusive: []contract.Gap{}, Findings: []contract.Finding{}}
	if crashed := crash.Contain("checking "+c.Name, func() { s.check(ctx, c, &r) }); crashed != nil {
		return r.Crashed(crashed.Error(), crashed.Stack)
	}
	return r
}

func (s *Session) check(ctx context.Context, c *contract.Case, r *contract.Result) {
	skipped := s.skippedRules(c)
	if len(skipped) > 0 && len(skipped) == len(s.Rules(c)) {
		r.Verdict, r.Why = contract.Inconclusive, report.Sentence(caseSkipped.Says(*skipped[0].Why.Args.Get("reason")))
		return
	}
	p, err := s.Subject(ctx, c)
	var cannot *InconclusiveError
	var crashed *crash.Error
	switch {
	case errors.As(err, &crashed):
		*r = r.Crashed(crashed.Error(), crashed.Stack)
		return
	case errors.As(err, &cannot):
		r.Verdict, r.Why = contract.Inconclusive, cannot.Error()
		return
	case err != nil:
		r.Verdict, r.Why = contract.Errored, s.explained(c, err)
		return
	}
	r.Evidence = p.View.Exchange.Evidence
	if met, ok := p.View.ResultCode(); ok && met.Row != nil {
		r.Code = met.Name()
	}
	rules := s.applied(c, p)
	o := rule.Each(rules, p)
	r.Findings = append([]contract.Finding{}, ofClient(o.Findings)...)
	r.Checked, r.Inconclusive = o.Lists(rules)
	r.Inconclusive = append(r.Inconclusive, skipped...)
	for _, crashed := range o.Crashes {
		*r = r.Crashed(crashed.Error(), crashed.Stack)
	}
	s.judgeOthers(c, r)
	if noReply := s.noReplyIn(c); noReply != nil {
		r.Verdict, r.Why = contract.Errored, s.explained(c, noReply)
	}
}

// Run plays the selected cases and returns the report. It calls each, unless it is nil, with
// every result, in the order of the cases.
func (s *Session) Run(ctx context.Context, selected []*contract.Case, failOn contract.Severity, version string, each func(contract.Result)) *contract.Report {
	all := []contract.Result{}
	type played struct {
		contract.Result
		whole bool
	}
	results := make([]chan played, len(selected))
	whole := map[string]bool{} // the cases whose check came to its end
	work := make(chan struct{}, cap(s.free))
	var playing sync.WaitGroup
	for i := range selected {
		results[i] = make(chan played, 1)
	}
	playing.Go(func() {
		for i, c := range selected {
			work <- struct{}{}
			playing.Go(func() {
				defer func() { <-work }()
				r, whole := s.inTime(ctx, c)
				results[i] <- played{r, whole}
			})
		}
	})
	for i, c := range selected {
		r := <-results[i]
		r.Verdict = r.VerdictAt(failOn)
		all = append(all, r.Result)
		whole[c.Name] = r.whole
		if each != nil {
			each(r.Result)
		}
	}
	playing.Wait()
	s.late(all)
	return s.report(all, failOn, version, func(c *contract.Case) bool { return whole[c.Name] })
}

// Report returns the report of cases that Result has played. Their verdicts are set.
func (s *Session) Report(results []contract.Result, failOn contract.Severity, version string) *contract.Report {
	return s.report(results, failOn, version, func(*contract.Case) bool { return true })
}

// report returns the report of results. whole reports whether the check of a case came to its
// end.
func (s *Session) report(results []contract.Result, failOn contract.Severity, version string, whole func(*contract.Case) bool) *contract.Report {
	run := &contract.Report{
		Schema: contract.ReportSchema, Assay: version, Specs: map[string]string{}, FailOn: failOn, Results: results,
		Client: s.ClientReport(results, failOn),
	}
	for _, r := range results {
		if spec := s.engine.Spec(r.Provider); spec != nil {
			run.Specs[r.Provider] = "sha256:" + spec.SHA256
		}
	}
	coverage := s.engine.Coverage
	if s.options.Items {
		coverage = s.engine.ItemCoverage
	}
	run.Coverage = coverage(results, func(c *contract.Case) *contract.Exchange {
		if !whole(c) {
			return nil
		}
		return s.shown(c)
	})
	return run
}

// shown returns the exchange of a case that was played, or nil.
func (s *Session) shown(c *contract.Case) *contract.Exchange {
	s.mu.Lock()
	first := s.calls[c.Name]
	s.mu.Unlock()
	if first == nil || first.err != nil {
		return nil
	}
	return &first.exchange
}

// operationOf returns the operation of a case.
func (s *Session) operationOf(c *contract.Case) *openapi.Operation {
	return s.engine.Spec(c.Provider()).Operation(c.Operation())
}
