package sift

import (
	"bytes"
)

// object reads one and judges its members.
func (r *reader) object(m *members, depth int) bool {
	complete, ok := r.members(m, depth)
	return complete && ok
}

// members reads an object, and tells whether it has the members that it has to
// have. Names that stand twice, and names that are written with escapes, are left
// to others.
func (r *reader) members(m *members, depth int) (complete, ok bool) {
	var small [1]uint64
	seen := small[:]
	if len(m.named) > 64 {
		seen = make([]uint64, (len(m.named)+63)/64)
	}
	opened := len(r.notes.names)
	r.at++
	r.blank()
	if r.at < len(r.body) && r.body[r.at] == '}' {
		r.at++
		return m.complete(seen, 0), true
	}
	behind := -1
	for count := 1; ; count++ {
		i, name, ok := r.member(m, behind)
		if !ok {
			return false, false
		}
		if i >= 0 {
			bit := uint64(1) << (i % 64)
			if seen[i/64]&bit != 0 {
				return false, false
			}
			seen[i/64] |= bit
			from, names := r.at, len(r.notes.names)
			behind = i
			ok = r.value(m.named[i].node, depth+1)
			if !ok && r.survey && depth == 0 {
				ok = r.refuse(m.named[i].name, from, names)
			}
		} else {
			ok = r.other(m, name, opened, depth)
		}
		if !ok {
			return false, false
		}
		switch r.comma('}') {
		case more:
			continue
		case over:
			r.notes.names = r.notes.names[:opened]
			return m.complete(seen, count), true
		}
		return false, false
	}
}

// refuse notes a member that is not accepted, and goes behind it.
func (r *reader) refuse(name string, from, names int) bool {
	r.at, r.notes.names = from, r.notes.names[:names]
	if !r.skip(1) {
		return false
	}
	r.notes.refused = append(r.notes.refused, Refused{name, Span{int32(from), int32(r.at)}}) //nolint:gosec // bodies are smaller than 2 GiB
	return true
}

// member reads the name of the member that stands next, and tells which of the
// named it is; -1: none of them. Whoever writes JSON writes members in the same
// order each time, so the one that stood behind the last one before is compared
// with first.
func (r *reader) member(m *members, behind int) (i int, name Span, ok bool) {
	if r.at < len(r.body) && r.body[r.at] <= ' ' {
		r.blank()
	}
	if len(m.named) == 0 {
		name, ok = r.name()
		return -1, name, ok
	}
	expected := &r.notes.expected[m.first+1+behind]
	if *expected > 0 {
		i, start := int(*expected)-1, r.at
		written := m.named[i].written
		if end := start + len(written); end < len(r.body) && string(r.body[start:end]) == written {
			if r.at = end; r.body[end] <= ' ' {
				r.blank()
			}
			return i, Span{}, true
		}
	}
	if name, ok = r.name(); !ok {
		return -1, name, false
	}
	if i = m.hash.find(name.Of(r.body), m.named); i >= 0 && m.named[i].written != "" {
		*expected = uint16(i + 1) //nolint:gosec // a schema has no 65,535 properties
	}
	return i, name, true
}

// other judges a member that is not among the named.
func (r *reader) other(m *members, name Span, opened, depth int) bool {
	if m.closed || !m.free && !m.open && !r.lax {
		return false // it is nobody's
	}
	if len(r.notes.names)-opened > 24 {
		return false
	}
	for _, known := range r.notes.names[opened:] {
		if bytes.Equal(known.Of(r.body), name.Of(r.body)) {
			return false
		}
	}
	r.notes.names = append(r.notes.names, name)
	if m.rest != nil {
		return r.value(m.rest, depth+1)
	}
	return r.skip(depth + 1)
}

func (m *members) complete(seen []uint64, count int) bool {
	for i, need := range m.required {
		if seen[i]&need != need {
			return false
		}
	}
	return count >= m.min && (m.max < 0 || count <= m.max)
}

// name reads a member's name and the colon behind it.
func (r *reader) name() (Span, bool) {
	if r.at < len(r.body) && r.body[r.at] <= ' ' {
		r.blank()
	}
	if r.at >= len(r.body) || r.body[r.at] != '"' {
		return Span{}, false
	}
	start := r.at + 1
	escapes, ok := r.quoted()
	if !ok || escapes {
		return Span{}, false
	}
	name := Span{int32(start), int32(r.at - 1)} //nolint:gosec // bodies are smaller than 2 GiB
	if r.at < len(r.body) && r.body[r.at] <= ' ' {
		r.blank()
	}
	if r.at >= len(r.body) || r.body[r.at] != ':' {
		return Span{}, false
	}
	if r.at++; r.at < len(r.body) && r.body[r.at] <= ' ' {
		r.blank()
	}
	return name, true
}
