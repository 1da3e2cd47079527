package jsonschema

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// special sets the highest bit of each byte that ends a plain run: quotes, backslashes,
// control characters and bytes that are not ASCII. Only the lowest bit that is set is
// reliable.
func special(w uint64) uint64 {
	quote, slash, control := w^(ones*'"'), w^(ones*'\\'), w-ones*0x20
	return ((quote-ones)&^quote | (slash-ones)&^slash | control | w) & highs
}

// run skips plain characters. It stops at a quote, a backslash, a control character, or
// a byte that is not ASCII.
func (r *reader) run(i int) int {
	b := r.body
	for ; i+8 <= len(b); i += 8 {
		if m := special(binary.LittleEndian.Uint64(b[i:])); m != 0 {
			return i + bits.TrailingZeros64(m)/8
		}
	}
	for i < len(b) {
		if c := b[i]; c == '"' || c == '\\' || c < 0x20 || c >= 0x80 {
			return i
		}
		i++
	}
	return i
}

// quoted moves past a string and reports whether it has escapes. It is not ok if the
// string is not valid JSON.
func (r *reader) quoted() (escapes, ok bool) {
	i := r.at + 1
	start, wide := i, false
	for {
		i = r.run(i)
		if i >= len(r.body) {
			return false, false
		}
		switch c := r.body[i]; {
		case c == '"':
			if wide && !utf8.Valid(r.body[start:i]) {
				return false, false
			}
			r.at = i + 1
			return escapes, true
		case c == '\\':
			n := escape(r.body[i:])
			if n == 0 {
				return false, false
			}
			escapes, i = true, i+n
			r.state.Escapes = true
		case c >= 0x80:
			wide, i = true, i+1
			r.state.Escapes = true
		default:
			return false, false
		}
	}
}

// escape returns the length of the escape at the start of b; 0: it is not an escape.
func escape(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := hex(b); ok {
			return 6
		}
	}
	return 0
}

// hex decodes \uXXXX.
func hex(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	var v rune
	for _, c := range b[2:6] {
		switch {
		case c-'0' <= 9:
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		v = v<<4 | rune(c)
	}
	return v, true
}

// unescaped decodes the escapes of a string as encoding/json does: half a surrogate
// pair becomes the replacement character. The result is valid until the next call.
func (r *reader) unescaped(raw []byte) []byte {
	out := r.state.scratch[:0]
	for i := 0; i < len(raw); {
		if raw[i] != '\\' {
			out = append(out, raw[i])
			i++
			continue
		}
		c := raw[i+1]
		if c != 'u' {
			if at := bytes.IndexByte([]byte("bfnrt"), c); at >= 0 {
				c = "\b\f\n\r\t"[at]
			}
			out = append(out, c)
			i += 2
			continue
		}
		v, _ := hex(raw[i:])
		i += 6
		if utf16.IsSurrogate(v) {
			low, _ := hex(raw[i:])
			if v = utf16.DecodeRune(v, low); v != utf8.RuneError {
				i += 6
			}
		}
		out = utf8.AppendRune(out, v)
	}
	r.state.scratch = out
	return out
}
