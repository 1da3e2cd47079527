package redact

import (
	"hash/maphash"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// budget bounds a search by bytes and time. A search that exceeds it is not complete.
type budget struct {
	bytes int
	until time.Time
	spent bool
	since int // work since the last look at the clock
}

func newBudget() *budget { return &budget{bytes: maxSearched, until: time.Now().Add(maxTime)} }

// again returns a budget for another pass: of as many bytes, until the same time.
func (b *budget) again() *budget { return &budget{bytes: maxSearched, until: b.until} }

// pay reports whether n more decoded bytes may be searched.
func (b *budget) pay(n int) bool {
	b.bytes -= n
	b.spent = b.spent || b.bytes < 0
	return b.work(n + clockEvery/64)
}

// clockEvery is how many bytes are searched between two looks at the clock. A decoding
// counts as a 64th of it besides its bytes.
const clockEvery = 16 << 10

// work reports whether the search may go on. n is how many bytes were searched.
func (b *budget) work(n int) bool {
	if b.since += n; b.since >= clockEvery && !b.spent {
		b.since, b.spent = 0, time.Now().After(b.until)
	}
	return !b.spent
}

// search is a search in one text, and in all that the text contains in encodings.
type search struct {
	limit *budget
	visit func(v *view) bool
	all   []Encoding          // that have to be decoded
	views [maxNested + 1]view // the text, what it decodes to, what that decodes to, …
	seen  sums                // of the texts that were visited
	stack []byte              // what the views decode to, as long as it is searched
}

// searches are searches to be used again: almost every text decodes to dozens of others.
var searches = sync.Pool{New: func() any { return &search{} }}

// maxReused is the size up to which memory is used again, in bytes.
const maxReused = 64 << 10

// look calls visit with a text and each of its decodings until visit returns false. A view
// holds only during the call.
func look(text []byte, limit *budget, visit func(v *view) bool) {
	s, ok := searches.Get().(*search)
	if !ok {
		return
	}
	s.limit, s.visit, s.all = limit, visit, decoders()
	s.views[0] = view{text: text}
	s.deeper(&s.views[0])
	s.end()
	searches.Put(s)
}

// end forgets what was searched.
func (s *search) end() {
	s.limit, s.visit = nil, nil
	clear(s.views[:])
	s.seen.clear()
	if s.stack = s.stack[:0]; cap(s.stack) > maxReused {
		s.stack = nil
	}
}

// deeper visits a view and what it contains. It returns false if the search has to end.
func (s *search) deeper(v *view) bool {
	if len(v.text) < shortest {
		return true
	}
	if v.nested > 0 && !s.limit.pay(len(v.text)) {
		return false
	}
	if !s.seen.add(v.text) {
		return true
	}
	if !s.visit(v) {
		return false
	}
	if v.nested == maxNested {
		return true
	}
	has := classesOf(v.text)
	garbage := v.nested > 0 && has&inOther != 0 && binary(v.text)
	for i := range s.all {
		if e := &s.all[i]; has&e.needs != 0 && (e.binary || !garbage) && !e.decode(s, v, e) {
			return false
		}
	}
	return true
}

// block searches a text that a span of a view contains as a whole.
func (s *search) block(v *view, e *Encoding, text []byte, start, end int) bool {
	inner := &s.views[v.nested+1]
	*inner = view{text: text, outer: v, nested: v.nested + 1, name: e.Name, whole: true}
	inner.start, inner.end = v.origin(start, end)
	return s.deeper(inner)
}

// within searches a text that a view contains, character by character. encode writes a
// replacement in the encoding.
func (s *search) within(v *view, e *Encoding, m mapped, encode func(string) string) bool {
	inner := &s.views[v.nested+1]
	*inner = view{text: m.text, outer: v, nested: v.nested + 1, name: e.Name, from: m.from, encode: encode, whole: v.whole, start: v.start, end: v.end}
	return s.deeper(inner)
}

// digits are the digits of an encoding.
type digits struct {
	of     class
	values *values
	bits   uint // of one digit
	shifts int  // digits before which a text can begin
}

// packed searches the texts that the digits in a span of a view stand for.
func (s *search) packed(v *view, e *Encoding, start, end int, d digits) bool {
	low := len(s.stack)
	for i := start; i < end; i++ {
		switch b := v.text[i]; {
		case d.of == inHex && b == '0' && i+1 < end && v.text[i+1] == 'x':
			i++
		case classes[b]&d.of != 0:
			s.stack = append(s.stack, d.values[b])
		}
	}
	top := len(s.stack)
	for shift := range d.shifts {
		s.stack = pack(s.stack[:top], s.stack[low+shift:top], d.bits)
		if !s.block(v, e, s.stack[top:], start, end) {
			return false
		}
	}
	s.stack = s.stack[:low]
	return true
}

// sums is a set of texts, by their checksums.
type sums struct {
	slots []uint64 // open addressing; 0 is empty
	n     int
}

var seed = maphash.MakeSeed()

// add adds a text, and reports whether it was not in the set.
func (s *sums) add(text []byte) bool {
	if 2*s.n >= len(s.slots) {
		s.grow()
	}
	return s.put(max(1, maphash.Bytes(seed, text)))
}

func (s *sums) put(sum uint64) bool {
	last := uint64(len(s.slots) - 1)
	for at := sum & last; ; at = (at + 1) & last {
		switch s.slots[at] {
		case sum:
			return false
		case 0:
			s.slots[at], s.n = sum, s.n+1
			return true
		}
	}
}

func (s *sums) grow() {
	old := s.slots
	s.slots, s.n = make([]uint64, max(64, 2*len(old))), 0
	for _, sum := range old {
		if sum != 0 {
			s.put(sum)
		}
	}
}

func (s *sums) clear() {
	if 8*len(s.slots) > maxReused {
		s.slots = nil
	}
	clear(s.slots)
	s.n = 0
}

// binary reports whether a large part of a text is not UTF-8: no text is encoded in it.
func binary(text []byte) bool { return largely(text, false) }

// noise reports whether a large part of a decoded text is not UTF-8 or is control
// characters. Almost every word decodes to something, and that is no text.
func noise(text []byte) bool { return largely(text, true) }

// largely reports whether more than a quarter of a text is bytes that are not UTF-8, or
// control characters if controls is true.
func largely(text []byte, controls bool) bool {
	n, most := 0, len(text)/4
	for i := 0; i < len(text) && n <= most; {
		b := text[i]
		if b < utf8.RuneSelf {
			if controls && (b < ' ' && b != '\t' && b != '\n' && b != '\r' || b == 0x7f) {
				n++
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size <= 1 || controls && unicode.IsControl(r) {
			n++
		}
		i += size
	}
	return n > most
}

// Decodings returns the texts that a text contains in the encodings of Encodings, also
// nested.
func Decodings(text string) []string {
	var all []string
	look([]byte(text), newBudget(), func(v *view) bool {
		if v.nested > 0 && utf8.Valid(v.text) {
			all = append(all, string(v.text))
		}
		return true
	})
	return all
}
