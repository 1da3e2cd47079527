package openapi

import (
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"assay/internal/jsonschema"
)

// convertSchema converts kin-openapi's schema to a jsonschema.Schema.
func convertSchema(s *openapi3.Schema) *jsonschema.Schema {
	return (&converter{converted: map[*openapi3.Schema]*jsonschema.Schema{}}).schema(s)
}

// converter converts each schema once.
type converter struct {
	converted map[*openapi3.Schema]*jsonschema.Schema
}

func (p *converter) refs(all openapi3.SchemaRefs) []*jsonschema.Schema {
	var made []*jsonschema.Schema
	for _, one := range all {
		made = append(made, p.schema(one.Value))
	}
	return made
}

func (p *converter) ref(one *openapi3.SchemaRef) *jsonschema.Schema {
	if one == nil {
		return nil
	}
	return p.schema(one.Value)
}

func (p *converter) schema(s *openapi3.Schema) *jsonschema.Schema {
	if made := p.converted[s]; made != nil {
		return made
	}
	made := &jsonschema.Schema{
		Nullable: s.Nullable, Enum: s.Enum, Pattern: s.Pattern, MinLength: int(s.MinLength), MaxLength: limit(s.MaxLength),
		Minimum: exactLimit(s, "minimum"), Maximum: exactLimit(s, "maximum"), ExclusiveMinimum: s.ExclusiveMin.IsTrue(), ExclusiveMaximum: s.ExclusiveMax.IsTrue(), MultipleOf: exactLimit(s, "multipleOf"),
		MinItems: int(s.MinItems), MaxItems: limit(s.MaxItems), UniqueItems: s.UniqueItems,
		Required: s.Required, MinProperties: int(s.MinProps), MaxProperties: limit(s.MaxProps),
		Format: jsonschema.FormatOf(s.Format),
	}
	p.converted[s] = made
	if s.Type != nil {
		made.Types = *s.Type
	}
	if len(s.Properties) > 0 {
		made.Properties = map[string]*jsonschema.Schema{}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		made.Properties[name] = p.schema(s.Properties[name].Value)
	}
	free := s.AdditionalProperties
	made.Closed = free.Has != nil && !*free.Has
	if !made.Closed {
		made.Additional = p.ref(free.Schema)
	}
	made.Items, made.Not = p.ref(s.Items), p.ref(s.Not)
	made.AllOf, made.AnyOf, made.OneOf = p.refs(s.AllOf), p.refs(s.AnyOf), p.refs(s.OneOf)
	return made
}

func limit(n *uint64) int {
	if n == nil {
		return -1
	}
	return int(*n)
}

// place returns what is documented of a member and of the members below it.
func (m *Member) place() *jsonschema.Place {
	p := &jsonschema.Place{Members: map[string]*jsonschema.Place{}, Strict: !m.Free && (len(m.children) > 0 || m.has("object"))}
	for name, child := range m.children {
		p.Members[name] = child.place()
	}
	if m.items != nil {
		p.Items = m.items.place()
	}
	return p
}
