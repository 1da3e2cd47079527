package judge

import (
	"context"
	"errors"
	"io"
	"runtime"
	"sync"

	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/traffic"
)

// CheckOptions configure Check and Learn.
type CheckOptions struct {
	FailOn   contract.Severity
	Format   string // one of traffic.Formats; "" detects it
	Workers  int    // number of goroutines; 0 means one for each core
	Progress func(read, total int64)
	Shapes   bool // learn the shapes of responses
}

// Check judges every exchange in the named files, folders and globs; "-" is stdin. Memory
// does not grow with what is read. An error is a name that matches nothing, the end of ctx,
// or an *openapi.ExpressionsError if an operation does not compile. Entries that cannot be
// read are counted as unreadable.
func (j *Judge) Check(ctx context.Context, names []string, stdin io.Reader, w CheckOptions) (*Tally, error) {
	var tallies []*Tally
	own, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	err := distribute(own, names, stdin, w, func() func(int64, *traffic.Entry) {
		t, scratch := NewTally(w.FailOn), &traffic.Scratch{}
		if w.Shapes {
			t.LearnShapes(j)
		}
		tallies = append(tallies, t)
		return func(n int64, e *traffic.Entry) {
			var err error
			if crashed := contained(e, func() { err = j.count(t, n, e, scratch) }); crashed != nil {
				t.Unreadable(n, e.Origin(), crashed)
			}
			if err != nil {
				fail(err) // stops reading
			}
		}
	})
	for _, t := range tallies[1:] {
		tallies[0].Merge(t)
	}
	if fault := context.Cause(own); fault != nil && ctx.Err() == nil {
		err = fault
	}
	return tallies[0], err
}

// contained calls a function for an entry. If it panics, the error says so and names the
// entry.
func contained(e *traffic.Entry, f func()) error {
	if crashed := crash.Contain("checking this entry", f); crashed != nil {
		return &traffic.DamageError{Where: e.Where(), Err: crashed}
	}
	return nil
}

// distribute reads entries and passes them, with their numbers, to several workers. worker
// makes one.
func distribute(ctx context.Context, names []string, stdin io.Reader, w CheckOptions, worker func() func(n int64, e *traffic.Entry)) error {
	workers := w.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	work := make(chan batch, maxBatches*workers)
	var done sync.WaitGroup
	for range workers {
		handle := worker()
		done.Go(func() {
			for b := range work {
				for i := range b.Entries {
					handle(b.before+int64(i)+1, &b.Entries[i])
				}
				b.Release()
			}
		})
	}
	err := read(ctx, names, stdin, w, work)
	close(work)
	done.Wait()
	return err
}

// maxBatches limits the batches that wait for each worker. With fewer, workers wait for
// the reader.
const maxBatches = 4

// batch is a series of entries, and the number of entries before it.
type batch struct {
	before int64
	*traffic.Batch
}

// read reads entries and sends them in batches.
func read(ctx context.Context, names []string, stdin io.Reader, w CheckOptions, work chan<- batch) error {
	n := int64(0)
	return traffic.Batches(ctx, names, stdin, traffic.Options{Format: w.Format, Progress: w.Progress}, func(b *traffic.Batch) error {
		more := int64(len(b.Entries))
		work <- batch{n, b}
		n += more
		return nil
	})
}

// count judges the nth entry. A request without a response is unmatched or unreadable. The
// error is that of compiling the operation.
func (j *Judge) count(t *Tally, n int64, e *traffic.Entry, scratch *traffic.Scratch) error {
	read := func() (contract.Exchange, error) { return e.Into(scratch) }
	if t.shapes != nil {
		read = e.Exchange // the learner keeps the exchange, and the next entry would overwrite it
	}
	ex, err := read()
	switch {
	case errors.Is(err, traffic.ErrNoResponse) && j.Operation(ex.Request) == nil:
		t.Unmatched()
		return nil
	case err != nil:
		t.Unreadable(n, e.Origin(), err)
		return nil
	}
	to := j.find(ex.Request)
	if to == nil {
		t.Unmatched()
		return nil
	}
	if err := to.compile(); err != nil {
		return err
	}
	r := j.judgeExchange(to, &ex)
	if len(r.Findings) > 0 || r.Verdict != "" {
		r.Origin = e.Origin()
	}
	if r.Verdict == contract.Errored {
		r.Why = e.Where() + ": " + r.Why
	}
	t.Add(n, r)
	t.Learn(n, ex)
	return nil
}
