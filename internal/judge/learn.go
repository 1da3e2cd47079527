package judge

import (
	"context"
	"errors"
	"io"

	"assay/internal/contract"
	"assay/internal/shape"
	"assay/internal/traffic"
)

// Learn learns the shapes of everything that names mean: files, folders, globs
// and "-", which is stdin, in one pass, by several workers. Memory does not grow
// with what is read. An error is a name that means nothing, or the end of ctx.
func (j *Judge) Learn(ctx context.Context, names []string, stdin io.Reader, w CheckOptions) (*shape.ShapeSet, error) {
	var all []*learner
	err := spread(ctx, names, stdin, w, func() func(int64, *traffic.Entry) {
		l := &learner{judge: j, knows: shape.NewLearner()}
		all = append(all, l)
		return l.learn
	})
	sum := all[0]
	for _, l := range all[1:] {
		sum.merge(l)
	}
	sum.learnt.Shapes, sum.learnt.Exchanges = sum.knows.Shapes(), sum.knows.Exchanges
	return &sum.learnt, err
}

// learner is one worker.
type learner struct {
	judge  *Judge
	knows  *shape.Learner
	learnt shape.ShapeSet
	first  int64 // the number of the first broken entry
}

// learn takes up an entry, the nth.
func (l *learner) learn(n int64, e *traffic.Entry) {
	ex, err := e.Exchange()
	var to *route
	if err == nil || errors.Is(err, traffic.ErrNoResponse) {
		if to = l.judge.find(ex.Request); to == nil {
			l.learnt.Unmatched++
			return
		}
	}
	if err != nil {
		if l.learnt.Unreadable++; l.learnt.Why == nil {
			l.learnt.Why, l.first = err, n
		}
		return
	}
	l.knows.Learn(n, l.judge.weighed(to, ex), to.o)
}

// exchange learns one that was read, if it is of a documented operation.
func (l *learner) exchange(n int64, ex contract.Exchange) {
	if to := l.judge.find(ex.Request); to != nil {
		l.knows.Learn(n, l.judge.weighed(to, ex), to.o)
	}
}

// weighed is an exchange with what it proves.
func (j *Judge) weighed(to *route, ex contract.Exchange) contract.Exchange {
	ex.Evidence = j.strength(to, &ex)
	return ex
}

func (l *learner) merge(from *learner) {
	l.knows.Merge(from.knows)
	l.learnt.Unmatched += from.learnt.Unmatched
	l.learnt.Unreadable += from.learnt.Unreadable
	if from.learnt.Why != nil && (l.learnt.Why == nil || from.first < l.first) {
		l.learnt.Why, l.first = from.learnt.Why, from.first
	}
}
