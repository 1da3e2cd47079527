package engine

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/interrupt"
	"assay/internal/openapi"
	render "assay/internal/report"
	"assay/internal/rule"
)

// Ready prepares a run of the selected cases. It compiles all loaded specifications: a
// case may follow a case of another provider, and a waiver may need one. An error is an
// *openapi.ExpressionsError, or else lists all credentials that are not set
// (*catalog.CredentialsError) or have a wrong length (*catalog.CredentialSizeError), and
// all cassettes that do not parse.
func (e *Engine) Ready(selected []*contract.Case) error {
	needed := slices.DeleteFunc(slices.Clone(e.Specs), func(s *openapi.Spec) bool {
		return !slices.ContainsFunc(selected, func(c *contract.Case) bool { return c.Provider() == s.Provider })
	})
	var fault error
	var compiling sync.WaitGroup
	compiling.Go(func() { fault = openapi.Compile(e.Specs...) }) // while the source reads cassettes
	var lacks []error
	for _, s := range needed {
		lacks = append(lacks, e.source.Ready(s))
	}
	if compiling.Wait(); fault != nil {
		return fault
	}
	return errors.Join(lacks...)
}

// Run plays the selected cases, applies the rules and returns the report. If all cases of
// a provider are selected, a result for its specification follows theirs. Run calls each,
// unless it is nil, with every result as soon as there is one.
func (e *Engine) Run(ctx context.Context, selected []*contract.Case, failOn contract.Severity, version string, each func(contract.Result)) *contract.Report {
	return e.run(ctx, selected, failOn, version, each, nil)
}

// RunShard is Run for one part of the selected cases. has reports whether the part has a case,
// the specification of a provider, or an operation without a case of a scenario. To judge a
// specification as a whole, all cases of its provider are played, so do not use it with the
// servers of a provider.
func (e *Engine) RunShard(ctx context.Context, selected []*contract.Case, failOn contract.Severity, version string, each func(contract.Result), s contract.Shard, has func(name string) bool) *contract.Report {
	return e.run(ctx, selected, failOn, version, each, &part{Shard: s, has: has, cells: map[string]int{}})
}

func (e *Engine) run(ctx context.Context, selected []*contract.Case, failOn contract.Severity, version string, each func(contract.Result), of *part) *contract.Report {
	report := &contract.Report{
		Schema: contract.ReportSchema, Assay: version, Specs: map[string]string{}, FailOn: failOn,
		Results: []contract.Result{}, Coverage: map[string]contract.Coverage{},
	}
	add := func(r contract.Result) {
		r.Verdict = r.VerdictAt(failOn)
		report.Results = append(report.Results, r)
		if each != nil {
			each(r)
		}
	}
	for _, s := range e.Specs {
		mine := slices.DeleteFunc(slices.Clone(selected), func(c *contract.Case) bool { return c.Provider() != s.Provider })
		if len(mine) == 0 && !e.Caseless(s) {
			continue
		}
		report.Specs[s.Provider] = "sha256:" + s.SHA256
		played := slices.DeleteFunc(slices.Clone(mine), func(c *contract.Case) bool { return !of.next(c.Name) })
		e.playAll(ctx, s, played, add)
		whole := of != nil && e.Whole(s.Provider, mine)
		if of != nil && (!whole || !of.next(s.Provider)) {
			continue
		}
		if ctx.Err() != nil {
			of.undo(whole)
			continue // the specification is not to blame for cases that were not played
		}
		if r, ok := e.specResult(ctx, s, mine); ok {
			if len(mine) == 0 && r.Verdict == "" && !r.Fails(failOn) { // nothing was played, so nothing passes
				r.Verdict, r.Why = contract.Inconclusive, render.Sentence(casesAbsent.Says(contract.ArgText("provider", s.Provider)))
			}
			add(r)
		}
	}
	report.Coverage = e.coverage(ctx, report.Results, of != nil)
	report.Matrix = e.matrix(ctx, selected, report.Results, of)
	if of != nil {
		report.Shard = &of.Shard
	}
	return report
}

// playAll plays cases of a provider and calls add with their results, in the same order. Recorded
// responses are played on all cores. Requests that reach somebody are sent one after the other.
func (e *Engine) playAll(ctx context.Context, s *openapi.Spec, cases []*contract.Case, add func(contract.Result)) {
	if !e.source.Terms(s).Recorded {
		for _, c := range cases {
			add(e.resultInTime(ctx, c))
		}
		return
	}
	made := make([]chan contract.Result, len(cases))
	for i := range made {
		made[i] = make(chan contract.Result, 1)
	}
	var next atomic.Int64
	var playing sync.WaitGroup
	defer playing.Wait()
	for range min(runtime.GOMAXPROCS(0), len(cases)) {
		playing.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(cases)); i = next.Add(1) - 1 {
				made[i] <- e.resultInTime(ctx, cases[i])
			}
		})
	}
	for _, result := range made {
		add(<-result)
	}
}

// errWhileChecking is the error of a case whose check did not end when the run was
// interrupted.
var errWhileChecking = errors.New("the run was interrupted while this case was checked; if its request was sent, inquire about it, and do not send it again")

// resultInTime is Result, but once ctx has ended it gives up after interrupt.Patience: a
// response of many megabytes can take longer to check.
func (e *Engine) resultInTime(ctx context.Context, c *contract.Case) contract.Result {
	var r contract.Result
	if interrupt.Do(ctx, func() { r = e.Result(ctx, c) }) {
		return r
	}
	return Interrupted(c)
}

// Interrupted returns the result of a case whose check did not end when the run was
// interrupted.
func Interrupted(c *contract.Case) contract.Result {
	return contract.Result{
		Case: c.Name, Provider: c.Provider(), Operation: c.Operation(), Verdict: contract.Errored, Why: errWhileChecking.Error(),
		Checked: []string{}, Inconclusive: []contract.Gap{}, Findings: []contract.Finding{},
	}
}

// specResult returns the result of a provider's specification, if all its cases are
// selected.
func (e *Engine) specResult(ctx context.Context, s *openapi.Spec, selected []*contract.Case) (r contract.Result, ok bool) {
	r = contract.Result{Case: s.Provider, Provider: s.Provider, Origin: "spec:" + s.File, Checked: []string{}, Inconclusive: []contract.Gap{}, Findings: []contract.Finding{}}
	if crashed := crash.Contain("checking the specification of "+s.Provider, func() {
		if p := e.SpecSubject(ctx, s.Provider, selected); p != nil {
			r, ok = e.applyRules(p, r), true
		}
	}); crashed != nil {
		return withCrash(r, crashed), true
	}
	return r, ok
}

// Result plays a case and applies every rule that applies. If there is an exchange, the
// verdict is not set: contract.Result.VerdictAt computes it from the findings. If assay
// panics, the verdict is error, and the result holds what was found before.
func (e *Engine) Result(ctx context.Context, c *contract.Case) contract.Result {
	r := contract.Result{Case: c.Name, Provider: c.Provider(), Operation: c.Operation(), Checked: []string{}, Inconclusive: []contract.Gap{}, Findings: []contract.Finding{}}
	if crashed := crash.Contain("checking "+c.Name, func() { e.check(ctx, c, &r) }); crashed != nil {
		return withCrash(r, crashed)
	}
	return r
}

// check plays a case and fills in its result, step by step.
func (e *Engine) check(ctx context.Context, c *contract.Case, r *contract.Result) {
	p, play := e.Subject(ctx, c)
	var crashed *crash.Error
	switch {
	case play.Inconclusive() != "":
		r.Verdict, r.Why = contract.Inconclusive, play.Inconclusive()
		return
	case errors.As(play.Err, &crashed):
		r.Origin, r.Stack = play.Origin, crashed.Stack
		r.Verdict, r.Why = contract.Errored, play.Err.Error()
		return
	case play.Err != nil:
		r.Verdict, r.Why, r.Origin = contract.Errored, play.Err.Error(), play.Origin
		r.NoResponse = errors.As(play.Err, new(*NoResponseError))
		return
	}
	r.Origin, r.Evidence, r.Took = play.Exchange.Origin, play.Exchange.Evidence, play.Exchange.Response.Duration
	if met, ok := p.View.ResultCode(); ok && met.Row != nil {
		r.Code = met.Name()
	}
	*r = e.applyRules(p, *r)
}

// applyRules applies every rule that applies to a subject.
func (e *Engine) applyRules(p *rule.Subject, r contract.Result) contract.Result {
	rules := e.RulesFor(p)
	o := rule.Each(rules, p)
	r.Findings = append([]contract.Finding{}, o.Findings...)
	r.Checked, r.Inconclusive = o.Lists(rules)
	if why, assumed := rule.Assumes(p); assumed && len(r.Checked) == 0 {
		r.Why = render.Sentence(why)
	}
	return withCrash(r, o.Crashes...)
}

// withCrash returns a result after assay panicked, if it did.
func withCrash(r contract.Result, all ...*crash.Error) contract.Result {
	for _, crashed := range all {
		r = r.Crashed(crashed.Error(), crashed.Stack)
	}
	return r
}

// SpecSubject returns the subject of a provider's specification. It is nil unless all
// cases of the provider are selected, because only all of them show what no case covers.
func (e *Engine) SpecSubject(ctx context.Context, provider string, selected []*contract.Case) *rule.Subject {
	s := e.Spec(provider)
	p := e.NewSubject(s, nil, nil)
	p.Caseless = e.Caseless(s)
	for _, c := range e.Fixtures.Cases {
		if c.Provider() != provider {
			continue
		}
		if !slices.Contains(selected, c) {
			return nil
		}
		play := e.Play(ctx, c)
		p.PlayedCases = append(p.PlayedCases, rule.PlayedCase{Case: c, Exchange: play.Exchange})
		p.Orphans = append(p.Orphans, play.Unplayed...)
	}
	if e.source.Terms(s).Recorded {
		p.Orphans = append(p.Orphans, e.Orphans(provider)...)
	}
	p.UsedWaivers = e.usedWaivers(ctx, p)
	return p
}

// usedWaivers returns the waivers about a provider that tolerate a finding, in its results
// or in those of another provider. It sends nothing to another provider, whose cases may
// not be selected: a waiver about a case that is not played counts as used.
func (e *Engine) usedWaivers(ctx context.Context, whole *rule.Subject) map[string]bool {
	all := map[string]bool{}
	note := func(findings []contract.Finding) {
		for _, f := range findings {
			if f.Waived != nil {
				all[f.Waived.Source] = true
			}
		}
	}
	mine := slices.DeleteFunc(slices.Clone(whole.Waivers), func(w contract.Waiver) bool { return !rule.WaiverOf(w, whole.Spec.Provider) })
	if len(mine) == 0 {
		return all
	}
	for _, c := range e.Fixtures.Cases {
		about := slices.DeleteFunc(slices.Clone(mine), func(w contract.Waiver) bool { return !rule.WaiverOf(w, c.Provider()) })
		switch {
		case len(about) == 0:
		case c.Provider() == whole.Spec.Provider || e.needsNoCall(c):
			note(e.Result(ctx, c).Findings)
		default:
			for _, w := range about {
				all[w.Source] = true
			}
		}
	}
	alone := *whole
	note(rule.Each(e.RulesFor(whole), &alone).Findings)
	return all
}
