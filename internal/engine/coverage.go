package engine

import (
	"context"
	"slices"

	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/openapi"
	"assay/internal/rule"
)

// coverage returns what the results of a run of this engine show; see Coverage.
func (e *Engine) coverage(ctx context.Context, results []contract.Result, items bool) map[string]contract.Coverage {
	played := func(c *contract.Case) *contract.Exchange { return e.playOnce(ctx, e.lookup(c)).Exchange }
	if items {
		return e.ItemCoverage(results, played)
	}
	return e.Coverage(results, played)
}

// Coverage returns, for each operation with results, which documented items the passing
// results show, with what evidence, and which items all cases and cassettes could show. played
// returns the exchange of a case. If assay panics over a response, its result becomes an error.
func (e *Engine) Coverage(results []contract.Result, played func(*contract.Case) *contract.Exchange) map[string]contract.Coverage {
	all := e.ItemCoverage(results, played)
	for _, c := range all {
		for kind, f := range c.Figures {
			f.Items, f.Extra = nil, nil
			c.Figures[kind] = f
		}
	}
	return all
}

// ItemCoverage is Coverage with the names of the items, so that the shards of a run can be put
// together.
func (e *Engine) ItemCoverage(results []contract.Result, played func(*contract.Case) *contract.Exchange) map[string]contract.Coverage {
	all := map[string]contract.Coverage{}
	for _, s := range e.Specs {
		for _, o := range s.Operations {
			if slices.ContainsFunc(results, func(r contract.Result) bool { return r.Provider == s.Provider && r.Operation == o.ID }) {
				all[o.Name()] = coverageOf(o, e.observed(s, o, results, played), e.observable(s, o))
			}
		}
	}
	return all
}

// itemEvidence is the strongest evidence of each item, by kind.
type itemEvidence map[string]map[string]contract.Evidence

func (s itemEvidence) add(o *openapi.Operation, x *openapi.View) {
	for kind, items := range rule.Observed(o, x) {
		if s[kind] == nil {
			s[kind] = map[string]contract.Evidence{}
		}
		for _, item := range items {
			s[kind][item] = s[kind][item].Stronger(x.Exchange.Evidence)
		}
	}
}

// observed returns what the passing results show.
func (e *Engine) observed(s *openapi.Spec, o *openapi.Operation, results []contract.Result, played func(*contract.Case) *contract.Exchange) itemEvidence {
	all := itemEvidence{}
	for i, r := range results {
		c := e.Fixtures.Case(r.Case)
		if c == nil || r.Provider != s.Provider || r.Operation != o.ID || r.Verdict != contract.Pass {
			continue
		}
		if ex := played(c); ex != nil {
			if crashed := crash.Contain("coverage of "+c.Name, func() { all.add(o, e.lookup(c).View(*ex)) }); crashed != nil {
				results[i] = withCrash(r, crashed)
			}
		}
	}
	return all
}

// observable returns what the cassettes of all cases show.
func (e *Engine) observable(s *openapi.Spec, o *openapi.Operation) itemEvidence {
	all := itemEvidence{}
	for _, c := range e.Fixtures.Cases {
		if c.Provider() != s.Provider || c.Operation() != o.ID {
			continue
		}
		tape, err := e.Cassette(c)
		if err != nil {
			continue
		}
		// A panic here comes again when the case is played, and is reported then.
		_ = crash.Contain("coverage of "+c.Name, func() {
			for _, ex := range tape.Exchanges() {
				all.add(o, e.lookup(c).View(ex))
			}
		})
	}
	return all
}

// coverageOf compares the documented items with those observed and observable. An item
// that was observed without a cassette counts as observable.
func coverageOf(o *openapi.Operation, did, could itemEvidence) contract.Coverage {
	c := contract.Coverage{Codes: map[string]contract.Evidence{}, Undocumented: map[string]contract.Evidence{}, Missing: []string{}, Figures: map[string]contract.Figure{}}
	documented := rule.Documented(o)
	for _, kind := range rule.Kinds() {
		f := contract.Figure{Documented: len(documented[kind]), Did: map[contract.Evidence]int{}, Open: []string{}, Items: map[string]contract.Evidence{}}
		for _, item := range documented[kind] {
			evidence, done := did[kind][item]
			if done {
				f.Did[evidence]++
				f.Items[item] = evidence
			} else {
				f.Open = append(f.Open, item)
			}
			_, able := could[kind][item]
			if able || done {
				f.Could++
			}
			if done && !able {
				f.Extra = append(f.Extra, item)
			}
		}
		c.Figures[kind] = f
	}
	for code, evidence := range did[rule.Codes] {
		row := o.Code(code)
		switch {
		case row == nil: // undocumented: its case fails
		case !row.Documented():
			c.Undocumented[code] = evidence
		default:
			c.Codes[code] = evidence
		}
	}
	c.Missing = append(c.Missing, c.Figures[rule.Codes].Open...)
	return c
}
