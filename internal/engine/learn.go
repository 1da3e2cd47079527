package engine

import (
	"context"

	"assay/internal/contract"
	"assay/internal/crash"
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
		err := play.Err
		if err == nil {
			if crashed := crash.Contain("learning the response of "+c.Name, func() { err = learn(l, int64(i)+1, r.Resolved, *play.Exchange) }); crashed != nil {
				err = crashed
			}
		}
		verdict := contract.Pass
		switch {
		case play.Inconclusive() != "":
			verdict = contract.Inconclusive
		case err != nil:
			verdict = contract.Errored
			if sum.Unreadable++; sum.Why == nil {
				sum.Why = err
			}
		}
		if each != nil {
			each(contract.Result{Case: c.Name, Operation: c.Operation(), Verdict: verdict})
		}
	}
	sum.Shapes, sum.Exchanges = l.Shapes(), l.Exchanges
	return sum
}

// learn learns the nth exchange.
func learn(l *shape.Learner, n int64, r *Resolved, ex contract.Exchange) error {
	if r.Recorded {
		ex.Response.Duration = 0 // the time of a replay is not the provider's latency
	} else {
		ex.Origin += ":" + r.Case.Name
	}
	return l.Learn(n, ex, r.Operation)
}
