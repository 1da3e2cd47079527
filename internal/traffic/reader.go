package traffic

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"

	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/interrupt"
)

// reader reads the sources one after another.
type reader struct {
	ctx     context.Context
	options Options
	stdin   io.Reader
	each    func(*Batch) error
	next    *Batch     // the batch that is being filled; nil: empty
	most    int        // the most entries of a batch
	free    *sync.Pool // released batches
	done    int64      // bytes of the sources that are finished
	total   int64
}

// file is a source that is being read.
type file struct {
	*reader
	source
	label *label
	n     int // entries read
}

// parser parses an entry.
type parser func(raw []byte, s *Scratch) (contract.Exchange, error)

// read reads one source. The error comes from each, or from ctx. If the reader panics, the
// rest of the source is one entry that cannot be read, and the other sources are read.
func (r *reader) read(s source) error {
	f := &file{reader: r, source: s}
	var read int64
	var err error
	if crashed := crash.Contain("the reader of this file", func() { read, err = f.open() }); crashed != nil {
		err = f.unreadable(crashed)
	}
	switch {
	case s.size >= 0:
		r.done += s.size // skipped bytes count as well
	default:
		r.done += read
	}
	if r.options.Progress != nil {
		r.options.Progress(r.done, r.total)
	}
	return err
}

// open opens the file and returns its size in bytes.
func (f *file) open() (int64, error) {
	if f.fault != nil {
		return 0, f.unreadable(f.fault)
	}
	from := f.stdin
	if f.path != standard {
		opened, err := interrupt.Open(f.ctx, f.path)
		switch {
		case f.ctx.Err() != nil:
			return 0, f.ctx.Err()
		case err != nil:
			return 0, f.unreadable(cause(err))
		}
		defer func() { _ = opened.Close() }() // it was opened for reading
		from = opened
	}
	c := &counted{from: from, reader: f.reader}
	err := f.unpacked(c)
	return c.n, err
}

// counted counts bytes, calls Progress and stops when ctx ends.
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

// give adds an entry to the batch.
func (r *reader) give(e Entry) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	return r.pass(e)
}

// pass adds an entry to the batch, even if ctx has ended.
func (r *reader) pass(e Entry) error {
	b := r.batch()
	b.Entries = append(b.Entries, e)
	if b.held += len(e.raw); b.full(r.most) {
		return r.flush()
	}
	return nil
}

// batch returns the batch to fill.
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

// flush hands on the current batch.
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

// entry adds the next entry of the file. line is where it begins, 0 for files whose
// lines are not counted.
func (f *file) entry(line int, raw []byte, parse parser) error {
	f.n++
	return f.give(Entry{of: f.label, n: f.n, line: line, raw: raw, parse: parse})
}

// damaged adds an entry that cannot be read. at says where it is in the file.
func (f *file) damaged(line int, at string, fault error) error {
	f.n++
	return f.give(Entry{of: f.label, n: f.n, line: line, at: at, fault: fault})
}

// unreadable adds an entry that stands for the whole file.
func (f *file) unreadable(fault error) error {
	return f.give(Entry{of: &label{front: "file:" + f.path, shown: f.shown()}, fault: fault})
}

// rest handles the end of a text that cannot be read further: it adds one damaged
// entry, or returns the error of ctx. Any other error ends the reading. line is the
// number of the next line.
func (f *file) rest(err error, line int) error {
	var b *damagedError
	if !errors.As(err, &b) {
		return err
	}
	return f.damaged(line, ", byte "+strconv.FormatInt(b.at, 10), b.what)
}

// large adds an entry above the size limit, with its outline.
func (f *file) large(line int, outline []byte) error {
	f.n++
	return f.give(Entry{of: f.label, n: f.n, line: line, raw: outline, fault: f.tooLarge()})
}

// tooLarge is the fault of an entry above the size limit.
func (f *file) tooLarge() error {
	return fmt.Errorf("it is larger than %d bytes and was skipped", f.options.largest)
}
