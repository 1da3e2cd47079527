package sift

import "bytes"

// Find gives the bytes of an object's member. raw is a JSON value; of what is no
// object nothing is found.
func Find(raw []byte, name string) (value []byte, there bool) {
	if len(raw) == 0 || raw[0] != '{' {
		return nil, false
	}
	r := reader{body: raw, at: 1, notes: &Notes{}}
	for r.blank(); r.at < len(raw) && raw[r.at] == '"'; r.blank() {
		start := r.at + 1
		if r.pass(); r.at > len(raw) {
			return nil, false
		}
		key := raw[start : r.at-1]
		r.blank()
		r.at++ // the colon
		r.blank()
		from := r.at
		r.pass()
		if string(key) == name || escapes(key) && string(r.unescaped(key)) == name {
			return raw[from:r.at], true
		}
		r.blank()
		r.at++ // the comma
	}
	return nil, false
}

// Items gives the bytes of every item of an array. raw is a JSON value; what is no
// array has none.
func Items(raw []byte) [][]byte {
	if len(raw) == 0 || raw[0] != '[' {
		return nil
	}
	var all [][]byte
	r := reader{body: raw, at: 1}
	for r.blank(); r.at < len(raw) && raw[r.at] != ']'; r.blank() {
		from := r.at
		r.pass()
		all = append(all, raw[from:r.at])
		if r.blank(); r.at < len(raw) && raw[r.at] == ',' {
			r.at++
		}
	}
	return all
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
