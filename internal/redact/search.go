package redact

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"time"
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

// needle is a value to search, folded, and its replacement.
type needle struct {
	text     []byte
	squeezed bool // text has letters and digits only, and so may the searched text
	runes    int
	marked   bool // it has a digit or an @
	by       stand
}

// index finds needles.
type index struct {
	folded, squeezed needles
	text, tight      mapped // the text that is searched, to be used again
}

func newIndex(values map[string]stand) *index {
	x := &index{}
	for _, value := range slices.Sorted(maps.Keys(values)) { // of equal needles always the same counts
		by := values[value]
		n := needle{text: bytes.TrimSpace(fold([]byte(value)).text), by: by}
		n.marked = bytes.ContainsAny(n.text, "0123456789@")
		if n.runes = utf8.RuneCount(n.text); n.runes < shortest {
			continue
		}
		x.folded.add(n)
		n.text, n.squeezed = squeeze(n.text).text, true
		n.runes = utf8.RuneCount(n.text)
		if n.runes >= long || n.runes >= digitsSure && bytes.Trim(n.text, "0123456789") == nil {
			x.squeezed.add(n)
		}
	}
	x.folded.sort()
	x.squeezed.sort()
	return x
}

// needles are needles by their first bytes.
type needles struct {
	by map[[shortest]byte][]needle
	// first has a bit for each needle, of eight, at each of its first bytes. Three bytes with
	// no bit in common begin no needle.
	first [shortest][256]byte
}

func (all *needles) add(n needle) {
	if all.by == nil {
		all.by = map[[shortest]byte][]needle{}
	}
	key := [shortest]byte(n.text[:shortest])
	bit := byte(1) << (len(all.by) % 8)
	all.by[key] = append(all.by[key], n)
	for i, b := range key {
		all.first[i][b] |= bit
	}
}

func (all *needles) sort() {
	for _, some := range all.by {
		slices.SortStableFunc(some, func(a, b needle) int { // the longest first: no part before the whole
			return cmp.Or(len(b.text)-len(a.text), bytes.Compare(a.text, b.text))
		})
	}
}

// at returns the needles that may begin at a position.
func (all *needles) at(text []byte, i int) []needle {
	if all.first[0][text[i]]&all.first[1][text[i+1]]&all.first[2][text[i+2]] == 0 {
		return nil
	}
	return all.by[[shortest]byte(text[i:i+shortest])]
}

// occur reports whether scan may find something in a text, which takes a while longer.
func (all *needles) occur(text []byte, limit *budget) bool {
	if len(all.by) == 0 {
		return false
	}
	for i := 0; i+shortest <= len(text); i++ {
		if i%4096 == 4095 && !limit.work(4096) {
			return true
		}
		for _, n := range all.at(text, i) {
			if bytes.HasPrefix(text[i:], n.text) {
				return true
			}
		}
	}
	return false
}

// hit is a span of a text that contains a value.
type hit struct {
	start, end int
	by         stand
	runes      int
}

// find returns the spans of a view's text at which values stand, without overlaps, in
// order. accept may refuse a needle.
func (x *index) find(v *view, limit *budget, accept func(n needle) bool) []hit {
	if len(x.folded.by) == 0 || !x.occurs(v.text, limit) {
		return nil
	}
	text := fold(v.text)
	all := x.folded.scan(text.text, v.nested > 0, limit, accept, text.text, func(start, end int) (int, int) { return start, end })
	if len(x.squeezed.by) > 0 {
		tight := squeeze(text.text)
		all = append(all, x.squeezed.scan(tight.text, v.nested > 0, limit, accept, text.text, func(start, end int) (int, int) { return tight.span(start, end, text.text) })...)
	}
	for i, h := range all {
		all[i].start, all[i].end = text.origin(h.start, h.end)
	}
	return disjoint(all)
}

// occurs reports whether find may find something. Almost no text has a value, and where a
// value stands matters only then.
func (x *index) occurs(text []byte, limit *budget) bool {
	x.text.reset(text)
	x.text.fold(text)
	if x.folded.occur(x.text.text, limit) {
		return true
	}
	if len(x.squeezed.by) == 0 {
		return false
	}
	x.tight.reset(x.text.text)
	x.tight.squeeze(x.text.text)
	return x.squeezed.occur(x.tight.text, limit)
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
func (all *needles) scan(text []byte, decoded bool, limit *budget, accept func(n needle) bool, folded []byte, origin func(start, end int) (int, int)) []hit {
	var hits []hit
	for i := 0; i+shortest <= len(text); i++ {
		if i%4096 == 4095 && !limit.work(4096) {
			return hits
		}
		for _, n := range all.at(text, i) {
			if !bytes.HasPrefix(text[i:], n.text) || decoded && n.runes < sure || !accept(n) {
				continue
			}
			start, end := origin(i, i+len(n.text))
			if start < 0 || n.runes < long && !alone(folded, start, end) || exemplary(folded, start, end) {
				continue
			}
			hits = append(hits, hit{start, end, n.by, n.runes})
		}
	}
	return hits
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
func alone[T string | []byte](text T, start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(string(text[max(0, start-utf8.UTFMax):start]))
	after, _ := utf8.DecodeRuneInString(string(text[end:min(len(text), end+utf8.UTFMax)]))
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
