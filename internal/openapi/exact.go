package openapi

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
)

// exactNumbers is the extension in which a schema keeps its limits as the document
// writes them. kin-openapi reads numbers as float64, which loses digits: 2⁵³+1 becomes
// 2⁵³.
const exactNumbers = "x-exact-numbers"

// limitKeywords are the keywords whose value is a number of any size.
var limitKeywords = []string{"minimum", "maximum", "multipleOf"}

// exactLimit returns the number of a keyword; "": the schema has none.
func exactLimit(s *openapi3.Schema, keyword string) json.Number {
	if exact, ok := s.Extensions[exactNumbers].(map[string]json.Number); ok && exact[keyword] != "" {
		return exact[keyword]
	}
	var read *float64
	switch keyword {
	case "minimum":
		read = s.Min
	case "maximum":
		read = s.Max
	case "multipleOf":
		read = s.MultipleOf
	}
	if read == nil {
		return ""
	}
	return json.Number(strconv.FormatFloat(*read, 'f', -1, 64))
}

// keepExact gives every schema of a document its numbers as written.
func (r *reader) keepExact() {
	if all := r.doc.Components; all != nil {
		each(child(child(r.root, "components"), "schemas"), func(name string, n *yaml.Node) {
			keepNumbers(all.Schemas[name], n)
		})
	}
	each(child(r.root, "paths"), func(path string, methods *yaml.Node) {
		each(methods, func(method string, n *yaml.Node) {
			if o := r.doc.Paths.Value(path).GetOperation(strings.ToUpper(method)); o != nil {
				keepOperation(o, n)
			}
		})
	})
}

func keepOperation(o *openapi3.Operation, n *yaml.Node) {
	for i, p := range items(unaliased(child(n, "parameters"))) {
		p = unaliased(p)
		if i < len(o.Parameters) && o.Parameters[i].Value != nil {
			keepNumbers(o.Parameters[i].Value.Schema, child(p, "schema"))
			if value := exactValue(child(p, "example")); value != nil {
				o.Parameters[i].Value.Example = value
			}
		}
	}
	if o.RequestBody != nil && o.RequestBody.Value != nil {
		keepContent(o.RequestBody.Value.Content, child(n, "requestBody"))
	}
	each(unaliased(child(n, "responses")), func(status string, one *yaml.Node) {
		if response := o.Responses.Value(status); response != nil && response.Value != nil {
			keepContent(response.Value.Content, one)
		}
	})
}

func keepContent(all openapi3.Content, n *yaml.Node) {
	each(unaliased(child(unaliased(n), "content")), func(name string, media *yaml.Node) {
		if m := all[name]; m != nil {
			keepNumbers(m.Schema, child(unaliased(media), "schema"))
		}
	})
}

// keepNumbers gives a schema, and those inside it, their numbers as written. It does not
// follow a $ref: the target has a node of its own.
func keepNumbers(ref *openapi3.SchemaRef, n *yaml.Node) {
	n = unaliased(n)
	if ref == nil || ref.Value == nil || n == nil || ref.Ref != "" || child(n, "$ref") != nil {
		return
	}
	s := ref.Value
	exact := map[string]json.Number{}
	for _, keyword := range limitKeywords {
		if one := unaliased(child(n, keyword)); one != nil {
			exact[keyword] = json.Number(one.Value)
		}
	}
	if len(exact) > 0 {
		if s.Extensions == nil {
			s.Extensions = map[string]any{}
		}
		s.Extensions[exactNumbers] = exact
	}
	if list, ok := exactValue(child(n, "enum")).([]any); ok {
		s.Enum = list
	}
	if value := exactValue(child(n, "default")); value != nil {
		s.Default = value
	}
	if value := exactValue(child(n, "example")); value != nil {
		s.Example = value
	}
	inner(n, s, func(below *yaml.Node, one *openapi3.SchemaRef) { keepNumbers(one, below) })
}

// inner visits the schemas inside a schema with their nodes.
func inner(n *yaml.Node, s *openapi3.Schema, visit func(*yaml.Node, *openapi3.SchemaRef)) {
	for keyword, list := range map[string]openapi3.SchemaRefs{"allOf": s.AllOf, "anyOf": s.AnyOf, "oneOf": s.OneOf} {
		for i, one := range items(unaliased(child(n, keyword))) {
			if i < len(list) {
				visit(one, list[i])
			}
		}
	}
	each(unaliased(child(n, "properties")), func(name string, one *yaml.Node) { visit(one, s.Properties[name]) })
	visit(child(n, "items"), s.Items)
	visit(child(n, "not"), s.Not)
	visit(child(n, "additionalProperties"), s.AdditionalProperties.Schema)
}

// exactValue decodes a value with its numbers as written; nil if it holds no numbers.
func exactValue(n *yaml.Node) any {
	if n == nil || !holdsNumber(n) {
		return nil
	}
	raw, err := toJSON(n)
	if err != nil {
		return nil
	}
	value, _ := contract.Decode(raw) // no error: toJSON wrote it
	return value
}

func holdsNumber(n *yaml.Node) bool {
	if n.Kind == yaml.AliasNode {
		return true // to be seen when it is decoded
	}
	if n.Tag == "!!int" || n.Tag == "!!float" {
		return true
	}
	for _, below := range n.Content {
		if holdsNumber(below) {
			return true
		}
	}
	return false
}

// unaliased returns the node that an alias stands for.
func unaliased(n *yaml.Node) *yaml.Node {
	for n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}
