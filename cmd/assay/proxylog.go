package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/judge"
	"assay/internal/proxy"
	"assay/internal/recording"
	"assay/internal/report"
)

// notebook takes down what a proxy sees. Counting is done at once; writing is done
// behind, by one, so that a slow disk holds nobody up. When the writing is too
// far behind, what comes is counted only; what would have been recorded comes
// again.
type proxyLog struct {
	mu          sync.Mutex // of the next two
	tally       *judge.Tally
	countedOnly int // exchanges that were counted only

	lines       chan *proxy.Observed // to be told and logged
	bodies      chan *proxy.Observed // to be recorded; nil: nothing is
	done        chan struct{}
	proxy       *proxy.Proxy // counts what was dropped and recorded
	terminal    io.Writer
	verbose     bool
	maxFindings int             // kinds of findings that are told
	printed     map[string]bool // kinds and reasons that were
	limitNoted  bool            // it was said that there are more
	log         *os.File        // nil: none, or none any more
	recorder    *recording.Recorder
	faults      []error // of writing; the first ends it
	leaks       int
}

// How many exchanges may wait to be written down, and to be recorded, each with
// its bodies.
const (
	mostLines  = 1024
	mostBodies = 64
)

// notebook opens what the flags name.
func (p *program) newProxyLog(f *proxyFlags, way *proxyRun, provider string, own map[string]string) (*proxyLog, error) {
	l := &proxyLog{
		tally: judge.NewTally(way.failOn), lines: make(chan *proxy.Observed, mostLines), done: make(chan struct{}),
		terminal: p.stderr, verbose: f.verbose, maxFindings: f.maxFindings, printed: map[string]bool{},
	}
	var err error
	if f.record != "" {
		l.bodies = make(chan *proxy.Observed, mostBodies)
		l.recorder, err = recording.NewRecorder(way.catalog.Spec(provider), way.to.String(), f.record, own, time.Now)
	}
	var lacking *catalog.CredentialsError
	switch {
	case errors.As(err, &lacking):
		return nil, &exit{exitInconclusive, "--record: " + err.Error(), "what nobody names cannot be taken out of a recording: set them, or name them in a file with --keys"}
	case err != nil:
		return nil, &exit{exitUsage, "--record: " + err.Error(), ""}
	}
	if f.log != "" {
		if l.log, err = os.OpenFile(f.log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err != nil {
			return nil, &exit{exitUsage, "--log: " + err.Error(), ""}
		}
	}
	return l, nil
}

// begin starts the writing.
func (l *proxyLog) start(p *proxy.Proxy) {
	l.proxy = p
	go func() {
		defer close(l.done)
		lines, bodies := l.lines, l.bodies
		for lines != nil || bodies != nil {
			select {
			case s, open := <-lines:
				if !open {
					lines = nil
					continue
				}
				l.write(*s)
			case s, open := <-bodies:
				if !open {
					bodies = nil
					continue
				}
				l.record(*s)
			}
		}
	}()
}

// seen counts an exchange, and leaves the rest for later.
func (l *proxyLog) observe(s proxy.Observed) {
	l.mu.Lock()
	switch {
	case s.Skipped == proxy.Undocumented:
		l.tally.Unmatched()
	case s.Skipped != "":
		l.tally.Unreadable(s.Number, s.Origin(), fmt.Errorf("%s %s: %w", s.Origin(), s.Operation, s.Skipped))
	case s.Refused == "request":
		l.tally.AddRequest(s.Number, s.Result)
	default:
		l.tally.Add(s.Number, s.Result)
		l.tally.Learn(s.Number, s.Exchange)
	}
	l.mu.Unlock()
	if l.bodies != nil && s.Result.Verdict == contract.Pass { // what fails is not kept
		kept := s
		select {
		case l.bodies <- &kept:
		default:
			l.proxy.CountRecording("late")
		}
	}
	if s.Skipped == proxy.Undocumented || s.Skipped == "" && len(s.Result.Findings) == 0 {
		return
	}
	told := s
	told.Exchange = contract.Exchange{Response: contract.Response{Status: s.Exchange.Response.Status, Duration: s.Exchange.Response.Duration}}
	select {
	case l.lines <- &told:
	default:
		l.proxy.CountDropped()
		l.mu.Lock()
		l.countedOnly++
		l.mu.Unlock()
	}
}

// write tells of an exchange, and logs it.
func (l *proxyLog) write(s proxy.Observed) {
	if s.Skipped != "" {
		l.printOnce("unseen "+string(s.Skipped), fmt.Sprintf("%s %s: not looked at: %s", s.Origin(), s.Operation, s.Skipped.Error()))
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

// once says something that may come often.
func (l *proxyLog) printOnce(key, text string) {
	if !l.printed[key] {
		l.printed[key] = true
		_, _ = fmt.Fprintln(l.terminal, text) // there is no other place to report it
	}
}

// tell writes a finding the first time that it comes.
func (l *proxyLog) printFinding(s proxy.Observed, f contract.Finding) {
	if l.printed[f.Fingerprint] || l.limitNoted {
		return
	}
	if l.maxFindings == 0 {
		l.limitNoted = true
		_, _ = fmt.Fprintln(l.terminal, "further kinds of findings are counted only; --max-findings tells more") // there is no other place to report it
		return
	}
	l.maxFindings--
	l.printed[f.Fingerprint] = true
	_, _ = io.WriteString(l.terminal, report.Group(contract.Group{Operation: s.Operation, Finding: f, Count: 1, Places: []string{s.Origin()}})) // there is no other place to report it
}

// keep records an exchange, and says what became of it.
func (l *proxyLog) record(s proxy.Observed) {
	if l.recorder == nil {
		return // writing failed
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
		l.printOnce("leak "+s.Operation+what, fmt.Sprintf("%s %s must not be kept", s.Origin(), s.Operation)+what)
	case name != "":
		l.proxy.CountRecording("kept")
		_, _ = fmt.Fprintf(l.terminal, "%s kept as %s\n", s.Origin(), name) // there is no other place to report it
	}
}

func (l *proxyLog) addFault(err error) {
	l.faults = append(l.faults, err)
	_, _ = fmt.Fprintf(l.terminal, "assay: %s; no more is written there\n", err) // there is no other place to report it
}

// close writes what is still waiting. Nothing is seen any more.
func (l *proxyLog) close() error {
	close(l.lines)
	if l.bodies != nil {
		close(l.bodies)
	}
	if l.proxy != nil {
		<-l.done
	}
	if l.countedOnly > 0 {
		_, _ = fmt.Fprintf(l.terminal, "%d exchanges were counted, and not written down: they came too fast\n", l.countedOnly) // there is no other place to report it
	}
	if l.leaks > 0 {
		_, _ = fmt.Fprintf(l.terminal, "%d exchanges held what must not be kept, and were not written; mark the members with x-secret or x-personal in the specification\n", l.leaks) // there is no other place to report it
	}
	if l.log != nil {
		l.faults = append(l.faults, l.log.Close())
	}
	return errors.Join(l.faults...)
}
