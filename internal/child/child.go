// Package child runs a command together with all processes that it starts: none of them
// outlives Run.
package child

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"os/exec"
	"slices"
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

// Signalled is the cause of the end of a context that a signal ended.
type Signalled struct{ os.Signal }

// Error names the signal.
func (s Signalled) Error() string { return s.String() }

// Command is a command and what it starts.
type Command struct {
	*exec.Cmd
	// Shared commands stay in the process group of this process, because from a terminal only
	// the foreground group can read. What they leave running is ended only if they are ended.
	Shared bool
	mark   string // a variable that what the command starts inherits, also outside its group
}

// New makes a command. It shares nothing yet, not even the environment.
func New(path string, command []string, shared bool) *Command {
	c := &Command{exec.CommandContext(context.Background(), path), shared, "ASSAY_MARK_" + rand.Text() + "=1"}
	c.Args, c.WaitDelay = command, time.Second // for streams that are no files
	c.apart()
	return c
}

// Start starts the command. It adds a variable to its environment, so that what it starts can be
// found.
func (c *Command) Start() error {
	if c.Env == nil {
		c.Env = os.Environ()
	}
	c.Env = append(slices.Clip(c.Env), c.mark)
	return c.Cmd.Start()
}

// Kill ends the command and what it started at once.
func (c *Command) Kill() {
	c.signal(syscall.SIGKILL)
	killMarked(c.mark)
}

// Run runs the command until it ends, or until it is ended because the context is; then it
// first calls ending. It gives the exit code: 128 and the number if a signal ended the
// command. An error says why the command could not start.
func (c *Command) Run(ctx context.Context, ending func()) (code int, err error) {
	if err := c.Start(); err != nil {
		return 0, err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = c.Wait() // the state has the code
	}()
	select {
	case <-done:
	case <-ctx.Done():
		ending()
		c.end(ctx, done)
	}
	c.endRest() // in its group, with time to end
	if !c.Shared || ctx.Err() != nil {
		killMarked(c.mark)
	}
	return exitCode(c.ProcessState), nil
}

// end passes on the signal that ended the context, and makes sure that the command ends.
func (c *Command) end(ctx context.Context, done <-chan struct{}) {
	first := os.Signal(syscall.SIGTERM)
	if s := (Signalled{}); errors.As(context.Cause(ctx), &s) {
		first = s.Signal
	}
	if !c.Shared || first != os.Interrupt { // a terminal sends this one to all
		c.signal(first)
	}
	for _, next := range []struct {
		after time.Duration
		os.Signal
	}{{untilTerm, syscall.SIGTERM}, {untilKill, syscall.SIGKILL}} {
		select {
		case <-done:
			return
		case <-time.After(next.after):
			c.signal(next.Signal)
		}
	}
	<-done
}
