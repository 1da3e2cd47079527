package jsonschema

import "bytes"

// Find gives the bytes of an object's member. raw is a JSON value; of what is no
// object nothing is found.
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
		if string(key) == name || escapes(key) && plainly(key) == name {
			return raw[from:r.at], true
		}
		r.blank()
		r.at++ // the comma
	}
	return nil, false
}

// plainly is a text without its escapes.
func plainly(key []byte) string {
	r := reader{notes: &ScanState{}}
	return string(r.unescaped(key))
}

// Next gives the bytes of the item of an array that begins at a position or behind it,
// and the position behind that; 0 is the first. raw is a JSON value; what is no array
// has no items.
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

// pass goes behind a value of which it is known that it is JSON.
func (r *reader) pass() {
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
