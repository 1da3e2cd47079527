package protocol

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"assay/internal/child"
)

// How long the parts of a conversation may take, and how often a client is started again.
const (
	helloTime  = 2 * time.Second        // for the first line, before the first call
	closeTime  = 500 * time.Millisecond // for the client to end after its input ended
	outputTime = 20 * time.Millisecond  // for what a client wrote to standard error
	lateTime   = 50 * time.Millisecond  // for what is wrong after the last reply
	drainTime  = 200 * time.Millisecond // to read what a client wrote before it ended

	maxNever = 3  // processes, if the client has not replied yet
	maxInRow = 10 // processes in a row that gave no reply
)

// Process is a client under test in a process of its own: it reads one call a line from
// standard input, and writes one reply a line to standard output. It may write a line with
// its hello first. The process stays for the whole run. If it ends, or does not reply in
// time, another one is started for the next call.
type Process struct {
	argv, env []string
	ctx       context.Context
	end       context.CancelFunc
	began     chan struct{} // closed when the first process wrote a line or ended
	wait      time.Duration // for the hello

	mu      sync.Mutex
	hello   Hello
	wrong   error // of the hello
	current *instance
	all     map[*instance]bool // those that run
	calls   map[string]callState
	faults  map[string]error
	inRow   int       // processes in a row that gave no reply
	latest  time.Time // when the last reply came
	replied bool      // the client replied to a call
	closed  bool
}

// callState is what became of a call.
type callState int

const (
	waiting callState = iota + 1
	replied
	gaveUp // its reply is dropped
)

// Start starts a client under test and waits for its hello, but not for long: a client need
// not have one. If the hello comes later, the client gets one call at a time. The environment
// is that of this process if it is nil. When ctx ends, so does every process of the client.
func Start(ctx context.Context, argv, env []string) (*Process, error) {
	p := newProcess(ctx, argv, env)
	if err := p.begin(); err != nil {
		return nil, err
	}
	return p, nil
}

func newProcess(ctx context.Context, argv, env []string) *Process {
	if env == nil {
		env = os.Environ()
	}
	p := &Process{argv: argv, env: env, began: make(chan struct{}), wait: helloTime, all: map[*instance]bool{}, calls: map[string]callState{}, faults: map[string]error{}}
	p.ctx, p.end = context.WithCancel(ctx)
	return p
}

// begin starts the first process.
func (p *Process) begin() error {
	p.mu.Lock()
	err := p.start()
	p.mu.Unlock()
	if err != nil {
		p.end()
		return err
	}
	late := time.NewTimer(p.wait)
	defer late.Stop()
	select {
	case <-p.began:
	case <-late.C:
	case <-p.ctx.Done():
	}
	p.mu.Lock()
	err = p.wrong
	p.mu.Unlock()
	if err != nil {
		_ = p.Close() // the hello counts
	}
	return err
}

// Hello returns what the client says of itself. It is empty until the client has said it.
func (p *Process) Hello() Hello {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hello
}

// Do gives the client a call.
func (p *Process) Do(ctx context.Context, call Call) (Reply, error) {
	line, err := json.Marshal(call)
	if err != nil {
		return Reply{}, err
	}
	in, reply, err := p.ask(call.ID)
	if err != nil {
		return Reply{}, err
	}
	from := in.stderr.written()
	in.send(ctx, append(line, '\n'))
	select {
	case got := <-reply:
		return got.reply, in.withOutput(got.err, from)
	case <-ctx.Done():
		return Reply{}, in.withOutput(p.giveUp(ctx, in, call.ID), from)
	}
}

// outcome is how a call ended.
type outcome struct {
	reply Reply
	err   error
}

// ask notes a call that is sent to the client. It starts a process if none runs.
func (p *Process) ask(id string) (*instance, <-chan outcome, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch in := p.current; {
	case p.ctx.Err() != nil:
		return nil, nil, p.ctx.Err()
	case p.wrong != nil:
		return nil, nil, p.wrong
	case p.calls[id] != 0:
		return nil, nil, fmt.Errorf("protocol: two calls have the id %s", id)
	case in != nil && in.fault != nil: // it belongs to no other call
		err := in.fault
		in.fault = nil
		if in.over {
			p.current = nil
		}
		return nil, nil, err
	case in != nil && in.over:
		p.current = nil
	}
	if p.current == nil {
		if err := p.start(); err != nil {
			return nil, nil, err
		}
	}
	in := p.current
	reply := make(chan outcome, 1)
	in.pending[id] = reply
	p.calls[id] = waiting
	return in, reply, nil
}

// start starts another process, unless too many in a row gave no reply. The caller holds
// the lock.
func (p *Process) start() error {
	switch {
	case p.closed:
		return &NoReplyError{Why: "the client was ended"}
	case !p.replied && p.inRow >= maxNever:
		return &NoReplyError{Why: fmt.Sprintf("the client is not asked any more: it was started %d times and gave no reply. Start it by hand, give it a line with a call, and look at what it writes", p.inRow)}
	case p.inRow >= maxInRow:
		return &NoReplyError{Why: fmt.Sprintf("the client is not asked any more: it was started %d times in a row and gave no reply", p.inRow)}
	}
	in, err := p.launch()
	if err != nil {
		if p.inRow++; p.replied {
			return &NoReplyError{Why: "the client cannot be started again: " + err.Error()}
		}
		return err
	}
	p.current = in
	return nil
}

// giveUp forgets a call whose time is over, and ends the process as soon as no other call
// waits for it.
func (p *Process) giveUp(ctx context.Context, in *instance, id string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(in.pending, id)
	p.calls[id] = gaveUp
	p.retire(in)
	if err := ctx.Err(); !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &NoReplyError{Why: "the client did not reply in time", Cause: context.DeadlineExceeded}
}

// retire gives a process no further calls. The caller holds the lock.
func (p *Process) retire(in *instance) {
	p.count(in)
	if in.retired = true; p.current == in {
		p.current = nil
	}
	if len(in.pending) == 0 {
		in.kill()
	}
}

// count counts a process that gave no reply, once. The caller holds the lock.
func (p *Process) count(in *instance) {
	if in.replies == 0 && !in.counted {
		in.counted = true
		p.inRow++
	}
}

// Close ends the input of the client. A client that does not end after that is killed, with
// every process that it started.
func (p *Process) Close() error {
	p.mu.Lock()
	p.closed = true
	var running []*instance
	for in := range p.all {
		running = append(running, in)
	}
	p.mu.Unlock()
	late := time.NewTimer(closeTime)
	defer late.Stop()
	for _, in := range running {
		in.closeInput()
	}
	for _, in := range running {
		select {
		case <-in.done:
			continue
		case <-late.C:
		case <-p.ctx.Done():
		}
		break
	}
	p.end()
	for _, in := range running {
		in.kill()
		<-in.done
	}
	return nil
}

// Faults returns what was wrong about calls after their replies, by the id of the call: the
// client replied again, or ended.
func (p *Process) Faults() map[string]error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if wait := lateTime - time.Since(p.latest); wait > 0 && !p.closed {
		p.mu.Unlock()
		select {
		case <-time.After(wait):
		case <-p.ctx.Done():
		}
		p.mu.Lock()
	}
	return maps.Clone(p.faults)
}

// command returns the command of a process, with its own group of processes.
func (p *Process) command() *child.Command {
	c := child.New(p.argv[0], p.argv, false)
	c.Env = slices.Clip(p.env)
	return c
}
