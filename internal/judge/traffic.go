package judge

import (
	"cmp"
	"context"
	"errors"
	"io"
	"runtime"
	"slices"
	"sync"

	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/interrupt"
	"assay/internal/traffic"
)

// CheckOptions configure Check and Learn.
type CheckOptions struct {
	FailOn   contract.Severity
	Format   string // one of traffic.Formats; "" detects it
	Workers  int    // number of goroutines; 0 means one for each core
	Progress func(read, total int64)
	Shapes   bool // learn the shapes of responses
	// Each is called with the result of every exchange and entry, in the order of reading,
	// by one goroutine at a time. nil costs nothing.
	Each func(contract.Result)
	// SkipUnreadable passes over files that cannot be read, which are named in the report.
	SkipUnreadable bool
}

// Check judges every exchange in the named files, folders and globs; "-" is stdin. Memory
// does not grow with what is read. An error is a name that matches nothing, the end of ctx,
// or an *openapi.ExpressionsError if an operation does not compile. Entries that cannot be
// read are counted as unreadable. When ctx ends, Check counts what was judged until then,
// and waits interrupt.Patience at most for entries that are being judged.
func (j *Judge) Check(ctx context.Context, names []string, stdin io.Reader, w CheckOptions) (*Tally, error) {
	var all []*counter
	own, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	order, seen := newTurns(), newReferences()
	err := distribute(own, names, stdin, w, false, func() func(batch) {
		t := NewTally(w.FailOn)
		if w.Shapes {
			t.LearnShapes(j)
		}
		c := &counter{judge: j, tally: t, scratch: &traffic.Scratch{}, seen: seen, skip: w.SkipUnreadable}
		if w.Each != nil {
			t.Watch(func(n int64, r contract.Result) { c.results = append(c.results, numberedResult{n, r}) })
		}
		all = append(all, c)
		return func(b batch) {
			defer order.take(b.before, len(b.Entries), func() {
				c.mu.Lock()
				defer c.mu.Unlock()
				c.settle()
				c.pass(w.Each)
			})
			c.mu.Lock()
			defer c.mu.Unlock()
			c.first = order.reached(b.before)
			for i := range b.Entries {
				if own.Err() != nil {
					return
				}
				if err := c.countContained(b.before+int64(i)+1, &b.Entries[i]); err != nil {
					fail(err) // stops reading
				}
			}
		}
	})
	for i, c := range all {
		c.end()
		if i > 0 {
			all[0].results = append(all[0].results, c.results...)
			all[0].tally.Merge(c.tally)
		}
	}
	all[0].pass(w.Each)
	if fault := context.Cause(own); fault != nil && ctx.Err() == nil {
		err = fault
	}
	return all[0].tally, err
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
// one. When ctx ends, distribute waits for the workers if it is patient, and otherwise for
// interrupt.Patience.
func distribute(ctx context.Context, names []string, stdin io.Reader, w CheckOptions, patient bool, worker func() func(batch)) error {
	workers := w.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	work := make(chan batch, maxBatches*workers)
	var running sync.WaitGroup
	waiting := newRoom()
	for range workers {
		handle := worker()
		running.Go(func() {
			for b := range work {
				size := b.Size()
				handle(b)
				b.Release()
				waiting.leave(size)
			}
		})
	}
	err := read(ctx, names, stdin, w, waiting, work)
	close(work)
	done := make(chan struct{})
	go func() {
		defer close(done)
		running.Wait()
	}()
	if patient {
		<-done
	} else {
		interrupt.Wait(ctx, done)
	}
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
func read(ctx context.Context, names []string, stdin io.Reader, w CheckOptions, waiting *room, work chan<- batch) error {
	n := int64(0)
	return traffic.Batches(ctx, names, stdin, traffic.Options{Format: w.Format, Progress: w.Progress}, func(b *traffic.Batch) error {
		more := int64(len(b.Entries))
		if err := waiting.enter(ctx, b.Size()); err != nil {
			return err
		}
		select {
		case work <- batch{n, b}:
		case <-ctx.Done(): // the workers may be busy with what they have
			return ctx.Err()
		}
		n += more
		return nil
	})
}

// counter judges the entries of one worker, which holds mu except while it reads or judges
// an entry.
type counter struct {
	mu      sync.Mutex
	judge   *Judge
	tally   *Tally
	scratch *traffic.Scratch
	seen    *references      // of all workers
	skip    bool             // pass over files that cannot be read
	first   bool             // all entries before this batch are settled, so none has to wait
	pending []pending        // the entries of this batch whose result depends on earlier ones
	results []numberedResult // of this batch, for CheckOptions.Each
}

// pending is a judged entry that waits until all entries before its batch are judged.
type pending struct {
	n      int64
	entry  *traffic.Entry
	to     *served
	is     identity
	result contract.Result
}

// apart calls f, which may take long and does not use the tally. Meanwhile end can take the
// tally away; then the worker waits for mu until the process ends.
func (c *counter) apart(f func()) {
	c.mu.Unlock()
	defer c.mu.Lock()
	f()
}

// end makes the tally final. It counts what is judged. An entry whose result depends on
// earlier ones is left out if one of them changes it.
func (c *counter) end() {
	c.mu.Lock()
	for _, p := range c.pending {
		if p.entry != nil && p.is.use == nil && !c.seen.has(p.is.reference) {
			c.named(p.entry, &p.result)
			c.tally.Add(p.n, p.result)
		}
	}
}

// pass calls each with the results that were counted since the last call, in order.
func (c *counter) pass(each func(contract.Result)) {
	slices.SortFunc(c.results, func(a, b numberedResult) int { return cmp.Compare(a.n, b.n) })
	for _, one := range c.results {
		each(one.result)
	}
	clear(c.results)
	c.results = c.results[:0]
}

// countContained is count. If it panics, the entry counts as unreadable.
func (c *counter) countContained(n int64, e *traffic.Entry) (err error) {
	if crashed := contained(e, func() { err = c.count(n, e) }); crashed != nil {
		c.tally.Unreadable(n, e.Origin(), crashed)
	}
	return err
}

// count judges the nth entry. A request without a response is unreadable if it belongs to
// an operation. The error is that of compiling the operation.
func (c *counter) count(n int64, e *traffic.Entry) error {
	c.scratch.Brief = !c.tally.described(n) && c.tally.each == nil
	var ex contract.Exchange
	p := pending{n: n, entry: e}
	var fault, faulty error // of the entry, of the operation
	c.apart(func() {
		if ex, fault = c.read(e); fault != nil && !errors.Is(fault, traffic.ErrNoResponse) {
			return
		}
		if p.to = c.judge.find(ex.Request); p.to == nil || fault != nil {
			return
		}
		if faulty = p.to.compile(); faulty == nil {
			p.is = c.judge.judgeExchange(p.to, &ex, c.seen, earlier{}, &p.result)
		}
	})
	switch {
	case faulty != nil:
		return faulty
	case fault != nil && !errors.Is(fault, traffic.ErrNoResponse):
		c.unreadable(n, e, fault)
		return nil
	case p.to == nil:
		c.unmatched(n, e, &ex)
		return nil
	case fault != nil:
		c.tally.Unreadable(n, e.Origin(), fault)
		return nil //nolint:nilerr // it is counted
	case p.is.none():
		c.add(&p, &ex)
	case c.first:
		c.settleOne(&p, &ex)
	default:
		c.pending = append(c.pending, p)
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
		c.tally.Unmatched(n, c.origin(e))
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
		c.tally.Elsewhere(n, c.origin(e))
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
	before := c.seen.settle(p.is, succeeded(p.to, &p.result))
	if before.matters() || c.tally.NeedsExcerpts(p.n, p.result.Findings) {
		c.apart(func() {
			if ex == nil {
				again, _ := p.entry.Into(c.scratch) // no error: it was read before
				ex = &again
			}
			if before.matters() {
				c.judge.judgeExchange(p.to, ex, nil, before, &p.result)
			}
		})
	}
	c.add(p, ex)
}

// add counts a result.
func (c *counter) add(p *pending, ex *contract.Exchange) {
	c.named(p.entry, &p.result)
	if c.tally.NeedsExcerpts(p.n, p.result.Findings) {
		c.apart(func() { c.judge.excerpts(p.to, ex, p.result.Findings) })
	}
	c.tally.Add(p.n, p.result)
}

// origin returns the origin of an entry, if somebody needs it.
func (c *counter) origin(e *traffic.Entry) string {
	if c.tally.each == nil {
		return ""
	}
	return e.Origin()
}

// named makes a result name its entry where a report shows it.
func (c *counter) named(e *traffic.Entry, r *contract.Result) {
	if len(r.Findings) > 0 || r.Verdict != "" || c.tally.each != nil {
		r.Origin = e.Origin()
	}
	if r.Verdict == contract.Errored {
		r.Why = e.Where() + ": " + r.Why
	}
}
