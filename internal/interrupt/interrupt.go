// Package interrupt reads from terminals, pipes and other sources that may never give
// anything, so that a command can end while it waits.
//
// Open and Reader end with their context. A system call that waits cannot be ended, so it
// goes on in a goroutine of its own; what it gets is kept for the next Read, and is lost
// with the process.
package interrupt

import (
	"context"
	"io"
	"os"

	"assay/internal/crash"
)

// Open opens a file for reading. A named pipe waits for its writer; Open ends with ctx.
func Open(ctx context.Context, path string) (io.ReadCloser, error) {
	if info, err := os.Stat(path); err != nil || info.Mode().IsRegular() {
		return os.Open(path)
	}
	type opened struct {
		file *os.File
		err  error
	}
	done := make(chan opened, 1)
	go func() {
		file, err := os.Open(path)
		done <- opened{file, err}
	}()
	select {
	case o := <-done:
		if o.err != nil {
			return nil, o.err
		}
		return closing{Reader(ctx, o.file), o.file}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type closing struct {
	io.Reader
	io.Closer
}

// Reader returns a reader whose Read ends with ctx; its error is then that of ctx. A
// regular file never waits and is returned itself.
func Reader(ctx context.Context, from io.Reader) io.Reader {
	if f, ok := from.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			return from
		}
	}
	return &reader{ctx: ctx, from: from}
}

type reader struct {
	ctx     context.Context
	from    io.Reader
	waiting chan part // of a read in progress; nil: none
	rest    part
	buffer  []byte
}

// part is the result of a read.
type part struct {
	text []byte
	err  error
}

// bufferSize is the size of a read: what a pipe of Linux holds.
const bufferSize = 64 << 10

func (r *reader) Read(b []byte) (int, error) {
	if len(r.rest.text) == 0 && r.rest.err == nil {
		if err := r.ctx.Err(); err != nil {
			return 0, err
		}
		if r.waiting == nil {
			r.start()
		}
		select {
		case r.rest = <-r.waiting:
			r.waiting = nil
		case <-r.ctx.Done():
			return 0, r.ctx.Err()
		}
	}
	n := copy(b, r.rest.text)
	if r.rest.text = r.rest.text[n:]; len(r.rest.text) > 0 {
		return n, nil
	}
	err := r.rest.err
	r.rest.err = nil
	return n, err
}

// start begins a read in a goroutine. A panic of the source is its error.
func (r *reader) start() {
	if r.buffer == nil {
		r.buffer = make([]byte, bufferSize)
	}
	done := make(chan part, 1)
	r.waiting = done
	go func() {
		var n int
		var err error
		if crashed := crash.Contain("reading", func() { n, err = r.from.Read(r.buffer) }); crashed != nil {
			n, err = 0, crashed
		}
		done <- part{r.buffer[:n], err}
	}()
}
