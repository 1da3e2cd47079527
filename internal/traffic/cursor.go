package traffic

import "math/bits"

// cursor reads JSON that stands whole in memory, in one pass, and as strictly as
// encoding/json. It is bad from the first thing on that it does not know, and
// then encoding/json reads the text instead: all that it gives has to be what
// encoding/json would give, and it may give up on anything.
//
// Texts without escapes are parts of s; what is unescaped goes into the arena,
// which is made once.
type cursor struct {
	s     string
	i     int
	bad   bool
	depth int
	arena []byte
	used  int
}

// deepest is how many brackets may be open before the cursor gives up.
const deepest = 256

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

// is tells whether a byte stands next, behind blanks, and passes over it.
func (c *cursor) is(b byte) bool {
	c.space()
	if c.bad || c.i >= len(c.s) || c.s[c.i] != b {
		return false
	}
	c.i++
	return true
}

// need passes over a byte that has to stand next.
func (c *cursor) need(b byte) {
	if !c.is(b) {
		c.bad = true
	}
}

// end holds the text to ending here.
func (c *cursor) end() {
	if c.space(); c.i != len(c.s) {
		c.bad = true
	}
}

// first steps into an object or a list; false: there is nothing in it.
func (c *cursor) first(opening, closing byte) bool {
	c.need(opening)
	if c.bad || c.is(closing) {
		return false
	}
	if c.depth++; c.depth > deepest {
		c.bad = true
	}
	return !c.bad
}

// next passes over what separates two values; false: the last one was read.
func (c *cursor) next(closing byte) bool {
	if c.is(',') {
		return true
	}
	c.need(closing)
	c.depth--
	return false
}

// name reads a member's name and its colon. One with escapes is bad.
func (c *cursor) name() string {
	name := c.simple()
	c.need(':')
	if c.bad {
		return ""
	}
	return name
}

// simple reads a string without escapes.
func (c *cursor) simple() string {
	c.need('"')
	if c.bad {
		return ""
	}
	n := c.i + clean(c.s[c.i:])
	if n >= len(c.s) || c.s[n] != '"' {
		c.bad = true
		return ""
	}
	part := c.s[c.i:n]
	c.i = n + 1
	return part
}

// text reads a string.
func (c *cursor) text() string {
	c.need('"')
	if c.bad {
		return ""
	}
	n := c.i + clean(c.s[c.i:])
	if n < len(c.s) && c.s[n] == '"' {
		part := c.s[c.i:n]
		c.i = n + 1
		return part
	}
	c.i--
	return string(c.bytes())
}

// bytes reads a string into the arena.
func (c *cursor) bytes() []byte {
	c.need('"')
	if c.bad {
		return nil
	}
	if c.arena == nil {
		c.arena = make([]byte, len(c.s)-c.i) // no escape is shorter than what it stands for
	}
	s, i, out, o := c.s, c.i, c.arena, c.used
	for {
		for i+8 <= len(s) { // eight bytes at a time, and what a mark stands behind is written again
			x := word(s[i : i+8])
			put(out[o:o+8], x)
			m := marks(x)
			if m == 0 {
				i, o = i+8, o+8
				continue
			}
			k := bits.TrailingZeros64(m) / 8
			i, o = i+k, o+k
			if s[i] != '\\' || i+1 == len(s) || escapes[s[i+1]] == 0 {
				break
			}
			out[o] = escapes[s[i+1]]
			i, o = i+2, o+1
			if i+2 < len(s) && s[i+2] == '"' && s[i+1] == '\\' && (s[i] == ':' || s[i] == ',') { // between a name or a text and the next
				out[o], out[o+1] = s[i], '"'
				i, o = i+3, o+2
			}
		}
		for i < len(s) && s[i] != '"' && s[i] != '\\' && s[i] >= 0x20 {
			out[o] = s[i]
			i, o = i+1, o+1
		}
		switch {
		case i >= len(s) || s[i] < 0x20:
			c.bad = true
			return nil
		case s[i] == '"':
			part := out[c.used:o:o]
			c.i, c.used = i+1, o
			return part
		}
		n, length := unescape(out[o:], s[i:])
		if length == 0 {
			c.bad = true
			return nil
		}
		i, o = i+length, o+n
	}
}

var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescape writes what the escape that s begins with stands for, and tells how
// many bytes it wrote and read; none read: it is not one that it knows.
func unescape(out []byte, s string) (wrote, read int) {
	if len(s) < 2 {
		return 0, 0
	}
	if e := escapes[s[1]]; e != 0 {
		out[0] = e
		return 1, 2
	}
	r := unit(s)
	switch {
	case r < 0:
		return 0, 0
	case r < 0x80:
		out[0] = byte(r)
		return 1, 6
	case r < 0x800:
		out[0], out[1] = 0xc0|byte(r>>6), 0x80|byte(r&0x3f)
		return 2, 6
	case r < 0xd800 || r >= 0xe000:
		out[0], out[1], out[2] = 0xe0|byte(r>>12), 0x80|byte(r>>6&0x3f), 0x80|byte(r&0x3f)
		return 3, 6
	case r >= 0xdc00:
		return 0, 0 // half a pair
	}
	low := unit(s[6:])
	if low < 0xdc00 || low >= 0xe000 {
		return 0, 0
	}
	r = 0x10000 + (r-0xd800)<<10 + (low - 0xdc00)
	out[0], out[1], out[2], out[3] = 0xf0|byte(r>>18), 0x80|byte(r>>12&0x3f), 0x80|byte(r>>6&0x3f), 0x80|byte(r&0x3f)
	return 4, 12
}

// unit reads \uXXXX; -1: it is none.
func unit(s string) int32 {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return -1
	}
	var r int32
	for i := 2; i < 6; i++ {
		d := digits[s[i]]
		if d < 0 {
			return -1
		}
		r = r<<4 | int32(d)
	}
	return r
}

// digits gives what a hexadecimal digit stands for, and -1 for what is none.
var digits = func() (table [256]int8) {
	for i := range table {
		table[i] = -1
	}
	for i := range 10 {
		table['0'+i] = int8(i)
	}
	for i := range 6 {
		table['a'+i], table['A'+i] = int8(10+i), int8(10+i)
	}
	return table
}()

// number reads a number as it stands.
func (c *cursor) number() string {
	c.space()
	start := c.i
	c.run('-', '-', 1)
	if whole := c.run('0', '9', len(c.s)); whole == 0 || whole > 1 && c.s[c.i-whole] == '0' {
		c.bad = true
	}
	if c.run('.', '.', 1) == 1 && c.run('0', '9', len(c.s)) == 0 {
		c.bad = true
	}
	if c.word("e") || c.word("E") {
		if c.run('+', '+', 1) == 0 {
			c.run('-', '-', 1)
		}
		if c.run('0', '9', len(c.s)) == 0 {
			c.bad = true
		}
	}
	if c.bad {
		return ""
	}
	return c.s[start:c.i]
}

// run passes over at most so many bytes of a range, and tells how many.
func (c *cursor) run(from, to byte, most int) int {
	n := 0
	for n < most && c.i < len(c.s) && c.s[c.i] >= from && c.s[c.i] <= to {
		c.i++
		n++
	}
	return n
}

// null tells whether null stands next, and passes over it.
func (c *cursor) null() bool {
	c.space()
	return c.word("null")
}

func (c *cursor) word(w string) bool {
	if len(c.s)-c.i < len(w) || c.s[c.i:c.i+len(w)] != w {
		return false
	}
	c.i += len(w)
	return true
}

// skip passes over a value.
func (c *cursor) skip() {
	if c.space(); c.bad || c.i >= len(c.s) {
		c.bad = true
		return
	}
	switch b := c.s[c.i]; {
	case b == '"':
		c.pass()
	case b == '{':
		for more := c.first('{', '}'); more; more = c.next('}') {
			c.pass()
			c.need(':')
			c.skip()
		}
	case b == '[':
		for more := c.first('[', ']'); more; more = c.next(']') {
			c.skip()
		}
	case b == '-' || b >= '0' && b <= '9':
		c.number()
	default:
		if !c.word("true") && !c.word("false") && !c.word("null") {
			c.bad = true
		}
	}
}

// pass passes over a string.
func (c *cursor) pass() {
	c.need('"')
	for !c.bad {
		c.i += clean(c.s[c.i:])
		switch rest := c.s[c.i:]; {
		case rest == "" || rest[0] < 0x20:
			c.bad = true
		case rest[0] == '"':
			c.i++
			return
		case len(rest) > 1 && escapes[rest[1]] != 0:
			c.i += 2
		case unit(rest) >= 0:
			c.i += 6
		default:
			c.bad = true
		}
	}
}

// once notes that a known member was met, each with a bit of its own: one that
// stands twice is bad.
func (c *cursor) once(seen *uint, bit uint) {
	if *seen&bit != 0 {
		c.bad = true
	}
	*seen |= bit
}

// clean counts the bytes before the first quote, backslash or control character.
func clean(s string) int {
	n := 0
	for ; n+8 <= len(s); n += 8 {
		if m := marks(word(s[n : n+8])); m != 0 {
			return n + bits.TrailingZeros64(m)/8
		}
	}
	for ; n < len(s) && s[n] != '"' && s[n] != '\\' && s[n] >= 0x20; n++ {
	}
	return n
}

// marks sets the highest bit of the bytes that are a quote, a backslash or a
// control character; the lowest one that is set is right, and no more is asked.
func marks(x uint64) uint64 {
	q, e := x^ones*'"', x^ones*'\\'
	return ((q-ones)&^q | (e-ones)&^e | (x-ones*0x20)&^x) & highs
}

func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func put(b []byte, x uint64) {
	_ = b[7]
	b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7] = byte(x), byte(x>>8), byte(x>>16), byte(x>>24), byte(x>>32), byte(x>>40), byte(x>>48), byte(x>>56)
}
