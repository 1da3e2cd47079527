package protocol

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"assay/internal/child"
)

const (
	maxLine  = 1 << 20 // bytes of a line of standard output
	maxStray = 100     // lines that are no replies, before the process is ended
)

// instance is one process of a client. The lock of Process guards the members after the
// pipes.
type instance struct {
	of             *Process
	cmd            *child.Command
	stdin          *os.File
	stdout, errors *os.File
	stderr         tail
	sending        sync.Mutex
	killing        sync.Once
	exited, read   chan struct{} // the process has ended; everything that it wrote was read
	done           chan struct{}

	pending map[string]chan<- outcome
	last    string // the id of the last call with a reply
	replies int
	lines   int
	strays  int
	fault   error // of no call in particular; the next call gets it
	why     error // why the process is killed
	over    bool  // the process has ended
	retired bool
	counted bool
}

// launch starts a process. The caller holds the lock.
func (p *Process) launch() (*instance, error) {
	in := &instance{of: p, cmd: p.command(), exited: make(chan struct{}), read: make(chan struct{}), done: make(chan struct{}), pending: map[string]chan<- outcome{}}
	var theirs []*os.File
	pipe := func(ours **os.File, write bool) (*os.File, error) {
		r, w, err := os.Pipe()
		if err != nil {
			return nil, err
		}
		if *ours = r; write {
			*ours, w = w, r
		}
		theirs = append(theirs, w)
		return w, nil
	}
	stdin, err := pipe(&in.stdin, true)
	stdout, err2 := pipe(&in.stdout, false)
	stderr, err3 := pipe(&in.errors, false)
	if err = errors.Join(err, err2, err3); err == nil {
		in.cmd.Stdin, in.cmd.Stdout, in.cmd.Stderr = stdin, stdout, stderr
		err = in.cmd.Start()
	}
	for _, f := range theirs {
		_ = f.Close() // the process has its own
	}
	if err != nil {
		in.closePipes()
		return nil, err
	}
	p.all[in] = true
	stop := context.AfterFunc(p.ctx, in.kill)
	var reading sync.WaitGroup
	reading.Go(in.readReplies)
	reading.Go(func() { in.stderr.readFrom(in.errors) })
	go func() {
		reading.Wait()
		close(in.read)
	}()
	go func() {
		err := in.cmd.Wait()
		close(in.exited)
		in.cmd.Kill() // what it started
		select {
		case <-in.read:
		case <-time.After(drainTime): // a process outside the group has the pipes
		}
		stop()
		in.closePipes()
		<-in.read
		in.finish(err)
	}()
	return in, nil
}

func (in *instance) closePipes() {
	in.closeInput()
	for _, f := range []*os.File{in.stdout, in.errors} {
		if f != nil {
			_ = f.Close() // nothing can be done about it
		}
	}
}

// closeInput ends the standard input of the process.
func (in *instance) closeInput() {
	if in.stdin != nil {
		_ = in.stdin.Close() // it may be closed already
	}
}

// kill ends the process and all that it started.
func (in *instance) kill() {
	in.killing.Do(in.cmd.Kill)
}

// send writes a line to the process. If the process does not read it in time, or has closed
// its input, it is ended.
func (in *instance) send(ctx context.Context, line []byte) {
	stop := context.AfterFunc(ctx, func() {
		in.giveReason(errors.New("the client does not read its standard input"))
		in.closeInput()
	})
	in.sending.Lock()
	_, err := in.stdin.Write(line)
	in.sending.Unlock()
	if err != nil && ctx.Err() == nil {
		select {
		case <-in.exited: // which says more
		case <-time.After(drainTime):
			in.giveReason(errors.New("the client closed its standard input"))
		}
		in.kill()
	}
	stop()
}

// giveReason notes why the process is killed, unless there is a reason already.
func (in *instance) giveReason(why error) {
	in.of.mu.Lock()
	defer in.of.mu.Unlock()
	if in.why == nil {
		in.why = why
	}
}

// readReplies reads the lines of the process until it ends.
func (in *instance) readReplies() {
	lines := bufio.NewReaderSize(in.stdout, 64<<10)
	for {
		line, err := readLine(lines)
		switch {
		case errors.Is(err, errLong):
			in.giveReason(fmt.Errorf("the client wrote a line of more than %d bytes to standard output", maxLine))
			in.kill()
			return
		case len(line) > 0:
			if !in.take(line) {
				in.kill()
				return
			}
		}
		if err != nil {
			select {
			case <-in.exited:
			case <-time.After(drainTime):
				in.giveReason(errors.New("the client closed its standard output"))
				in.kill()
			}
			return
		}
	}
}

var errLong = errors.New("the line is too long")

// readLine reads a line, without the space around it.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		whole := bytes.Clone(line)
		for errors.Is(err, bufio.ErrBufferFull) {
			if len(whole) > maxLine {
				return nil, errLong
			}
			line, err = r.ReadSlice('\n')
			whole = append(whole, line...)
		}
		line = whole
	}
	return bytes.TrimSpace(bytes.TrimPrefix(line, []byte("\ufeff"))), err
}

// take takes a line. It reports false if the process wrote too many lines that are no replies.
func (in *instance) take(line []byte) bool {
	p := in.of
	p.mu.Lock()
	defer p.mu.Unlock()
	in.lines++
	if in.lines == 1 {
		first := in.isHello(line)
		p.noteBegin()
		if first {
			return p.wrong == nil
		}
	}
	var r Reply
	err := json.Unmarshal(line, &r)
	id := r.ID
	if err != nil {
		if id = idOf(line); json.Valid(line) {
			err = fmt.Errorf("the reply of the client %w", err)
		} else {
			err = errors.New("the client wrote a line to standard output that is not JSON. Only replies go there, one a line; everything else goes to standard error")
		}
	}
	switch state := p.calls[id]; {
	case id != "" && state == waiting && in.has(id):
		if err != nil {
			in.settle(id, outcome{err: &NoReplyError{Why: err.Error(), Line: short(line)}}, gaveUp)
			return true
		}
		in.replies++
		in.last, p.inRow, p.replied, p.latest = id, 0, true, time.Now()
		in.settle(id, outcome{reply: r}, replied)
		return true
	case id != "" && state == replied:
		if p.faults[id] == nil {
			p.faults[id] = &NoReplyError{Why: "the client replied to a call twice"}
		}
	case id != "" && state == gaveUp: // too late
	case err == nil && id == "":
		in.stray(errors.New("the reply of the client has no id. It repeats the id of the call"), line)
	case err == nil:
		in.stray(errors.New("the client replied to a call that it did not get. A reply repeats the id of its call"), line)
	default:
		in.stray(err, line)
	}
	if in.strays++; in.strays <= maxStray {
		return true
	}
	if in.why == nil {
		in.why = fmt.Errorf("the client wrote more than %d lines to standard output that are no replies to a call", maxStray)
	}
	return false
}

// noteBegin notes that the first process has written a line or ended. The caller holds the lock.
func (p *Process) noteBegin() {
	select {
	case <-p.began:
	default:
		close(p.began)
	}
}

func (in *instance) has(id string) bool { _, ok := in.pending[id]; return ok }

// isHello takes the first line of a process if it is a hello.
func (in *instance) isHello(line []byte) bool {
	h, is, err := readHello(line)
	if is && err != nil {
		in.of.wrong = &NoReplyError{Why: err.Error()}
		in.stray(err, nil)
	}
	if is && err == nil {
		in.of.hello = h
	}
	return is
}

// stray notes a line that belongs to no call: all calls that wait have no reply then, and the
// process gets no others. If no call waits, the next one has no reply.
func (in *instance) stray(err error, line []byte) {
	if len(in.pending) == 0 {
		if in.fault == nil && !in.retired {
			in.fault = &NoReplyError{Why: err.Error(), Line: short(line)}
		}
		return
	}
	for id := range in.pending {
		in.settle(id, outcome{err: &NoReplyError{Why: err.Error(), Line: short(line)}}, gaveUp)
	}
	in.of.retire(in) // what else it writes belongs to no other call
}

// withOutput adds to an error what the process has written to standard error since a call.
// It waits for a moment: the process may have written it last.
func (in *instance) withOutput(err error, from int64) error {
	noReply, ok := err.(*NoReplyError) //nolint:errorlint // it is made here
	if !ok || noReply.Output != "" {
		return err
	}
	select {
	case <-in.done:
	case <-time.After(outputTime):
	}
	noReply.Output = in.stderr.since(from)
	return noReply
}

// settle ends a call.
func (in *instance) settle(id string, o outcome, state callState) {
	in.pending[id] <- o
	delete(in.pending, id)
	in.of.calls[id] = state
	if in.retired && len(in.pending) == 0 {
		in.kill()
	}
}

// finish notes that the process has ended.
func (in *instance) finish(err error) {
	p := in.of
	p.mu.Lock()
	defer p.mu.Unlock()
	defer close(in.done)
	in.over = true
	delete(p.all, in)
	p.noteBegin()
	p.count(in)
	ended := "ended with " + in.cmd.ProcessState.String()
	if err == nil {
		ended = "ended"
	}
	why := in.why
	if why == nil {
		why = fmt.Errorf("the client %s before it replied", ended)
	}
	switch {
	case p.ctx.Err() != nil && in.why == nil:
		why = p.ctx.Err()
	case len(in.pending) == 0 && !in.retired && !p.closed && in.last == "" && in.fault == nil:
		in.fault = &NoReplyError{Why: fmt.Sprintf("the client %s before its first call", ended), Output: in.stderr.since(0)}
		if in.why != nil {
			in.fault = &NoReplyError{Why: in.why.Error(), Output: in.stderr.since(0)}
		}
	case len(in.pending) == 0 && !in.retired && (!p.closed || err != nil) && in.last != "" && p.faults[in.last] == nil:
		p.faults[in.last] = &NoReplyError{Why: fmt.Sprintf("the client %s after its reply. It has to stay until its standard input ends", ended), Output: in.stderr.since(0)}
	}
	for id := range in.pending {
		o := outcome{err: why}
		if p.ctx.Err() == nil || in.why != nil {
			o.err = &NoReplyError{Why: why.Error()}
		}
		in.settle(id, o, gaveUp)
	}
}

// idOf returns the id of a line that is no reply, or "".
func idOf(line []byte) string {
	var m struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(line, &m) != nil {
		return ""
	}
	return m.ID
}
