// Package traffic reads recorded exchanges as a stream: HAR files of browsers, proxies
// and API clients, NDJSON with one exchange per line, and cassettes of go-vcr, VCR.py,
// Ruby VCR and PHP-VCR; in UTF-8 or UTF-16, plain, gzip, zstd or zlib; from files, folders, globs
// and standard input. A part that the recorder left out is listed in Exchange.Omitted;
// Recorders lists what recorders leave out.
//
// One goroutine reads. It finds where each entry begins and ends and passes it on
// unparsed. Entry.Exchange parses it on the goroutine that calls it. Memory depends on
// the largest entry, not on the size of the file.
//
// An entry that cannot be read is an entry whose Exchange fails. One damaged entry does
// not stop a file of 200,000, and none is skipped in silence.
//
// The package is separate from transport because it also reads cassettes. Lines of the
// usual shape have a fast reader, 4 to 5 times as fast as the general one; FuzzLine
// compares the two.
package traffic

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"assay/internal/contract"
	"assay/internal/crash"
)

// The formats, as in Options and at the start of Entry.Origin.
const (
	HAR      = "har"
	NDJSON   = "ndjson"
	Cassette = "cassette"
)

// Formats lists the formats.
func Formats() []string { return []string{HAR, NDJSON, Cassette} }

// Entry is one recorded exchange, not yet parsed. It may be kept; this may keep
// neighbouring entries in memory.
type Entry struct {
	of    *label
	n     int    // number in its file, from 1; 0: it stands for the file itself
	line  int    // line on which it begins; 0: lines are not counted in this format
	at    string // position for people: ", byte 7"
	raw   []byte // its text; of an entry above the size limit the outline
	parse parser
	fault error // why it cannot be read; nil: not known
}

// label names the file of an entry.
type label struct {
	front string // for Origin: "har:FILE#"
	shown string // for Where
}

// Origin is "har:FILE#N", "ndjson:FILE#N" or "cassette:FILE#N", N from 1, or
// "file:FILE" for a file that could not be read. FILE is "-" for standard input.
func (e *Entry) Origin() string {
	if e.n == 0 {
		return e.of.front
	}
	return e.of.front + strconv.Itoa(e.n)
}

// Where is the position for people: "FILE, entry 7", or "FILE:7" where lines are
// counted.
func (e *Entry) Where() string {
	switch {
	case e.line > 0:
		return e.of.shown + ":" + strconv.Itoa(e.line) + e.at
	case e.n > 0:
		return e.of.shown + ", entry " + strconv.Itoa(e.n) + e.at
	}
	return e.of.shown
}

// File reports whether the entry stands for a whole file that cannot be read: it is empty,
// it is in no known format, or it cannot be opened.
func (e *Entry) File() bool { return e.n == 0 }

// Exchange parses the entry. It may be called from any goroutine and more than once;
// the exchange has memory of its own. The error is a *DamageError. If it wraps
// ErrNoResponse, the exchange has its request.
func (e *Entry) Exchange() (contract.Exchange, error) {
	ex, err := e.exchange(nil)
	if err == nil || errors.Is(err, ErrNoResponse) {
		ex.Origin = e.Origin()
	}
	return ex, err
}

func (e *Entry) exchange(s *Scratch) (contract.Exchange, error) {
	if e.fault != nil {
		return contract.Exchange{}, &DamageError{Where: e.Where(), Err: e.fault}
	}
	var ex contract.Exchange
	var err error
	if crashed := crash.Contain("the reader of this entry", func() { ex, err = e.parse(e.raw, s) }); crashed != nil {
		ex, err = contract.Exchange{}, crashed
	}
	switch {
	case err == nil:
		return ex, nil
	case s != nil && s.Brief && !errors.Is(err, ErrNoResponse):
		return contract.Exchange{}, errBrief
	case errors.Is(err, ErrNoResponse):
		return ex, &DamageError{Where: e.Where(), Err: err}
	}
	return contract.Exchange{}, &DamageError{Where: e.Where(), Err: err}
}

// DamageError is the error of an entry that cannot be read. It quotes no value of a
// body.
type DamageError struct {
	Where string // of the entry
	Err   error  // what is wrong there
}

func (e *DamageError) Error() string { return e.Where + ": " + e.Err.Error() }

// Unwrap returns Err.
func (e *DamageError) Unwrap() error { return e.Err }

// errBrief is the error of an entry whose fault the caller does not ask for.
var errBrief = errors.New("the entry cannot be read")

// ErrNoResponse says that a request was recorded without its response: it was blocked,
// it failed, or the recorder kept no bodies.
var ErrNoResponse = errors.New("there is no response")

// withoutResponse says why there is no response.
type withoutResponse string

func (u withoutResponse) Error() string { return string(u) }

func (u withoutResponse) Is(target error) bool { return target == ErrNoResponse }

// Options configure the reading. The zero value detects the format of every file.
type Options struct {
	// Format is one of Formats and applies to every file; files of a folder in another of
	// the formats are skipped. Empty: by content.
	Format string
	// Progress is called now and then with the bytes read and the total, -1 if unknown.
	// nil: not called.
	Progress func(read, total int64)

	largest int // the largest entry in bytes; 0: Largest
}

// Largest is the largest entry in bytes. A larger one is damaged.
const Largest = 64 << 20

// Read reads all names: files, folders (in sorted order, hidden files left out), globs, and
// "-" for stdin. A file that is named twice is read once.
// each is called with every entry in order; its error ends the reading and is returned,
// as is that of ctx.
//
// A file that cannot be opened or has an unknown format, a damaged entry and a file
// that is cut short are entries whose Exchange fails. Read fails before it reads
// anything if a name stands for no file or the format is unknown.
func Read(ctx context.Context, names []string, stdin io.Reader, o Options, each func(*Entry) error) error {
	return batches(ctx, names, stdin, o, 1, func(b *Batch) error {
		for i := range b.Entries {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := each(&b.Entries[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// Batches is Read with runs of entries. They belong to the callee until it releases
// them. Entries read before ctx ends are handed on.
func Batches(ctx context.Context, names []string, stdin io.Reader, o Options, each func(*Batch) error) error {
	return batches(ctx, names, stdin, o, 64, each)
}

// batches hands on at most this many entries at a time, each with memory of its own.
func batches(ctx context.Context, names []string, stdin io.Reader, o Options, most int, each func(*Batch) error) error {
	if o.Format != "" && !known(o.Format) {
		return fmt.Errorf("traffic: the format %q is unknown; expected one of %s", o.Format, strings.Join(Formats(), ", "))
	}
	if o.largest == 0 {
		o.largest = Largest
	}
	all, err := sources(ctx, names, stdin)
	if err != nil {
		return err
	}
	r := &reader{ctx: ctx, options: o, stdin: stdin, each: each, total: sum(all), most: most, free: &sync.Pool{}}
	for _, s := range all {
		if err = r.read(s); err != nil {
			break
		}
	}
	if last := r.flush(); err == nil {
		err = last
	}
	return err
}

func known(format string) bool {
	for _, f := range Formats() {
		if f == format {
			return true
		}
	}
	return false
}
