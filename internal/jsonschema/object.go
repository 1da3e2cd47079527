package jsonschema

import (
	"bytes"
	"cmp"
	"slices"

	"assay/internal/contract"
)

// part is what was noted of one member of an object.
type part struct {
	name                     step
	violations, undocumented int // how many there were before
}

// object reads one and judges its members.
func (r *reader) object(n *node, depth int) bool {
	m := n.members
	var small [1]uint64
	seen := small[:]
	if len(m.named) > 64 {
		seen = make([]uint64, (len(m.named)+63)/64)
	}
	start, violations, undocumented := r.at, len(r.notes.Violations), len(r.notes.Undocumented)
	unknown := met{opened: len(r.notes.names)}
	parts := len(r.notes.parts)
	r.at++
	r.blank()
	count := 0
	if r.at < len(r.body) && r.body[r.at] == '}' {
		r.at++
	} else {
		behind := -1
		for more := true; more; {
			v, u := len(r.notes.Violations), len(r.notes.Undocumented)
			i, ok := r.member(m, behind, depth)
			if !ok {
				return false
			}
			if i >= 0 {
				bit := uint64(1) << (i % 64)
				if seen[i/64]&bit != 0 {
					return false // a name stands twice
				}
				seen[i/64] |= bit
				behind = i
				if one := &m.named[i]; one.closed || one.undocumented {
					r.unwanted(one, n, depth)
				}
				ok = r.value(m.named[i].node, depth+1)
			} else {
				ok = r.other(n, &unknown, depth)
			}
			if !ok {
				return false
			}
			if !r.quiet && (len(r.notes.Violations) > v || len(r.notes.Undocumented) > u) {
				r.notes.parts = append(r.notes.parts, part{r.notes.steps[depth], v, u})
			}
			count++
			switch r.comma('}') {
			case next:
			case over:
				more = false
			default:
				return false
			}
		}
	}
	r.notes.names = r.notes.names[:unknown.opened]
	if len(r.notes.parts) > parts+1 {
		r.inOrder(r.notes.parts[parts:], violations, undocumented)
	}
	r.notes.parts = r.notes.parts[:parts]
	if count < m.min || m.max >= 0 && count > m.max {
		r.miscounted(n, depth, count, violations)
	}
	r.complete(n, depth, seen)
	if n.enum != nil && !n.enum.composite(r.body[start:r.at]) {
		r.notes.Violations = r.notes.Violations[:violations]
		r.violate(n, depth, "enum", "")
	}
	return true
}

// unwanted notes that a member should not be there.
func (r *reader) unwanted(one *named, n *node, depth int) {
	if one.closed {
		r.unsupported(n, depth)
	}
	if one.undocumented && !r.again {
		r.undocumented(depth + 1)
	}
}

// undocumented notes the place of a member, as long as there is room for it.
func (r *reader) undocumented(depth int) {
	if !r.full() {
		r.notes.Undocumented = append(r.notes.Undocumented, r.place(depth))
	}
}

func (r *reader) unsupported(n *node, depth int) {
	if r.violate(n, depth, "properties", ""); r.quiet {
		return
	}
	r.notes.Violations[len(r.notes.Violations)-1].name = r.name(depth)
}

// name is that of the member that is read of the object at a depth.
func (r *reader) name(depth int) string { return r.spelled(r.notes.steps[depth]) }

// spelled is a name without escapes.
func (r *reader) spelled(s step) string {
	name := r.body[s.start:s.end]
	if escapes(name) {
		name = r.unescaped(name)
	}
	return string(name)
}

func escapes(name []byte) bool { return bytes.IndexByte(name, '\\') >= 0 }

// inOrder puts what was noted of members into the order of their names.
func (r *reader) inOrder(parts []part, violations, undocumented int) {
	if slices.IsSortedFunc(parts, func(a, b part) int { return r.compare(a.name, b.name) }) {
		return
	}
	v, u := slices.Clone(r.notes.Violations[violations:]), slices.Clone(r.notes.Undocumented[undocumented:])
	end := func(i int) (int, int) {
		if i+1 < len(parts) {
			return parts[i+1].violations - violations, parts[i+1].undocumented - undocumented
		}
		return len(v), len(u)
	}
	order := make([]int, len(parts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return r.compare(parts[a].name, parts[b].name) })
	r.notes.Violations, r.notes.Undocumented = r.notes.Violations[:violations], r.notes.Undocumented[:undocumented]
	for _, i := range order {
		toV, toU := end(i)
		r.notes.Violations = append(r.notes.Violations, v[parts[i].violations-violations:toV]...)
		r.notes.Undocumented = append(r.notes.Undocumented, u[parts[i].undocumented-undocumented:toU]...)
	}
}

// compare compares two names.
func (r *reader) compare(a, b step) int {
	one, other := r.body[a.start:a.end], r.body[b.start:b.end]
	if escapes(one) || escapes(other) {
		return cmp.Compare(r.spelled(a), r.spelled(b))
	}
	return bytes.Compare(one, other)
}

// miscounted notes that an object has too few or too many members.
func (r *reader) miscounted(n *node, depth, count, before int) {
	m, of := n.members, len(r.notes.Violations)
	if count < m.min {
		r.violate(n, depth, "minProperties", "")
	}
	if m.max >= 0 && count > m.max {
		r.violate(n, depth, "maxProperties", "")
	}
	r.notes.first(before, of)
}

// complete holds an object to the members that it has to have, and to letters about
// them.
func (r *reader) complete(n *node, depth int, seen []uint64) {
	m := n.members
	for i, must := range m.must {
		if seen[i]&must != must {
			r.missing(n, depth, seen)
			break
		}
	}
	if r.again {
		return
	}
	for i := range m.demands {
		d := &m.demands[i]
		for _, k := range d.named {
			there := seen[k/64]>>(k%64)&1 == 1
			if there != d.forbidden {
				continue
			}
			if d.forbidden {
				r.notes.Departures = append(r.notes.Departures, Departure{d.strict, Violation{At: r.place(depth), Keyword: "not"}})
				break
			}
			r.notes.Departures = append(r.notes.Departures, Departure{d.strict, Violation{At: r.below(depth, m.named[k].name), Keyword: "required"}})
		}
	}
}

func (r *reader) missing(n *node, depth int, seen []uint64) {
	if r.quiet {
		r.violate(n, depth, "required", "")
		return
	}
	for _, k := range n.members.required {
		if seen[k/64]>>(k%64)&1 == 0 {
			r.notes.Violations = append(r.notes.Violations, Violation{At: r.below(depth, n.members.named[k].name), Keyword: "required", schema: n.schema})
		}
	}
}

// below is the place of a member that the object at a depth does not have.
func (r *reader) below(depth int, name string) contract.Place {
	if r.full() {
		return r.root
	}
	return r.place(depth).Member(name)
}

// member reads the name of the member that stands next, and tells which of the
// named it is; -1: none of them. Whoever writes JSON writes members in the same
// order each time, so the one that stood behind the last one before is compared
// with first.
func (r *reader) member(m *members, behind, depth int) (i int, ok bool) {
	if r.at < len(r.body) && r.body[r.at] <= ' ' {
		r.blank()
	}
	if len(m.named) == 0 {
		_, ok = r.named(depth)
		return -1, ok
	}
	expected := &r.notes.expected[m.first+1+behind]
	if *expected > 0 {
		i, start := int(*expected)-1, r.at
		written := m.named[i].written
		if end := start + len(written); end < len(r.body) && string(r.body[start:end]) == written {
			r.notes.steps[depth] = step{int32(start) + 1, int32(end) - 2} // bodies are smaller than 2 GiB
			if r.at = end; r.body[end] <= ' ' {
				r.blank()
			}
			return i, true
		}
	}
	escaped, ok := r.named(depth)
	if !ok {
		return -1, false
	}
	s := r.notes.steps[depth]
	name := r.body[s.start:s.end]
	if escaped {
		name = r.unescaped(name)
	}
	if i = m.names.find(name, m.named); i >= 0 && m.named[i].written != "" && !escaped {
		*expected = uint16(i + 1) // a schema has no 65,535 properties
	}
	return i, true
}

// named reads a member's name and the colon behind it.
func (r *reader) named(depth int) (escapes, ok bool) {
	if r.at >= len(r.body) || r.body[r.at] != '"' {
		return false, false
	}
	start := r.at + 1
	if escapes, ok = r.quoted(); !ok {
		return false, false
	}
	r.notes.steps[depth] = step{int32(start), int32(r.at - 1)} // bodies are smaller than 2 GiB
	if r.at < len(r.body) && r.body[r.at] <= ' ' {
		r.blank()
	}
	if r.at >= len(r.body) || r.body[r.at] != ':' {
		return false, false
	}
	if r.at++; r.at < len(r.body) && r.body[r.at] <= ' ' {
		r.blank()
	}
	return escapes, true
}

// many is from how many names on those of an object are looked up, and not gone
// through.
const many = 24

// met is names that an object has and no schema knows.
type met struct {
	opened int // of Notes.names: where those of this object begin
	all    map[string]bool
}

// other judges a member that is not among the named.
func (r *reader) other(n *node, before *met, depth int) bool {
	m := n.members
	if !r.again {
		if r.repeated(before, depth) {
			return false
		}
		if m.strict {
			r.undocumented(depth + 1)
		}
	}
	if m.closed {
		r.unsupported(n, depth)
	}
	return r.value(m.rest, depth+1)
}

// repeated tells whether the name that was read stood in the object before.
func (r *reader) repeated(before *met, depth int) bool {
	s := r.notes.steps[depth]
	if before.all != nil || len(r.notes.names)-before.opened >= many {
		return r.repeatedOfMany(before, depth)
	}
	raw := r.body[s.start:s.end]
	for _, known := range r.notes.names[before.opened:] {
		other := r.body[known.start:known.end]
		if bytes.Equal(raw, other) || (escapes(raw) || escapes(other)) && r.spelled(s) == r.spelled(known) {
			return true
		}
	}
	r.notes.names = append(r.notes.names, s)
	return false
}

func (r *reader) repeatedOfMany(before *met, depth int) bool {
	if before.all == nil {
		before.all = map[string]bool{}
		for _, known := range r.notes.names[before.opened:] {
			before.all[r.spelled(known)] = true
		}
	}
	name := r.name(depth)
	twice := before.all[name]
	before.all[name] = true
	return twice
}
