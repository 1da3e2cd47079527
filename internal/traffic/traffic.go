// Package traffic reads recorded exchanges as a stream: HAR files as browsers,
// proxies and API clients save them, files of one exchange a line, and go-vcr
// cassettes; plain, gzip or zstd; from files, folders, globs and standard input.
//
// One goroutine reads: it finds where each entry begins and ends, and gives it
// on, unparsed. Entry.Exchange parses, on whichever goroutine asks. Memory is
// bounded by the largest entry and never by the file.
//
// What cannot be read is an entry as well, one whose Exchange fails: a file of
// two hundred thousand entries is not given up for one of them, and none is
// passed over in silence.
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
)

// The formats, as Options and the front of Entry.Origin name them.
const (
	HAR      = "har"
	NDJSON   = "ndjson"
	Cassette = "cassette"
)

// Formats lists the formats.
func Formats() []string { return []string{HAR, NDJSON, Cassette} }

// Entry is one recorded exchange as its file has it, not yet parsed. It may be
// kept; what stood close to it in its file may be kept with it.
type Entry struct {
	of    *label
	n     int    // in its file, from 1; 0: it stands for the file itself
	line  int    // on which it begins; 0: its file has none that are numbered
	at    string // where in it, for people: ", byte 7"
	raw   []byte
	parse parser
	fault error // it is known to be damaged, and why
}

// label is what the entries of a file are called.
type label struct {
	front string // of Origin: "har:FILE#"
	shown string // of Where
}

// Origin is "har:FILE#N", "ndjson:FILE#N" or "cassette:FILE#N", N from 1, and
// "file:FILE" where the file could not be read at all. FILE is "-" for standard
// input.
func (e *Entry) Origin() string {
	if e.n == 0 {
		return e.of.front
	}
	return e.of.front + strconv.Itoa(e.n)
}

// Where is for people: "FILE, entry 7", or "FILE:7" where lines are numbered.
func (e *Entry) Where() string {
	switch {
	case e.line > 0:
		return e.of.shown + ":" + strconv.Itoa(e.line) + e.at
	case e.n > 0:
		return e.of.shown + ", entry " + strconv.Itoa(e.n) + e.at
	}
	return e.of.shown
}

// Exchange parses the entry. It may be called from any goroutine, and more than
// once; what it gives shares no memory that could change. An error is a
// *DamageError. Where that is ErrNoResponse the exchange has its request.
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
	ex, err := e.parse(e.raw, s)
	switch {
	case err == nil:
		return ex, nil
	case errors.Is(err, ErrNoResponse):
		return ex, &DamageError{Where: e.Where(), Err: err}
	}
	return contract.Exchange{}, &DamageError{Where: e.Where(), Err: err}
}

// DamageError is an entry that is no exchange. No value of a body stands in it.
type DamageError struct {
	Where string // of the entry
	Err   error  // what is wrong there
}

func (e *DamageError) Error() string { return e.Where + ": " + e.Err.Error() }

// Unwrap gives what is wrong there.
func (e *DamageError) Unwrap() error { return e.Err }

// ErrNoResponse is an entry whose request was recorded and whose response was not:
// it was blocked, it failed, or the recorder kept no bodies.
var ErrNoResponse = errors.New("there is no response")

// withoutResponse says why there is no response.
type withoutResponse string

func (u withoutResponse) Error() string { return string(u) }

func (u withoutResponse) Is(target error) bool { return target == ErrNoResponse }

// Options say how to read. The zero value recognises every format.
type Options struct {
	// Format is one of Formats, and then every file is read as it; in folders
	// those that look like another one are passed over. Empty: by content.
	Format string
	// Progress is told, now and then, how many bytes of the files were read, of
	// how many; the total is -1 where it is not known. nil: nobody is told.
	Progress func(read, total int64)

	largest int // bytes of the largest entry; 0: Largest
}

// Largest is how many bytes an entry may have. A larger one is damaged.
const Largest = 64 << 20

// Read reads everything that names mean: files, folders (walked in sorted
// order, for files of known kinds, hidden ones left out), globs, and "-", which
// is stdin. A file that is named twice is read once. each is told every entry
// in order, lines some at a time; its error ends the reading and is
// returned, as that of ctx is.
//
// A file that cannot be opened or is of no known kind, a damaged entry and a
// file that is cut short are entries whose Exchange fails. Read itself fails,
// before anything is read, where a name means nothing or the format is unknown.
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

// Batches reads as Read does, and hands on entries that follow each other, some
// at a time. They belong to whom they are given. What was read when ctx ends is
// handed on as well.
func Batches(ctx context.Context, names []string, stdin io.Reader, o Options, each func(*Batch) error) error {
	return batches(ctx, names, stdin, o, 64, each)
}

// batches hands on at most so many entries at a time that have memory of their own.
func batches(ctx context.Context, names []string, stdin io.Reader, o Options, most int, each func(*Batch) error) error {
	if o.Format != "" && !known(o.Format) {
		return fmt.Errorf("traffic: the format %q is unknown; expected one of %s", o.Format, strings.Join(Formats(), ", "))
	}
	if o.largest == 0 {
		o.largest = Largest
	}
	all, err := sources(names, stdin)
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
