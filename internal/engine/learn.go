package engine

import (
	"context"

	"assay/internal/contract"
	"assay/internal/shape"
)

// LearnCases plays cases and learns the shapes of the responses. It skips cases whose
// response is damaged on purpose. Why in the result is the error of the first case that
// could not be played. LearnCases calls each, unless it is nil, after every case it plays.
func (e *Engine) LearnCases(ctx context.Context, selected []*contract.Case, each func(contract.Result)) *shape.ShapeSet {
	l := shape.NewLearner()
	sum := &shape.ShapeSet{}
	for i, c := range selected {
		if c.Fault != "" {
			continue
		}
		r := e.lookup(c)
		play := e.playOnce(ctx, r)
		verdict := contract.Pass
		switch {
		case play.Inconclusive() != "":
			verdict = contract.Inconclusive
		case play.Err != nil:
			verdict = contract.Errored
			if sum.Unreadable++; sum.Why == nil {
				sum.Why = play.Err
			}
		default:
			ex := *play.Exchange
			if r.Recorded {
				ex.Response.Duration = 0 // the time of a replay is not the provider's latency
			} else {
				ex.Origin += ":" + c.Name
			}
			l.Learn(int64(i)+1, ex, r.Operation)
		}
		if each != nil {
			each(contract.Result{Case: c.Name, Operation: c.Operation(), Verdict: verdict})
		}
	}
	sum.Shapes, sum.Exchanges = l.Shapes(), l.Exchanges
	return sum
}
