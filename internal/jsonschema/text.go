package jsonschema

import "unicode/utf8"

// texts holds the constraints of a schema on a string.
type texts struct {
	min, max int // in characters; max -1: none
	match    *Pattern
	format   *Format
	enum     *enumeration
	any      bool // no constraints
}

func (c *compiler) texts(s *Schema) *texts {
	t := &texts{min: s.MinLength, max: s.MaxLength, enum: newEnumeration(s)}
	if s.Format != nil && s.Format.Text != nil {
		t.format = s.Format
	}
	if s.Pattern != "" {
		expression, err := RE2(s.Pattern)
		if err == nil {
			t.match, err = NewPattern(expression)
		}
		if err != nil && c.err == nil {
			c.err = err
		}
	}
	t.any = t.min == 0 && t.max < 0 && t.enum == nil && t.match == nil && t.format == nil
	return t
}

// text reads a string and validates its characters.
func (r *reader) text(n *node, depth int) bool {
	t, start := n.texts, r.at+1
	var value []byte
	if end := r.run(start); end < len(r.body) && r.body[end] == '"' { // no escapes, all ASCII
		if r.at = end + 1; t.any {
			return true
		}
		value = r.body[start:end]
	} else {
		escapes, ok := r.quoted()
		if !ok {
			return false
		}
		if t.any {
			return true
		}
		if value = r.body[start : r.at-1]; escapes {
			value = r.unescaped(value)
		}
	}
	if t.accept(value) {
		return true
	}
	if r.quiet {
		return false
	}
	r.invalidText(n, depth, value)
	return true
}

// accept reports whether the characters of a string, valid UTF-8, satisfy the
// constraints.
func (t *texts) accept(value []byte) bool {
	return t.fits(value) && (t.enum == nil || t.enum.text(value)) && (t.match == nil || t.match.Matches(value)) && t.formatted(value)
}

func (t *texts) fits(value []byte) bool {
	if t.min == 0 && t.max < 0 {
		return true
	}
	n := len(value)
	// A character takes one to four bytes.
	if n > t.max && t.max >= 0 || n < 4*t.min {
		n = utf8.RuneCount(value)
	}
	return n >= t.min && (t.max < 0 || n <= t.max)
}

func (t *texts) formatted(value []byte) bool {
	f := t.format
	return f == nil || f.Text(value)
}

// invalidText records everything that is wrong with a string.
func (r *reader) invalidText(n *node, depth int, value []byte) {
	t := n.texts
	if t.enum != nil && !t.enum.text(value) {
		r.violate(n, depth, "enum", "")
		return
	}
	length := utf8.RuneCount(value)
	pattern, format := t.match != nil && !t.match.Matches(value), !t.formatted(value) // before violate, which may overwrite the buffer that holds value
	if length < t.min {
		r.violate(n, depth, "minLength", "")
	}
	if t.max >= 0 && length > t.max {
		r.violate(n, depth, "maxLength", "")
	}
	if pattern {
		r.violate(n, depth, "pattern", "")
	}
	if format {
		r.violate(n, depth, "format", "")
	}
}
