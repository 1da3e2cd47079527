package openapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	draft4 "github.com/santhosh-tekuri/jsonschema/v6"

	"assay/internal/jsonschema"
)

// second is a second oracle. Unlike kin-openapi it is exact about numbers, null, not and
// equal items, but its errors are not worded as ours.
type second struct{ schema *draft4.Schema }

// newSecond compiles a schema of OpenAPI 3.0.3 as draft 4.
func newSecond(t testing.TB, s *openapi3.Schema) *second {
	t.Helper()
	document, err := draft4.UnmarshalJSON(bytes.NewReader(encode(inliner{}.schema(openapi3.NewSchemaRef("", s)).Value)))
	if err != nil {
		t.Fatal(err)
	}
	c := draft4.NewCompiler()
	c.DefaultDraft(draft4.Draft4)
	c.AssertFormat()
	c.UseRegexpEngine(func(expression string) (draft4.Regexp, error) {
		translated, err := jsonschema.RE2(expression)
		if err != nil {
			return nil, err
		}
		return regexp.Compile(translated)
	})
	for _, f := range secondFormats() {
		c.RegisterFormat(f)
	}
	if err := c.AddResource("schema.json", asDraft4(document)); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("schema.json")
	if err != nil {
		t.Fatalf("%s: %v", encode(s), err)
	}
	return &second{compiled}
}

var secondFormats = sync.OnceValue(func() []*draft4.Format {
	var all []*draft4.Format
	for _, name := range jsonschema.Formats() {
		of := jsonschema.Anything()
		of.Format = jsonschema.FormatOf(name)
		check := compiled(of, jsonschema.Request{})
		all = append(all, &draft4.Format{Name: name, Validate: func(value any) error {
			raw, _ := json.Marshal(value) // it was read from JSON
			var state jsonschema.ScanState
			if check.Read(raw, &state); !state.Conforms() {
				return errors.New("not of the format")
			}
			return nil
		}})
	}
	return all
})

// asDraft4 replaces nullable, which adds null to a type beside it, and the keywords of
// OpenAPI alone.
func asDraft4(schema any) any {
	s, ok := schema.(map[string]any)
	if !ok {
		return schema
	}
	if typ, ok := s["type"].(string); ok && s["nullable"] == true {
		s["type"] = []any{typ, "null"}
	}
	delete(s, "nullable")
	for _, keyword := range []string{"items", "not", "additionalProperties"} {
		if below, has := s[keyword]; has {
			s[keyword] = asDraft4(below)
		}
	}
	for _, keyword := range []string{"allOf", "anyOf", "oneOf"} {
		list, _ := s[keyword].([]any)
		for i := range list {
			list[i] = asDraft4(list[i])
		}
	}
	properties, _ := s["properties"].(map[string]any)
	for name, below := range properties {
		properties[name] = asDraft4(below)
	}
	return s
}

// accepts reports whether a value conforms.
func (s *second) accepts(t testing.TB, body []byte) bool {
	t.Helper()
	value, err := draft4.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return s.schema.Validate(value) == nil
}
