package proxy

import (
	"sync/atomic"
	"time"

	"assay/internal/contract"
	"assay/internal/crash"
)

// judgement is the result of a task.
type judgement struct {
	exchange contract.Exchange
	result   contract.Result
	reason   Reason        // why there is no result; "": there is one
	crash    error         // a panic, if the reason is JudgeFailure; may be nil
	duration time.Duration // of the work, without the wait for a worker
}

// pool runs tasks in a fixed number of workers. Callers do not wait for a place in the
// queue.
type pool struct {
	tasks   chan *task
	workers int64
	stuck   atomic.Int64 // workers whose task is past its deadline
}

type task struct {
	work  func() judgement
	done  chan judgement // has a buffer of one
	state atomic.Int32
}

// The states of a task.
const (
	queued int32 = iota
	running
	finished // done, or past its deadline
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
		done := runRecovered(t.work)
		if t.state.CompareAndSwap(running, finished) {
			t.done <- done
		} else {
			p.stuck.Add(-1)
		}
	}
}

// runRecovered runs work; if it panics, the reason is JudgeFailure.
func runRecovered(work func() judgement) (done judgement) {
	start := time.Now()
	if crashed := crash.Contain("the check", func() { done = work() }); crashed != nil {
		done = judgement{reason: JudgeFailure, crash: crashed}
	}
	done.duration = time.Since(start)
	return done
}

// do runs work in a worker and waits for it, at most until the deadline. If the queue is
// full or every worker is stuck, it does not wait: the reason is QueueFull.
func (p *pool) do(timeout time.Duration, work func() judgement) judgement {
	t := &task{work: work, done: make(chan judgement, 1)}
	if p.stuck.Load() >= p.workers {
		return judgement{reason: QueueFull}
	}
	select {
	case p.tasks <- t:
	default:
		return judgement{reason: QueueFull}
	}
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case done := <-t.done:
		return done
	case <-timer.C:
	}
	switch {
	case t.state.CompareAndSwap(queued, finished):
	case t.state.CompareAndSwap(running, finished):
		p.stuck.Add(1)
	default: // it finished just now
		return <-t.done
	}
	return judgement{reason: CheckTimeout}
}

// close ends the workers. do must not be called after it.
func (p *pool) close() { close(p.tasks) }
