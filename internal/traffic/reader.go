package traffic

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"

	"assay/internal/contract"
)

// reader reads one source behind the other.
type reader struct {
	ctx     context.Context
	options Options
	stdin   io.Reader
	each    func(*Batch) error
	next    *Batch     // that is handed on next; nil: there is nothing in it
	most    int        // entries of a batch
	free    *sync.Pool // of batches
	done    int64      // bytes of the sources behind this one
	total   int64
}

// file is a source while it is read.
type file struct {
	*reader
	source
	label *label
	n     int // entries given
}

// parser makes an exchange of an entry.
type parser func(raw []byte, s *Scratch) (contract.Exchange, error)

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
	b := r.batch()
	b.Entries = append(b.Entries, e)
	if b.held += len(e.raw); b.full(r.most) {
		return r.flush()
	}
	return nil
}

// batch is what entries are put into.
func (r *reader) batch() *Batch {
	if r.next == nil {
		b, ok := r.free.Get().(*Batch)
		if !ok {
			b = &Batch{Entries: make([]Entry, 0, r.most), home: r.free}
		}
		r.next = b
	}
	return r.next
}

// flush hands on what there is.
func (r *reader) flush() error {
	b := r.next
	if b == nil {
		return nil
	}
	if r.next = nil; len(b.Entries) == 0 {
		b.Release()
		return nil
	}
	return r.each(b)
}

// entry gives the next entry of the file, which begins on a line; 0: those are
// not counted.
func (f *file) entry(line int, raw []byte, parse parser) error {
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
