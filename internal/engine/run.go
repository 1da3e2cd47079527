package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"assay/internal/check"
	"assay/internal/contract"
)

// ReportSchema names the form of a report; its JSON Schema is published in
// internal/report/report.schema.json.
const ReportSchema = "assay.report/v1"

// Run plays the selected cases, each provider's specification after its cases
// where all of them are selected, and judges what comes of them. each is told
// every result as it comes; nil: nobody listens.
func (e *Engine) Run(ctx context.Context, selected []*contract.Case, failOn contract.Severity, version string, each func(contract.Result)) *contract.Report {
	report := &contract.Report{
		Schema: ReportSchema, Assay: version, Specs: map[string]string{}, FailOn: failOn,
		Results: []contract.Result{}, Coverage: map[string]contract.Coverage{},
	}
	add := func(r contract.Result) {
		r.Verdict = verdict(r, failOn)
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
			add(e.result(ctx, c))
		}
		if p := e.Whole(ctx, s.Provider, mine); p != nil {
			add(judged(p, contract.Result{Case: s.Provider, Provider: s.Provider, Origin: "spec:" + s.File}))
		}
	}
	report.Coverage = e.coverage(ctx, report.Results)
	report.Matrix = e.matrix(ctx, selected, report.Results)
	return report
}

func (e *Engine) result(ctx context.Context, c *contract.Case) contract.Result {
	r := contract.Result{Case: c.Name, Provider: c.Provider(), Operation: c.Operation(), Checked: []string{}, Unproved: []contract.Gap{}, Findings: []contract.Finding{}}
	p, play := e.Pass(ctx, c)
	switch {
	case play.Unproved() != "":
		r.Verdict, r.Why = contract.Unproved, play.Unproved()
		return r
	case play.Err != nil:
		r.Verdict, r.Why = contract.Broken, play.Err.Error()
		r.Origin = "cassette:" + c.Name
		if e.caller != nil {
			r.Origin = "live"
		}
		return r
	}
	r.Origin, r.Evidence = play.Exchange.Origin, play.Exchange.Evidence
	if met, ok := p.View.Met(); ok && met.Row != nil {
		r.Code = met.Code
	}
	return judged(p, r)
}

// judged applies every rule that applies to a pass.
func judged(p *check.Pass, r contract.Result) contract.Result {
	rules := check.For(p)
	o := check.Each(rules, p)
	r.Findings = append([]contract.Finding{}, o.Findings...)
	r.Checked, r.Unproved = o.Lists(rules)
	return r
}

// Whole is the pass over a provider's specification, nil unless every case of
// it is among the selected: what is left open can only be told of all.
func (e *Engine) Whole(ctx context.Context, provider string, selected []*contract.Case) *check.Pass {
	p := &check.Pass{Spec: e.Spec(provider), Strict: e.options.Strict, Waivers: e.Fixtures.Waivers, Now: e.options.Now}
	for _, c := range e.Fixtures.Cases {
		if c.Provider() != provider {
			continue
		}
		if !slices.Contains(selected, c) {
			return nil
		}
		play := e.Play(ctx, c)
		p.Played = append(p.Played, check.Played{Case: c, Exchange: play.Exchange})
		p.Unplayed = append(p.Unplayed, play.Unplayed...)
	}
	if e.caller == nil {
		p.Unplayed = append(p.Unplayed, e.orphans(provider)...)
	}
	p.Waived = e.waived(ctx, p)
	return p
}

// waived tells which waivers about a provider tolerate something, in its results
// or in those of another provider they are about.
func (e *Engine) waived(ctx context.Context, whole *check.Pass) map[string]bool {
	all := map[string]bool{}
	note := func(findings []contract.Finding) {
		for _, f := range findings {
			if f.Waived != nil {
				all[f.Waived.Source] = true
			}
		}
	}
	mine := slices.DeleteFunc(slices.Clone(whole.Waivers), func(w contract.Waiver) bool { return !check.WaiverOf(w, whole.Spec.Provider) })
	if len(mine) == 0 {
		return all
	}
	for _, c := range e.Fixtures.Cases {
		if slices.ContainsFunc(mine, func(w contract.Waiver) bool { return check.WaiverOf(w, c.Provider()) }) {
			note(e.result(ctx, c).Findings)
		}
	}
	for _, rule := range check.For(whole) {
		note(check.Apply(rule, whole).Findings)
	}
	return all
}

// orphans names the cassettes of a provider that belong to no case.
func (e *Engine) orphans(provider string) []string {
	var names []string
	for _, name := range e.shelf.Names() {
		if strings.HasPrefix(name, provider+"/") && e.Fixtures.Case(name) == nil {
			names = append(names, "cassettes/"+name+".yaml")
		}
	}
	return names
}

// verdict is broken before fail before unproved before pass.
func verdict(r contract.Result, failOn contract.Severity) contract.Verdict {
	switch {
	case r.Verdict != "":
		return r.Verdict
	case r.Fails(failOn):
		return contract.Fail
	case len(r.Checked) == 0:
		return contract.Unproved
	}
	return contract.Pass
}

// UnknownNameError is a selection that names nothing.
type UnknownNameError struct{ Kind, Name, Nearest string }

func (e *UnknownNameError) Error() string {
	return fmt.Sprintf("there is no %s %q; did you mean %s?", e.Kind, e.Name, e.Nearest)
}

// Select finds the cases that patterns name: a provider, provider/operation,
// provider/operation/case, with * for any run of characters. No pattern
// selects every case.
func (e *Engine) Select(patterns []string) ([]*contract.Case, error) {
	if len(patterns) == 0 {
		return e.Fixtures.Cases, nil
	}
	chosen := map[string]bool{}
	for _, pattern := range patterns {
		found := false
		for _, c := range e.Fixtures.Cases {
			if covers(pattern, c.Name) {
				found, chosen[c.Name] = true, true
			}
		}
		if found {
			continue
		}
		if err := e.unknown(pattern); err != nil {
			return nil, err
		}
	}
	var selected []*contract.Case
	for _, c := range e.Fixtures.Cases {
		if chosen[c.Name] {
			selected = append(selected, c)
		}
	}
	return selected, nil
}

// unknown explains a pattern that selects nothing; one that names a provider or
// an operation that merely has no cases is known, and so is one with a *.
func (e *Engine) unknown(pattern string) error {
	parts := strings.Split(strings.TrimSuffix(pattern, "/"), "/")
	if strings.Contains(pattern, "*") {
		return nil
	}
	s := e.Spec(parts[0])
	if s == nil {
		return &UnknownNameError{"provider", parts[0], Nearest(parts[0], e.Providers())}
	}
	if len(parts) > 1 && s.Operation(parts[1]) == nil {
		return &UnknownNameError{"operation", parts[0] + "/" + parts[1], parts[0] + "/" + Nearest(parts[1], operations(s))}
	}
	if len(parts) > 2 {
		var names []string
		for _, c := range e.Fixtures.Cases {
			names = append(names, c.Name)
		}
		return &UnknownNameError{"case", pattern, Nearest(pattern, names)}
	}
	return nil
}
