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
	// SkipUnreadable passes over files that cannot be read, which are named in the report.
	SkipUnreadable bool
}

// Check judges every exchange in the named files, folders and globs; "-" is stdin. Memory
// does not grow with what is read. An error is a name that matches nothing, the end of ctx,
// or an *openapi.ExpressionsError if an operation does not compile. Entries that cannot be
// read are counted as unreadable.
func (j *Judge) Check(ctx context.Context, names []string, stdin io.Reader, w CheckOptions) (*Tally, error) {
	var tallies []*Tally
	own, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	order, seen := newTurns(), newReferences()
	err := distribute(own, names, stdin, w, func() func(batch) {
		t, scratch := NewTally(w.FailOn), &traffic.Scratch{}
		if w.Shapes {
			t.LearnShapes(j)
		}
		tallies = append(tallies, t)
		c := &counter{judge: j, tally: t, scratch: scratch, seen: seen, skip: w.SkipUnreadable}
		return func(b batch) {
			defer order.take(b.before, len(b.Entries), c.settle)
			c.first = order.reached(b.before)
			for i := range b.Entries {
				var err error
				n, e := b.before+int64(i)+1, &b.Entries[i]
				if crashed := contained(e, func() { err = c.count(n, e) }); crashed != nil {
					t.Unreadable(n, e.Origin(), crashed)
				}
				if err != nil {
					fail(err) // stops reading
				}
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

// distribute reads entries and passes them in batches to several workers. worker makes
// one.
func distribute(ctx context.Context, names []string, stdin io.Reader, w CheckOptions, worker func() func(batch)) error {
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
				handle(b)
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

// counter judges the entries of one worker.
type counter struct {
	judge   *Judge
	tally   *Tally
	scratch *traffic.Scratch
	seen    *references // of all workers
	skip    bool        // pass over files that cannot be read
	first   bool        // all entries before this batch are settled, so none has to wait
	pending []pending   // the entries of this batch whose result depends on earlier ones
}

// pending is a judged entry that waits until all entries before its batch are judged.
type pending struct {
	n      int64
	entry  *traffic.Entry
	to     *served
	is     identity
	result contract.Result
}

// count judges the nth entry. A request without a response is unreadable if it belongs to
// an operation. The error is that of compiling the operation.
func (c *counter) count(n int64, e *traffic.Entry) error {
	c.scratch.Brief = !c.tally.described(n)
	ex, err := c.read(e)
	if err != nil && !errors.Is(err, traffic.ErrNoResponse) {
		c.unreadable(n, e, err)
		return nil
	}
	to := c.judge.find(ex.Request)
	switch {
	case to == nil:
		c.unmatched(n, e, &ex)
		return nil
	case err != nil:
		c.tally.Unreadable(n, e.Origin(), err)
		return nil
	}
	if err := to.compile(); err != nil {
		return err
	}
	r, is := c.judge.judgeExchange(to, &ex, c.seen, earlier{})
	switch {
	case is.none():
		c.add(n, e, to, &ex, r)
	case c.first:
		c.settleOne(&pending{n, e, to, is, r}, &ex)
	default:
		c.pending = append(c.pending, pending{n, e, to, is, r})
	}
	c.tally.Learn(n, ex)
	return nil
}

// unmatched counts an exchange that matches no operation, or only nearly. It does not need
// a response.
func (c *counter) unmatched(n int64, e *traffic.Entry, ex *contract.Exchange) {
	if r, ok := c.judge.judgeNear(ex); ok {
		r.Origin = e.Origin()
		c.tally.Add(n, r)
	} else if r, ok := c.judge.Unknown(ex.Request, e.Origin()); ok {
		c.tally.Unknown(n, r)
	} else {
		c.tally.Unmatched()
	}
}

// unreadable counts an entry that cannot be read. If its request is readable and no
// provider has its host, it does not matter; if it belongs to no operation, its parts do
// not matter.
func (c *counter) unreadable(n int64, e *traffic.Entry, err error) {
	if e.File() && c.skip {
		c.tally.Skipped(n, e.Origin(), err)
		return
	}
	if c.scratch.Brief && c.judge.mentioned(e) {
		c.tally.Unreadable(n, e.Origin(), err)
		return
	}
	r, whole, ok := e.Request()
	if ok && c.judge.elsewhere(e, r, whole) {
		c.tally.Elsewhere()
		return
	}
	if ok && whole && c.judge.Operation(r) == nil {
		if unknown, ok := c.judge.Unknown(r, e.Origin()); ok {
			c.tally.Unknown(n, unknown)
			return
		}
	}
	c.tally.Unreadable(n, e.Origin(), err)
}

// read reads an entry. The exchange is valid until the next call, unless shapes are learnt.
func (c *counter) read(e *traffic.Entry) (contract.Exchange, error) {
	if c.tally.shapes != nil {
		return e.Exchange() // the learner keeps the exchange
	}
	return e.Into(c.scratch)
}

// settle adds the pending results. An entry whose reference succeeded before is judged
// again with this knowledge.
func (c *counter) settle() {
	for i := range c.pending {
		p := &c.pending[i]
		if crashed := contained(p.entry, func() { c.settleOne(p, nil) }); crashed != nil {
			c.tally.Unreadable(p.n, p.entry.Origin(), crashed)
		}
	}
	clear(c.pending)
	c.pending = c.pending[:0]
}

// settleOne adds a result with the knowledge of earlier exchanges. The exchange is read
// again if ex is nil and somebody needs it.
func (c *counter) settleOne(p *pending, ex *contract.Exchange) {
	before := c.seen.settle(p.is, succeeded(p.to, p.result))
	if before.matters() || c.tally.NeedsExcerpts(p.n, p.result.Findings) {
		if ex == nil {
			again, _ := p.entry.Into(c.scratch) // no error: it was read before
			ex = &again
		}
		if before.matters() {
			p.result, _ = c.judge.judgeExchange(p.to, ex, nil, before)
		}
	}
	c.add(p.n, p.entry, p.to, ex, p.result)
}

// add counts the result of the nth entry.
func (c *counter) add(n int64, e *traffic.Entry, to *served, ex *contract.Exchange, r contract.Result) {
	if len(r.Findings) > 0 || r.Verdict != "" {
		r.Origin = e.Origin()
	}
	if r.Verdict == contract.Errored {
		r.Why = e.Where() + ": " + r.Why
	}
	if c.tally.NeedsExcerpts(n, r.Findings) {
		c.judge.excerpts(to, ex, r.Findings)
	}
	c.tally.Add(n, r)
}
