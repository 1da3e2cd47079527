package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/proxy"
	"assay/internal/recording"
)

// proxyRecorder redacts exchanges and stores them as cassettes. It does so in a goroutine
// of its own: an exchange that takes long to search delays neither requests nor the log.
type proxyRecorder struct {
	keep   func(contract.Exchange, contract.Result) (name string, left []recording.Leak, err error)
	count  func(outcome string)
	out    io.Writer            // safe for concurrent use
	queue  chan *proxy.Observed // of exchanges that wait
	done   chan struct{}
	giveUp atomic.Bool // the proxy cannot wait any longer

	mu      sync.Mutex
	waiting int             // exchanges in the queue, and the one that is being recorded
	bytes   int             // of their bodies
	printed map[string]bool // messages printed so far
	leaks   int
	fault   error // of writing; nothing is recorded after it
}

// The most exchanges that wait to be recorded, and the most bytes of their bodies.
const (
	maxQueuedBodies = 64
	maxQueuedBytes  = 16 << 20
)

func bodyBytes(s *proxy.Observed) int {
	return len(s.Exchange.Request.Body) + len(s.Exchange.Response.Body)
}

func newProxyRecorder(keep func(contract.Exchange, contract.Result) (string, []recording.Leak, error), count func(string), out io.Writer) *proxyRecorder {
	r := &proxyRecorder{
		keep: keep, count: count, out: out, printed: map[string]bool{},
		queue: make(chan *proxy.Observed, maxQueuedBodies), done: make(chan struct{}),
	}
	go func() {
		defer close(r.done)
		for s := range r.queue {
			if !r.giveUp.Load() {
				r.record(s)
			}
			r.mu.Lock()
			r.waiting--
			r.bytes -= bodyBytes(s)
			r.mu.Unlock()
		}
	}()
	return r
}

// add queues an exchange. An exchange for which there is no room is no loss: the next
// similar one is recorded.
func (r *proxyRecorder) add(s proxy.Observed) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.waiting > 0 && r.bytes+bodyBytes(&s) > maxQueuedBytes {
		r.count("late")
		return
	}
	select {
	case r.queue <- &s:
		r.waiting++
		r.bytes += bodyBytes(&s)
	default:
		r.count("late")
	}
}

// record stores an exchange as a cassette and prints the result.
func (r *proxyRecorder) record(s *proxy.Observed) {
	if r.failed() != nil {
		return
	}
	name, left, err := r.keepRecovered(s)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err != nil:
		r.count("error")
		r.fault = fmt.Errorf("--record: %w", err)
		note(r.out, "assay: %s; nothing more is written there", r.fault)
	case len(left) > 0:
		r.count("leak")
		r.leaks++
		what := "\n  " + strings.Join(leakLines(left), "\n  ")
		if key := s.Operation + what; !r.printed[key] {
			r.printed[key] = true
			_, _ = fmt.Fprintf(r.out, "%s %s: not recorded, because secret or personal values remain%s\n", s.Origin(), s.Operation, what) // as above
		}
	case name != "":
		r.count("kept")
		note(r.out, "%s recorded as %s", s.Origin(), name)
	}
}

// keepRecovered calls keep, and returns an error if it panics.
func (r *proxyRecorder) keepRecovered(s *proxy.Observed) (name string, left []recording.Leak, err error) {
	crashed := crash.Contain("recording "+s.Origin(), func() { name, left, err = r.keep(s.Exchange, s.Result) })
	if crashed != nil {
		err = crashed
	}
	return name, left, err
}

func (r *proxyRecorder) failed() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.fault
}

// close records what is queued, for as long as the context lasts and for a second at
// least. Nothing may be added any more.
func (r *proxyRecorder) close(ctx context.Context) error {
	close(r.queue)
	waitFor(ctx, r.done)
	r.giveUp.Store(true)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.waiting > 0 {
		_, _ = fmt.Fprintf(r.out, "%s not recorded, because there was no time left; --drain raises the limit\n", contract.Plural(r.waiting, "exchange")) // there is no other place to report it
	}
	if r.leaks > 0 {
		_, _ = fmt.Fprintf(r.out, "%s not recorded, because secret or personal values remained; mark the members with x-secret or x-personal in the specification\n", contract.Plural(r.leaks, "exchange")) // as above
	}
	return r.fault
}

// minGrace is how long the log and the recorder may take to end, however short --drain is.
const minGrace = time.Second

// waitFor waits until done is closed. It stops waiting when the context has ended, but
// not before minGrace.
func waitFor(ctx context.Context, done <-chan struct{}) {
	grace := time.NewTimer(minGrace)
	defer grace.Stop()
	select {
	case <-done:
		return
	case <-grace.C:
	}
	select {
	case <-done:
	case <-ctx.Done():
	}
}
