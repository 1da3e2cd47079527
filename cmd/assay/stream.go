package main

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/report"
)

// stream is an ndjson report that grows while a command judges. A fault ends the writing, not
// the command. It is safe for concurrent use.
type stream struct {
	mu      sync.Mutex
	w       io.Writer
	close   func() error
	err     error
	known   map[uint64]bool // what was written; nil: too much to remember
	queue   chan []byte     // nil: every line is written at once
	done    chan struct{}
	dropped atomic.Int64 // not below mu, which is held while a slow file is written
}

// maxQueuedEvents is how many events of a proxy may wait to be written.
const maxQueuedEvents = 16 << 10

// stream opens the ndjson reports. each writes an event to all of them; nil: there are none.
// A report that cannot be opened has its error in the end.
func (p *program) stream(to []output) (each func(r contract.Result, test string)) {
	var all []*stream
	for i := range to {
		if to[i].format != "ndjson" {
			continue
		}
		to[i].stream = p.openStream(to[i].path)
		all = append(all, to[i].stream)
	}
	if len(all) == 0 {
		if p.observe == nil {
			return nil
		}
		return func(r contract.Result, _ string) { p.observe(r) }
	}
	return func(r contract.Result, test string) {
		r = p.marker.Result(r, p.failOn)
		if p.observe != nil {
			p.observe(r)
		}
		var line bytes.Buffer
		err := error(nil)
		if crashed := crash.Contain("writing the report as ndjson", func() { err = report.WriteEvent(&line, r, test) }); crashed != nil {
			err = crashed
		}
		for _, s := range all {
			s.write(line.Bytes(), err)
		}
	}
}

// streamed is stream for a command that plays cases and reports each with progress, which may be
// nil. The end of the report has what is missing.
func (p *program) streamed(to []output, progress func(contract.Result)) func(contract.Result) {
	each := p.stream(to)
	if each == nil {
		return progress
	}
	for _, o := range to {
		if o.stream != nil {
			o.stream.known = map[uint64]bool{}
		}
	}
	return func(r contract.Result) {
		each(r, "")
		if progress != nil {
			progress(r)
		}
	}
}

func (p *program) openStream(path string) *stream {
	s := &stream{w: p.stdout, close: func() error { return nil }}
	switch {
	case path != "":
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
		if err != nil {
			s.err = err
			return s
		}
		s.w, s.close = f, f.Close
	case p.reportsTo != nil:
		s.w = p.reportsTo
	}
	return s
}

// later makes the streams write in a goroutine of their own, so that a slow file delays
// no request. Events that come too fast are left out, and counted.
func later(to []output) {
	for _, o := range to {
		s := o.stream
		if s == nil {
			continue
		}
		s.queue, s.done = make(chan []byte, maxQueuedEvents), make(chan struct{})
		go func() {
			defer close(s.done)
			for line := range s.queue {
				s.writeNow(line)
			}
		}()
	}
}

// write writes a line, or notes why there is none.
func (s *stream) write(line []byte, fault error) {
	if fault != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.err == nil {
			s.err = fault
		}
		return
	}
	if s.queue == nil {
		s.writeNow(line)
		return
	}
	select {
	case s.queue <- line:
	default:
		s.dropped.Add(1)
	}
}

func (s *stream) writeNow(line []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return
	}
	if s.known != nil {
		s.known[hashed(line)] = true
	}
	_, s.err = s.w.Write(line)
}

func hashed(line []byte) uint64 {
	h := fnv.New64a()
	_, _ = h.Write(line) // a hash never fails
	return h.Sum64()
}

// rest gives the events of a report that were not written yet, and the summary: results that
// changed after their event, and those that no exchange has.
func (s *stream) rest(w io.Writer, r *contract.Report, how report.How) error {
	for _, result := range r.Results {
		ofExchange := result.Operation != "" || result.Case == "traffic"
		if result.Origin == contract.WholeTraffic || r.Traffic != nil && ofExchange {
			continue
		}
		var line bytes.Buffer
		if err := report.WriteEvent(&line, result, ""); err != nil {
			return err
		}
		if s.known[hashed(line.Bytes())] {
			continue
		}
		if _, err := w.Write(line.Bytes()); err != nil {
			return err
		}
	}
	return report.WriteSummary(w, r, how)
}

// finish writes the last lines and closes the report.
func (s *stream) finish(last []byte) error {
	if s.queue != nil {
		close(s.queue)
		<-s.done
	}
	s.writeNow(last)
	s.mu.Lock()
	defer s.mu.Unlock()
	if dropped := s.dropped.Load(); dropped > 0 && s.err == nil {
		s.err = fmt.Errorf("ndjson: %d events are left out, because they came too fast", dropped)
	}
	if err := s.close(); s.err == nil {
		s.err = err
	}
	return s.err
}
