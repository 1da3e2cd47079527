package overlay

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// bodies returns the schemas of the bodies that a place may be in: the request's, the
// responses' with the HTTP status of the result code, or all responses'.
func (d *draft) bodies(o *openapi.Operation, c contract.Change) (all []path, tokens []string, ok bool) {
	pointer, inBody := c.At.Pointer()
	if !inBody {
		return nil, nil, false
	}
	operation := operationPath(o)
	var holders []path
	if c.At.Direction() == contract.InRequest {
		holders = []path{operation.to("requestBody")}
	} else {
		for _, status := range o.Statuses() {
			if row := o.Code(c.Code); row == nil || row.HTTP == status || o.Responses[row.HTTP] == nil {
				holders = append(holders, operation.to("responses", strconv.Itoa(status)))
			}
		}
	}
	for _, holder := range holders {
		content := holder.to("content")
		for _, media := range names(content.node(d.root)) {
			schema := d.resolve(content.to(media, "schema"))
			if schema.node(d.root) != nil && !slices.ContainsFunc(all, func(p path) bool { return slices.Equal(p, schema) }) {
				all = append(all, schema)
			}
		}
	}
	return all, contract.TokensOf(pointer), true
}

// parts returns a schema and the schemas that it combines with allOf, anyOf and oneOf.
func (d *draft) parts(schema path) []path {
	all := []path{schema}
	for i := 0; i < len(all) && len(all) < 256; i++ { // a schema may contain itself
		for _, keyword := range []string{"allOf", "anyOf", "oneOf"} {
			combined := all[i].to(keyword)
			n := combined.node(d.root)
			if n == nil {
				continue
			}
			for j := range n.Content {
				part := d.resolve(combined.to(strconv.Itoa(j)))
				if !slices.ContainsFunc(all, func(p path) bool { return slices.Equal(p, part) }) {
					all = append(all, part)
				}
			}
		}
	}
	return all
}

// properties finds the schemas of the members with a name. It does not follow a $ref
// there.
func (d *draft) properties(schema path, token string) (all []path) {
	for _, part := range d.parts(schema) {
		places := []path{part.to("properties", token)}
		if token == contract.Every || strings.Trim(token, "0123456789") == "" {
			places = append(places, part.to("items"))
		}
		if token == contract.Every {
			places = append(places, part.to("additionalProperties"))
		}
		for _, place := range places {
			if n := place.node(d.root); n != nil && n.Value == "" {
				all = append(all, place)
			}
		}
	}
	return all
}

// members finds every schema of a member of the bodies.
func (d *draft) members(bodies []path, tokens []string) []path {
	found := bodies
	for _, token := range tokens {
		var next []path
		for _, schema := range found {
			for _, place := range d.properties(d.resolve(schema), token) {
				if !slices.ContainsFunc(next, func(p path) bool { return slices.Equal(p, place) }) {
					next = append(next, place)
				}
			}
		}
		found = next
	}
	return found
}

// object returns the part of a schema that a property can be added to. An empty schema
// may be an object.
func (d *draft) object(schema path) (path, bool) {
	if n := schema.node(d.root); n.Kind == yaml.MappingNode && len(n.Content) == 0 {
		return schema, true
	}
	parts := d.parts(schema)
	for _, keyword := range []string{"properties", "type"} {
		for _, part := range parts {
			n := child(part.node(d.root), keyword)
			if n != nil && (keyword == "properties" || n.Value == "object") {
				return part, true
			}
		}
	}
	return nil, false
}
