package jsonschema

import (
	"math"
	"slices"
)

// kind is a set of JSON types.
type kind uint8

const (
	boolean kind = 1 << iota
	text
	number
	object
	array
	anything = boolean | text | number | object | array
)

// node is a compiled schema.
type node struct {
	schema  *Schema
	kinds   kind
	null    bool // the types allow null
	plain   bool // only the types and their keywords apply: nothing else has to be observed
	texts   *texts
	numbers *numbers
	list    *list
	members *members
	enum    *enumeration // nil: any value
	// any scans a value of the wrong type at the same place, for its syntax, spans and
	// undocumented members.
	any      *node
	composed *composition // nil: no allOf, anyOf, oneOf or not
	// unrestricted: the keywords besides those of composed allow every value. (An enum restricts
	// texts and numbers, too.)
	unrestricted bool
	// nested is the number of schemas with a composition on the longest way down from this one,
	// itself included. It is set for subschemas of a composition only.
	nested   int
	span     int  // index in ScanState.Spans; -1: not requested
	spanOnly bool // the span is all that has to be observed beyond a plain node
	strict   []strictNode
	// short has, for each type, a schema without composition that decides values of
	// that type instead of this one; nil: there is none.
	short *[array + 1]*node
	// owners maps a violation to the subschema that it comes from, if the subschemas of
	// allOf were merged; nil: short has the alternatives of anyOf or oneOf.
	owners *owners
}

// composition holds the subschemas of a schema. A value is scanned again for each of
// them.
type composition struct {
	not                 *node
	allOf, anyOf, oneOf []*node
	forms               []form // of anyOf and oneOf
	// What an object needs to satisfy not, and each of anyOf and oneOf.
	notNeeds           needs
	anyNeeds, oneNeeds []needs
}

// form is an alternative of anyOf or oneOf.
type form struct {
	*node
	of *Schema // as written; it may be a name for another schema
}

// strictNode is a compiled StrictSchema.
type strictNode struct {
	index int
	node  *node
	// folded: the schema demands only that members are present or absent, which is
	// checked while the object is scanned.
	presenceOnly bool
}

type list struct {
	item     *node
	min, max int
	unique   bool
}

// any reports whether the schema has no constraints on items.
func (l *list) any() bool { return l.item == free && l.min == 0 && l.max < 0 && !l.unique }

// Compile compiles a schema. It returns an error if RE2 does not translate a pattern.
func Compile(s *Schema, request Request) (*Check, error) {
	root := newSpot(request.Place)
	for i, pointer := range request.Spans {
		root.at(pointer).span = i
	}
	c := &compiler{shared: map[*Schema]*node{}}
	for i, l := range request.Strict {
		for _, part := range l.parts() {
			at := root.at(part.Pointer)
			at.interpretations = append(at.interpretations, len(c.strict))
			c.strict, c.owner = append(c.strict, part), append(c.owner, i)
		}
	}
	compiled := c.node(s, root, nil)
	c.countNested()
	return &Check{root: compiled, at: request.Root, spans: len(request.Spans), expected: c.expected}, c.err
}

type compiler struct {
	strict   []StrictSchema
	owner    []int             // for each of strict, its index in Request.Strict
	shared   map[*Schema]*node // schemas at places where nothing has to be observed
	composed []*composition    // all of them
	expected int               // length of ScanState.expected
	err      error
}

// node compiles a schema for the values at a place. above lists the schemas that
// contain s and apply to the same value: a schema that contains itself adds no
// constraint.
func (c *compiler) node(s *Schema, at *spot, above []*Schema) *node {
	if slices.Contains(above, s) {
		return c.node(Anything(), at, nil)
	}
	if at.idle() && len(above) == 0 {
		if made := c.shared[s]; made != nil {
			return made
		}
	}
	n := &node{span: -1}
	if at.idle() && len(above) == 0 {
		c.shared[s] = n
	}
	above = append(slices.Clone(above), s)
	for s.alias() && !slices.Contains(above, s.AllOf[0]) {
		above = append(above, s.AllOf[0])
		s = s.AllOf[0]
	}
	c.fill(n, s, at, above)
	switch {
	case n.composed == nil:
	case s.onlyForms():
		c.forms(n, s, at, above)
	default:
		if merged, owners := s.merged(); merged != nil {
			n.short, n.owners = &[array + 1]*node{object: c.node(merged, at.inside(), above)}, owners
		}
	}
	if at != nil && at.span >= 0 {
		n.span, n.plain, n.spanOnly = at.span, false, n.plain
	}
	return n
}

// fill compiles the keywords of a schema.
func (c *compiler) fill(n *node, s *Schema, at *spot, above []*Schema) {
	n.schema, n.kinds, n.null = s, kinds(s.Types), s.permits("null")
	n.enum = newEnumeration(s)
	n.texts, n.numbers = c.texts(s), newNumbers(s)
	n.list = &list{min: s.MinItems, max: s.MaxItems, unique: s.UniqueItems}
	var items *spot
	if at != nil {
		items = at.items
	}
	if s.Items != nil {
		n.list.item = c.node(s.Items, items, nil)
	} else {
		n.list.item = c.free(items)
	}
	n.members = c.members(s, at)
	n.composed = c.composition(s, n.members, above)
	if n.kinds != anything {
		n.any = c.free(at.inside())
	}
	if at != nil && !at.inner {
		for _, i := range at.interpretations {
			n.strict = append(n.strict, strictNode{c.owner[i], c.node(c.strict[i].Schema, nil, nil), c.strict[i].Schema.presence() != nil})
		}
	}
	n.plain = n.composed == nil && n.span < 0 && len(n.strict) == 0
	n.unrestricted = n.kinds == anything && n.null && n.texts.any && n.numbers.any && n.list.any() && n.members.any()
}

// free returns a node that accepts everything at a place.
func (c *compiler) free(at *spot) *node {
	if at.idle() {
		return free
	}
	return c.node(Anything(), at, nil)
}

// free accepts any value at a place where nothing has to be observed.
var free = func() *node {
	n := &node{
		schema: Anything(), kinds: anything, null: true, plain: true, span: -1,
		texts: &texts{max: -1, any: true}, numbers: &numbers{any: true}, members: &members{max: -1, names: newTable(nil)},
	}
	n.list = &list{item: n, max: -1}
	n.members.rest = n
	return n
}()

func (c *compiler) composition(s *Schema, m *members, above []*Schema) *composition {
	if s.Not == nil && len(s.AllOf)+len(s.AnyOf)+len(s.OneOf) == 0 {
		return nil
	}
	all := func(parts []*Schema) (made []*node) {
		for _, part := range parts {
			made = append(made, c.node(part, nil, above))
		}
		return made
	}
	made := &composition{allOf: all(s.AllOf), anyOf: all(s.AnyOf), oneOf: all(s.OneOf)}
	for i, of := range slices.Concat(s.AnyOf, s.OneOf) {
		made.forms = append(made.forms, form{slices.Concat(made.anyOf, made.oneOf)[i], of})
	}
	for _, of := range s.AnyOf {
		made.anyNeeds = append(made.anyNeeds, m.needs(of, 0))
	}
	for _, of := range s.OneOf {
		made.oneNeeds = append(made.oneNeeds, m.needs(of, 0))
	}
	if s.Not != nil {
		made.not, made.notNeeds = c.node(s.Not, nil, above), m.needs(s.Not, 0)
	}
	c.composed = append(c.composed, made)
	return made
}

// parts returns the subschemas.
func (c *composition) parts() []*node {
	if c == nil {
		return nil
	}
	all := slices.Concat(c.allOf, c.anyOf, c.oneOf)
	if c.not != nil {
		all = append(all, c.not)
	}
	return all
}

// cachedFrom is the value of node.nested from which on results are cached. Without the cache,
// schemas that contain themselves take exponential time; with fewer compositions below each other,
// the cache takes longer than what it saves.
const cachedFrom = 3

// endless is the value of node.nested for a schema that contains itself.
const endless = math.MaxInt32

// countNested sets node.nested.
func (c *compiler) countNested() {
	counts := map[*node]int{}
	for _, one := range c.composed {
		for _, part := range one.parts() {
			part.nested = part.countNested(counts)
		}
	}
}

// countNested returns the value of nested. counts has those that are known; endless while one is
// counted.
func (n *node) countNested(counts map[*node]int) int {
	if known, found := counts[n]; found || n == free {
		return known
	}
	counts[n] = endless
	most := 0
	below := append(n.composed.parts(), n.list.item, n.members.rest)
	for i := range n.members.listed {
		below = append(below, n.members.listed[i].node)
	}
	if n.short != nil {
		below = append(below, n.short[:]...)
	}
	for _, other := range below {
		if other != nil {
			most = max(most, other.countNested(counts))
		}
	}
	if n.composed != nil && most < endless {
		most++
	}
	counts[n] = most
	return most
}

// forms compiles the alternatives of anyOf or oneOf, if no type belongs to two of them.
func (c *compiler) forms(n *node, s *Schema, at *spot, above []*Schema) {
	var types kind
	short := [array + 1]*node{}
	for _, form := range slices.Concat(s.AnyOf, s.OneOf) {
		mine := kinds(form.Types)
		if types&mine != 0 {
			return
		}
		types |= mine
		compiled := c.node(form, at.inside(), above)
		for one := boolean; one <= array; one <<= 1 {
			if mine&one != 0 {
				short[one] = compiled
			}
		}
	}
	n.short = &short
}

// kinds converts type names to a set. nil means all types.
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
