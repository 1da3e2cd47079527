package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/judge"
	"assay/internal/proxy"
	"assay/internal/recording"
	"assay/internal/report"
)

// proxyLog counts, prints and logs what a proxy observes, and hands it to the recorder.
// It counts at once; one goroutine prints and logs, so that a slow disk delays no request.
// If this goroutine falls behind, exchanges are only counted.
type proxyLog struct {
	mu          sync.Mutex // guards tally, countedOnly and lost
	judge       *judge.Judge
	tally       *judge.Tally
	test        string // the name that the test of the exchange gave itself
	countedOnly int    // exchanges that were counted only
	lost        int64  // exchanges whose test asked for the loss of the response

	lines       chan *proxy.Observed // to print and log; nil: exchanges are only counted
	recorder    *proxyRecorder       // nil: without --record
	keep        *recording.Recorder  // as above
	done        chan struct{}
	proxy       *proxy.Proxy // has the counters of dropped and recorded exchanges
	terminal    *lockedWriter
	verbose     bool
	maxFindings int             // the number of kinds of findings that may still be printed
	printed     map[string]bool // keys of the findings and messages printed so far
	limitNoted  bool            // a message said that further kinds are only counted
	log         *lineLog        // nil: without --log
	crashed     error           // the first panic
}

// keptLogs is the number of full logs that stay beside the one that is written.
const keptLogs = 5

// maxQueuedLines is the largest number of exchanges that wait to be printed.
const maxQueuedLines = 1024

// lockedWriter is a writer that several goroutines use.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (w *lockedWriter) Write(text []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.w.Write(text)
}

// newProxyLog opens the files of the flags.
func (p *program) newProxyLog(f *proxyFlags, session *proxyRun, j *judge.Judge, provider string, own map[string]string) (*proxyLog, error) {
	l := &proxyLog{
		judge: j, tally: judge.NewTally(session.failOn), lines: make(chan *proxy.Observed, maxQueuedLines), done: make(chan struct{}),
		terminal: &lockedWriter{w: p.stderr}, verbose: f.verbose, maxFindings: f.maxFindings, printed: map[string]bool{},
	}
	var err error
	if f.record != "" {
		l.keep, err = recording.NewRecorder(session.catalog.Spec(provider), session.to.String(), f.record, own, time.Now)
	}
	var missing *catalog.CredentialsError
	switch {
	case isLocked(err):
		return nil, lockExit(err)
	case errors.As(err, &missing):
		return nil, &exit{exitInconclusive, "--record: " + err.Error(), "assay redacts only credentials that it knows: set them in the environment or in a file with --keys"}
	case err != nil:
		return nil, &exit{exitUsage, "--record: " + err.Error(), ""}
	}
	if l.keep != nil {
		for _, name := range l.keep.Damaged() {
			_, _ = fmt.Fprintf(p.stderr, "--record: %s is damaged; what it held is recorded again under a new name\n", name) // there is no other place to report it
		}
	}
	if l.log, err = openLineLog(f.log, f.logSize); err != nil {
		return nil, err
	}
	return l, nil
}

// start starts the goroutines that print, log and record.
func (l *proxyLog) start(p *proxy.Proxy) {
	l.proxy = p
	if l.keep != nil {
		l.recorder = newProxyRecorder(l.keep.Keep, p.CountRecording, l.terminal)
	}
	go func() {
		defer close(l.done)
		for s := range l.lines {
			l.contain(func() { l.write(*s) })
		}
	}()
}

// stream passes on the result of every exchange, with the name of its test; each may be nil.
func (l *proxyLog) stream(each func(r contract.Result, test string)) {
	if each != nil {
		l.tally.Watch(func(_ int64, r contract.Result) { each(r, l.test) })
	}
}

// contain calls a function. If it panics, one line of the log is lost, and counted.
func (l *proxyLog) contain(f func()) {
	crashed := crash.Contain("the log of the proxy", f)
	if crashed == nil {
		return
	}
	l.proxy.CountDropped()
	if l.crashed == nil {
		l.crashed = crashed
	}
}

// observe counts an exchange and queues it for the goroutine.
func (l *proxyLog) observe(s proxy.Observed) {
	l.mu.Lock()
	needed := s.Skipped == "" && l.tally.NeedsExcerpts(s.Number, s.Result.Findings)
	l.mu.Unlock()
	if needed { // other exchanges need not wait for it
		l.judge.Excerpts(s.Exchange, s.Result.Findings)
	}
	l.mu.Lock()
	l.test = ""
	if s.Test != nil {
		l.test = s.Test.Name
	}
	switch {
	case s.Skipped == proxy.Undocumented:
		l.unknown(s)
	case s.Skipped != "":
		l.tally.Unreadable(s.Number, s.Origin(), skippedError(s))
	case s.Lost:
		l.lost++
		l.tally.AddRequest(s.Number, s.Result)
	case s.Refused == "request":
		l.tally.AddRequest(s.Number, s.Result)
	default:
		l.tally.Add(s.Number, s.Result)
		l.tally.Learn(s.Number, s.Exchange)
	}
	l.mu.Unlock()
	if l.recorder != nil && s.Result.Verdict == contract.Pass { // failing exchanges are not recorded
		l.recorder.add(s)
	}
	if l.lines == nil || s.Skipped == proxy.Undocumented || s.Skipped == "" && len(s.Result.Findings) == 0 {
		return
	}
	line := s
	line.Exchange = contract.Exchange{Response: contract.Response{Status: s.Exchange.Response.Status, Duration: s.Exchange.Response.Duration}}
	select {
	case l.lines <- &line:
	default:
		l.proxy.CountDropped()
		l.mu.Lock()
		l.countedOnly++
		l.mu.Unlock()
	}
}

// skippedError says why an exchange was not judged.
func skippedError(s proxy.Observed) error {
	if s.Fault != nil {
		return fmt.Errorf("%s %s: %w: %w", s.Origin(), s.Operation, s.Skipped, s.Fault)
	}
	return fmt.Errorf("%s %s: %w", s.Origin(), s.Operation, s.Skipped)
}

// unknown counts an exchange that matches no documented operation.
func (l *proxyLog) unknown(s proxy.Observed) {
	if r, ok := l.judge.UnknownTo(s.Test, s.Exchange.Request, s.Origin()); ok && s.Exchange.Request.URL != nil {
		l.tally.Unknown(s.Number, r)
		return
	}
	l.tally.Unmatched(s.Number, s.Origin())
}

// write prints and logs the findings of an exchange.
func (l *proxyLog) write(s proxy.Observed) {
	if s.Skipped != "" {
		l.printOnce("skipped "+string(s.Skipped), fmt.Sprintf("%s %s: not checked: %s", s.Origin(), s.Operation, s.Skipped.Error()))
		return
	}
	for _, f := range s.Result.Findings {
		if f.Counts() && (l.verbose || f.Severity != contract.Info) {
			l.printFinding(s, f)
		}
	}
	l.log.write(l.terminal, func(w io.Writer) error { return proxy.WriteLogLine(w, s) })
}

// printOnce prints a message unless one with the same key was printed before.
func (l *proxyLog) printOnce(key, text string) {
	if !l.printed[key] {
		l.printed[key] = true
		_, _ = fmt.Fprintln(l.terminal, text) // there is no other place to report it
	}
}

// printFinding prints a kind of finding when it first occurs.
func (l *proxyLog) printFinding(s proxy.Observed, f contract.Finding) {
	if l.printed[f.Fingerprint] || l.limitNoted {
		return
	}
	if l.maxFindings == 0 {
		l.limitNoted = true
		_, _ = fmt.Fprintln(l.terminal, "further kinds of findings are only counted; --max-findings raises the limit") // there is no other place to report it
		return
	}
	l.maxFindings--
	l.printed[f.Fingerprint] = true
	_, _ = io.WriteString(l.terminal, report.Group(contract.Group{Operation: s.Operation, Finding: f, Count: 1, Places: []string{s.Origin()}})) // there is no other place to report it
}

// close writes what is queued, for as long as the context lasts and for a second at least.
// The proxy must observe nothing any more.
func (l *proxyLog) close(ctx context.Context) error {
	close(l.lines)
	var fault error
	if l.recorder != nil {
		fault = l.recorder.close(ctx)
	}
	if l.proxy != nil {
		waitFor(ctx, l.done)
	}
	select {
	case <-l.done:
	default:
		if l.proxy != nil {
			return errors.Join(fault, errors.New("--log: there was no time left to write every line; --drain raises the limit"))
		}
	}
	if l.countedOnly > 0 {
		_, _ = fmt.Fprintf(l.terminal, "%s counted but not logged: requests came too fast\n", contract.Plural(l.countedOnly, "exchange")) // there is no other place to report it
	}
	return errors.Join(fault, l.log.close(), l.crashed)
}
