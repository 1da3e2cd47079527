package engine

import (
	"context"
	"errors"
	"io"
	"net/http"

	"assay/internal/contract"
	"assay/internal/drift"
	"assay/internal/seal"
	"assay/internal/shape"
	"assay/internal/traffic"
)

// Learnt is what exchanges look like, and what of them could be read.
type Learnt struct {
	Shapes    map[string]*shape.Shape // by provider/operation
	Exchanges int64                   // of documented operations
	Foreign   int64                   // of nobody known
	Broken    int64
	Why       error // the first that is broken
}

// Learn learns the shapes of everything that names mean: files, folders, globs
// and "-", which is stdin, in one pass, by several workers. Memory does not grow
// with what is read. An error is a name that means nothing, or the end of ctx.
func (j *Judge) Learn(ctx context.Context, names []string, stdin io.Reader, w Watching) (*Learnt, error) {
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
	learnt Learnt
	first  int64 // the number of the first broken entry
}

// learn takes up an entry, the nth.
func (l *learner) learn(n int64, e *traffic.Entry) {
	ex, err := e.Exchange()
	var to *route
	if err == nil || errors.Is(err, traffic.ErrNoAnswer) {
		if to = l.judge.find(ex.Request); to == nil {
			l.learnt.Foreign++
			return
		}
	}
	if err != nil {
		if l.learnt.Broken++; l.learnt.Why == nil {
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
	ex.Evidence = j.strength(to, ex)
	return ex
}

func (l *learner) merge(from *learner) {
	l.knows.Merge(from.knows)
	l.learnt.Foreign += from.learnt.Foreign
	l.learnt.Broken += from.learnt.Broken
	if from.learnt.Why != nil && (l.learnt.Why == nil || from.first < l.first) {
		l.learnt.Why, l.first = from.learnt.Why, from.first
	}
}

// LearnCases plays cases, from their cassettes or as Ask says, and learns what
// is answered. Answers that are spoilt on purpose teach nothing. why is of the
// first case that could not be played.
func (e *Engine) LearnCases(ctx context.Context, selected []*contract.Case, each func(contract.Result)) *Learnt {
	l := shape.NewLearner()
	sum := &Learnt{}
	for i, c := range selected {
		if c.Fault != "" {
			continue
		}
		play := e.Play(ctx, c)
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
			if e.caller != nil {
				ex.Origin += ":" + c.Name
			} else {
				ex.Answer.Duration = 0 // how long the replay took is nobody's latency
			}
			l.Learn(int64(i)+1, ex, e.Spec(c.Provider()).Operation(c.Operation()))
		}
		if each != nil {
			each(contract.Result{Case: c.Name, Operation: c.Operation(), Verdict: verdict})
		}
	}
	sum.Shapes, sum.Exchanges = l.Shapes(), l.Exchanges
	return sum
}

// Documented gives the shapes that the specifications print: an answer for each
// code.
func (e *Engine) Documented() map[string]*shape.Shape {
	l := shape.NewLearner()
	for _, s := range e.Specs {
		for _, o := range s.Operations {
			for i, row := range o.Codes {
				example, ok := o.Example(row.Code)
				if !ok {
					continue
				}
				l.Learn(int64(i)+1, contract.Exchange{
					Request: contract.Request{Method: o.Method},
					Answer: contract.Answer{
						Status: example.HTTP, Header: http.Header{"Content-Type": {"application/json"}},
						Body: seal.Sign(o.Sign.Answer, example.Body, s.TestCredentials(), seal.Zeros{}),
					},
					Origin: "spec:" + s.File + "#" + row.Code, Evidence: contract.Documented,
				}, o)
			}
		}
	}
	return l.Shapes()
}

// Baseline gives the shapes that were accepted: cassettes/<provider>/<operation>.shape.yaml.
func (e *Engine) Baseline() (map[string]*shape.Shape, error) {
	return shape.Load(e.data.Cassettes, "cassettes")
}

// Drift compares shapes of every operation that both have. compared is how many
// there were.
func (e *Engine) Drift(was, is map[string]*shape.Shape) (found []contract.Change, compared int) {
	for _, s := range e.Specs {
		for _, o := range s.Operations {
			if was[o.Name()] == nil || is[o.Name()] == nil {
				continue
			}
			compared++
			found = append(found, drift.Compare(was[o.Name()], is[o.Name()], o, e.Uses(o))...)
		}
	}
	return contract.WorstFirst(found), compared
}
