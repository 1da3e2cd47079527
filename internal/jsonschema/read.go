package jsonschema

import (
	"strconv"

	"assay/internal/contract"
)

// deepest is how deep values may be nested.
const deepest = 512

// reader goes over a body.
type reader struct {
	body  []byte
	at    int
	notes *ScanState
	root  contract.Place
	// quiet tells that it matters whether there are violations, and not where.
	quiet bool
	// again tells that a value is gone over once more: whether it is JSON, and what
	// is undocumented in it, is known.
	again bool
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

// value reads one value and judges it. It is false where that is no JSON.
func (r *reader) value(n *node, depth int) bool {
	if r.at >= len(r.body) || depth > deepest {
		return false
	}
	switch {
	case n == free && r.again:
		r.pass()
		return true
	case n.plain && r.body[r.at] == '"' && n.kinds&text != 0:
		return r.text(n, depth)
	case n.plain:
		return r.own(n, depth)
	case n.spanned:
		start := r.at
		ok := r.own(n, depth)
		if ok && !r.again {
			r.notes.Spans[n.span] = Span{int32(start), int32(r.at)} // bodies are smaller than 2 GiB
		}
		return ok
	}
	return r.composed(n, depth)
}

// own judges a value by what the schema itself says.
func (r *reader) own(n *node, depth int) bool {
	switch c := r.body[r.at]; c {
	case '"':
		if n.kinds&text == 0 {
			return r.mistyped(n, depth, "string")
		}
		return r.text(n, depth)
	case '{':
		if n.kinds&object == 0 {
			return r.mistyped(n, depth, "object")
		}
		return r.object(n, depth)
	case '[':
		if n.kinds&array == 0 {
			return r.mistyped(n, depth, "array")
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
		if !n.schema.Nullable {
			r.null(n, depth)
		}
		return true
	default:
		return r.number(n, depth)
	}
}

// mistyped notes that a value is of another type, and goes over it all the same.
func (r *reader) mistyped(n *node, depth int, got string) bool {
	r.violate(n, depth, "type", got)
	return r.value(n.any, depth)
}

func (r *reader) null(n *node, depth int) {
	if n.schema.Types == nil && n.enum != nil && !n.enum.null {
		r.violate(n, depth, "enum", "")
		return
	}
	r.violate(n, depth, "type", "null")
}

// violate notes a violation of the value that is read.
func (r *reader) violate(n *node, depth int, keyword, got string) {
	r.notes.Violations = append(r.notes.Violations, Violation{At: r.place(depth), Keyword: keyword, Got: got, schema: n.schema})
}

// maxPlaceBytes is how many bytes the places of one body may take. A body can have as many
// violations as bytes, each at a place almost as long: what is found beyond is said of
// the whole body.
const maxPlaceBytes = 256 << 10

func (r *reader) full() bool { return r.notes.placeBytes > maxPlaceBytes }

// place is that of the value at a depth.
func (r *reader) place(depth int) contract.Place {
	switch {
	case r.quiet:
		return ""
	case r.full():
		return r.root
	}
	out := append(r.notes.pointer[:0], r.root...)
	for _, s := range r.notes.steps[:depth] {
		out = append(out, '/')
		if s.start < 0 {
			out = strconv.AppendInt(out, int64(s.end), 10)
			continue
		}
		name := r.body[s.start:s.end]
		if escapes(name) {
			name = r.unescaped(name)
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
	r.notes.pointer, r.notes.placeBytes = out, r.notes.placeBytes+len(out)
	return contract.Place(out)
}

func (r *reader) word(word string) bool {
	if end := r.at + len(word); end <= len(r.body) && string(r.body[r.at:end]) == word {
		r.at = end
		return true
	}
	return false
}

func (r *reader) array(n *node, depth int) bool {
	l, start, before := n.list, r.at, len(r.notes.Violations)
	r.at++
	r.blank()
	count := 0
	if r.at < len(r.body) && r.body[r.at] == ']' {
		r.at++
	} else {
		for more := true; more; {
			r.blank()
			r.notes.steps[depth] = step{-1, int32(count)} // bodies are smaller than 2 GiB
			if !r.value(l.item, depth+1) {
				return false
			}
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
	items := len(r.notes.Violations)
	if count < l.min {
		r.violate(n, depth, "minItems", "")
	}
	if l.max >= 0 && count > l.max {
		r.violate(n, depth, "maxItems", "")
	}
	if l.unique && count > 1 && !unique(r.body[start:r.at]) {
		r.violate(n, depth, "uniqueItems", "")
	}
	r.notes.first(before, items)
	if n.enum != nil && !n.enum.composite(r.body[start:r.at]) {
		r.notes.Violations = r.notes.Violations[:before]
		r.violate(n, depth, "enum", "")
	}
	return true
}

// first puts the violations from to on before those from from on.
func (n *ScanState) first(from, to int) {
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
		return next
	case closing:
		return over
	}
	return wrong
}
