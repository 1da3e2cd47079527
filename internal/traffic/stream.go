package traffic

import (
	"errors"
	"fmt"
	"io"
)

// stream is a text of any length, seen through a window that moves forward.
type stream struct {
	from io.Reader
	buf  []byte // the window is buf[r:w]
	r, w int
	base int64 // where buf[0] stands in the text
	err  error // why there is no more: io.EOF, or what broke
}

// width is how wide a window is to begin with. It grows where an entry needs it,
// and shrinks back behind it.
const width = 256 << 10

func newStream(from io.Reader) *stream { return &stream{from: from, buf: make([]byte, width)} }

// window gives what is in sight. It stands until more is called.
func (s *stream) window() []byte { return s.buf[s.r:s.w] }

// at is where the window begins in the text, in bytes.
func (s *stream) at() int64 { return s.base + int64(s.r) }

// drop moves on: n bytes of the window are done with.
func (s *stream) drop(n int) { s.r += n }

// more widens the window by at least a byte. false: the text ends, or s.err.
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

// room makes some behind the window: by moving it to the front, or into a buffer
// of another size.
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
		to = make([]byte, width) // the large entry is behind us
	case s.r == 0:
		return
	}
	copy(to, s.buf[s.r:s.w])
	s.base += int64(s.r)
	s.buf, s.r, s.w = to, 0, n
}

// brokenError is where a text stops making sense: nothing behind it can be told
// apart. It ends a file, and never the reading.
type brokenError struct {
	at   int64 // byte of the unpacked text, from 0
	what error
}

func (e *brokenError) Error() string { return fmt.Sprintf("byte %d: %v", e.at, e.what) }

func (e *brokenError) Unwrap() error { return e.what }

var (
	errCut      = errors.New("the file is cut short here; what stands before it was read")
	errBrackets = errors.New("the brackets do not match here; the file is broken from here on, and not read further")
	errShape    = errors.New("this is not JSON; the file is broken from here on, and not read further")
	errNoObject = errors.New("expected a JSON object here; the file is not read further")
	errNoList   = errors.New("expected a JSON array here; the file is not read further")
)

// broken says that the text makes no sense n bytes into the window.
func (s *stream) broken(n int, what error) error { return &brokenError{s.at() + int64(n), what} }

// ended says why there is no more.
func (s *stream) ended() error {
	if s.over() {
		return s.broken(len(s.window()), errCut)
	}
	return s.broken(len(s.window()), fmt.Errorf("reading broke off: %w; what stands before it was read", cause(s.err)))
}

// over tells that the text was read to its end.
func (s *stream) over() bool { return errors.Is(s.err, io.EOF) }
