package engine

import (
	"context"

	"assay/internal/contract"
	"assay/internal/shape"
)

// LearnCases plays cases, and learns what is answered. Answers that are spoilt on purpose teach nothing. why is of the
// first case that could not be played.
func (e *Engine) LearnCases(ctx context.Context, selected []*contract.Case, each func(contract.Result)) *shape.Learnt {
	l := shape.NewLearner()
	sum := &shape.Learnt{}
	for i, c := range selected {
		if c.Fault != "" {
			continue
		}
		r := e.resolved(c)
		play := e.played(ctx, r)
		verdict := contract.Pass
		switch {
		case play.Unproved() != "":
			verdict = contract.Unproved
		case play.Err != nil:
			verdict = contract.Broken
			if sum.Broken++; sum.Why == nil {
				sum.Why = play.Err
			}
		default:
			ex := *play.Exchange
			if r.Recorded {
				ex.Answer.Duration = 0 // how long the replay took is nobody's latency
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
