package redact

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"io"
	"sync"
	"unicode/utf8"
)

// inflaters and unzlibbers are readers to be used again: each has a window of 32 KB.
var (
	inflaters  = sync.Pool{New: func() any { return flate.NewReader(bytes.NewReader(nil)) }}
	unzlibbers = sync.Pool{New: func() any {
		z, err := zlib.NewReader(bytes.NewReader([]byte{0x78, 0x9c, 3, 0, 0, 0, 0, 1})) // nothing, compressed
		if err != nil {
			return nil
		}
		return z
	}}
)

// decodeDeflate decodes a text that begins like deflate, and zlib at any position.
func decodeDeflate(v view, e Encoding, visit func(view) bool) bool {
	if len(v.text) < shortest || utf8.Valid(v.text) {
		return true // deflated data is no text
	}
	if beginsBlock(v.text) && !visit(v.block(inflateFrom(&inflaters, v.text), 0, len(v.text), e.Name)) {
		return false
	}
	for at := range len(v.text) - 1 {
		if v.text[at]&0x8f != 8 || (int(v.text[at])<<8|int(v.text[at+1]))%31 != 0 {
			continue
		}
		if dictionary := v.text[at+1]&0x20 != 0; !dictionary && !beginsBlock(v.text[at+2:]) {
			continue
		}
		if !visit(v.block(inflateFrom(&unzlibbers, v.text[at:]), at, len(v.text), e.Name)) {
			return false
		}
	}
	return true
}

// inflateFrom decodes a text with a reader of a pool. The result is empty if nothing can be
// decoded. flate.Resetter and zlib.Resetter are the same interface.
func inflateFrom(readers *sync.Pool, text []byte) []byte {
	z, ok := readers.Get().(flate.Resetter)
	if !ok {
		return nil
	}
	defer readers.Put(z)
	r, ok := z.(io.Reader)
	if !ok || z.Reset(bytes.NewReader(text), nil) != nil {
		return nil
	}
	return inflate(r)
}

// inflate reads what is there: the rest may be cut off. It reads a byte more than may be
// searched, so that the search notices that it is not complete.
func inflate(z io.Reader) []byte {
	inner, _ := io.ReadAll(io.LimitReader(z, maxSearched+1))
	return inner
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
