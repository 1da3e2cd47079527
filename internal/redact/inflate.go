package redact

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"io"
	"slices"
	"sync"
	"unicode/utf8"
)

// An inflater is a reader of deflated data to be used again: it has a window of 32 KB.
type inflater struct {
	from bytes.Reader
	z    interface {
		io.Reader
		flate.Resetter // the same interface as zlib.Resetter
	}
}

// inflaters and unzlibbers are inflaters of deflate and of zlib.
var (
	inflaters  = sync.Pool{New: func() any { return newInflater(flate.NewReader(bytes.NewReader(nil)), nil) }}
	unzlibbers = sync.Pool{New: func() any {
		return newInflater(zlib.NewReader(bytes.NewReader([]byte{0x78, 0x9c, 3, 0, 0, 0, 0, 1}))) // nothing, compressed
	}}
)

func newInflater(z io.Reader, err error) *inflater {
	i := &inflater{}
	if err == nil {
		i.z, _ = z.(interface {
			io.Reader
			flate.Resetter
		})
	}
	return i
}

// decodeDeflate decodes a text that begins like deflate, and zlib at any position.
func decodeDeflate(s *search, v *view, e *Encoding) bool {
	if utf8.Valid(v.text) {
		return true // deflated data is no text
	}
	if beginsBlock(v.text) && !s.inflate(v, e, &inflaters, 0) {
		return false
	}
	for at := range len(v.text) - 1 {
		if v.text[at]&0x8f != 8 || (int(v.text[at])<<8|int(v.text[at+1]))%31 != 0 {
			continue
		}
		if dictionary := v.text[at+1]&0x20 != 0; !dictionary && !beginsBlock(v.text[at+2:]) {
			continue
		}
		if !s.inflate(v, e, &unzlibbers, at) {
			return false
		}
	}
	return true
}

// inflate searches what a text contains from a position on, with an inflater of a pool.
func (s *search) inflate(v *view, e *Encoding, inflaters *sync.Pool, at int) bool {
	i, ok := inflaters.Get().(*inflater)
	if !ok || i.z == nil {
		return true
	}
	i.from.Reset(v.text[at:])
	more := i.z.Reset(&i.from, nil) != nil || s.inflated(v, e, i.z, at)
	i.from.Reset(nil)
	inflaters.Put(i)
	return more
}

// inflated searches what can be read from a reader: the rest may be cut off. It reads a byte
// more than may be searched, so that the search notices that it is not complete.
func (s *search) inflated(v *view, e *Encoding, z io.Reader, at int) bool {
	top := len(s.stack)
	for len(s.stack)-top <= maxSearched {
		s.stack = slices.Grow(s.stack, 1)
		n, err := z.Read(s.stack[len(s.stack):min(cap(s.stack), top+maxSearched+1)])
		s.stack = s.stack[:len(s.stack)+n]
		if err != nil {
			break
		}
	}
	ok := s.block(v, e, s.stack[top:], at, len(v.text))
	s.stack = s.stack[:top]
	return ok
}

// beginsBlock reports whether a text can begin with a block of deflate, RFC 1951, section
// 3.2.3. Almost everything that a search decodes is noise, and a look at the beginning is
// cheaper than to try.
func beginsBlock(text []byte) bool {
	if len(text) == 0 {
		return false
	}
	switch text[0] >> 1 & 3 {
	case 0: // not compressed: the length, and its complement
		return len(text) >= 5 && text[1] == ^text[3] && text[2] == ^text[4]
	case 1: // the fixed code
		return true
	case 2:
		return beginsCode(text)
	}
	return false
}

// beginsCode reports whether a block begins with the lengths of a code for lengths, RFC
// 1951, section 3.2.7: such a code uses all of its bits, or is one code of one bit.
func beginsCode(text []byte) bool {
	at := 3
	read := func(bits int) (n int) {
		for i := range bits {
			if at/8 < len(text) {
				n |= int(text[at/8]) >> (at % 8) & 1 << i
			}
			at++
		}
		return n
	}
	if read(5) > 286-257 || read(5) > 30-1 {
		return false
	}
	used := 0
	for range read(4) + 4 {
		if length := read(3); length > 0 {
			used += 1 << (7 - length)
		}
	}
	return at <= 8*len(text) && (used == 1<<7 || used == 1<<6)
}
