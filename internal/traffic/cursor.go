package traffic

import (
	"encoding/binary"
	"math/bits"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// cursor reads lines of JSON in memory in one pass. At the first thing that it does not
// expect it becomes bad, and the JSON library reads the line instead. So it may give up
// on anything, but everything that it returns must equal the result of the library.
//
// Strings without escapes are parts of s; unescaped strings go into the arena.
type cursor struct {
	s     []byte
	i     int
	bad   bool
	arena []byte // as long as s: an escape is never shorter than its text
	used  int
}

func (c *cursor) space() {
	for c.i < len(c.s) && c.s[c.i] <= ' ' {
		switch c.s[c.i] {
		case ' ', '\n', '\r', '\t':
			c.i++
		default:
			c.bad = true
			return
		}
	}
}

// is reports whether a byte comes next, after spaces, and consumes it.
func (c *cursor) is(b byte) bool {
	c.space()
	if c.bad || c.i >= len(c.s) || c.s[c.i] != b {
		return false
	}
	c.i++
	return true
}

// need consumes a byte that must come next.
func (c *cursor) need(b byte) {
	if !c.is(b) {
		c.bad = true
	}
}

// end checks that the text ends here.
func (c *cursor) end() {
	if c.space(); c.i != len(c.s) {
		c.bad = true
	}
}

// first enters an object or list and returns false if it is empty.
func (c *cursor) first(opening, closing byte) bool {
	c.need(opening)
	return !c.bad && !c.is(closing)
}

// next consumes a comma; it returns false at the end of the object or list.
func (c *cursor) next(closing byte) bool {
	if c.is(',') {
		return true
	}
	c.need(closing)
	return false
}

// name reads a member name and its colon. A name with escapes is bad.
func (c *cursor) name() []byte {
	if c.i < len(c.s) && c.s[c.i] == '"' { // most names stand right after a comma, and before a colon
		rest := c.s[c.i+1:]
		if n := clean(rest); n+1 < len(rest) && rest[n] == '"' && rest[n+1] == ':' {
			c.i += n + 3
			return rest[:n]
		}
	}
	name := c.simple()
	c.need(':')
	return name
}

// simple reads a string without escapes.
func (c *cursor) simple() []byte {
	text, ok := c.verbatim()
	if !ok {
		c.bad = true
	}
	return text
}

// text reads a string. Without escapes it is a part of s.
func (c *cursor) text() []byte {
	if text, ok := c.verbatim(); ok {
		return text
	}
	return c.bytes()
}

// verbatim reads a string without escapes; on false nothing is consumed.
func (c *cursor) verbatim() ([]byte, bool) {
	if !c.is('"') {
		return nil, false
	}
	rest := c.s[c.i:]
	if n := clean(rest); n < len(rest) && rest[n] == '"' {
		c.i += n + 1
		return rest[:n], true
	}
	c.i--
	return nil, false
}

// bytes reads a string into the arena.
func (c *cursor) bytes() []byte {
	if c.need('"'); c.bad {
		return nil
	}
	s, i, out, o := c.s, c.i, c.arena, c.used
	for {
		i, o = unquote(s, out, i, o)
		for i+8 <= len(s) { // the bytes after a mark are written again
			x := binary.LittleEndian.Uint64(s[i : i+8])
			binary.LittleEndian.PutUint64(out[o:o+8], x)
			if m := marks(x); m != 0 {
				k := bits.TrailingZeros64(m) / 8
				i, o = i+k, o+k
				break
			}
			i, o = i+8, o+8
		}
		for i < len(s) && s[i] != '"' && s[i] != '\\' && s[i] >= 0x20 {
			out[o] = s[i]
			i, o = i+1, o+1
		}
		if i < len(s) && s[i] == '"' {
			part := out[c.used:o:o]
			c.i, c.used = i+1, o
			return part
		}
		wrote, read := unescape(out[o:], s[i:])
		if c.bad = read == 0; c.bad {
			return nil
		}
		i, o = i+read, o+wrote
	}
}

// unquote copies s[i:] to out[o:] as long as it is ASCII and its only escapes are \", as in
// JSON within JSON, and returns the indexes where it stopped. It takes eight bytes at a time.
func unquote(s, out []byte, i, o int) (int, int) {
	for i+8 <= len(s) {
		x := binary.LittleEndian.Uint64(s[i : i+8])
		if (x-ones*' '|x)&highs != 0 {
			break // a control character, or not ASCII
		}
		slash := ^(x ^ ones*'\\' + lows) & highs
		if ^(x^ones*'"'+lows)&highs != slash<<8 {
			break // another escape, or the end of the string
		}
		binary.LittleEndian.PutUint64(out[o:o+8], x)
		left := 8 - int(slash>>63) // the last byte may be the backslash of what comes next
		i += left
		for slash &^= 1 << 63; slash != 0; { // writes what is behind the backslash over it
			n := uint(bits.TrailingZeros64(slash)+1) & 63
			x, slash = x>>n, slash>>n
			o += int(n/8) - 1
			left -= int(n / 8)
			binary.LittleEndian.PutUint64(out[o:o+8], x)
		}
		o += left
	}
	return i, o
}

var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescape writes the text of the escape at the start of s and returns the bytes
// written and read. It reads none if it does not know the escape, such as a surrogate.
func unescape(out, s []byte) (wrote, read int) {
	switch {
	case len(s) < 2 || s[0] != '\\':
		return 0, 0
	case escapes[s[1]] != 0:
		out[0] = escapes[s[1]]
		return 1, 2
	case len(s) < 6 || s[1] != 'u':
		return 0, 0
	}
	r, err := strconv.ParseUint(string(s[2:6]), 16, 16)
	if err != nil || utf16.IsSurrogate(rune(r)) {
		return 0, 0
	}
	return utf8.EncodeRune(out, rune(r)), 6
}

// number reads a number without sign and exponent.
func (c *cursor) number() []byte {
	c.space()
	from := c.i
	if whole := c.digits(); whole == 0 || whole > 1 && c.s[from] == '0' {
		c.bad = true
	}
	if c.i < len(c.s) && c.s[c.i] == '.' {
		c.i++
		if c.digits() == 0 {
			c.bad = true
		}
	}
	return c.s[from:c.i]
}

// digits consumes digits and returns their number.
func (c *cursor) digits() int {
	from := c.i
	for c.i < len(c.s) && c.s[c.i] >= '0' && c.s[c.i] <= '9' {
		c.i++
	}
	return c.i - from
}

// once records a known member by its bit; a repeated member is bad.
func (c *cursor) once(seen *uint, bit uint) {
	if *seen&bit != 0 {
		c.bad = true
	}
	*seen |= bit
}

// clean counts the bytes before the first quote, backslash or control character.
func clean(s []byte) int {
	n := 0
	for ; n+8 <= len(s); n += 8 {
		if m := marks(binary.LittleEndian.Uint64(s[n : n+8])); m != 0 {
			return n + bits.TrailingZeros64(m)/8
		}
	}
	for ; n < len(s) && s[n] != '"' && s[n] != '\\' && s[n] >= 0x20; n++ {
	}
	return n
}

// marks sets the highest bit of each byte that is a quote, a backslash or a control
// character. Only the lowest bit set is reliable, and only that is used.
func marks(x uint64) uint64 {
	q, e := x^ones*'"', x^ones*'\\'
	return ((q-ones)&^q | (e-ones)&^e | (x-ones*0x20)&^x) & highs
}
