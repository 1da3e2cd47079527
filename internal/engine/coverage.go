package engine

import (
	"context"
	"slices"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/rule"
)

// coverage tells of each operation that was looked at which documented things
// the passing results show, and on what evidence, and which the cases and
// cassettes there are could show.
func (e *Engine) coverage(ctx context.Context, results []contract.Result) map[string]contract.Coverage {
	all := map[string]contract.Coverage{}
	for _, s := range e.Specs {
		for _, o := range s.Operations {
			if slices.ContainsFunc(results, func(r contract.Result) bool { return r.Provider == s.Provider && r.Operation == o.ID }) {
				all[o.Name()] = covered(o, e.did(ctx, s, o, results), e.could(s, o))
			}
		}
	}
	return all
}

// shown is which items of a kind were shown, by strongest evidence.
type shown map[string]map[string]contract.Evidence

func (s shown) add(o *openapi.Operation, x *openapi.View) {
	for kind, items := range rule.Shown(o, x) {
		if s[kind] == nil {
			s[kind] = map[string]contract.Evidence{}
		}
		for _, item := range items {
			s[kind][item] = s[kind][item].Stronger(x.Exchange.Evidence)
		}
	}
}

// did is what the passing results show. What an adapter is refused for shows
// what the case meant to show, so only results that fail are left out.
func (e *Engine) did(ctx context.Context, s *openapi.Spec, o *openapi.Operation, results []contract.Result) shown {
	all := shown{}
	for _, r := range results {
		c := e.Fixtures.Case(r.Case)
		if c == nil || r.Provider != s.Provider || r.Operation != o.ID || r.Verdict != contract.Pass {
			continue
		}
		one := e.resolved(c)
		if play := e.played(ctx, one); play.Exchange != nil {
			all.add(o, one.View(*play.Exchange))
		}
	}
	return all
}

// could is what every case with a cassette shows. What a run showed without one,
// its cases could show as well.
func (e *Engine) could(s *openapi.Spec, o *openapi.Operation) shown {
	all := shown{}
	for _, c := range e.Fixtures.Cases {
		if c.Provider() != s.Provider || c.Operation() != o.ID {
			continue
		}
		tape, err := e.Cassette(c)
		if err != nil {
			continue
		}
		for _, ex := range tape.Exchanges() {
			all.add(o, e.resolved(c).View(ex))
		}
	}
	return all
}

// covered compares what is documented with what was shown and could be.
func covered(o *openapi.Operation, did, could shown) contract.Coverage {
	c := contract.Coverage{Codes: map[string]contract.Evidence{}, Undocumented: map[string]contract.Evidence{}, Missing: []string{}, Figures: map[string]contract.Figure{}}
	documented := rule.Documented(o)
	for _, kind := range rule.Kinds() {
		f := contract.Figure{Documented: len(documented[kind]), Did: map[contract.Evidence]int{}, Open: []string{}}
		for _, item := range documented[kind] {
			evidence, done := did[kind][item]
			if done {
				f.Did[evidence]++
			} else {
				f.Open = append(f.Open, item)
			}
			if _, ok := could[kind][item]; ok || done {
				f.Could++
			}
		}
		c.Figures[kind] = f
	}
	for code, evidence := range did[rule.Codes] {
		row := o.Code(code)
		switch {
		case row == nil: // it came from nowhere, and its case fails
		case row.SeenIn != "":
			c.Undocumented[code] = evidence
		default:
			c.Codes[code] = evidence
		}
	}
	c.Missing = append(c.Missing, c.Figures[rule.Codes].Open...)
	return c
}
