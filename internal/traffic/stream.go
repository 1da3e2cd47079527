package traffic

import (
	"errors"
	"fmt"
	"io"
)

// stream is a text of any length, read through a window that moves forward.
type stream struct {
	from io.Reader
	buf  []byte // the window is buf[r:w]
	r, w int
	base int64 // the offset of buf[0] in the text
	err  error // why the text ends: io.EOF or a read error
}

// width is the initial size of the window in bytes. The window grows for a large entry
// and shrinks after it.
const width = 256 << 10

func newStream(from io.Reader) *stream { return &stream{from: from, buf: make([]byte, width)} }

// window returns the bytes in sight. They are valid until the window moves.
func (s *stream) window() []byte { return s.buf[s.r:s.w] }

// at is the offset of the window in the text.
func (s *stream) at() int64 { return s.base + int64(s.r) }

// drop moves the window past n bytes.
func (s *stream) drop(n int) { s.r += n }

// more adds at least a byte to the window. It returns false at the end of the text;
// s.err says why.
func (s *stream) more() bool {
	if s.err != nil {
		return false
	}
	s.room()
	for range 100 {
		n, err := s.from.Read(s.buf[s.w:])
		s.w += n
		s.err = err
		if n > 0 {
			return true
		}
		if err != nil {
			return false
		}
	}
	s.err = io.ErrNoProgress
	return false
}

// room makes space after the window, by moving it to the front or into another buffer.
func (s *stream) room() {
	n := s.w - s.r
	to := s.buf
	switch {
	case n > len(s.buf)/2:
		if s.w < len(s.buf) {
			return
		}
		to = make([]byte, 2*len(s.buf))
	case len(s.buf) > 4*width && n < width/2:
		to = make([]byte, width) // the large entry is finished
	case s.r == 0:
		return
	}
	copy(to, s.buf[s.r:s.w])
	s.base += int64(s.r)
	s.buf, s.r, s.w = to, 0, n
}

// brokenError is the position at which a text cannot be read further. It ends this file
// only.
type damagedError struct {
	at   int64 // offset in the decoded text, from 0
	what error
}

func (e *damagedError) Error() string { return fmt.Sprintf("byte %d: %v", e.at, e.what) }

func (e *damagedError) Unwrap() error { return e.what }

var (
	errCut      = errors.New("the file is cut off here; everything before was read")
	errBrackets = errors.New("the brackets do not match here; nothing after this was read")
	errShape    = errors.New("this is not JSON; nothing after this was read")
	errNoObject = errors.New("expected a JSON object here; nothing after this was read")
	errNoList   = errors.New("expected a JSON array here; nothing after this was read")
)

// errorAt returns an error for the position n bytes into the window.
func (s *stream) errorAt(n int, what error) error { return &damagedError{s.at() + int64(n), what} }

// ended returns why the text ends.
func (s *stream) ended() error {
	if s.over() {
		return s.errorAt(len(s.window()), errCut)
	}
	return s.errorAt(len(s.window()), fmt.Errorf("reading failed: %w; everything before was read", cause(s.err)))
}

// over reports whether the text was read to its end.
func (s *stream) over() bool { return errors.Is(s.err, io.EOF) }
