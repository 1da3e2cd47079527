package sift

import (
	"maps"
	"slices"
	"strings"
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
	letters  []letter
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
type letter struct {
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

// spot is what has to be known of a place while it is compiled.
type spot struct {
	strict  bool
	members map[string]*spot
	items   *spot
	known   bool // the documents list it
	span    int  // -1: nobody asks
	letters []int
	inner   bool // letters are the affair of another schema, but for what they say of members
}

func newSpot(p *Place) *spot {
	s := &spot{known: p != nil, span: -1, members: map[string]*spot{}}
	if p == nil {
		return s
	}
	s.strict = p.Strict
	for name, member := range p.Members {
		s.members[name] = newSpot(member)
	}
	if p.Items != nil {
		s.items = newSpot(p.Items)
	}
	return s
}

// at finds the spot of a pointer, and makes those that are not there.
func (s *spot) at(pointer string) *spot {
	for _, token := range tokens(pointer) {
		next := s.members[token]
		if token == "*" {
			if s.items == nil {
				s.items = newSpot(nil)
			}
			next = s.items
		}
		if next == nil {
			next = newSpot(nil)
			s.members[token] = next
		}
		s = next
	}
	return s
}

// idle tells whether nothing has to be looked for at a place, or below it.
func (s *spot) idle() bool {
	return s == nil || !s.strict && len(s.members) == 0 && s.items == nil && s.span < 0 && len(s.letters) == 0
}

// inside is the spot for a schema that is one of several of the same value: what is
// looked for of the value as a whole is the affair of one of them alone.
func (s *spot) inside() *spot {
	if s.idle() {
		return nil
	}
	own := *s
	own.span, own.inner = -1, true
	return &own
}

func tokens(pointer string) []string {
	if pointer == "" {
		return nil
	}
	all := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i := range all {
		all[i] = strings.ReplaceAll(strings.ReplaceAll(all[i], "~1", "/"), "~0", "~")
	}
	return all
}

// Compile makes a check of a schema, or an error where a pattern is no regular
// expression.
func Compile(s *Schema, asked Asked) (*Check, error) {
	root := newSpot(asked.Place)
	for i, pointer := range asked.Spans {
		root.at(pointer).span = i
	}
	for i, l := range asked.Letters {
		at := root.at(l.Pointer)
		at.letters = append(at.letters, i)
	}
	c := &compiler{letters: asked.Letters, shared: map[*Schema]*node{}}
	compiled := c.node(s, root, nil)
	return &Check{root: compiled, side: asked.Side, spans: len(asked.Spans), expected: c.expected}, c.err
}

type compiler struct {
	letters  []Letter
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

// alias tells whether a schema is another one under a name of its own.
func (s *Schema) alias() bool { return len(s.AllOf) == 1 && s.nothingBut(&Schema{AllOf: s.AllOf}) }

// onlyForms tells whether the forms of a value are all that there is to a schema.
func (s *Schema) onlyForms() bool {
	return len(s.AnyOf) > 0 && s.nothingBut(&Schema{AnyOf: s.AnyOf}) || len(s.OneOf) > 0 && s.nothingBut(&Schema{OneOf: s.OneOf})
}

// owners tell of a member which of the parts of a schema names it, and which requires
// it. The parts come in the order of allOf, and the schema itself is behind them.
type owners struct {
	named, required map[string]int
	itself          int
}

// merged is a schema whose parts, and the schema beside them, only name members of
// objects, each others, as one that names them all; nil: it is not made so.
func (s *Schema) merged() (*Schema, *owners) {
	own := *s
	own.AllOf = nil
	all := Anything()
	all.Empty, all.Nullable, all.Properties = false, false, map[string]*Schema{}
	o := &owners{named: map[string]int{}, required: map[string]int{}, itself: len(s.AllOf)}
	for i, part := range append(slices.Clone(s.AllOf), &own) {
		names := *part
		names.Types, names.Properties, names.Required = nil, nil, nil
		if !names.nothingBut(&Schema{}) || part.Types != nil && !slices.Equal(part.Types, []string{"object"}) {
			return nil, nil
		}
		for name, member := range part.Properties {
			if all.Properties[name] != nil {
				return nil, nil
			}
			all.Properties[name], o.named[name] = member, i
		}
		for _, name := range part.Required {
			if _, known := o.required[name]; !known {
				o.required[name] = i
			}
		}
		all.Required = append(all.Required, part.Required...)
	}
	return all, o
}

// of is the part that a violation belongs to, which stands below the place of the
// object.
func (o *owners) of(v *Violation, object string) int {
	name, rest, _ := strings.Cut(v.At[len(object)+1:], "/")
	name = tokens("/" + name)[0]
	if v.Keyword == "required" && rest == "" {
		return o.required[name]
	}
	return o.named[name]
}

// nothingBut tells whether a schema demands what another one does, null apart.
func (s *Schema) nothingBut(other *Schema) bool {
	return s.Types == nil && s.Enum == nil && s.MinLength == 0 && s.MaxLength < 0 && s.Pattern == "" && s.Format == nil && s.Minimum == nil && s.Maximum == nil && s.MultipleOf == nil &&
		s.Items == nil && s.MinItems == 0 && s.MaxItems < 0 && !s.UniqueItems && len(s.Properties)+len(s.Required) == 0 && !s.Closed && s.Additional == nil &&
		s.MinProperties == 0 && s.MaxProperties < 0 && s.Not == nil &&
		len(s.AllOf) == len(other.AllOf) && len(s.AnyOf) == len(other.AnyOf) && len(s.OneOf) == len(other.OneOf)
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
		for _, i := range at.letters {
			n.letters = append(n.letters, letter{i, c.node(c.letters[i].Schema, nil, nil), c.letters[i].Schema.presence() != nil})
		}
	}
	n.plain = n.composed == nil && n.span < 0 && len(n.letters) == 0
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

// presence gives what a schema says of the members that an object has, if it says
// nothing else; nil: it does.
func (s *Schema) presence() *presence {
	only := *s
	only.Required, only.Not = nil, nil
	if !only.nothingBut(&Schema{}) || s.Nullable {
		return nil
	}
	switch not := s.Not; {
	case not == nil && len(s.Required) > 0:
		return &presence{names: s.Required}
	case not == nil || len(s.Required) > 0:
		return nil
	default:
		return not.absence()
	}
}

// absence gives the members that must not be there, where a schema is the opposite
// of one that requires a member, or one of several.
func (s *Schema) absence() *presence {
	only := *s
	only.Required, only.AnyOf = nil, nil
	if !only.nothingBut(&Schema{}) || s.Nullable || len(s.Required)+len(s.AnyOf) != max(1, len(s.AnyOf)) {
		return nil
	}
	if len(s.Required) == 1 {
		return &presence{forbidden: true, names: s.Required}
	}
	all := &presence{forbidden: true}
	for _, option := range s.AnyOf {
		one := option.absence()
		if one == nil || len(option.Required) != 1 {
			return nil
		}
		all.names = append(all.names, one.names...)
	}
	return all
}

// presence is members that an object has to have, or must have none of.
type presence struct {
	forbidden bool
	names     []string
}

// sortedNames are the names of members in order.
func sortedNames[T any](all map[string]T) []string { return slices.Sorted(maps.Keys(all)) }
