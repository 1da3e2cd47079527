package sift

import (
	"iter"
	"maps"
	"math/bits"
	"slices"
	"strings"
)

// node is a compiled schema.
type node struct {
	kinds    kind
	nullable bool
	opaque   bool
	plain    bool // there is nothing to it but types, and what they demand
	asked    int  // of Notes.Spans; -1: nobody asks
	seen     int  // of Notes.Seen; -1: it is nobody's
	texts    *texts
	numbers  *numbers
	list     *list
	members  *members
	noEnum   kind // types of which an enumeration allows none
	also     []*node
	// alternatives: one of them has to accept. Each has types of its own, or the
	// first that accepts will do.
	alternatives []*node
	bare         bool // there is nothing to it but the alternatives
}

type list struct {
	item     *node // nil: any
	min, max int
	unique   bool
}

type members struct {
	named    []named
	required []uint64
	free     bool
	closed   bool
	open     bool  // members that nobody documents are somebody else's matter
	rest     *node // of a free object; nil: any
	min, max int
	hash     table
	first    int // of Notes.expected: what stands first, and then what stands behind each of the named
}

type named struct {
	name    string
	node    *node
	written string // the name as it mostly stands in JSON, with its colon; "": it has characters that others write otherwise
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

// Asked says of which members Notes has to say where they stand, and which it
// has to say it saw: JSON pointers, * for any item or member.
type Asked struct{ Spans, Seen []string }

// Compile makes a check of a schema. It is not ok where a member is asked for
// that the schema has not, or that stands inside of something free.
func Compile(s *Schema, asked Asked) (*Check, bool) {
	c := &compiler{asked: asked, found: map[string]bool{}}
	root := c.node(s, "", false, nil)
	for _, pointer := range asked.Spans {
		if !c.found[pointer] {
			return nil, false
		}
	}
	return &Check{root: root, asked: len(asked.Spans), seen: len(asked.Seen), expected: c.expected}, true
}

type compiler struct {
	asked    Asked
	found    map[string]bool
	expected int // of Notes
}

// node compiles a schema that stands at a pointer. Open ones leave members that
// they do not know to others. What is above is being compiled: a schema that
// holds itself is not followed.
func (c *compiler) node(s *Schema, at string, open bool, above []*Schema) *node {
	if slices.Contains(above, s) || len(above) > 40 {
		return &node{opaque: true, asked: -1, seen: -1}
	}
	above = append(slices.Clone(above), s)
	if merged := merge(s); merged != nil {
		s = merged
	}
	beside := len(s.Besides) > 0 // which null is nothing for
	s = s.absorbed()
	n := &node{kinds: kinds(s.Types), nullable: s.Nullable && !beside, opaque: s.Opaque, asked: -1, seen: -1}
	if !open {
		n.asked, n.seen = slices.Index(c.asked.Spans, at), slices.Index(c.asked.Seen, at)
		c.found[at] = true
	}
	n.texts = newTexts(s)
	if slices.Equal(s.Types, []string{"string"}) {
		s = n.texts.absorb(s)
	}
	n.numbers = newNumbers(s)
	free, names := s.composed(0)
	n.opaque = n.opaque || n.texts.opaque || n.numbers.opaque || len(s.AllOf)+len(s.AnyOf)+len(s.OneOf) > 0 && free && names ||
		slices.ContainsFunc(s.AllOf, func(part *Schema) bool { return part.itemized(0) })
	n.enumerate(s)
	n.list = c.list(s, at, open, above)
	n.members = c.members(s, at, open, above)
	if len(s.AllOf) > 0 && !open && !s.Closed && s.Additional == nil {
		n.members.named = c.union(n.members.named, s, at, above)
		n.members.hash = newTable(n.members.named)
		n.members.free = n.members.free || slices.ContainsFunc(s.AllOf, func(part *Schema) bool { return part.Free })
	}
	n.members.first = c.expected
	c.expected += len(n.members.named) + 1
	for i := range n.members.named {
		n.members.named[i].written = written(n.members.named[i].name)
	}
	for _, part := range slices.Concat(s.AllOf, s.Besides) {
		n.also = append(n.also, c.node(part, at, true, above))
	}
	if len(s.Without) > 0 {
		n.kinds &= object
	}
	if s.Unlike != "" {
		n.kinds &= text
	}
	c.choose(n, s, at, open, above)
	n.texts.anyOne = n.texts.none()
	n.plain = !n.opaque && len(n.also)+len(n.alternatives) == 0 && n.asked < 0 && n.seen < 0
	return n
}

// composed tells whether a schema, or one that it is composed of, takes any
// member, and whether one names members. Where both do, whoever explains knows
// better what is documented.
func (s *Schema) composed(depth int) (free, names bool) {
	if depth > 20 {
		return true, true
	}
	free, names = s.Free, len(s.Properties) > 0
	for _, part := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf) {
		f, n := part.composed(depth + 1)
		free, names = free || f, names || n
	}
	return free, names
}

// itemized tells whether a schema says what items are. Where parts of an allOf do,
// none of them knows all members of an item.
func (s *Schema) itemized(depth int) bool {
	return depth > 20 || s.Items != nil ||
		slices.ContainsFunc(slices.Concat(s.AllOf, s.AnyOf, s.OneOf), func(part *Schema) bool { return part.itemized(depth + 1) })
}

// union adds the members that only the parts of an allOf know, so that they are
// not nobody's. The parts themselves judge them.
func (c *compiler) union(own []named, s *Schema, at string, above []*Schema) []named {
	for _, part := range s.AllOf {
		for _, name := range slices.Sorted(maps.Keys(part.Properties)) {
			if !slices.ContainsFunc(own, func(k named) bool { return k.name == name }) {
				own = append(own, named{name: name, node: c.node(part.Properties[name], at+"/"+escaped(name), false, above)})
			}
		}
	}
	return own
}

// choose compiles anyOf and oneOf. Of oneOf more than one must not accept, so
// its options need types of their own.
func (c *compiler) choose(n *node, s *Schema, at string, open bool, above []*Schema) {
	options := slices.Concat(s.AnyOf, s.OneOf)
	if len(options) == 0 {
		return
	}
	var met kind
	for _, option := range options {
		one := c.node(option, at, open, above)
		one.asked, one.seen = -1, -1
		one.plain = !one.opaque && len(one.also)+len(one.alternatives) == 0
		n.opaque = n.opaque || met&one.kinds != 0 && len(s.OneOf) > 0
		n.nullable = n.nullable || one.nullable && len(s.OneOf) == 0
		met |= one.kinds
		n.alternatives = append(n.alternatives, one)
	}
	n.opaque = n.opaque || len(s.AnyOf) > 0 && len(s.OneOf) > 0 || n.loose()
	n.kinds &= met
	n.members.open = true // the options know the members
	n.bare = s.Types == nil && s.Unlike == "" && len(s.Without)+len(s.Enum)+len(s.Properties)+len(s.Required)+len(s.AllOf)+s.MinProperties+s.MinItems == 0 &&
		s.MaxProperties < 0 && s.MaxItems < 0 && s.Items == nil && !s.UniqueItems && !s.Closed && s.Additional == nil && n.texts.none() && n.numbers.none()
}

// loose tells whether one of the alternatives takes any items, where another one
// says what items are: it does not know their members.
func (n *node) loose() bool {
	arrays := slices.DeleteFunc(slices.Clone(n.alternatives), func(o *node) bool { return o.kinds&array == 0 })
	return slices.ContainsFunc(arrays, func(o *node) bool { return o.list.item == nil }) &&
		slices.ContainsFunc(arrays, func(o *node) bool { return o.list.item != nil || len(o.also)+len(o.alternatives) > 0 })
}

func (c *compiler) list(s *Schema, at string, open bool, above []*Schema) *list {
	l := &list{min: s.MinItems, max: s.MaxItems, unique: s.UniqueItems}
	if s.Items != nil {
		l.item = c.node(s.Items, at+"/*", open, above)
	}
	return l
}

func (c *compiler) members(s *Schema, at string, open bool, above []*Schema) *members {
	m := &members{free: s.Free, closed: s.Closed, open: open, min: s.MinProperties, max: s.MaxProperties}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		m.named = append(m.named, named{name: name, node: c.node(s.Properties[name], at+"/"+escaped(name), open, above)})
	}
	if s.Additional != nil {
		m.rest = c.node(s.Additional, at+"/*", open, above)
	}
	for _, name := range s.Without {
		m.named = slices.DeleteFunc(m.named, func(k named) bool { return k.name == name })
		m.named = append(m.named, named{name: name, node: whatever(true)})
	}
	for _, name := range s.Required {
		i := slices.IndexFunc(m.named, func(k named) bool { return k.name == name })
		if i < 0 { // it has no schema, and has to be there
			i = len(m.named)
			other := m.rest
			if other == nil {
				other = whatever(s.Closed || !open && !s.Free)
			}
			m.named = append(m.named, named{name: name, node: other})
		}
		for len(m.required) <= i/64 {
			m.required = append(m.required, 0)
		}
		m.required[i/64] |= 1 << (i % 64)
	}
	m.hash = newTable(m.named)
	return m
}

// whatever accepts any value; an opaque one none.
func whatever(opaque bool) *node {
	return &node{
		kinds: anything, nullable: true, opaque: opaque, plain: !opaque, asked: -1, seen: -1, texts: &texts{max: -1, anyOne: true}, numbers: &numbers{decimals: -1}, list: &list{max: -1},
		members: &members{free: true, max: -1, hash: newTable(nil)},
	}
}

func escaped(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
}

// merge folds an allOf into one schema where that says the same: one part and
// nothing beside it, or parts that only name members, each others.
func merge(s *Schema) *Schema {
	if len(s.AllOf) == 0 {
		return nil
	}
	parts := make([]*Schema, len(s.AllOf))
	for i, part := range s.AllOf {
		if parts[i] = part; merge(part) != nil {
			parts[i] = merge(part)
		}
	}
	own := *s
	own.AllOf, own.Besides, own.Nullable = nil, nil, false
	if own.nothing() && len(parts) == 1 {
		only := *parts[0]
		only.Nullable = only.Nullable || s.Nullable
		only.Besides = slices.Concat(only.Besides, s.Besides)
		return &only
	}
	all := &Schema{Nullable: s.Nullable, Besides: s.Besides, Properties: map[string]*Schema{}, MaxLength: -1, MaxItems: -1, MaxProperties: -1}
	for _, part := range append([]*Schema{&own}, parts...) {
		if !part.onlyNames() {
			return nil
		}
		if part.Types != nil {
			all.Types = part.Types
		}
		for name, member := range part.Properties {
			if all.Properties[name] != nil {
				return nil
			}
			all.Properties[name] = member
		}
		all.Required = append(all.Required, part.Required...)
		all.Besides = append(slices.Clone(all.Besides), part.Besides...)
	}
	return all
}

// absorbed takes what is beside an object and merely names members of it into the
// object itself: it need not be gone over twice.
func (s *Schema) absorbed() *Schema {
	if len(s.Besides) == 0 || !slices.Equal(s.Types, []string{"object"}) {
		return s
	}
	own := *s
	own.Besides, own.Properties = nil, maps.Clone(s.Properties)
	for _, b := range s.Besides {
		names := *b
		names.Without = nil
		known := func(name string) bool { return own.Properties[name] != nil }
		if !names.onlyNames() || !all(maps.Keys(b.Properties), known) {
			own.Besides = append(own.Besides, b)
			continue
		}
		own.Required = slices.Concat(own.Required, b.Required)
		own.Without = slices.Concat(own.Without, b.Without)
		for name, member := range b.Properties {
			with := *own.Properties[name]
			with.Besides = append(slices.Clone(with.Besides), member)
			own.Properties[name] = &with
		}
	}
	return &own
}

func all(names iter.Seq[string], is func(string) bool) bool {
	for name := range names {
		if !is(name) {
			return false
		}
	}
	return true
}

// nothing tells whether a schema demands nothing by itself.
func (s *Schema) nothing() bool {
	return s.Types == nil && len(s.Properties)+len(s.Required) == 0 && s.onlyNames()
}

// onlyNames tells whether all that a schema does is name members of objects.
func (s *Schema) onlyNames() bool {
	return (s.Types == nil || slices.Equal(s.Types, []string{"object"})) &&
		len(s.Without)+len(s.Except)+len(s.Enum)+len(s.AllOf)+len(s.AnyOf)+len(s.OneOf)+s.MinLength+s.MinItems+s.MinProperties == 0 &&
		s.MaxLength < 0 && s.MaxItems < 0 && s.MaxProperties < 0 && s.Pattern == "" && s.Unlike == "" && s.Format == nil && s.Minimum == nil && s.Maximum == nil &&
		s.MultipleOf == nil && s.Items == nil && !s.UniqueItems && !s.Free && !s.Closed && s.Additional == nil && !s.Opaque
}

func kinds(types []string) kind {
	if types == nil {
		return anything
	}
	var all kind
	for _, t := range types {
		switch t {
		case "boolean":
			all |= boolean
		case "string":
			all |= text
		case "number", "integer":
			all |= number
		case "object":
			all |= object
		case "array":
			all |= array
		}
	}
	return all
}

// enumerate says of which types an enumeration allows no value; of objects,
// arrays and booleans it is left to others.
func (n *node) enumerate(s *Schema) {
	if len(s.Enum) == 0 {
		return
	}
	n.noEnum = anything
	for _, value := range s.Enum {
		switch value.(type) {
		case string:
			n.noEnum &^= text
		case float64:
			n.noEnum &^= number
		}
	}
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
			t.next[i], t.slots[h] = t.slots[h], uint16(i+1) //nolint:gosec // a schema has no 65,535 properties
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
	h := uint32(n) + uint32(name[0])*31 + uint32(name[n-1])*131 + uint32(name[n/2])*521 //nolint:gosec // a hash
	return h * t.factor >> 3 & uint32(len(t.slots)-1)                                   //nolint:gosec // a power of two
}

func (t *table) find(name []byte, all []named) int {
	for i := t.slots[t.hash(name)]; i != 0; i = t.next[i-1] {
		if all[i-1].name == string(name) {
			return int(i - 1)
		}
	}
	return -1
}
