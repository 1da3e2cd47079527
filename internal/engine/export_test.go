package engine

import (
	"context"
	"maps"
	"slices"

	"assay/internal/check"
	"assay/internal/contract"
	"assay/internal/drift"
	"assay/internal/spec"
)

// Scrubbed is an exchange of a case as it may be kept.
func (e *Engine) Scrubbed(c *contract.Case, ex contract.Exchange) contract.Exchange {
	clean, _ := e.scrubbed(c, Play{Exchange: &ex})
	return clean
}

// Again gives an engine of the same data that has played nothing and asks nobody.
func (e *Engine) Again() *Engine {
	fixtures := *e.Fixtures
	fixtures.Cases, fixtures.Waivers = slices.Clone(fixtures.Cases), slices.Clone(fixtures.Waivers)
	return &Engine{
		Specs: slices.Clone(e.Specs), Fixtures: &fixtures, providers: e.providers, holding: maps.Clone(e.holding), shelf: e.shelf,
		data: e.data, options: e.options, plays: map[string]*playing{}, tapes: maps.Clone(e.tapes), uses: map[*spec.Operation]func() *drift.Uses{},
		derived: e.derived,
	}
}

// See shows another exchange to the pass of a case.
func (e *Engine) See(p *check.Pass, c *contract.Case, ex contract.Exchange, token contract.Token) *check.Pass {
	other := *p
	e.see(&other, c, ex, token)
	return &other
}

// Tried tells what one answer shows of whoever reads it.
func Tried(o *spec.Operation, answer contract.Answer, read func(contract.Answer) contract.Outcome) *drift.Uses {
	t := &trial{o: o, answer: answer, uses: &drift.Uses{}, read: read}
	t.run()
	return t.uses
}

// Matrix compares what scenarios came to.
func (e *Engine) Matrix(ctx context.Context, selected []*contract.Case, results []contract.Result) []contract.Compared {
	return e.matrix(ctx, selected, results)
}

// Add has the judge apply one more rule, as if it stood in the list of rules.
func (j *Judge) Add(r check.Rule) {
	for i := range j.routes {
		if p := j.routes[i].prepared; !slices.ContainsFunc(p.rules, func(known check.Rule) bool { return known.ID == r.ID }) {
			p.rules = append(p.rules, r)
		}
	}
}
