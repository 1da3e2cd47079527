package jsonschema

// needs tells, from the members of an object, that it cannot satisfy a schema: each element is a
// set of members, as bits in the order of members.listed, and an object that satisfies the schema
// has all members of one set. Without sets nothing is known.
type needs []uint64

// lacking reports whether an object with these members does not satisfy the schema.
func (n needs) lacking(present uint64) bool {
	for _, set := range n {
		if present&set == set {
			return false
		}
	}
	return len(n) > 0
}

// found has the members of an object that was read against a schema, as bits in the order of
// members.listed.
type found struct {
	by      *node
	start   int
	present uint64 // of the first 64
}

// present returns the members of the value that begins at start. If it is not known to be an
// object, that is every member: needs then tells nothing.
func (r *reader) present(n *node, start int) uint64 {
	if f := &r.state.found; f.by == n && f.start == start {
		return f.present
	}
	return ^uint64(0)
}

// The limits of what needs looks at: subschemas below each other, and sets.
const (
	maxNeedsDepth = 3
	maxNeeds      = 16
)

// needs returns what an object needs to satisfy another schema, which is 0 or more subschemas below
// the one that is asked for. There is at least one set; any object has an empty one.
func (m *members) needs(s *Schema, depth int) needs {
	sets := needs{0}
	if depth == maxNeedsDepth {
		return sets
	}
	for _, name := range s.Required {
		if i := m.names.find([]byte(name), m.listed); i >= 0 {
			sets[0] |= 1 << i // 0 behind the first 64
		}
	}
	for _, part := range s.AllOf {
		sets = sets.and(m.needs(part, depth+1))
	}
	for _, forms := range [][]*Schema{s.AnyOf, s.OneOf} {
		var either needs
		for _, form := range forms {
			either = append(either, m.needs(form, depth+1)...)
		}
		if len(forms) > 0 {
			sets = sets.and(either)
		}
	}
	return sets
}

// and returns the sets of an object that satisfies two schemas.
func (n needs) and(other needs) needs {
	if len(n)*len(other) > maxNeeds {
		return n
	}
	var all needs
	for _, one := range n {
		for _, two := range other {
			all = append(all, one|two)
		}
	}
	return all
}
