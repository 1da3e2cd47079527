package jsonschema_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"assay/internal/jsonschema"
)

// of makes a schema.
func of(set func(s *jsonschema.Schema)) *jsonschema.Schema {
	s := jsonschema.Anything()
	set(s)
	return s
}

func not(one *jsonschema.Schema) *jsonschema.Schema {
	return of(func(s *jsonschema.Schema) { s.Not = one })
}

// accepts reports whether a body conforms to a schema.
func accepts(t *testing.T, s *jsonschema.Schema, body string) bool {
	t.Helper()
	check, err := jsonschema.Compile(s, jsonschema.Request{})
	if err != nil {
		t.Fatal(err)
	}
	var state jsonschema.ScanState
	if !check.Read([]byte(body), &state) {
		t.Fatalf("%s is not read", body)
	}
	return state.Conforms()
}

// TestComposedAgree validates a value that each keyword accepts and one that it rejects, against
// the schema and against compositions that mean the same.
func TestComposedAgree(t *testing.T) {
	t.Parallel()
	never, short := not(jsonschema.Anything()), of(func(s *jsonschema.Schema) { s.Types, s.MaxLength = []string{"string"}, 2 })
	member := of(func(s *jsonschema.Schema) { s.Properties = map[string]*jsonschema.Schema{"a": short} })
	same := map[string]func(one *jsonschema.Schema) *jsonschema.Schema{
		"not not": func(one *jsonschema.Schema) *jsonschema.Schema { return not(not(one)) },
		"not allOf": func(one *jsonschema.Schema) *jsonschema.Schema {
			return not(of(func(s *jsonschema.Schema) { s.AllOf = []*jsonschema.Schema{jsonschema.Anything(), not(one)} }))
		},
		"allOf in not not": func(one *jsonschema.Schema) *jsonschema.Schema {
			return not(not(of(func(s *jsonschema.Schema) { s.AllOf = []*jsonschema.Schema{one, jsonschema.Anything()} })))
		},
		"allOf in anyOf": func(one *jsonschema.Schema) *jsonschema.Schema {
			all := of(func(s *jsonschema.Schema) { s.AllOf = []*jsonschema.Schema{one, jsonschema.Anything()} })
			return of(func(s *jsonschema.Schema) { s.AnyOf = []*jsonschema.Schema{never, all} })
		},
		"oneOf": func(one *jsonschema.Schema) *jsonschema.Schema {
			return of(func(s *jsonschema.Schema) { s.OneOf = []*jsonschema.Schema{never, one, never} })
		},
		"oneOf in anyOf in not not": func(one *jsonschema.Schema) *jsonschema.Schema {
			inner := of(func(s *jsonschema.Schema) { s.OneOf = []*jsonschema.Schema{one, never} })
			return not(not(of(func(s *jsonschema.Schema) { s.AnyOf = []*jsonschema.Schema{inner, never} })))
		},
	}
	rare := of(func(s *jsonschema.Schema) { s.Enum = []any{"no value of this test"} })
	same["with not beside it, in not not"] = func(one *jsonschema.Schema) *jsonschema.Schema {
		beside := *one
		if beside.Not == nil {
			beside.Not = rare
		}
		return not(not(&beside))
	}
	for _, test := range []struct {
		name, good, bad string
		one             *jsonschema.Schema
	}{
		{"type", `"a"`, `{"a":[1]}`, of(func(s *jsonschema.Schema) { s.Types = []string{"string"} })},
		{"null", `"a"`, `null`, of(func(s *jsonschema.Schema) { s.Types = []string{"string"} })},
		{"every type but null", `"a"`, `null`, of(func(s *jsonschema.Schema) { s.Types = []string{"boolean", "string", "number", "object", "array"} })},
		{"nullable", `null`, `1`, of(func(s *jsonschema.Schema) { s.Types, s.Nullable = []string{"string"}, true })},
		{"boolean", `1`, `true`, of(func(s *jsonschema.Schema) { s.Types = []string{"number"} })},
		{"enum", `"a"`, `"b"`, of(func(s *jsonschema.Schema) { s.Enum = []any{"a"} })},
		{"enum of many", `"v16"`, `"v17"`, of(func(s *jsonschema.Schema) {
			for i := range 17 {
				s.Enum = append(s.Enum, fmt.Sprint("v", i))
			}
		})},
		{"enum of texts that begin alike", `""`, `"ac"`, of(func(s *jsonschema.Schema) { s.Enum = []any{"ab", "", "bc"} })},
		{"enum of objects", `{"a":1}`, `{"a":2}`, of(func(s *jsonschema.Schema) { s.Enum = []any{map[string]any{"a": json.Number("1")}} })},
		{"enum of arrays", `[1]`, `[2]`, of(func(s *jsonschema.Schema) { s.Enum = []any{[]any{json.Number("1")}} })},
		{"minLength", `"ab"`, `"a"`, of(func(s *jsonschema.Schema) { s.MinLength = 2 })},
		{"maxLength", `"é"`, `"éé"`, of(func(s *jsonschema.Schema) { s.MaxLength = 1 })},
		{"pattern", `"a"`, `"b"`, of(func(s *jsonschema.Schema) { s.Pattern = "^a$" })},
		{"minimum", `2`, `1`, of(func(s *jsonschema.Schema) { s.Minimum = "2" })},
		{"multipleOf", `4`, `3`, of(func(s *jsonschema.Schema) { s.MultipleOf = "2" })},
		{"items", `["ab"]`, `["ab","abc","ab"]`, of(func(s *jsonschema.Schema) { s.Items = short })},
		{"minItems", `[1]`, `[]`, of(func(s *jsonschema.Schema) { s.MinItems = 1 })},
		{"maxItems", `[]`, `[1]`, of(func(s *jsonschema.Schema) { s.MaxItems = 0 })},
		{"uniqueItems", `[1,2]`, `[1,1]`, of(func(s *jsonschema.Schema) { s.UniqueItems = true })},
		{"properties", `{"a":"ab","b":1}`, `{"a":"abc","b":1}`, member},
		{"type of a member", `{"a":"ab","b":1}`, `{"b":1,"a":[1]}`, member},
		{"required", `{"a":1}`, `{"b":1}`, of(func(s *jsonschema.Schema) {
			s.Properties, s.Required = map[string]*jsonschema.Schema{"a": jsonschema.Anything()}, []string{"a"}
		})},
		{"closed", `{}`, `{"b":1}`, of(func(s *jsonschema.Schema) { s.Closed = true })},
		{"additional", `{"b":"ab"}`, `{"b":"abc"}`, of(func(s *jsonschema.Schema) { s.Additional = short })},
		{"minProperties", `{"a":1}`, `{}`, of(func(s *jsonschema.Schema) { s.MinProperties = 1 })},
		{"maxProperties", `{}`, `{"a":1}`, of(func(s *jsonschema.Schema) { s.MaxProperties = 0 })},
		{"allOf", `{"a":"ab"}`, `{"a":"abc"}`, of(func(s *jsonschema.Schema) { s.AllOf = []*jsonschema.Schema{jsonschema.Anything(), member} })},
		{"anyOf", `"ab"`, `"abc"`, of(func(s *jsonschema.Schema) { s.AnyOf = []*jsonschema.Schema{never, short} })},
		{"anyOf of members", `{"a":[1,{"b":2}],"b":"ab"}`, `{"a":[1,{"b":2}],"b":"abc"}`, of(func(s *jsonschema.Schema) {
			first, second := *member, *member
			first.Properties = map[string]*jsonschema.Schema{"a": not(rare), "b": never}
			second.Properties = map[string]*jsonschema.Schema{"a": jsonschema.Anything(), "b": short}
			s.AnyOf = []*jsonschema.Schema{&first, &second}
		})},
		{"oneOf, none", `"ab"`, `"abc"`, of(func(s *jsonschema.Schema) { s.OneOf = []*jsonschema.Schema{short, never} })},
		{"oneOf, two", `"abc"`, `"ab"`, of(func(s *jsonschema.Schema) {
			s.OneOf = []*jsonschema.Schema{short, of(func(s *jsonschema.Schema) { s.Types = []string{"string"} })}
		})},
		{"not", `"abc"`, `"ab"`, not(short)},
	} {
		if !accepts(t, test.one, test.good) || accepts(t, test.one, test.bad) {
			t.Errorf("%s alone: %s: %t, %s: %t", test.name, test.good, accepts(t, test.one, test.good), test.bad, accepts(t, test.one, test.bad))
		}
		for name, composed := range same {
			if !accepts(t, composed(test.one), test.good) || accepts(t, composed(test.one), test.bad) {
				t.Errorf("%s in %s: %s: %t, %s: %t", test.name, name, test.good, accepts(t, composed(test.one), test.good), test.bad, accepts(t, composed(test.one), test.bad))
			}
		}
	}
}
