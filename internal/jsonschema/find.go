package jsonschema

import (
	"bytes"
	"strconv"
)

// Find returns the bytes of a member of an object. raw must be valid JSON. If raw is
// not an object, Find finds nothing.
func Find(raw []byte, name string) (value []byte, there bool) {
	if len(raw) == 0 || raw[0] != '{' {
		return nil, false
	}
	r := reader{body: raw, at: 1}
	for r.blank(); r.at < len(raw) && raw[r.at] == '"'; r.blank() {
		start := r.at + 1
		r.pass()
		key := raw[start : r.at-1]
		r.blank()
		r.at++ // the colon
		r.blank()
		from := r.at
		r.pass()
		if string(key) == name || escapes(key) && unescapedString(key) == name {
			return raw[from:r.at], true
		}
		r.blank()
		r.at++ // the comma
	}
	return nil, false
}

// At returns the bytes of a member of an object, or of the item of an array at a position
// in decimal digits, like contract.Lookup. raw must be valid JSON.
func At(raw []byte, token string) (value []byte, there bool) {
	if len(raw) == 0 || raw[0] != '[' {
		return Find(raw, token)
	}
	n, err := strconv.Atoi(token)
	if err != nil || n < 0 {
		return nil, false
	}
	value, behind, there := Next(raw, 0)
	for ; there && n > 0; n-- {
		value, behind, there = Next(raw, behind)
	}
	return value, there
}

// unescapedString returns a name without its escapes.
func unescapedString(key []byte) string {
	r := reader{state: &ScanState{}}
	return string(r.unescaped(key))
}

// Next returns the next item of an array that begins at position at or after it, and
// the position after the item. Start with position 0. raw must be valid JSON; if it is
// not an array, it has no items.
func Next(raw []byte, at int) (item []byte, behind int, there bool) {
	if len(raw) == 0 || raw[0] != '[' {
		return nil, 0, false
	}
	r := reader{body: raw, at: max(at, 1)}
	if r.blank(); r.at < len(raw) && raw[r.at] == ',' {
		r.at++
		r.blank()
	}
	if r.at >= len(raw) || raw[r.at] == ']' {
		return nil, 0, false
	}
	from := r.at
	r.pass()
	return raw[from:r.at], r.at, true
}

// pass moves to the end of a value that is known to be valid JSON.
func (r *reader) pass() {
	if r.state != nil && r.state.known.Here() && r.at == int(r.state.known.Start) {
		r.at = int(r.state.known.End)
		return
	}
	open := 0
	for r.at < len(r.body) {
		switch r.body[r.at] {
		case '"':
			r.at++
			for r.at = r.run(r.at); r.at < len(r.body) && r.body[r.at] != '"'; r.at = r.run(r.at) {
				if r.body[r.at] == '\\' {
					r.at++
				}
				r.at++
			}
			r.at++
		case '{', '[':
			open++
			r.at++
			continue
		case '}', ']':
			open--
			r.at++
		case ',', ':', ' ', '\t', '\n', '\r':
			r.at++
			continue
		default:
			if n := bytes.IndexAny(r.body[r.at:], ",]} \t\n\r"); n >= 0 {
				r.at += n
			} else {
				r.at = len(r.body)
			}
		}
		if open == 0 {
			return
		}
	}
}
