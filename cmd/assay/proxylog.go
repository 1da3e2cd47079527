package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
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

// proxyLog counts, prints, logs and records what a proxy observes. It counts at once;
// two goroutines do the rest, so that a slow disk delays no request. If they fall behind,
// exchanges are only counted. An exchange that was not recorded for this
// reason is no loss: the next similar one is recorded.
type proxyLog struct {
	mu          sync.Mutex // guards tally and countedOnly
	judge       *judge.Judge
	tally       *judge.Tally
	countedOnly int // exchanges that were counted only

	lines       chan *proxy.Observed // to print and log
	bodies      chan *proxy.Observed // to record; nil: without --record
	done        chan struct{}
	proxy       *proxy.Proxy // has the counters of dropped and recorded exchanges
	terminal    io.Writer
	verbose     bool
	maxFindings int             // the number of kinds of findings that may still be printed
	printed     map[string]bool // keys of the findings and messages printed so far
	limitNoted  bool            // a message said that further kinds are only counted
	out         sync.Mutex      // guards printed, faults, until, and each print to terminal
	until       time.Time       // nothing is recorded after it; zero: no end
	log         *os.File        // nil: without --log, or after an error
	recorder    *recording.Recorder
	faults      []error // of writing; a file with an error is not written again
	leaks       int
}

// The most exchanges that wait to be printed, and to be recorded with their bodies.
const (
	maxQueuedLines  = 1024
	maxQueuedBodies = 64
)

// newProxyLog opens the files of the flags.
func (p *program) newProxyLog(f *proxyFlags, session *proxyRun, j *judge.Judge, provider string, own map[string]string) (*proxyLog, error) {
	l := &proxyLog{
		judge: j, tally: judge.NewTally(session.failOn), lines: make(chan *proxy.Observed, maxQueuedLines), done: make(chan struct{}),
		terminal: p.stderr, verbose: f.verbose, maxFindings: f.maxFindings, printed: map[string]bool{},
	}
	var err error
	if f.record != "" {
		l.bodies = make(chan *proxy.Observed, maxQueuedBodies)
		l.recorder, err = recording.NewRecorder(session.catalog.Spec(provider), session.to.String(), f.record, own, time.Now)
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
	if l.recorder != nil {
		for _, name := range l.recorder.Damaged() {
			_, _ = fmt.Fprintf(p.stderr, "--record: %s is damaged; what it held is recorded again under a new name\n", name) // there is no other place to report it
		}
	}
	if f.log != "" {
		if l.log, err = os.OpenFile(f.log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err != nil {
			return nil, &exit{exitUsage, "--log: " + err.Error(), ""}
		}
	}
	return l, nil
}

// start starts the goroutines: one prints and logs, the other records. Redacting an
// exchange can take two seconds, which must not delay the log.
func (l *proxyLog) start(p *proxy.Proxy) {
	l.proxy = p
	var running sync.WaitGroup
	running.Go(func() {
		for s := range l.lines {
			l.contain(func() { l.write(*s) })
		}
	})
	running.Go(func() {
		if l.bodies == nil {
			return
		}
		for s := range l.bodies {
			l.contain(func() { l.record(*s) })
		}
	})
	go func() {
		running.Wait()
		close(l.done)
	}()
}

// contain calls a function. If it panics, one line of the log is lost, and counted.
func (l *proxyLog) contain(f func()) {
	crashed := crash.Contain("the log of the proxy", f)
	if crashed == nil {
		return
	}
	l.proxy.CountDropped()
	l.out.Lock()
	defer l.out.Unlock()
	if !slices.ContainsFunc(l.faults, func(err error) bool { return errors.As(err, new(*crash.Error)) }) {
		l.faults = append(l.faults, crashed)
	}
}

// drain records what waits until a time, and nothing after it.
func (l *proxyLog) drain(until time.Time) {
	l.out.Lock()
	defer l.out.Unlock()
	l.until = until
}

// late reports whether the time to record is over.
func (l *proxyLog) late() bool {
	l.out.Lock()
	defer l.out.Unlock()
	return !l.until.IsZero() && time.Now().After(l.until)
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
	switch {
	case s.Skipped == proxy.Undocumented:
		l.unknown(s)
	case s.Skipped != "":
		l.tally.Unreadable(s.Number, s.Origin(), skippedError(s))
	case s.Refused == "request":
		l.tally.AddRequest(s.Number, s.Result)
	default:
		l.tally.Add(s.Number, s.Result)
		l.tally.Learn(s.Number, s.Exchange)
	}
	l.mu.Unlock()
	if l.bodies != nil && s.Result.Verdict == contract.Pass { // failing exchanges are not recorded
		recorded := s
		select {
		case l.bodies <- &recorded:
		default:
			l.proxy.CountRecording("late")
		}
	}
	if s.Skipped == proxy.Undocumented || s.Skipped == "" && len(s.Result.Findings) == 0 {
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
	if s.Crash != nil {
		return fmt.Errorf("%s %s: %w: %w", s.Origin(), s.Operation, s.Skipped, s.Crash)
	}
	return fmt.Errorf("%s %s: %w", s.Origin(), s.Operation, s.Skipped)
}

// unknown counts an exchange that matches no documented operation.
func (l *proxyLog) unknown(s proxy.Observed) {
	if r, ok := l.judge.Unknown(s.Exchange.Request, s.Origin()); ok && s.Exchange.Request.URL != nil {
		l.tally.Unknown(s.Number, r)
		return
	}
	l.tally.Unmatched()
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
	if l.log != nil {
		if err := proxy.WriteLogLine(l.log, s); err != nil {
			l.addFault(errors.Join(fmt.Errorf("--log: %w", err), l.log.Close()))
			l.log = nil
		}
	}
}

// printOnce prints a message unless one with the same key was printed before.
func (l *proxyLog) printOnce(key, text string) {
	l.out.Lock()
	defer l.out.Unlock()
	if !l.printed[key] {
		l.printed[key] = true
		_, _ = fmt.Fprintln(l.terminal, text) // there is no other place to report it
	}
}

// printFinding prints a kind of finding when it first occurs.
func (l *proxyLog) printFinding(s proxy.Observed, f contract.Finding) {
	l.out.Lock()
	defer l.out.Unlock()
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

// record stores an exchange as a cassette and prints the result.
func (l *proxyLog) record(s proxy.Observed) {
	if l.recorder == nil {
		return // an earlier write failed
	}
	if l.late() {
		l.proxy.CountRecording("late")
		return
	}
	name, left, err := l.recorder.Keep(s.Exchange, s.Result)
	switch {
	case err != nil:
		l.proxy.CountRecording("error")
		l.addFault(fmt.Errorf("--record: %w", err))
		l.recorder = nil
	case len(left) > 0:
		l.proxy.CountRecording("leak")
		l.leaks++
		what := "\n  " + strings.Join(leakLines(left), "\n  ")
		l.printOnce("leak "+s.Operation+what, fmt.Sprintf("%s %s: not recorded, because secret or personal values remain", s.Origin(), s.Operation)+what)
	case name != "":
		l.proxy.CountRecording("kept")
		l.out.Lock()
		defer l.out.Unlock()
		note(l.terminal, "%s recorded as %s", s.Origin(), name)
	}
}

func (l *proxyLog) addFault(err error) {
	l.out.Lock()
	defer l.out.Unlock()
	l.faults = append(l.faults, err)
	note(l.terminal, "assay: %s; nothing more is written there", err)
}

// close writes what is queued. The proxy must observe nothing any more.
func (l *proxyLog) close() error {
	close(l.lines)
	if l.bodies != nil {
		close(l.bodies)
	}
	if l.proxy != nil {
		<-l.done
	}
	if l.countedOnly > 0 {
		_, _ = fmt.Fprintf(l.terminal, "%d exchanges were counted but not logged, because they came too fast\n", l.countedOnly) // there is no other place to report it
	}
	if l.leaks > 0 {
		_, _ = fmt.Fprintf(l.terminal, "%d exchanges were not recorded, because secret or personal values remained; mark the members with x-secret or x-personal in the specification\n", l.leaks) // there is no other place to report it
	}
	if l.log != nil {
		l.faults = append(l.faults, l.log.Close())
	}
	return errors.Join(l.faults...)
}
