package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/sandbox"
)

// sandboxLog prints and logs what a sandbox observes. One goroutine does it, so that a
// slow terminal or disk delays no response. If it falls behind, lines are only counted.
type sandboxLog struct {
	lines    chan sandbox.Observed
	stop     chan struct{} // closed when nothing more is to be written
	done     chan struct{}
	lost     atomic.Int64
	quiet    bool
	terminal io.Writer
	log      *lineLog // nil: without --log
	crashed  error    // the first panic
}

// newSandboxLog opens the file of --log. It gives nil if nothing is to be printed or
// logged.
func newSandboxLog(terminal io.Writer, quiet bool, path string, most int64) (*sandboxLog, error) {
	if most < 0 {
		return nil, &exit{exitUsage, "--log-size must not be negative", ""}
	}
	file, err := openLineLog(path, most)
	if err != nil || quiet && file == nil {
		return nil, err
	}
	l := &sandboxLog{
		lines: make(chan sandbox.Observed, maxQueuedLines), stop: make(chan struct{}), done: make(chan struct{}),
		quiet: quiet, terminal: terminal, log: file,
	}
	go l.run()
	return l, nil
}

// run writes what is queued. After stop is closed, it writes the rest.
func (l *sandboxLog) run() {
	defer close(l.done)
	for {
		select {
		case o := <-l.lines:
			l.write(o)
		case <-l.stop:
			for len(l.lines) > 0 {
				l.write(<-l.lines)
			}
			return
		}
	}
}

// observer is what the sandbox calls for each request; nil if nothing is printed
// or logged.
func (l *sandboxLog) observer() func(sandbox.Observed) {
	if l == nil {
		return nil
	}
	return func(o sandbox.Observed) {
		select {
		case l.lines <- o:
		default:
			l.lost.Add(1)
		}
	}
}

// write prints and logs a line. If it panics, the line is lost.
func (l *sandboxLog) write(o sandbox.Observed) {
	crashed := crash.Contain("the log of the sandbox", func() {
		if !l.quiet {
			_, _ = fmt.Fprintln(l.terminal, o) // there is no other place to report it
		}
		l.log.write(l.terminal, func(w io.Writer) error { return sandbox.WriteLogLine(w, o) })
	})
	if crashed != nil && l.crashed == nil {
		l.crashed = crashed
	}
}

// close writes what is queued, for as long as the context lasts and for a second at least.
// What the sandbox observes later is lost.
func (l *sandboxLog) close(ctx context.Context) error {
	if l == nil {
		return nil
	}
	close(l.stop)
	waitFor(ctx, l.done)
	select {
	case <-l.done:
	default:
		return errors.New("--log: there was no time left to write every line")
	}
	if lost := l.lost.Load(); lost > 0 {
		_, _ = fmt.Fprintf(l.terminal, "%s not printed or logged: requests came too fast\n", contract.Plural(lost, "request")) // there is no other place to report it
	}
	return errors.Join(l.log.close(), l.crashed)
}
