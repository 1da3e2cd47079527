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
type pool struct {
	tasks   chan *task
	workers int64
	stuck   atomic.Int64 // workers at something that nobody waits for any more
}

type task struct {
	work  func() outcome
	done  chan outcome // holds one
	state atomic.Int32
}

// The states of a task.
const (
	queued int32 = iota
	running
	over // done, or nobody waits for it any more
)

func newPool(workers, queue int) *pool {
	p := &pool{tasks: make(chan *task, queue), workers: int64(workers)}
	for range workers {
		go p.serve()
	}
	return p
}

func (p *pool) serve() {
	for t := range p.tasks {
		if !t.state.CompareAndSwap(queued, running) {
			continue
		}
		done := guarded(t.work)
		if t.state.CompareAndSwap(running, over) {
			t.done <- done
		} else {
			p.stuck.Add(-1)
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

// do has work done, and waits for it no longer than so. While every worker is
// stuck nobody waits at all.
func (p *pool) do(within time.Duration, work func() outcome) outcome {
	t := &task{work: work, done: make(chan outcome, 1)}
	if p.stuck.Load() >= p.workers {
		return outcome{reason: Busy}
	}
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
	}
	switch {
	case t.state.CompareAndSwap(queued, over):
	case t.state.CompareAndSwap(running, over):
		p.stuck.Add(1)
	default: // in the last moment
		return <-t.done
	}
	return outcome{reason: Late}
}

// close lets the workers go. Nobody calls do after it.
func (p *pool) close() { close(p.tasks) }
