package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"assay/internal/child"
	"assay/internal/interrupt"
)

// input is standard input. A read that waits ends when the command is interrupted.
func (p *program) input(ctx context.Context) io.Reader {
	if p.stdin == nil {
		return nil
	}
	return interrupt.Reader(ctx, p.stdin)
}

// grace is how long a command may go on after a signal before it ends without more ado.
// Servers that drain, and commands that write their files, take as long as they need; poll
// is how often that is looked at.
const (
	grace = 700 * time.Millisecond
	poll  = 50 * time.Millisecond
)

// interrupted is the exit of a command that a signal ended. done says what was done.
func interrupted(done string) *exit { return &exit{exitInconclusive, "interrupted: " + done, ""} }

// quit ends at once what must not outlive this process.
func (p *program) quit() {
	if end := p.abandon.Load(); end != nil {
		(*end)()
	}
}

// untilSignal runs a command. The first signal ends its context; the second one, or the
// grace, ends the process.
func (p *program) untilSignal(args []string) int {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	signals := make(chan os.Signal, 2)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) { // such as SIGHUP below nohup
			signal.Notify(signals, s)
		}
	}
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) // so that a report without a reader is an error, not the end
	done := make(chan int, 1)
	go func() { done <- p.execute(ctx, args) }()
	select {
	case code := <-done:
		return code
	case s := <-signals:
		cancel(child.Signalled{Signal: s})
	}
	late := time.NewTimer(grace)
	for {
		select {
		case code := <-done:
			if code == exitUsage { // such as an error of something that the signal ended
				code = exitInconclusive
			}
			return code
		case <-signals:
			p.quit()
			return exitInconclusive
		case <-late.C:
			if p.unhurried.Load() {
				late.Reset(poll)
				continue
			}
			go func() { _, _ = fmt.Fprintln(p.stderr, "assay: interrupted") }() // it may be a pipe without a reader
			time.Sleep(poll)
			p.quit()
			return exitInconclusive
		}
	}
}
