package spec

import (
	"slices"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"assay/internal/sift"
)

// narrower tells of a schema which parts of it have anything to explain of a
// value: members that satisfy theirs at a glance need not be visited. It is safe
// for concurrent use.
type narrower struct {
	schema  *openapi3.Schema
	plain   *sift.Check // nil: only kin-openapi can say
	notes   sync.Pool   // of plain
	members map[string]*narrower
	parts   []*narrower // of allOf
	one     sync.Map    // by the name of a member: *openapi3.Schema of that one alone
}

// newNarrower compiles a schema. What is above is being compiled: a schema that
// holds itself is not followed.
func newNarrower(s *openapi3.Schema, above []*openapi3.Schema) *narrower {
	n := &narrower{schema: s, members: map[string]*narrower{}}
	n.plain, _ = sift.Compile(plainly(s), sift.Asked{})
	if slices.Contains(above, s) {
		return n
	}
	above = append(slices.Clone(above), s)
	for _, part := range s.AllOf {
		n.parts = append(n.parts, newNarrower(part.Value, above))
	}
	if free := s.AdditionalProperties; len(s.AllOf) == 0 && free.Schema == nil && (free.Has == nil || *free.Has) {
		for name, member := range s.Properties {
			n.members[name] = newNarrower(member.Value, above)
		}
	}
	return n
}

// always is a schema that accepts everything.
var always = sync.OnceValue(func() *openapi3.Schema {
	yes := true
	return &openapi3.Schema{Always: &yes}
})

// failures explains a value, given decoded and as raw JSON, as below does.
func (n *narrower) failures(raw []byte, value any) []failure {
	if s := n.schema; len(n.parts) > 0 && value != nil && s.Not == nil && len(s.AnyOf)+len(s.OneOf) == 0 { // which would be asked first
		var all []failure
		for _, part := range n.parts {
			all = append(all, part.failures(raw, value)...)
		}
		if len(all) > 0 {
			return all
		}
	}
	s := n.narrowed(raw)
	if s == always() {
		return nil
	}
	return below(s, value, nil)
}

// narrowed gives a schema that objects to a value, given as raw JSON, wherever the
// whole one does, in the same order.
func (n *narrower) narrowed(raw []byte) *openapi3.Schema {
	if n.plain == nil {
		return n.schema
	}
	notes, ok := n.notes.Get().(*sift.Notes)
	if !ok {
		notes = n.plain.Notes()
	}
	defer n.notes.Put(notes)
	refused, complete, ok := n.plain.Refused(raw, notes)
	switch {
	case ok && complete && len(refused) == 0, !ok && n.plain.Satisfied(raw, notes):
		return always()
	case !ok || len(n.members) == 0:
		return n.schema
	}
	properties := openapi3.Schemas{} // members that are none may be anything
	for _, one := range refused {
		member := n.members[one.Name]
		if member == nil {
			continue
		}
		s := member.narrowed(one.Value.Of(raw))
		if len(refused) == 1 && s == member.schema {
			return n.alone(one.Name)
		}
		properties[one.Name] = &openapi3.SchemaRef{Value: s}
	}
	return n.with(properties)
}

// alone is the schema with one member only: mostly it is one that is refused, and
// what is made for it is kept.
func (n *narrower) alone(name string) *openapi3.Schema {
	if made, ok := n.one.Load(name); ok {
		return made.(*openapi3.Schema) //nolint:forcetypeassert // nothing else is stored
	}
	own := n.with(openapi3.Schemas{name: &openapi3.SchemaRef{Value: n.members[name].schema}})
	n.one.Store(name, own)
	return own
}

// with is the schema with other members.
func (n *narrower) with(properties openapi3.Schemas) *openapi3.Schema {
	own := *n.schema
	own.Properties = properties
	return &own
}
