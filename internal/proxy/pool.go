package proxy

import (
	"sync/atomic"
	"time"

	"assay/internal/contract"
)

// outcome is what a worker brings back.
type outcome struct {
	exchange contract.Exchange
	result   contract.Result
	reason   Reason        // why there is no result; "": there is
	took     time.Duration // the work alone, without the wait for it
}

// pool is workers that judge, and a queue that is never waited for.
type pool struct{ tasks chan *task }

type task struct {
	work      func() outcome
	done      chan outcome // holds one
	abandoned atomic.Bool  // nobody waits for it any more
}

func newPool(workers, queue int) *pool {
	p := &pool{make(chan *task, queue)}
	for range workers {
		go p.serve()
	}
	return p
}

func (p *pool) serve() {
	for t := range p.tasks {
		if !t.abandoned.Load() {
			t.done <- guarded(t.work)
		}
	}
}

// guarded does work that may panic.
func guarded(work func() outcome) (done outcome) {
	began := time.Now()
	defer func() {
		if recover() != nil {
			done = outcome{reason: Failed}
		}
		done.took = time.Since(began)
	}()
	return work()
}

// do has work done, and waits for it no longer than so. A worker that does not
// come back is lost to the pool; once all are, everything is Late, then Busy.
func (p *pool) do(within time.Duration, work func() outcome) outcome {
	t := &task{work: work, done: make(chan outcome, 1)}
	select {
	case p.tasks <- t:
	default:
		return outcome{reason: Busy}
	}
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case done := <-t.done:
		return done
	case <-timer.C:
		t.abandoned.Store(true)
		return outcome{reason: Late}
	}
}

// close lets the workers go. Nobody calls do after it.
func (p *pool) close() { close(p.tasks) }
