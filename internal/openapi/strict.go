package openapi

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
	"assay/internal/view"
)

// Strict is what one interpretation of an ambiguity demands of the value at a place: a
// schema, or an expression in which self is the value.
type Strict struct {
	schema         *openapi3.Schema
	expression     *Expression
	interpretation func() *view.StrictInterpretation // for package view
}

// newStrict returns a Strict at the places of an ambiguity.
func newStrict(schema *openapi3.Schema, expression *Expression, of *Ambiguity) *Strict {
	return &Strict{schema, expression, sync.OnceValue(func() *view.StrictInterpretation {
		l := &view.StrictInterpretation{At: of.At, Expression: expression}
		if schema != nil {
			l.Schema = convertSchema(schema)
		}
		return l
	})}
}

// Expression returns the expression; nil if it is a schema.
func (s *Strict) Expression() *Expression { return s.expression }

// String returns the expression, or the schema as JSON with sorted lists.
func (s *Strict) String() string {
	if s.schema == nil {
		return s.expression.String()
	}
	raw, err := json.Marshal(s.schema)
	if err != nil {
		return ""
	}
	plain, _ := contract.Decode(raw)        // no error: json.Marshal wrote it
	raw, _ = json.Marshal(canonical(plain)) // no error: it was read from JSON
	return string(raw)
}

// canonical sorts every list of a schema, because required, enum and allOf are sets, and
// puts limits back as the document writes them.
func canonical(value any) any {
	switch v := value.(type) {
	case map[string]any:
		if exact, ok := v[exactNumbers].(map[string]any); ok {
			delete(v, exactNumbers)
			maps.Copy(v, exact)
		}
		for name, one := range v {
			v[name] = canonical(one)
		}
	case []any:
		for i, one := range v {
			v[i] = canonical(one)
		}
		slices.SortFunc(v, func(a, b any) int {
			x, _ := json.Marshal(a)
			y, _ := json.Marshal(b)
			return bytes.Compare(x, y)
		})
	}
	return value
}

func (r *reader) strict(n *yaml.Node, of *Ambiguity) *Strict {
	if n == nil {
		return nil
	}
	if n.Kind == yaml.ScalarNode {
		return newStrict(nil, r.expression(n), of)
	}
	schema, err := r.fragment(n)
	if err != nil {
		r.errors = append(r.errors, located(n, err))
		return nil
	}
	return newStrict(schema, nil, of)
}

// fragment reads a schema in an extension. kin-openapi does not resolve a $ref in
// extensions, and an unresolved $ref would accept everything.
func (r *reader) fragment(n *yaml.Node) (*openapi3.Schema, error) {
	raw, err := toJSON(n)
	if err != nil {
		return nil, err
	}
	ref := &openapi3.SchemaRef{}
	if err := json.Unmarshal(raw, ref); err != nil {
		return nil, err
	}
	if !bytes.Contains(raw, []byte(`"$ref"`)) {
		keepNumbers(ref, n)
		return ref.Value, nil
	}
	schemas := maps.Clone(r.doc.Components.Schemas)
	schemas["the fragment"] = ref
	around := &openapi3.T{OpenAPI: r.doc.OpenAPI, Info: r.doc.Info, Components: &openapi3.Components{Schemas: schemas}}
	if err := openapi3.NewLoader().ResolveRefsIn(around, nil); err != nil {
		return nil, err
	}
	keepNumbers(ref, n)
	return ref.Value, nil
}
