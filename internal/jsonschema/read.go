package jsonschema

import (
	"bytes"
	"strconv"

	"assay/internal/contract"
)

// maxDepth is the depth to which values may be nested.
const maxDepth = 512

// reader scans a body.
type reader struct {
	body  []byte
	at    int
	state *ScanState
	root  contract.Place
	// quiet: it only matters whether the value satisfies the schema. Reading ends at the first
	// violation.
	quiet bool
	// rescan: the value was scanned before. Its syntax and its undocumented members are
	// known.
	rescan bool
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

// value reads a value and validates it. It returns false if the value is not JSON. A quiet reader
// also returns false for some values that violate the schema.
func (r *reader) value(n *node, depth int) bool {
	if r.at >= len(r.body) || depth > maxDepth {
		return false
	}
	switch {
	case n == free && r.rescan:
		r.pass()
		return true
	case n.plain && r.body[r.at] == '"' && n.kinds&text != 0:
		return r.text(n, depth)
	case n.plain:
		return r.own(n, depth)
	case n.spanOnly:
		start := r.at
		ok := r.own(n, depth)
		if ok && !r.rescan {
			r.state.Spans[n.span] = Span{int32(start), int32(r.at)} // bodies are smaller than 2 GiB
		}
		return ok
	}
	return r.composed(n, depth)
}

// own validates a value against the keywords of the schema itself, without allOf,
// anyOf, oneOf and not.
func (r *reader) own(n *node, depth int) bool {
	switch c := r.body[r.at]; c {
	case '"':
		if n.kinds&text == 0 {
			return r.wrongType(n, depth, "string")
		}
		return r.text(n, depth)
	case '{':
		if n.kinds&object == 0 {
			return r.wrongType(n, depth, "object")
		}
		return r.object(n, depth)
	case '[':
		if n.kinds&array == 0 {
			return r.wrongType(n, depth, "array")
		}
		return r.array(n, depth)
	case 't', 'f':
		if !r.word("true") && !r.word("false") {
			return false
		}
		if n.kinds&boolean == 0 {
			r.violate(n, depth, "type", "boolean")
		} else if n.enum != nil && !n.enum.boolean(c == 't') {
			r.violate(n, depth, "enum", "")
		}
		return true
	case 'n':
		if !r.word("null") {
			return false
		}
		if !n.null {
			r.violate(n, depth, "type", "null")
		} else if n.enum != nil && !n.enum.null {
			r.violate(n, depth, "enum", "")
		}
		return true
	default:
		return r.number(n, depth)
	}
}

// wrongType records that a value has the wrong type, and scans the value nevertheless, unless the
// reader is quiet.
func (r *reader) wrongType(n *node, depth int, got string) bool {
	r.violate(n, depth, "type", got)
	return !r.quiet && r.value(n.any, depth)
}

// violate records a violation of the current value.
func (r *reader) violate(n *node, depth int, keyword, got string) {
	unplaced := r.full() && !r.quiet
	r.state.Violations = append(r.state.Violations, Violation{At: r.place(depth), Keyword: keyword, Got: got, schema: n.schema, unplaced: unplaced})
}

// maxPlaceBytes bounds the bytes of the places of one body: those of violations, and those
// of undocumented members. A body can have as many of both as bytes, each with a place
// almost as long as the body. What comes after them is counted and not listed.
const maxPlaceBytes = 16 << 10

// violatedQuietly reports whether the reader is quiet and there are violations with the index
// from and above.
func (r *reader) violatedQuietly(from int) bool {
	return r.quiet && len(r.state.Violations) > from
}

// full reports whether violations get no place any more.
func (r *reader) full() bool { return r.state.placeBytes > maxPlaceBytes }

// maxListed limits the violations of an array or object, once the places are full.
const maxListed = 1000

// limit counts the violations of the last item or member, which begin at index item, and
// does not keep them if the array or object has enough. Its violations begin at index
// whole.
func (r *reader) limit(whole, item int) {
	if item-whole < maxListed || r.quiet || !r.full() {
		return
	}
	r.state.MoreViolations += len(r.state.Violations) - item
	r.state.Violations = r.state.Violations[:item]
}

// place returns the place of the value at a depth.
func (r *reader) place(depth int) contract.Place {
	switch {
	case r.quiet:
		return ""
	case r.full():
		return r.root
	}
	place := r.pointer(depth)
	r.state.placeBytes += len(place)
	return place
}

// recentPlaces holds the last places of a ScanState: bodies of one operation often have the same
// faults, and then share them.
type recentPlaces struct {
	all  [8]contract.Place
	next int
}

// longestPlace is the length in bytes of the longest place that is held.
const longestPlace = 200

// of returns a text as a place.
func (p *recentPlaces) of(text []byte) contract.Place {
	for _, one := range p.all {
		if string(one) == string(text) {
			return one
		}
	}
	place := contract.Place(text)
	if len(text) <= longestPlace {
		p.all[p.next] = place
		p.next = (p.next + 1) % len(p.all)
	}
	return place
}

// pointer returns the place of the value at a depth, whatever its length.
func (r *reader) pointer(depth int) contract.Place {
	out := append(r.state.pointer[:0], r.root...)
	for _, s := range r.state.steps[:depth] {
		out = append(out, '/')
		if s.start < 0 {
			out = strconv.AppendInt(out, int64(s.end), 10)
			continue
		}
		name := r.body[s.start:s.end]
		if escapes(name) {
			name = r.unescaped(name)
		}
		if bytes.IndexByte(name, '~') < 0 && bytes.IndexByte(name, '/') < 0 {
			out = append(out, name...)
			continue
		}
		for _, c := range name {
			switch c {
			case '~':
				out = append(out, '~', '0')
			case '/':
				out = append(out, '~', '1')
			default:
				out = append(out, c)
			}
		}
	}
	r.state.pointer = out
	return r.state.places.of(out)
}

func (r *reader) word(word string) bool {
	if end := r.at + len(word); end <= len(r.body) && string(r.body[r.at:end]) == word {
		r.at = end
		return true
	}
	return false
}

func (r *reader) array(n *node, depth int) bool {
	l, start, before := n.list, r.at, len(r.state.Violations)
	r.at++
	r.blank()
	count := 0
	if r.at < len(r.body) && r.body[r.at] == ']' {
		r.at++
	} else {
		for more := true; more; {
			r.blank()
			v := len(r.state.Violations)
			r.state.steps[depth] = step{-1, int32(count)} // bodies are smaller than 2 GiB
			if !r.value(l.item, depth+1) || r.violatedQuietly(v) {
				return false
			}
			r.limit(before, v)
			count++
			switch r.comma(']') {
			case next:
			case over:
				more = false
			default:
				return false
			}
		}
	}
	items := len(r.state.Violations)
	if count < l.min {
		r.violate(n, depth, "minItems", "")
	}
	if l.max >= 0 && count > l.max {
		r.violate(n, depth, "maxItems", "")
	}
	if l.unique && count > 1 && !unique(r.body[start:r.at]) {
		r.violate(n, depth, "uniqueItems", "")
	}
	r.state.moveUp(before, items)
	if n.enum != nil && !n.enum.composite(r.body[start:r.at]) {
		r.state.Violations = r.state.Violations[:before]
		r.violate(n, depth, "enum", "")
	}
	return true
}

// moveUp moves the violations from index to on before those from index from on.
func (n *ScanState) moveUp(from, to int) {
	all := n.Violations
	if from == to || to == len(all) {
		return
	}
	last := append([]Violation{}, all[from:to]...)
	copy(all[from+copy(all[from:], all[to:]):], last)
}

type after uint8

const (
	wrong after = iota
	next
	over
)

// comma reads the comma or closing bracket after an item or a member.
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
		return next
	case closing:
		return over
	}
	return wrong
}
