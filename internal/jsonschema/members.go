package jsonschema

import (
	"maps"
	"math/bits"
	"slices"
)

// members is what a schema, the documents and letters say of an object's members.
type members struct {
	named    []named
	required []int // of the named, in the order of the schema
	must     []uint64
	demands  []demand
	rest     *node // of members that are not named
	closed   bool  // there must be none of those
	strict   bool  // they are documented nowhere
	min, max int
	names    table
	first    int // of Notes.expected: what stands first, and then what stands behind each of the named
}

// any tells whether nothing is demanded of members.
func (m *members) any() bool {
	return len(m.named) == 0 && !m.closed && m.rest == free && m.min == 0 && m.max < 0
}

type named struct {
	name         string
	node         *node
	written      string // the name as it mostly stands in JSON, with its colon; "": it has characters that others write otherwise
	closed       bool   // the schema does not let it be there
	undocumented bool
}

// demand is a folded letter.
type demand struct {
	strict    int
	forbidden bool
	named     []int
}

func (c *compiler) members(s *Schema, at *spot) *members {
	if at == nil {
		at = &spot{}
	}
	m := &members{closed: s.Closed, strict: at.strict, min: s.MinProperties, max: s.MaxProperties, rest: free}
	if s.Additional != nil {
		m.rest = c.node(s.Additional, nil, nil)
	}
	index := map[string]int{}
	for _, name := range c.known(s, at) {
		child := at.members[name]
		one := named{name: name, written: written(name), undocumented: at.strict && (child == nil || !child.known)}
		switch own := s.Properties[name]; {
		case own != nil:
			one.node = c.node(own, child, nil)
		case s.Additional != nil:
			one.node = c.node(s.Additional, child, nil)
		default:
			one.node, one.closed = c.free(child), s.Closed
		}
		index[name] = len(m.named)
		m.named = append(m.named, one)
	}
	m.must = make([]uint64, (len(m.named)+63)/64)
	for _, name := range s.Required {
		m.required = append(m.required, index[name])
		m.must[index[name]/64] |= 1 << (index[name] % 64)
	}
	for _, i := range at.interpretations {
		if p := c.strict[i].Schema.presence(); p != nil {
			d := demand{strict: i, forbidden: p.forbidden}
			for _, name := range p.names {
				d.named = append(d.named, index[name])
			}
			m.demands = append(m.demands, d)
		}
	}
	m.names = newTable(m.named)
	m.first = c.expected
	c.expected += len(m.named) + 1
	return m
}

// known lists the names that have to be told apart, in order.
func (c *compiler) known(s *Schema, at *spot) []string {
	all := map[string]bool{}
	for _, names := range [][]string{slices.Collect(maps.Keys(s.Properties)), slices.Collect(maps.Keys(at.members)), s.Required} {
		for _, name := range names {
			all[name] = true
		}
	}
	for _, i := range at.interpretations {
		if p := c.strict[i].Schema.presence(); p != nil {
			for _, name := range p.names {
				all[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// written is a name as it stands in JSON, with its colon.
func written(name string) string {
	for i := range len(name) {
		if c := name[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x80 {
			return ""
		}
	}
	return `"` + name + `":`
}

// table finds a member by its name. Names are hashed by length and three of
// their bytes, with a factor that keeps them apart where one is found.
type table struct {
	factor uint32
	slots  []uint16 // 0: none; else 1 + the index of the first with this hash
	next   []uint16 // of each: 0 or 1 + the index of another with the same hash
}

func newTable(all []named) table {
	size := 1 << bits.Len(uint(2*len(all)))
	best, least := table{}, len(all)+1
	for factor := uint32(1); factor < 400 && least > 0; factor += 2 {
		t := table{factor: factor, slots: make([]uint16, size), next: make([]uint16, len(all))}
		clashes := 0
		for i := len(all) - 1; i >= 0; i-- {
			h := t.hash([]byte(all[i].name))
			if t.slots[h] != 0 {
				clashes++
			}
			t.next[i], t.slots[h] = t.slots[h], uint16(i+1) // a schema has no 65,535 properties
		}
		if clashes < least {
			best, least = t, clashes
		}
	}
	return best
}

func (t *table) hash(name []byte) uint32 {
	n := len(name)
	if n == 0 {
		return 0
	}
	h := uint32(n) + uint32(name[0])*31 + uint32(name[n-1])*131 + uint32(name[n/2])*521 // a hash
	return h * t.factor >> 3 & uint32(len(t.slots)-1)                                   // a power of two
}

func (t *table) find(name []byte, all []named) int {
	for i := t.slots[t.hash(name)]; i != 0; i = t.next[i-1] {
		if all[i-1].name == string(name) {
			return int(i - 1)
		}
	}
	return -1
}
