package engine

import (
	"context"
	"errors"
	"slices"
	"sync"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/rule"
)

// Ready compiles what a run of the selected cases needs, which is all that is loaded: a
// case may follow one of another provider, or a waiver have one played. It tells what
// the run lacks: a *spec.ExpressionsError, or, all of it at once, a
// *catalog.CredentialsError and cassettes that do not parse.
func (e *Engine) Ready(selected []*contract.Case) error {
	needed := slices.DeleteFunc(slices.Clone(e.Specs), func(s *openapi.Spec) bool {
		return !slices.ContainsFunc(selected, func(c *contract.Case) bool { return c.Provider() == s.Provider })
	})
	var fault error
	var compiling sync.WaitGroup
	compiling.Go(func() { fault = openapi.Compile(e.Specs...) }) // while cassettes are read
	var lacks []error
	for _, s := range needed {
		lacks = append(lacks, e.source.Ready(s))
	}
	if compiling.Wait(); fault != nil {
		return fault
	}
	return errors.Join(lacks...)
}

// Run plays the selected cases, each provider's specification after its cases
// where all of them are selected, and judges what comes of them. each is told
// every result as it comes; nil: nobody listens.
func (e *Engine) Run(ctx context.Context, selected []*contract.Case, failOn contract.Severity, version string, each func(contract.Result)) *contract.Report {
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
		if len(mine) == 0 {
			continue
		}
		report.Specs[s.Provider] = "sha256:" + s.SHA256
		for _, c := range mine {
			add(e.Result(ctx, c))
		}
		if p := e.Whole(ctx, s.Provider, mine); p != nil {
			add(judged(p, contract.Result{Case: s.Provider, Provider: s.Provider, Origin: "spec:" + s.File}))
		}
	}
	report.Coverage = e.coverage(ctx, report.Results)
	report.Matrix = e.matrix(ctx, selected, report.Results)
	return report
}

// Result plays a case, and holds what came to every rule that applies. Its verdict
// is left open where something could be looked at: see contract.Result.Judged.
func (e *Engine) Result(ctx context.Context, c *contract.Case) contract.Result {
	r := contract.Result{Case: c.Name, Provider: c.Provider(), Operation: c.Operation(), Checked: []string{}, Inconclusive: []contract.Gap{}, Findings: []contract.Finding{}}
	p, play := e.Subject(ctx, c)
	switch {
	case play.Inconclusive() != "":
		r.Verdict, r.Why = contract.Inconclusive, play.Inconclusive()
		return r
	case play.Err != nil:
		r.Verdict, r.Why, r.Origin = contract.Errored, play.Err.Error(), play.Origin
		return r
	}
	r.Origin, r.Evidence = play.Exchange.Origin, play.Exchange.Evidence
	if met, ok := p.View.ResultCode(); ok && met.Row != nil {
		r.Code = met.Code
	}
	return judged(p, r)
}

// judged applies every rule that applies to a pass.
func judged(p *rule.Subject, r contract.Result) contract.Result {
	rules := rule.For(p)
	o := rule.Each(rules, p)
	r.Findings = append([]contract.Finding{}, o.Findings...)
	r.Checked, r.Inconclusive = o.Lists(rules)
	return r
}

// Whole is the pass over a provider's specification, nil unless every case of
// it is among the selected: what is left open can only be told of all.
func (e *Engine) Whole(ctx context.Context, provider string, selected []*contract.Case) *rule.Subject {
	s := e.Spec(provider)
	p := e.NewPass(s, nil, nil)
	for _, c := range e.Fixtures.Cases {
		if c.Provider() != provider {
			continue
		}
		if !slices.Contains(selected, c) {
			return nil
		}
		play := e.Play(ctx, c)
		p.Played = append(p.Played, rule.PlayedCase{Case: c, Exchange: play.Exchange})
		p.Unplayed = append(p.Unplayed, play.Unplayed...)
	}
	if e.source.Terms(s).Recorded {
		p.Unplayed = append(p.Unplayed, e.Orphans(provider)...)
	}
	p.Waived = e.waived(ctx, p)
	return p
}

// waived tells which waivers about a provider tolerate something, in its results
// or in those of another provider they are about. Nobody is asked for a case of another
// provider, which may not be selected: a waiver about one that would have to be asked is
// taken to tolerate something there.
func (e *Engine) waived(ctx context.Context, whole *rule.Subject) map[string]bool {
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
		case c.Provider() == whole.Spec.Provider || e.atHand(c):
			note(e.Result(ctx, c).Findings)
		default:
			for _, w := range about {
				all[w.Source] = true
			}
		}
	}
	for _, r := range rule.For(whole) {
		note(rule.Apply(r, whole).Findings)
	}
	return all
}
