package jsonschema

import "slices"

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
	plain   bool // there is nothing to it but types and what they demand
	texts   *texts
	numbers *numbers
	list    *list
	members *members
	enum    *enumeration // nil: any value
	// any goes over a value that is of another type, at the same place.
	any      *node
	composed *composition // nil: it is not composed of others
	span     int          // of Notes.Spans; -1: nobody asks
	spanned  bool         // there is nothing else to it
	strict   []strictNode
	// short has of each type a schema that is composed of none, by which values can be
	// judged in the place of this one; nil: there is none.
	short *[array + 1]*node
	// owners say which of the parts that were merged is to be asked of a violation; nil:
	// short are the forms of values.
	owners *owners
}

// composition is what a schema is composed of. Values are gone over again for each.
type composition struct {
	not                 *node
	allOf, anyOf, oneOf []*node
	forms               []form // anyOf and oneOf
}

// form is one of several that a value can have.
type form struct {
	*node
	of *Schema // as it was written, which may be another one under a name of its own
}

// letter is a compiled Letter.
type strictNode struct {
	index int
	node  *node
	// folded letters only say which members an object has, or has not: that is seen
	// while it is read.
	folded bool
}

type list struct {
	item     *node
	min, max int
	unique   bool
}

// Compile makes a check of a schema, or an error where a pattern is no regular
// expression.
func Compile(s *Schema, asked Request) (*Check, error) {
	root := newSpot(asked.Place)
	for i, pointer := range asked.Spans {
		root.at(pointer).span = i
	}
	for i, l := range asked.Strict {
		at := root.at(l.Pointer)
		at.interpretations = append(at.interpretations, i)
	}
	c := &compiler{strict: asked.Strict, shared: map[*Schema]*node{}}
	compiled := c.node(s, root, nil)
	return &Check{root: compiled, at: asked.Root, spans: len(asked.Spans), expected: c.expected}, c.err
}

type compiler struct {
	strict   []StrictSchema
	shared   map[*Schema]*node // of schemas at places where nothing is looked for
	expected int               // of Notes
	err      error
}

// node compiles a schema for the values at a place. What is above is of the same
// value: a schema that is composed of itself demands nothing more.
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
		own := *s.AllOf[0]
		own.Nullable = own.Nullable || s.Nullable
		s = &own
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
		n.span, n.plain, n.spanned = at.span, false, n.plain
	}
	return n
}

// fill compiles what a schema says.
func (c *compiler) fill(n *node, s *Schema, at *spot, above []*Schema) {
	if s.Empty && !s.Nullable {
		s = Anything()
		s.Nullable = false // that much it demands
	}
	n.schema, n.kinds = s, kinds(s.Types)
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
	n.composed = c.composition(s, above)
	if n.kinds != anything {
		n.any = c.free(at.inside())
	}
	if at != nil && !at.inner {
		for _, i := range at.interpretations {
			n.strict = append(n.strict, strictNode{i, c.node(c.strict[i].Schema, nil, nil), c.strict[i].Schema.presence() != nil})
		}
	}
	n.plain = n.composed == nil && n.span < 0 && len(n.strict) == 0
}

// free compiles a schema that accepts everything at a place.
func (c *compiler) free(at *spot) *node {
	if at.idle() {
		return free
	}
	return c.node(Anything(), at, nil)
}

// free accepts any value at a place of which nothing is known.
var free = func() *node {
	n := &node{
		schema: Anything(), kinds: anything, plain: true, span: -1,
		texts: &texts{max: -1, any: true}, numbers: &numbers{decimals: -1, any: true}, members: &members{max: -1, names: newTable(nil)},
	}
	n.list = &list{item: n, max: -1}
	n.members.rest = n
	return n
}()

func (c *compiler) composition(s *Schema, above []*Schema) *composition {
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
	if s.Not != nil {
		made.not = c.node(s.Not, nil, above)
	}
	return made
}

// forms compiles the forms of a value, if each is of types of its own.
func (c *compiler) forms(n *node, s *Schema, at *spot, above []*Schema) {
	var met kind
	short := [array + 1]*node{}
	for _, form := range slices.Concat(s.AnyOf, s.OneOf) {
		mine := kinds(form.Types)
		if met&mine != 0 {
			return
		}
		met |= mine
		compiled := c.node(form, at.inside(), above)
		for one := boolean; one <= array; one <<= 1 {
			if mine&one != 0 {
				short[one] = compiled
			}
		}
	}
	n.short = &short
}

// kinds gives the types as a set; nil are all.
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
