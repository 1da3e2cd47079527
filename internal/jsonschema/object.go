package jsonschema

import (
	"bytes"
	"cmp"
	"slices"

	"assay/internal/contract"
)

// part marks what was recorded for one member of an object.
type part struct {
	name                     step
	violations, undocumented int // counts before the member
}

// object reads an object and validates its members.
func (r *reader) object(n *node, depth int) bool {
	m := n.members
	var small [1]uint64
	present := small[:]
	if len(m.listed) > 64 {
		present = make([]uint64, (len(m.listed)+63)/64)
	}
	start, violations, undocumented := r.at, len(r.state.Violations), len(r.state.Undocumented)
	unknown := unlisted{opened: len(r.state.names)}
	parts := len(r.state.parts)
	r.at++
	r.blank()
	count := 0
	if r.at < len(r.body) && r.body[r.at] == '}' {
		r.at++
	} else {
		behind := -1
		for more := true; more; {
			v, u := len(r.state.Violations), len(r.state.Undocumented)
			i, ok := r.member(m, behind, depth)
			if !ok {
				return false
			}
			if i >= 0 {
				bit := uint64(1) << (i % 64)
				if present[i/64]&bit != 0 {
					return false // the name occurs twice
				}
				present[i/64] |= bit
				behind = i
				if one := &m.listed[i]; one.closed || one.undocumented {
					r.unwanted(one, n, depth)
				}
				ok = r.value(m.listed[i].node, depth+1)
			} else {
				ok = r.other(n, &unknown, depth)
			}
			if !ok {
				return false
			}
			if len(r.state.Violations) > v || len(r.state.Undocumented) > u {
				if r.violatedQuietly(v) {
					return false
				}
				if r.limit(violations, v); !r.quiet && (len(r.state.Violations) > v || len(r.state.Undocumented) > u) {
					r.state.parts = append(r.state.parts, part{r.state.steps[depth], v, u})
				}
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
	if len(r.state.names) > unknown.opened {
		r.state.names = r.state.names[:unknown.opened]
	}
	if len(r.state.parts) > parts {
		if len(r.state.parts) > parts+1 {
			r.inOrder(r.state.parts[parts:], violations, undocumented)
		}
		r.state.parts = r.state.parts[:parts]
	}
	if count < m.min || m.max >= 0 && count > m.max {
		r.wrongCount(n, depth, count, violations)
	}
	r.checkRequired(n, depth, present)
	if n.composed != nil {
		r.state.found = found{n, start, present[0]}
	}
	if n.enum != nil && !n.enum.composite(r.body[start:r.at]) {
		r.state.Violations = r.state.Violations[:violations]
		r.violate(n, depth, "enum", "")
	}
	return true
}

// unwanted records that a member is forbidden or undocumented.
func (r *reader) unwanted(one *member, n *node, depth int) {
	if one.closed {
		r.unsupported(n, depth)
	}
	if one.undocumented && !r.rescan {
		r.undocumented(depth + 1)
	}
}

// undocumented records the place of a member, or counts it if the places of this body are
// full.
func (r *reader) undocumented(depth int) {
	if r.state.otherBytes > maxPlaceBytes {
		r.state.MoreUndocumented++
		return
	}
	place := r.pointer(depth)
	r.state.otherBytes += len(place)
	r.state.Undocumented = append(r.state.Undocumented, place)
}

func (r *reader) unsupported(n *node, depth int) {
	if r.violate(n, depth, "properties", ""); r.quiet {
		return
	}
	if last := &r.state.Violations[len(r.state.Violations)-1]; !last.unplaced {
		last.name = r.name(depth)
	}
}

// name returns the name of the current member of the object at a depth.
func (r *reader) name(depth int) string { return r.unescapedName(r.state.steps[depth]) }

// unescapedName returns a name without its escapes.
func (r *reader) unescapedName(s step) string {
	name := r.body[s.start:s.end]
	if escapes(name) {
		name = r.unescaped(name)
	}
	return string(name)
}

func escapes(name []byte) bool { return bytes.IndexByte(name, '\\') >= 0 }

// inOrder sorts what was recorded for members by the names of the members.
func (r *reader) inOrder(parts []part, violations, undocumented int) {
	if slices.IsSortedFunc(parts, func(a, b part) int { return r.compare(a.name, b.name) }) {
		return
	}
	v, u := slices.Clone(r.state.Violations[violations:]), slices.Clone(r.state.Undocumented[undocumented:])
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
	r.state.Violations, r.state.Undocumented = r.state.Violations[:violations], r.state.Undocumented[:undocumented]
	for _, i := range order {
		toV, toU := end(i)
		r.state.Violations = append(r.state.Violations, v[parts[i].violations-violations:toV]...)
		r.state.Undocumented = append(r.state.Undocumented, u[parts[i].undocumented-undocumented:toU]...)
	}
}

// compare compares two names without their escapes.
func (r *reader) compare(a, b step) int {
	one, other := r.body[a.start:a.end], r.body[b.start:b.end]
	if escapes(one) || escapes(other) {
		return cmp.Compare(r.unescapedName(a), r.unescapedName(b))
	}
	return bytes.Compare(one, other)
}

// wrongCount records that an object has too few or too many members, before the
// violations of its members.
func (r *reader) wrongCount(n *node, depth, count, before int) {
	m, of := n.members, len(r.state.Violations)
	if count < m.min {
		r.violate(n, depth, "minProperties", "")
	}
	if m.max >= 0 && count > m.max {
		r.violate(n, depth, "maxProperties", "")
	}
	r.state.moveUp(before, of)
}

// checkRequired checks required members, and the strict schemas that only require or forbid
// members.
func (r *reader) checkRequired(n *node, depth int, present []uint64) {
	m := n.members
	for i, must := range m.must {
		if present[i]&must != must {
			r.missing(n, depth, present)
			break
		}
	}
	if r.rescan {
		return
	}
	for i := range m.demands {
		d := &m.demands[i]
		for _, k := range d.members {
			there := present[k/64]>>(k%64)&1 == 1
			if there != d.forbidden {
				continue
			}
			if d.forbidden {
				r.state.Departures = append(r.state.Departures, Departure{d.strict, Violation{At: r.place(depth), Keyword: "not", name: m.listed[k].name}})
				break
			}
			r.state.Departures = append(r.state.Departures, Departure{d.strict, Violation{At: r.below(depth, m.listed[k].name), Keyword: "required"}})
		}
	}
}

func (r *reader) missing(n *node, depth int, present []uint64) {
	if r.quiet {
		r.violate(n, depth, "required", "")
		return
	}
	for _, k := range n.members.required {
		if present[k/64]>>(k%64)&1 == 0 {
			unplaced := r.full()
			r.state.Violations = append(r.state.Violations, Violation{At: r.below(depth, n.members.listed[k].name), Keyword: "required", schema: n.schema, unplaced: unplaced})
		}
	}
}

// below returns the place of a member that the object at a depth does not have.
func (r *reader) below(depth int, name string) contract.Place {
	if r.full() {
		return r.root
	}
	return r.place(depth).Member(name)
}

// member reads the name of the next member and returns its index in listed; -1: it is
// not listed. Encoders write members in the same order each time, so member first
// compares with the name that followed the previous member in the last body.
func (r *reader) member(m *members, behind, depth int) (i int, ok bool) {
	if r.at < len(r.body) && r.body[r.at] <= ' ' {
		r.blank()
	}
	if len(m.listed) == 0 {
		_, ok = r.memberName(depth)
		return -1, ok
	}
	expected := &r.state.expected[m.first+1+behind]
	if *expected > 0 {
		i, start := int(*expected)-1, r.at
		if one := &m.listed[i]; start < len(r.body) && one.begins(r.body[start:]) {
			end := start + len(one.quoted)
			r.state.steps[depth] = step{int32(start) + 1, int32(end) - 2} // bodies are smaller than 2 GiB
			if r.at = end; r.body[end] <= ' ' {
				r.blank()
			}
			return i, true
		}
	}
	escaped, ok := r.memberName(depth)
	if !ok {
		return -1, false
	}
	s := r.state.steps[depth]
	name := r.body[s.start:s.end]
	if escaped {
		name = r.unescaped(name)
	}
	if i = m.names.find(name, m.listed); i >= 0 && m.listed[i].quoted != "" && !escaped {
		*expected = uint16(i + 1) // a schema has no 65,535 properties
	}
	return i, true
}

// memberName reads a member's name and the colon after it.
func (r *reader) memberName(depth int) (escapes, ok bool) {
	if r.at >= len(r.body) || r.body[r.at] != '"' {
		return false, false
	}
	start := r.at + 1
	if escapes, ok = r.quoted(); !ok {
		return false, false
	}
	r.state.steps[depth] = step{int32(start), int32(r.at - 1)} // bodies are smaller than 2 GiB
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

// manyNames is the number of names from which on duplicate uses a map and not a loop.
const manyNames = 24

// unlisted holds the names of an object that no schema lists, to find repeated names.
type unlisted struct {
	opened int // index in ScanState.names of the first name of this object
	all    map[string]bool
}

// other validates a member that is not listed.
func (r *reader) other(n *node, before *unlisted, depth int) bool {
	m := n.members
	if !r.rescan {
		if r.duplicate(before, depth) {
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

// duplicate reports whether the object had the current name before.
func (r *reader) duplicate(before *unlisted, depth int) bool {
	s := r.state.steps[depth]
	if before.all != nil || len(r.state.names)-before.opened >= manyNames {
		return r.duplicateOfMany(before, depth)
	}
	raw := r.body[s.start:s.end]
	for _, known := range r.state.names[before.opened:] {
		other := r.body[known.start:known.end]
		if bytes.Equal(raw, other) || (escapes(raw) || escapes(other)) && r.unescapedName(s) == r.unescapedName(known) {
			return true
		}
	}
	r.state.names = append(r.state.names, s)
	return false
}

func (r *reader) duplicateOfMany(before *unlisted, depth int) bool {
	if before.all == nil {
		before.all = map[string]bool{}
		for _, known := range r.state.names[before.opened:] {
			before.all[r.unescapedName(known)] = true
		}
	}
	name := r.name(depth)
	twice := before.all[name]
	before.all[name] = true
	return twice
}
