package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// How long a command may go on after a signal: then it gets SIGTERM, and then SIGKILL. Both
// together leave time for the report within a second.
const (
	untilTerm = 250 * time.Millisecond
	untilKill = 250 * time.Millisecond
	// lingering is how long what the command left running may go on after SIGTERM.
	lingering = 200 * time.Millisecond
)

// child is a command that assay runs, with all processes that it starts.
type child struct {
	*exec.Cmd
	p        *program
	terminal bool // its standard input is a terminal, so it stays in the group of assay
}

// newChild makes a command that shares the streams and the environment of assay.
func (p *program) newChild(path string, command, environment []string) *child {
	c := &child{Cmd: exec.CommandContext(context.Background(), path), p: p, terminal: isTerminal(p.stdin)}
	c.Args, c.Env = command, append(os.Environ(), environment...)
	c.Stdin, c.Stdout, c.Stderr = p.stdin, p.stdout, p.stderr
	c.WaitDelay = time.Second // for streams that are no files
	c.apart()
	return c
}

// run runs the command until it ends, or until it is ended because the context is. It gives
// the exit code; an error says why the command could not start. No process is left.
func (c *child) run(ctx context.Context) (code int, err error) {
	if err := ctx.Err(); err != nil {
		return exitInconclusive, nil //nolint:nilerr // the caller sees the context
	}
	if err := c.Start(); err != nil {
		return 0, err
	}
	quit := func() { c.signal(syscall.SIGKILL) }
	c.p.abandon.Store(&quit)
	defer c.p.abandon.Store(nil)
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	select {
	case err = <-done:
	case <-ctx.Done():
		c.p.unhurried.Store(true) // this is bounded
		err = c.end(ctx, done)
	}
	c.endRest()
	if failed := new(exec.ExitError); err != nil && !errors.As(err, &failed) && !errors.Is(err, exec.ErrWaitDelay) && c.ProcessState == nil {
		return 0, err
	}
	return exitCode(c.ProcessState), nil
}

// end passes on the signal that ended the context, and makes sure that the command ends.
func (c *child) end(ctx context.Context, done <-chan error) error {
	first := os.Signal(syscall.SIGTERM)
	if s := (signalled{}); errors.As(context.Cause(ctx), &s) {
		first = s.Signal
	}
	if !c.terminal || first != os.Interrupt { // a terminal sends this one to all
		c.signal(first)
	}
	for _, next := range []struct {
		after time.Duration
		os.Signal
	}{{untilTerm, syscall.SIGTERM}, {untilKill, syscall.SIGKILL}} {
		select {
		case err := <-done:
			return err
		case <-time.After(next.after):
			c.signal(next.Signal)
		}
	}
	return <-done
}
