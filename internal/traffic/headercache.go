package traffic

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
)

// kept holds the headers of one side of a line and of recent lines. Lines with the same
// header names in the same order share a map. Making maps takes half of the time of
// reading a line, and a third of checking one.
type kept struct {
	pairs  []pair // the headers of this line in order
	sized  bool   // a header of this line is one of bodySizes
	known  []*shape
	oldest int // the index of the oldest shape
}

// pair is a header with one value. Further values of a list repeat its name.
type pair struct {
	name, value []byte
	goesOn      bool
}

// shape is a header map whose values are replaced by those of the next line with the
// same names.
type shape struct {
	names  []slot
	values []string
	all    http.Header // its values are parts of values
	raw    []byte      // the text that had these values
	sized  bool        // a name is one of bodySizes
}

// longestHeaders is the length of the longest text of headers that is compared with the
// next line's.
const longestHeaders = 4 << 10

// bodySizes are the headers that tell something about the bytes of a body, in lower case.
var bodySizes = []string{"content-encoding", "content-length", "transfer-encoding"}

// slot is a pair without its value.
type slot struct {
	name   string
	goesOn bool
}

// mostShapes is the number of shapes remembered for each side.
const mostShapes = 8

// quick reads {name: string or [string]}. The result is valid until the next call and
// shares no memory with the text.
func (k *kept) quick(c *cursor) http.Header {
	c.space()
	for _, s := range k.known {
		if len(s.raw) > 0 && bytes.HasPrefix(c.s[c.i:], s.raw) { // the same headers again
			c.i += len(s.raw)
			k.sized = s.sized
			return s.all
		}
	}
	start := c.i
	k.pairs = k.pairs[:0]
	for more := c.first('{', '}'); more; more = c.next('}') {
		name := c.name()
		if c.space(); c.i >= len(c.s) || c.s[c.i] != '[' {
			k.pairs = append(k.pairs, pair{name: name, value: c.text()})
			continue
		}
		before := len(k.pairs)
		for more := c.first('[', ']'); more; more = c.next(']') {
			k.pairs = append(k.pairs, pair{name, c.text(), len(k.pairs) > before})
		}
		c.bad = c.bad || len(k.pairs) == before
	}
	if c.bad {
		return nil
	}
	for _, s := range k.known {
		if s.fits(k.pairs) {
			for i := range k.pairs {
				if s.values[i] != string(k.pairs[i].value) {
					s.values[i] = string(k.pairs[i].value)
				}
			}
			s.wrote(c.s[start:c.i])
			k.sized = s.sized
			return s.all
		}
	}
	s := k.next()
	c.bad = !s.take(k.pairs)
	if s.raw = s.raw[:0]; !c.bad {
		s.wrote(c.s[start:c.i])
	}
	k.sized = s.sized
	return s.all
}

// wrote remembers the text that has the values of the shape.
func (s *shape) wrote(text []byte) {
	if s.raw = s.raw[:0]; len(text) <= longestHeaders {
		s.raw = append(s.raw, text...)
	}
}

// next returns a shape to fill, the oldest one if all are in use.
func (k *kept) next() *shape {
	if len(k.known) < mostShapes {
		k.known = append(k.known, &shape{all: make(http.Header, len(k.pairs))})
		return k.known[len(k.known)-1]
	}
	s := k.known[k.oldest]
	k.oldest = (k.oldest + 1) % mostShapes
	return s
}

// fits reports whether headers have the names of the shape.
func (s *shape) fits(pairs []pair) bool {
	if len(pairs) != len(s.names) {
		return false
	}
	for i := range pairs {
		if s.names[i].name != string(pairs[i].name) || s.names[i].goesOn != pairs[i].goesOn {
			return false
		}
	}
	return true
}

// take sets the names of the shape. It refuses headers with a repeated name, in
// whatever case, or an invalid one: those are read with structs.
func (s *shape) take(pairs []pair) bool {
	clear(s.all)
	s.names, s.values = s.names[:0], s.values[:0]
	for _, p := range pairs { // copies the names: the text does not last
		s.names = append(s.names, slot{string(p.name), p.goesOn})
		s.values = append(s.values, string(p.value))
	}
	ok := true
	s.sized = false
	first, key := 0, ""
	for i, p := range s.names {
		if !p.goesOn {
			first, key = i, http.CanonicalHeaderKey(p.name)
			ok = ok && s.all[key] == nil && !strings.HasPrefix(p.name, ":")
			s.sized = s.sized || slices.Contains(bodySizes, strings.ToLower(p.name))
		}
		s.all[key] = s.values[first : i+1 : i+1]
	}
	if !ok { // lines of this shape must not use the fast reader
		s.names = append(s.names[:0], slot{goesOn: true})
	}
	return ok
}
