package openapi

import (
	"github.com/getkin/kin-openapi/openapi3"
)

// inline replaces every reference to a schema by a copy of the schema. A recursive
// reference keeps its name.
func inline(doc *openapi3.T) {
	in := inliner{}
	for _, item := range doc.Paths.Map() {
		in.parameters(item.Parameters)
		for _, o := range item.Operations() {
			in.parameters(o.Parameters)
			if o.RequestBody != nil && o.RequestBody.Value != nil {
				in.content(o.RequestBody.Value.Content)
			}
			if o.Responses == nil {
				continue
			}
			for _, response := range o.Responses.Map() {
				if response.Value != nil {
					in.content(response.Value.Content)
				}
			}
		}
	}
}

// inliner holds the schemas that the walk is inside of.
type inliner map[*openapi3.Schema]bool

func (in inliner) parameters(all openapi3.Parameters) {
	for _, p := range all {
		if p.Value != nil {
			p.Value.Schema = in.schema(p.Value.Schema)
		}
	}
}

func (in inliner) content(all openapi3.Content) {
	for _, media := range all {
		media.Schema = in.schema(media.Schema)
	}
}

func (in inliner) schema(ref *openapi3.SchemaRef) *openapi3.SchemaRef {
	if ref == nil || ref.Value == nil || in[ref.Value] {
		return ref
	}
	in[ref.Value] = true
	defer delete(in, ref.Value)
	own := *ref.Value
	for _, list := range []*openapi3.SchemaRefs{&own.AllOf, &own.AnyOf, &own.OneOf} {
		var all openapi3.SchemaRefs
		for _, one := range *list {
			all = append(all, in.schema(one))
		}
		*list = all
	}
	if own.Properties != nil {
		all := openapi3.Schemas{}
		for name, one := range own.Properties {
			all[name] = in.schema(one)
		}
		own.Properties = all
	}
	for _, one := range []**openapi3.SchemaRef{&own.Items, &own.Not, &own.AdditionalProperties.Schema} {
		*one = in.schema(*one)
	}
	return &openapi3.SchemaRef{Value: &own}
}
