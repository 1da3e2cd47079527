package traffic

import (
	"encoding/binary"
	"math/bits"
)

// value finds the end of a JSON value that arrives in pieces. It looks at quotes,
// backslashes and brackets only: a value with other faults still has an end, and the
// next one can be read.
type value struct {
	state      state
	depth      int
	kinds      uint64 // the kinds of the open brackets, the innermost in the lowest bit: 1 is {
	deep       bool   // more brackets are open than kinds can hold
	mismatched bool   // a bracket closes one of the other kind
}

type state uint8

const (
	fresh  state = iota // before the first byte
	inside              // in an object or a list, outside of a string
	text                // in a string
	escape              // after a backslash in a string
	scalar              // in a number, true, false or null
)

type class uint8

const (
	other class = iota
	quote
	opens
	closes
	ends // ends a scalar
)

var classes = [256]class{
	'"': quote, '{': opens, '[': opens, '}': closes, ']': closes,
	',': ends, ':': ends, ' ': ends, '\t': ends, '\n': ends, '\r': ends,
}

// feed returns how many bytes of b belong to the value and whether it ends there. It
// starts at the first byte of the value and continues where the last call stopped.
func (v *value) feed(b []byte) (n int, done bool) {
	for n < len(b) {
		switch v.state {
		case fresh:
			v.begin(classes[b[n]])
			if v.mismatched {
				return n, true
			}
		case escape:
			n++
			v.state = text
		case text:
			n += plain(b[n:])
			for n+1 < len(b) && b[n] == '\\' { // and the byte after it
				n += 2
				n += plain(b[n:])
			}
			switch {
			case n == len(b):
				return n, false
			case b[n] == '\\':
				v.state = escape
			case v.depth == 0:
				return n + 1, true
			default:
				v.state = inside
			}
			n++
		case scalar:
			for n < len(b) && classes[b[n]] == other {
				n++
			}
			return n, n < len(b)
		case inside:
			for n < len(b) && (classes[b[n]] == other || classes[b[n]] == ends) {
				n++
			}
			if n == len(b) {
				return n, false
			}
			if v.structure(b[n]); v.mismatched {
				return n, true
			}
			n++
			if v.depth == 0 && v.state == inside {
				return n, true
			}
		}
	}
	return n, false
}

// begin chooses the state for the first byte.
func (v *value) begin(c class) {
	switch c {
	case opens, quote:
		v.state = inside
	case other:
		v.state = scalar
	default:
		v.mismatched = true
	}
}

// structure handles a quote or a bracket.
func (v *value) structure(c byte) {
	switch c {
	case '"':
		v.state = text
	case '{', '[':
		v.deep = v.deep || v.depth >= 64
		v.depth++
		v.kinds = v.kinds<<1 | uint64(c>>5&1) // '{' is 0x7b, '[' 0x5b
	default:
		if !v.deep && v.kinds&1 != uint64(c>>5&1) || v.depth == 0 {
			v.mismatched = true
			return
		}
		v.depth--
		v.kinds >>= 1
	}
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
	lows  = 0x7f7f7f7f7f7f7f7f
)

// plain counts the bytes before the first quote or backslash.
func plain(b []byte) int {
	n := 0
	for ; n+8 <= len(b); n += 8 {
		x := binary.LittleEndian.Uint64(b[n:])
		q, e := x^ones*'"', x^ones*'\\'
		if m := ((q-ones)&^q | (e-ones)&^e) & highs; m != 0 {
			return n + bits.TrailingZeros64(m)/8
		}
	}
	for ; n < len(b) && b[n] != '"' && b[n] != '\\'; n++ {
	}
	return n
}
