package redact

import (
	"bytes"
	"cmp"
	"hash/maphash"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The limits of a search in the texts of one exchange.
const (
	maxSearched = 10 << 20        // bytes after decoding
	maxTime     = 2 * time.Second // for all passes together
	maxNested   = 3               // encodings inside each other
	shortest    = 3               // the shortest value that is searched outside its place
	sure        = 5               // from this length on a value is searched in decoded bytes
	long        = 8               // from this length on a value need not be a word of its own
	digitsSure  = 6               // from this length on digits may have separators
	maxGap      = 3               // separators between two letters or digits of a value
)

// budget bounds a search by bytes and time. A search that exceeds it is not complete.
type budget struct {
	bytes int
	until time.Time
	spent bool
}

func newBudget() *budget { return &budget{bytes: maxSearched, until: time.Now().Add(maxTime)} }

// again returns a budget for another pass: of as many bytes, until the same time.
func (b *budget) again() *budget { return &budget{bytes: maxSearched, until: b.until} }

// pay reports whether n more decoded bytes may be searched.
func (b *budget) pay(n int) bool {
	b.bytes -= n
	b.spent = b.spent || b.bytes < 0 || time.Now().After(b.until)
	return !b.spent
}

// look calls visit with a text and each of its decodings until visit returns false.
func look(text []byte, limit *budget, visit func(v view) bool) {
	seed := maphash.MakeSeed()
	seen := map[uint64]bool{}
	all := decoders()
	var deeper func(v view, depth int) bool
	deeper = func(v view, depth int) bool {
		if len(v.text) < shortest {
			return true
		}
		if depth > 0 && !limit.pay(len(v.text)) {
			return false
		}
		sum := maphash.Bytes(seed, v.text)
		if seen[sum] {
			return true
		}
		seen[sum] = true
		if !visit(v) {
			return false
		}
		if depth == maxNested {
			return true
		}
		garbage := depth > 0 && binary(v.text)
		for _, e := range all {
			if garbage && !e.binary {
				continue
			}
			if !e.decode(v, e, func(inner view) bool { return deeper(inner, depth+1) }) {
				return false
			}
		}
		return true
	}
	deeper(view{text: text}, 0)
}

// binary reports whether a large part of a text is not UTF-8: no text is encoded in it.
func binary(text []byte) bool { return invalid(text, false)*4 > len(text) }

// noise reports whether a large part of a decoded text is not UTF-8 or is control
// characters. Almost every word decodes to something, and that is no text.
func noise(text []byte) bool { return invalid(text, true)*4 > len(text) }

// invalid counts the bytes that are not UTF-8, and the control characters too if controls
// is true.
func invalid(text []byte, controls bool) (n int) {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size <= 1 || controls && unicode.IsControl(r) && !strings.ContainsRune("\t\n\r", r) {
			n++
		}
		i += size
	}
	return n
}

// Decodings returns the texts that a text contains in the encodings of Encodings, also
// nested.
func Decodings(text string) []string {
	var all []string
	look([]byte(text), newBudget(), func(v view) bool {
		if v.nested > 0 && utf8.Valid(v.text) {
			all = append(all, string(v.text))
		}
		return true
	})
	return all
}

// needle is a value to search, folded, and its replacement.
type needle struct {
	text     []byte
	squeezed bool // text has letters and digits only, and so may the searched text
	runes    int
	marked   bool // it has a digit or an @
	by       stand
}

// index finds needles by their first bytes.
type index struct {
	folded, squeezed map[[shortest]byte][]needle
}

func newIndex(values map[string]stand) *index {
	x := &index{map[[shortest]byte][]needle{}, map[[shortest]byte][]needle{}}
	for _, value := range slices.Sorted(maps.Keys(values)) { // of equal needles always the same counts
		by := values[value]
		n := needle{text: bytes.TrimSpace(fold([]byte(value)).text), by: by}
		n.marked = bytes.ContainsAny(n.text, "0123456789@")
		if n.runes = utf8.RuneCount(n.text); n.runes < shortest {
			continue
		}
		add(x.folded, n)
		n.text, n.squeezed = squeeze(n.text).text, true
		n.runes = utf8.RuneCount(n.text)
		if n.runes >= long || n.runes >= digitsSure && bytes.Trim(n.text, "0123456789") == nil {
			add(x.squeezed, n)
		}
	}
	for _, all := range []map[[shortest]byte][]needle{x.folded, x.squeezed} {
		for _, some := range all {
			slices.SortStableFunc(some, func(a, b needle) int { // the longest first: no part before the whole
				return cmp.Or(len(b.text)-len(a.text), bytes.Compare(a.text, b.text))
			})
		}
	}
	return x
}

func add(to map[[shortest]byte][]needle, n needle) {
	key := [shortest]byte(n.text[:shortest])
	to[key] = append(to[key], n)
}

// hit is a span of a text that contains a value.
type hit struct {
	start, end int
	by         stand
	runes      int
}

// find returns the spans of a view's text at which values stand, without overlaps, in
// order. accept may refuse a needle.
func (x *index) find(v view, limit *budget, accept func(n needle) bool) []hit {
	if len(x.folded) == 0 {
		return nil
	}
	text := fold(v.text)
	all := x.scan(x.folded, text.text, v.nested > 0, limit, accept, text.text, func(start, end int) (int, int) { return start, end })
	if len(x.squeezed) > 0 {
		tight := squeeze(text.text)
		all = append(all, x.scan(x.squeezed, tight.text, v.nested > 0, limit, accept, text.text, func(start, end int) (int, int) { return tight.span(start, end, text.text) })...)
	}
	for i, h := range all {
		all[i].start, all[i].end = text.origin(h.start, h.end)
	}
	return disjoint(all)
}

// span is origin for a squeezed text: without the separators that follow. It returns -1
// if too many separators stand between two characters.
func (m mapped) span(start, end int, outer []byte) (int, int) {
	for i := start + 1; i < end; i++ {
		_, size := utf8.DecodeRune(outer[m.from[i-1]:])
		if int(m.from[i])-int(m.from[i-1])-size > maxGap*2 {
			return -1, -1
		}
	}
	_, size := utf8.DecodeRune(outer[m.from[end-1]:])
	return int(m.from[start]), int(m.from[end-1]) + size
}

// scan finds needles in a text. origin gives the span of the folded text.
func (x *index) scan(by map[[shortest]byte][]needle, text []byte, decoded bool, limit *budget, accept func(n needle) bool, folded []byte, origin func(start, end int) (int, int)) []hit {
	var all []hit
	for i := 0; i+shortest <= len(text); i++ {
		if i%4096 == 4095 && !limit.pay(0) {
			return all
		}
		for _, n := range by[[shortest]byte(text[i:i+shortest])] {
			if !bytes.HasPrefix(text[i:], n.text) || decoded && n.runes < sure || !accept(n) {
				continue
			}
			start, end := origin(i, i+len(n.text))
			if start < 0 || n.runes < long && !alone(folded, start, end) || exemplary(folded, start, end) {
				continue
			}
			all = append(all, hit{start, end, n.by, n.runes})
		}
	}
	return all
}

// disjoint sorts hits and joins those that overlap: the longer value gives the
// replacement.
func disjoint(all []hit) []hit {
	slices.SortStableFunc(all, func(a, b hit) int { return cmp.Or(a.start-b.start, b.end-a.end) })
	var some []hit
	for _, h := range all {
		last := len(some) - 1
		if last < 0 || h.start >= some[last].end {
			some = append(some, h)
			continue
		}
		if h.runes > some[last].runes {
			some[last].by, some[last].runes = h.by, h.runes
		}
		some[last].end = max(some[last].end, h.end)
	}
	return some
}

// alone reports whether no letter or digit touches a span.
func alone(text []byte, start, end int) bool {
	before, _ := utf8.DecodeLastRune(text[:start])
	after, _ := utf8.DecodeRune(text[end:])
	return !word(before) && !word(after)
}

// exemplary reports whether a span lies in example.com or another domain of RFC 2606. A
// value in such a domain does not count.
func exemplary(text []byte, start, end int) bool {
	for _, domain := range []string{"example.com", "example.org", "example.net"} {
		for at := max(0, end-len(domain)); at <= start && at+len(domain) <= len(text); at++ {
			if string(text[at:at+len(domain)]) == domain {
				return true
			}
		}
	}
	return false
}
