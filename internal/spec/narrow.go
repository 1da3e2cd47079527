package spec

import (
	"maps"
	"slices"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"assay/internal/contract"
	"assay/internal/sift"
)

// narrower tells of a schema which parts of it have anything to explain of a
// value: members that satisfy theirs at a glance need not be visited. It is safe
// for concurrent use.
type narrower struct {
	schema  *openapi3.Schema
	plain   *sift.Check // nil: only kin-openapi can say
	notes   sync.Pool   // of plain
	members []*narrower // in the order of names
	names   []string
	frame   *sift.Check // tells where the members stand; nil: there are none, or others than these count
	spans   sync.Pool   // of frame
	parts   []*narrower // of allOf
}

// newNarrower compiles a schema. What is above is being compiled: a schema that
// holds itself is not followed.
func newNarrower(s *openapi3.Schema, above []*openapi3.Schema) *narrower {
	n := &narrower{schema: s}
	n.plain, _ = sift.Compile(plainly(s), sift.Asked{})
	if slices.Contains(above, s) {
		return n
	}
	above = append(slices.Clone(above), s)
	for _, part := range s.AllOf {
		n.parts = append(n.parts, newNarrower(part.Value, above))
	}
	if len(s.Properties) == 0 {
		return n
	}
	frame, asked := anything(), sift.Asked{}
	frame.Properties = map[string]*sift.Schema{}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		n.names, n.members = append(n.names, name), append(n.members, newNarrower(s.Properties[name].Value, above))
		frame.Properties[name] = anything()
		asked.Spans = append(asked.Spans, contract.Pointer(name))
	}
	n.frame, _ = sift.Compile(frame, asked)
	return n
}

// always is a schema that accepts everything.
var always = sync.OnceValue(func() *openapi3.SchemaRef {
	yes := true
	return &openapi3.SchemaRef{Value: &openapi3.Schema{Always: &yes}}
})

// narrowed gives a schema that objects to a value, given as raw JSON, wherever the
// whole one does, in the same order.
func (n *narrower) narrowed(raw []byte) *openapi3.SchemaRef {
	if n.satisfied(raw) {
		return always()
	}
	if n.frame == nil && len(n.parts) == 0 {
		return &openapi3.SchemaRef{Value: n.schema}
	}
	own := *n.schema
	if len(n.parts) > 0 {
		own.AllOf = make(openapi3.SchemaRefs, len(n.parts))
		for i, part := range n.parts {
			own.AllOf[i] = part.narrowed(raw)
		}
	}
	if n.frame == nil {
		return &openapi3.SchemaRef{Value: &own}
	}
	notes, ok := n.spans.Get().(*sift.Notes)
	if !ok {
		notes = n.frame.Notes()
	}
	defer n.spans.Put(notes)
	if !n.frame.Accepts(raw, notes) {
		return &openapi3.SchemaRef{Value: &own}
	}
	open := own.AdditionalProperties.Schema == nil && (own.AdditionalProperties.Has == nil || *own.AdditionalProperties.Has)
	own.Properties = openapi3.Schemas{}
	for i, name := range n.names {
		span := notes.Spans[i]
		if !span.Here() {
			continue
		}
		if one := n.members[i].narrowed(span.Of(raw)); one != always() || !open {
			own.Properties[name] = one
		}
	}
	return &openapi3.SchemaRef{Value: &own}
}

func (n *narrower) satisfied(raw []byte) bool {
	if n.plain == nil {
		return false
	}
	notes, ok := n.notes.Get().(*sift.Notes)
	if !ok {
		notes = n.plain.Notes()
	}
	defer n.notes.Put(notes)
	return n.plain.Satisfied(raw, notes)
}
