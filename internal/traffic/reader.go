package traffic

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"assay/internal/contract"
)

// reader reads one source behind the other.
type reader struct {
	ctx     context.Context
	options Options
	stdin   io.Reader
	each    func([]Entry) error
	next    []Entry // that each is told of next
	held    int     // bytes of them
	done    int64   // bytes of the sources behind this one
	total   int64
}

// How much each is told at a time, at most: so many entries, or the one with
// which they have so many bytes.
const (
	batch = 64
	heavy = 64 << 10
)

// file is a source while it is read.
type file struct {
	*reader
	source
	label *label
	n     int // entries given
}

// parser makes an exchange of an entry.
type parser func(raw string, s *Scratch) (contract.Exchange, error)

// read gives the entries of one source. An error is one of each, or of ctx.
func (r *reader) read(s source) error {
	f := &file{reader: r, source: s}
	read, err := f.open()
	switch {
	case s.size >= 0:
		r.done += s.size // what was passed over counts as well
	default:
		r.done += read
	}
	if r.options.Progress != nil {
		r.options.Progress(r.done, r.total)
	}
	return err
}

// open reads the file, and tells how many of its bytes.
func (f *file) open() (int64, error) {
	if f.fault != nil {
		return 0, f.unreadable(f.fault)
	}
	from := f.stdin
	if f.path != standard {
		opened, err := os.Open(f.path)
		if err != nil {
			return 0, f.unreadable(cause(err))
		}
		defer func() { _ = opened.Close() }() // it was only read
		from = opened
	}
	c := &counted{from: from, reader: f.reader}
	err := f.unpacked(c)
	return c.n, err
}

// counted counts what is read, tells Progress, and stops where ctx does.
type counted struct {
	from io.Reader
	*reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.from.Read(p)
	c.n += int64(n)
	if c.options.Progress != nil {
		c.options.Progress(c.done+c.n, c.total)
	}
	return n, err
}

// give hands an entry on, with others.
func (r *reader) give(e Entry) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if r.next == nil {
		r.next = make([]Entry, 0, batch)
	}
	r.next = append(r.next, e)
	if r.held += len(e.raw); len(r.next) < batch && r.held < heavy {
		return nil
	}
	return r.flush()
}

// flush hands on what is left.
func (r *reader) flush() error {
	all := r.next
	r.next, r.held = nil, 0
	if len(all) == 0 {
		return nil
	}
	return r.each(all)
}

// entry gives the next entry of the file, which begins on a line; 0: those are
// not counted.
func (f *file) entry(line int, raw string, parse parser) error {
	f.n++
	return f.give(Entry{of: f.label, n: f.n, line: line, raw: raw, parse: parse})
}

// damaged gives the next entry of the file, which is none. at says where in it.
func (f *file) damaged(line int, at string, fault error) error {
	f.n++
	return f.give(Entry{of: f.label, n: f.n, line: line, at: at, fault: fault})
}

// unreadable gives the file itself as an entry that is none.
func (f *file) unreadable(fault error) error {
	return f.give(Entry{of: &label{front: "file:" + f.path, shown: f.shown()}, fault: fault})
}

// rest gives what a broken text leaves: one damaged entry, or the error of ctx
// where that broke it. Any other error ends the reading. line is the one that is
// next.
func (f *file) rest(err error, line int) error {
	var b *brokenError
	if !errors.As(err, &b) {
		return err
	}
	return f.damaged(line, ", byte "+strconv.FormatInt(b.at, 10), b.what)
}

// tooLarge says what limit an entry is over.
func (f *file) tooLarge() error {
	return fmt.Errorf("it is larger than %d bytes, and was passed over", f.options.largest)
}
