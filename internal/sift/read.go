package sift

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

// skip goes over a value of which nothing is demanded but that it is JSON.
func (r *reader) skip(depth int) bool {
	if r.at < len(r.body) && r.body[r.at] == 'n' {
		return r.word("null")
	}
	return r.value(free, depth)
}

// free accepts any value.
var free = whatever(false)
