// Package budget limits the memory that bodies use over all connections of a server. A
// limit for each body is not enough: hundreds of clients can send half a body each, and
// stop.
//
// A Budget is a number of bytes. Each exchange has a Share of it, which grows while its
// bodies are read, and which the exchange returns at its end.
package budget

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"
)

// ErrFull is the error if a body needs more bytes than the budget has left.
var ErrFull = errors.New("too many bodies are being read")

// Budget is a number of bytes that many shares divide. It is safe for concurrent use.
type Budget struct {
	most int64
	used atomic.Int64
}

// New returns a budget of so many bytes.
func New(most int64) *Budget { return &Budget{most: most} }

// Used returns how many bytes are in use.
func (b *Budget) Used() int64 { return b.used.Load() }

// take reports whether n more bytes are left, and takes them.
func (b *Budget) take(n int64) bool {
	if b.used.Add(n) <= b.most {
		return true
	}
	b.used.Add(-n)
	return false
}

// Share is the part of a budget that one exchange uses. It is safe for concurrent use.
type Share struct {
	of       *Budget
	mu       sync.Mutex
	bytes    int64
	returned bool
}

// Share returns an empty share. Call Return at the end of the exchange.
func (b *Budget) Share() *Share { return &Share{of: b} }

// Take adds n bytes to the share. It returns false if they are not left, or if the share
// was returned.
func (s *Share) Take(n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.returned || !s.of.take(int64(n)) {
		return false
	}
	s.bytes += int64(n)
	return true
}

// Return gives all bytes of the share back.
func (s *Share) Return() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.of.used.Add(-s.bytes)
	s.bytes, s.returned = 0, true
}

// firstRead is the memory of a body whose length is unknown, and the most that a body
// gets for a length that it only claims.
const firstRead = 512

// ReadAll is io.ReadAll within a share. length is the length that the body claims, or
// -1. If the error is not nil, the bytes are those that were read before it.
func (s *Share) ReadAll(from io.Reader, length int64) ([]byte, error) {
	size := firstRead
	if length >= 0 && length < firstRead {
		size = int(length) + 1 // one more, to read the end
	}
	if !s.Take(size) {
		return nil, ErrFull
	}
	body := make([]byte, 0, size)
	for {
		n, err := from.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if errors.Is(err, io.EOF) {
			return body, nil
		}
		if err != nil {
			return body, err
		}
		if len(body) == cap(body) {
			if !s.Take(cap(body)) {
				return body, ErrFull
			}
			body = append(make([]byte, 0, 2*cap(body)), body...)
		}
	}
}

// Reader returns a reader that adds every byte that it reads to the share. Its error is
// ErrFull if none is left.
func (s *Share) Reader(from io.Reader) io.Reader { return reader{from, s} }

type reader struct {
	io.Reader
	share *Share
}

func (r reader) Read(raw []byte) (int, error) {
	n, err := r.Reader.Read(raw)
	if n > 0 && !r.share.Take(n) {
		return 0, ErrFull
	}
	return n, err
}
