package judge

import (
	"context"
	"errors"
	"io"
	"runtime"
	"sync"

	"assay/internal/contract"
	"assay/internal/traffic"
)

// Watching says how recorded traffic is checked.
type CheckOptions struct {
	FailOn   contract.Severity
	Format   string // one of traffic.Formats; "": by content
	Workers  int    // that judge side by side; 0: one a core
	Progress func(read, total int64)
	Shapes   bool // learn what the exchanges look like
}

// Check judges everything that names mean: files, folders, globs and "-", which
// is stdin. Memory does not grow with what is read. An error is a name that means
// nothing, the end of ctx, or a *spec.ExpressionsError, if what an exchange is held to
// does not compile; what cannot be read is counted as broken.
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
			if err := j.count(t, n, e, scratch); err != nil {
				fail(err) // nothing more is read
			}
		}
	})
	for _, t := range tallies[1:] {
		tallies[0].Merge(t)
	}
	if broken := context.Cause(own); broken != nil && ctx.Err() == nil {
		err = broken
	}
	return tallies[0], err
}

// spread has several workers take up the entries of what names mean, each one
// entry at a time, with its number. worker makes one.
func distribute(ctx context.Context, names []string, stdin io.Reader, w CheckOptions, worker func() func(n int64, e *traffic.Entry)) error {
	workers := w.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	work := make(chan batch, maxBatches*workers)
	var done sync.WaitGroup
	for range workers {
		take := worker()
		done.Go(func() {
			for b := range work {
				for i := range b.Entries {
					take(b.before+int64(i)+1, &b.Entries[i])
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

// ahead is how many batches may wait for each worker: with fewer, one that is done
// waits for the reader to have its turn.
const maxBatches = 4

// batch is entries that follow each other, and how many were read before them.
type batch struct {
	before int64
	*traffic.Batch
}

// read hands out entries, some at a time.
func read(ctx context.Context, names []string, stdin io.Reader, w CheckOptions, work chan<- batch) error {
	n := int64(0)
	return traffic.Batches(ctx, names, stdin, traffic.Options{Format: w.Format, Progress: w.Progress}, func(b *traffic.Batch) error {
		more := int64(len(b.Entries))
		work <- batch{n, b}
		n += more
		return nil
	})
}

// count judges an entry, the nth. Of a request without a response nothing is
// known, if it is anybody's. An error is that the operation does not compile.
func (j *Judge) count(t *Tally, n int64, e *traffic.Entry, scratch *traffic.Scratch) error {
	read := func() (contract.Exchange, error) { return e.Into(scratch) }
	if t.shapes != nil {
		read = e.Exchange // what is learnt is kept, and what is read next would take its place
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
	if len(r.Findings) > 0 {
		r.Origin = e.Origin()
	}
	t.Add(n, r)
	t.Learn(n, ex)
	return nil
}
