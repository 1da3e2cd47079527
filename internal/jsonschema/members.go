package jsonschema

import (
	"encoding/binary"
	"maps"
	"math/bits"
	"slices"
)

// members holds the constraints of a schema, of the documents and of strict schemas on
// an object's members.
type members struct {
	listed   []member
	required []int // indexes into listed, in the order of the schema
	must     []uint64
	demands  []demand
	rest     *node // schema of members that are not in listed
	closed   bool  // members that are not listed are violations
	strict   bool  // members that are not listed are undocumented
	min, max int
	names    table
	first    int // in ScanState.expected, the index of the prediction for the first member; the predictions after each of listed follow
}

// any reports whether the schema has no constraints on members.
func (m *members) any() bool {
	return len(m.listed) == 0 && !m.closed && m.rest == free && m.min == 0 && m.max < 0
}

type member struct {
	name         string
	node         *node
	quoted       string // the name with quotes and colon, as encoders write it; "": encoders may escape a character of it
	closed       bool   // the schema forbids this member
	undocumented bool

	// The first and the last eight bytes of quoted, and the bits of first that count.
	first, last, mask uint64
}

// longName is the length in bytes of the longest quoted name that is compared in words.
const longName = 16

// begins reports whether a text begins with the member's name as encoders write it, and goes
// on after it. Most names are short; for those it compares words of eight bytes.
func (m *member) begins(rest []byte) bool {
	n := len(m.quoted)
	if n > longName || len(rest) <= longName {
		return len(rest) > n && string(rest[:n]) == m.quoted
	}
	return (binary.LittleEndian.Uint64(rest)^m.first)&m.mask == 0 && (n <= 8 || binary.LittleEndian.Uint64(rest[n-8:]) == m.last)
}

// quote sets the name as encoders write it.
func (m *member) quote() {
	var padded [8]byte
	m.quoted = quotedName(m.name)
	m.mask = 1<<(8*copy(padded[:], m.quoted)) - 1
	m.first = binary.LittleEndian.Uint64(padded[:])
	if n := len(m.quoted); n >= 8 {
		m.last = binary.LittleEndian.Uint64([]byte(m.quoted[n-8:]))
	}
}

// demand is a strict schema that requires or forbids members.
type demand struct {
	strict    int
	forbidden bool
	members   []int
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
	for _, name := range c.memberNames(s, at) {
		child := at.members[name]
		one := member{name: name, undocumented: at.strict && (child == nil || !child.documented)}
		switch own := s.Properties[name]; {
		case own != nil:
			one.node = c.node(own, child, nil)
		case s.Additional != nil:
			one.node = c.node(s.Additional, child, nil)
		default:
			one.node, one.closed = c.free(child), s.Closed
		}
		one.quote()
		index[name] = len(m.listed)
		m.listed = append(m.listed, one)
	}
	m.must = make([]uint64, (len(m.listed)+63)/64)
	for _, name := range s.Required {
		m.required = append(m.required, index[name])
		m.must[index[name]/64] |= 1 << (index[name] % 64)
	}
	for _, i := range at.interpretations {
		if p := c.strict[i].Schema.presence(); p != nil {
			d := demand{strict: c.owner[i], forbidden: p.forbidden}
			for _, name := range p.names {
				d.members = append(d.members, index[name])
			}
			m.demands = append(m.demands, d)
		}
	}
	m.names = newTable(m.listed)
	m.first = c.expected
	c.expected += len(m.listed) + 1
	return m
}

// memberNames lists the names that need an entry of their own, sorted.
func (c *compiler) memberNames(s *Schema, at *spot) []string {
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

// quotedName returns a name with quotes and colon, as encoders write it.
func quotedName(name string) string {
	for i := range len(name) {
		if c := name[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x80 {
			return ""
		}
	}
	return `"` + name + `":`
}

// table finds a member by its name. The hash uses the length and three bytes, with a
// factor chosen so that few names collide.
type table struct {
	factor uint32
	slots  []uint16 // 0: empty; otherwise 1 + the index of the first name with this hash
	next   []uint16 // for each name, 0 or 1 + the index of the next name with the same hash
}

func newTable(all []member) table {
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
			t.next[i], t.slots[h] = t.slots[h], uint16(i+1) // a schema has fewer than 65,535 properties
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
	h := uint32(n) + uint32(name[0])*31 + uint32(name[n-1])*131 + uint32(name[n/2])*521 // a hash may wrap around
	return h * t.factor >> 3 & uint32(len(t.slots)-1)                                   // the length is a power of two
}

func (t *table) find(name []byte, all []member) int {
	for i := t.slots[t.hash(name)]; i != 0; i = t.next[i-1] {
		if all[i-1].name == string(name) {
			return int(i - 1)
		}
	}
	return -1
}
