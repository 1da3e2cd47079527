package judge

import (
	"context"
	"errors"
	"io"

	"assay/internal/contract"
	"assay/internal/shape"
	"assay/internal/traffic"
)

// Learn learns the shapes of the responses in the named files, folders and globs; "-" is
// stdin. It reads everything once, with several workers; memory does not grow with what is
// read. An error is a name that matches nothing, or the end of ctx.
func (j *Judge) Learn(ctx context.Context, names []string, stdin io.Reader, w CheckOptions) (*shape.ShapeSet, error) {
	var all []*learner
	err := distribute(ctx, names, stdin, w, true, func() func(batch) {
		l := &learner{judge: j, shapes: shape.NewLearner(), skip: w.SkipUnreadable}
		all = append(all, l)
		return func(b batch) {
			for i := range b.Entries {
				if ctx.Err() != nil {
					return
				}
				l.learn(b.before+int64(i)+1, &b.Entries[i])
			}
		}
	})
	sum := all[0]
	for _, l := range all[1:] {
		sum.merge(l)
	}
	sum.set.Omitted, sum.set.Recorder = sum.shapes.Omitted()
	sum.set.Shapes, sum.set.Exchanges = sum.shapes.Shapes(), sum.shapes.Exchanges
	return &sum.set, err
}

// learner learns the exchanges of one worker.
type learner struct {
	judge           *Judge
	shapes          *shape.Learner
	set             shape.ShapeSet
	skip            bool  // pass over files that cannot be read
	firstUnreadable int64 // the number of the first unreadable entry
}

// learn learns the nth entry. If assay panics, the entry counts as unreadable.
func (l *learner) learn(n int64, e *traffic.Entry) {
	if crashed := contained(e, func() { l.learnEntry(n, e) }); crashed != nil {
		l.unreadable(n, crashed)
	}
}

func (l *learner) learnEntry(n int64, e *traffic.Entry) {
	ex, err := e.Exchange()
	var to *served
	if err == nil || errors.Is(err, traffic.ErrNoResponse) {
		if to = l.judge.find(ex.Request); to == nil {
			l.set.Unmatched++
			return
		}
	}
	if err != nil {
		if r, whole, ok := e.Request(); l.skip && e.File() || ok && (l.judge.elsewhere(e, r, whole) || whole && l.judge.find(r) == nil) {
			l.set.Unmatched++
			return
		}
		l.unreadable(n, err)
		return
	}
	if err := l.shapes.Learn(n, l.judge.withEvidence(to, ex), to.o); err != nil {
		l.unreadable(n, err)
	}
}

// unreadable counts the nth entry, which cannot be read.
func (l *learner) unreadable(n int64, err error) {
	if l.set.Unreadable++; l.set.Why == nil {
		l.set.Why, l.firstUnreadable = err, n
	}
}

// learnExchange learns the nth exchange, if it matches a documented operation.
func (l *learner) learnExchange(n int64, ex contract.Exchange) {
	if to := l.judge.find(ex.Request); to != nil {
		_ = l.shapes.Learn(n, l.judge.withEvidence(to, ex), to.o) // rules say of the same response that it is too large
	}
}

// withEvidence returns an exchange with its evidence set.
func (j *Judge) withEvidence(to *served, ex contract.Exchange) contract.Exchange {
	ex.Evidence = j.evidence(to, &ex)
	return ex
}

func (l *learner) merge(from *learner) {
	l.shapes.Merge(from.shapes)
	l.set.Unmatched += from.set.Unmatched
	l.set.Unreadable += from.set.Unreadable
	if from.set.Why != nil && (l.set.Why == nil || from.firstUnreadable < l.firstUnreadable) {
		l.set.Why, l.firstUnreadable = from.set.Why, from.firstUnreadable
	}
}
