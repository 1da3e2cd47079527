package sift

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// deepest is how deep values may be nested here.
const deepest = 64

// reader goes over a body once.
type reader struct {
	body  []byte
	at    int
	notes *Notes
	// lax leaves members that nobody documents to somebody else; a survey goes on
	// behind a member that is refused.
	lax, survey bool
}

// blank skips white space.
func (r *reader) blank() {
	for r.at < len(r.body) {
		switch r.body[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

func (r *reader) ends() bool {
	r.blank()
	return r.at == len(r.body)
}

// value reads one value and judges it.
func (r *reader) value(n *node, depth int) bool {
	if r.at >= len(r.body) || depth > deepest {
		return false
	}
	if n.plain && r.body[r.at] != 'n' {
		return r.own(n, depth)
	}
	if n.opaque {
		return false
	}
	start := r.at
	if !r.one(n, depth) {
		return false
	}
	if n.seen >= 0 {
		r.notes.Seen[n.seen/64] |= 1 << (n.seen % 64)
	}
	if n.asked >= 0 {
		r.notes.Spans[n.asked] = Span{int32(start), int32(r.at)} //nolint:gosec // bodies are smaller than 2 GiB
	}
	if len(n.also) == 0 {
		return true
	}
	end := r.at
	for _, other := range n.also {
		if r.at = start; !r.value(other, depth) || r.at != end {
			return false
		}
	}
	return true
}

// one judges a value by what the schema itself says, and by its alternatives.
func (r *reader) one(n *node, depth int) bool {
	start := r.at
	if r.body[start] == 'n' {
		return n.nullable && r.word("null")
	}
	if n.bare {
		return r.some(n, depth)
	}
	if !r.own(n, depth) {
		return false
	}
	if len(n.alternatives) == 0 {
		return true
	}
	end := r.at
	r.at = start
	return r.some(n, depth) && r.at == end
}

// some has one of the alternatives accept.
func (r *reader) some(n *node, depth int) bool {
	start, mine := r.at, kindOf(r.body[r.at])
	for _, option := range n.alternatives {
		if option.kinds&mine == 0 {
			continue
		}
		if r.at = start; r.value(option, depth) {
			return true
		}
	}
	return false
}

func kindOf(c byte) kind {
	switch c {
	case '"':
		return text
	case '{':
		return object
	case '[':
		return array
	case 't', 'f':
		return boolean
	}
	return number
}

func (r *reader) own(n *node, depth int) bool {
	mine := kindOf(r.body[r.at])
	if n.kinds&mine == 0 || n.noEnum&mine != 0 {
		return false
	}
	switch mine { //nolint:exhaustive // one of five
	case text:
		return r.text(n.texts)
	case object:
		return r.object(n.members, depth)
	case array:
		return r.array(n.list, depth)
	case boolean:
		return r.word("true") || r.word("false")
	}
	return r.number(n.numbers)
}

func (r *reader) word(word string) bool {
	if end := r.at + len(word); end <= len(r.body) && string(r.body[r.at:end]) == word {
		r.at = end
		return true
	}
	return false
}

// number reads one as RFC 8259 writes them.
func (r *reader) number(n *numbers) bool {
	b, start, i := r.body, r.at, r.at
	if b[i] == '-' {
		i++
	}
	digits := func() bool {
		from := i
		for i < len(b) && b[i]-'0' <= 9 {
			i++
		}
		return i > from
	}
	decimals, exponent := 0, false
	switch {
	case i < len(b) && b[i] == '0':
		i++
	case !digits():
		return false
	}
	if i < len(b) && b[i] == '.' {
		i++
		point := i
		if !digits() {
			return false
		}
		decimals = i - point
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if exponent = true; !digits() {
			return false
		}
	}
	r.at = i
	return n.accept(b[start:i], decimals, exponent)
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// special sets the highest bit of the bytes that end a plain run of a text:
// quotes, backslashes, control characters, and what is not ASCII. The lowest one
// that is set is right, and no more is asked.
func special(w uint64) uint64 {
	quote, slash, control := w^(ones*'"'), w^(ones*'\\'), w-ones*0x20
	return ((quote-ones)&^quote | (slash-ones)&^slash | control | w) & highs
}

// run skips plain characters: it stops at a quote, a backslash, a control
// character, or a byte that is not ASCII.
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

// text reads a text and judges its characters.
func (r *reader) text(t *texts) bool {
	start := r.at + 1
	if end := r.run(start); end < len(r.body) && r.body[end] == '"' { // there is nothing in it but what it says
		r.at = end + 1
		return t.anyOne || t.accept(r.body[start:end])
	}
	escapes, ok := r.quoted()
	if !ok {
		return false
	}
	if t.anyOne {
		return true
	}
	value := r.body[start : r.at-1]
	if escapes {
		value = r.unescaped(value)
	}
	return t.accept(value)
}

// quoted goes behind a text, and tells whether it is written with escapes.
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
		case c >= 0x80:
			wide, i = true, i+1
		default:
			return false, false
		}
	}
}

// escape is how long the escape is with which b begins; 0: it is none.
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

// hex reads what \uXXXX stands for.
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

// unescaped gives the characters of a text with escapes, as encoding/json reads
// them: half a surrogate pair is the replacement character.
func (r *reader) unescaped(raw []byte) []byte {
	out := r.notes.scratch[:0]
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
	r.notes.scratch = out
	return out
}

func (r *reader) array(l *list, depth int) bool {
	r.at++
	r.blank()
	count := 0
	if r.at < len(r.body) && r.body[r.at] == ']' {
		r.at++
		return l.min == 0
	}
	for {
		r.blank()
		if l.item != nil {
			if !r.value(l.item, depth+1) {
				return false
			}
		} else if !r.skip(depth + 1) {
			return false
		}
		count++
		switch r.comma(']') {
		case more:
			continue
		case over:
			return count >= l.min && (l.max < 0 || count <= l.max) && (!l.unique || count < 2)
		}
		return false
	}
}

type after uint8

const (
	wrong after = iota
	more
	over
)

// comma reads what stands behind an item or a member.
func (r *reader) comma(closing byte) after {
	if r.at < len(r.body) && r.body[r.at] <= ' ' {
		r.blank()
	}
	if r.at >= len(r.body) {
		return wrong
	}
	c := r.body[r.at]
	r.at++
	switch c {
	case ',':
		return more
	case closing:
		return over
	}
	return wrong
}

// object reads one and judges its members.
func (r *reader) object(m *members, depth int) bool {
	complete, ok := r.members(m, depth)
	return complete && ok
}

// members reads an object, and tells whether it has the members that it has to
// have. Names that stand twice, and names that are written with escapes, are left
// to others.
func (r *reader) members(m *members, depth int) (complete, ok bool) {
	var small [1]uint64
	seen := small[:]
	if len(m.named) > 64 {
		seen = make([]uint64, (len(m.named)+63)/64)
	}
	opened := len(r.notes.names)
	r.at++
	r.blank()
	if r.at < len(r.body) && r.body[r.at] == '}' {
		r.at++
		return m.complete(seen, 0), true
	}
	behind := -1
	for count := 1; ; count++ {
		i, name, ok := r.member(m, behind)
		if !ok {
			return false, false
		}
		if i >= 0 {
			bit := uint64(1) << (i % 64)
			if seen[i/64]&bit != 0 {
				return false, false
			}
			seen[i/64] |= bit
			from, names := r.at, len(r.notes.names)
			behind = i
			ok = r.value(m.named[i].node, depth+1)
			if !ok && r.survey && depth == 0 {
				ok = r.refuse(m.named[i].name, from, names)
			}
		} else {
			ok = r.other(m, name, opened, depth)
		}
		if !ok {
			return false, false
		}
		switch r.comma('}') {
		case more:
			continue
		case over:
			r.notes.names = r.notes.names[:opened]
			return m.complete(seen, count), true
		}
		return false, false
	}
}

// refuse notes a member that is not accepted, and goes behind it.
func (r *reader) refuse(name string, from, names int) bool {
	r.at, r.notes.names = from, r.notes.names[:names]
	if !r.skip(1) {
		return false
	}
	r.notes.refused = append(r.notes.refused, Refused{name, Span{int32(from), int32(r.at)}}) //nolint:gosec // bodies are smaller than 2 GiB
	return true
}

// member reads the name of the member that stands next, and tells which of the
// named it is; -1: none of them. Whoever writes JSON writes members in the same
// order each time, so the one that stood behind the last one before is compared
// with first.
func (r *reader) member(m *members, behind int) (i int, name Span, ok bool) {
	if r.at < len(r.body) && r.body[r.at] <= ' ' {
		r.blank()
	}
	if len(m.named) == 0 {
		name, ok = r.name()
		return -1, name, ok
	}
	expected := &r.notes.expected[m.first+1+behind]
	if *expected > 0 {
		i, start := int(*expected)-1, r.at
		written := m.named[i].written
		if end := start + len(written); end < len(r.body) && string(r.body[start:end]) == written {
			if r.at = end; r.body[end] <= ' ' {
				r.blank()
			}
			return i, Span{}, true
		}
	}
	if name, ok = r.name(); !ok {
		return -1, name, false
	}
	if i = m.hash.find(name.Of(r.body), m.named); i >= 0 && m.named[i].written != "" {
		*expected = uint16(i + 1) //nolint:gosec // a schema has no 65,535 properties
	}
	return i, name, true
}

// other judges a member that is not among the named.
func (r *reader) other(m *members, name Span, opened, depth int) bool {
	if m.closed || !m.free && !m.open && !r.lax {
		return false // it is nobody's
	}
	if len(r.notes.names)-opened > 24 {
		return false
	}
	for _, known := range r.notes.names[opened:] {
		if bytes.Equal(known.Of(r.body), name.Of(r.body)) {
			return false
		}
	}
	r.notes.names = append(r.notes.names, name)
	if m.rest != nil {
		return r.value(m.rest, depth+1)
	}
	return r.skip(depth + 1)
}

func (m *members) complete(seen []uint64, count int) bool {
	for i, need := range m.required {
		if seen[i]&need != need {
			return false
		}
	}
	return count >= m.min && (m.max < 0 || count <= m.max)
}

// name reads a member's name and the colon behind it.
func (r *reader) name() (Span, bool) {
	if r.at < len(r.body) && r.body[r.at] <= ' ' {
		r.blank()
	}
	if r.at >= len(r.body) || r.body[r.at] != '"' {
		return Span{}, false
	}
	start := r.at + 1
	escapes, ok := r.quoted()
	if !ok || escapes {
		return Span{}, false
	}
	name := Span{int32(start), int32(r.at - 1)} //nolint:gosec // bodies are smaller than 2 GiB
	if r.at < len(r.body) && r.body[r.at] <= ' ' {
		r.blank()
	}
	if r.at >= len(r.body) || r.body[r.at] != ':' {
		return Span{}, false
	}
	if r.at++; r.at < len(r.body) && r.body[r.at] <= ' ' {
		r.blank()
	}
	return name, true
}

// skip goes over a value of which nothing is demanded but that it is JSON.
func (r *reader) skip(depth int) bool {
	if r.at < len(r.body) && r.body[r.at] == 'n' {
		return r.word("null")
	}
	return r.value(free, depth)
}

// free accepts any value.
var free = whatever(false)
