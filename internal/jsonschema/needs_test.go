package jsonschema_test

import (
	"fmt"
	"testing"

	"assay/internal/jsonschema"
)

// TestNeeds validates objects whose members decide which subschemas they can satisfy.
func TestNeeds(t *testing.T) {
	t.Parallel()
	must := func(names ...string) *jsonschema.Schema {
		return of(func(s *jsonschema.Schema) { s.Required = names })
	}
	anyOf := func(all ...*jsonschema.Schema) *jsonschema.Schema {
		return of(func(s *jsonschema.Schema) { s.AnyOf = all })
	}
	oneOf := func(all ...*jsonschema.Schema) *jsonschema.Schema {
		return of(func(s *jsonschema.Schema) { s.OneOf = all })
	}
	allOf := func(all ...*jsonschema.Schema) *jsonschema.Schema {
		return of(func(s *jsonschema.Schema) { s.AllOf = all })
	}
	one := of(func(s *jsonschema.Schema) { s.Enum = []any{"1"} })
	is := func(name string) *jsonschema.Schema {
		return of(func(s *jsonschema.Schema) {
			s.Properties, s.Required = map[string]*jsonschema.Schema{name: one}, []string{name}
		})
	}
	deep := must("a")
	for range 6 {
		deep = allOf(deep, jsonschema.Anything())
	}
	many := make([]*jsonschema.Schema, 20)
	for i := range many {
		many[i] = must([]string{"a", "b", "c"}[i%3], "d")
	}
	for _, test := range []struct {
		name      string
		with      *jsonschema.Schema // its subschemas stand beside the properties a, b, c and d
		good, bad []string
	}{
		{"not", not(must("a")), []string{`{}`, `{"b":1}`, `{"e":1}`}, []string{`{"a":1}`, `{"\u0061":1}`, `{"b":1,"a":1}`, `"x"`, `1`}},
		{"not, two members", not(must("a", "b")), []string{`{}`, `{"a":1}`, `{"b":1}`}, []string{`{"a":1,"b":1}`}},
		{"not, a value", not(is("a")), []string{`{}`, `{"a":"2"}`}, []string{`{"a":"1"}`}},
		{"not, undocumented", not(must("e")), []string{`{}`, `{"a":1}`}, []string{`{"e":1}`}},
		{"not anyOf", not(anyOf(must("a"), must("b", "c"))), []string{`{}`, `{"b":1}`, `{"c":1}`}, []string{`{"a":1}`, `{"b":1,"c":1}`, `{"a":1,"b":1}`}},
		{"not anyOf, one without", not(anyOf(must("a"), is("e"))), []string{`{}`, `{"e":"2"}`}, []string{`{"a":1}`, `{"e":"1"}`}},
		{"not oneOf", not(oneOf(must("a"), must("b"))), []string{`{}`, `{"a":1,"b":1}`}, []string{`{"a":1}`, `{"b":1}`}},
		{"not allOf", not(allOf(must("a"), must("b"))), []string{`{}`, `{"a":1}`, `{"b":1}`}, []string{`{"a":1,"b":1}`}},
		{"not allOf of anyOf", not(allOf(must("c"), anyOf(must("a"), must("b")))), []string{`{}`, `{"c":1}`, `{"a":1,"b":1}`}, []string{`{"c":1,"a":1}`, `{"b":1,"c":1}`}},
		{"not not", not(not(must("a"))), []string{`{"a":1}`}, []string{`{}`, `{"b":1}`}},
		{"not, deep", not(deep), []string{`{}`, `{"b":1}`}, []string{`{"a":1}`}},
		{"not, many", not(anyOf(many...)), []string{`{}`, `{"a":1,"b":1,"c":1}`, `{"d":1}`}, []string{`{"a":1,"d":1}`, `{"c":1,"d":1}`}},
		{"oneOf", oneOf(must("a"), must("b")), []string{`{"a":1}`, `{"b":1}`, `{"b":1,"c":1}`}, []string{`{}`, `{"c":1}`, `{"a":1,"b":1}`}},
		{"oneOf, values", oneOf(is("a"), is("b")), []string{`{"a":"1"}`, `{"a":"1","b":"2"}`, `{"b":"1","a":"2"}`}, []string{`{}`, `{"a":"2"}`, `{"a":"1","b":"1"}`}},
		{"anyOf", anyOf(must("a"), must("b")), []string{`{"a":1}`, `{"b":1}`, `{"a":1,"b":1}`}, []string{`{}`, `{"c":1}`}},
		{"anyOf, the last", anyOf(must("a"), jsonschema.Anything()), []string{`{}`, `{"a":1}`, `1`}, nil},
		{"a text", anyOf(must("a"), is("b")), []string{`{"a":1}`, `{"c":1,"b":"1"}`, `"x"`, `1`, `[]`, `true`}, []string{`{}`}},
	} {
		schema := *test.with
		schema.Properties = map[string]*jsonschema.Schema{}
		for _, name := range []string{"a", "b", "c", "d"} {
			schema.Properties[name] = jsonschema.Anything()
		}
		within := schema // in an object of its own kind, behind one in an array
		within.Properties = map[string]*jsonschema.Schema{"in": &within, "list": of(func(s *jsonschema.Schema) { s.Items = &within })}
		for name, one := range schema.Properties {
			within.Properties[name] = one
		}
		wide := schema // with more members than a word has bits
		wide.Properties = map[string]*jsonschema.Schema{}
		for name, one := range schema.Properties {
			wide.Properties[name] = one
		}
		for i := range 70 {
			wide.Properties[fmt.Sprint("A", i)] = jsonschema.Anything()
		}
		compare := func(body string, want bool) {
			t.Helper()
			for name, s := range map[string]*jsonschema.Schema{"as it is": &schema, "wide": &wide} {
				if got := accepts(t, s, body); got != want {
					t.Errorf("%s, %s: %s: %t", test.name, name, body, got)
				}
			}
			list := of(func(s *jsonschema.Schema) { s.Items = &within })
			for _, other := range test.good {
				if got := accepts(t, list, fmt.Sprintf("[%s,%s,%[1]s]", other, body)); got != want {
					t.Errorf("%s, in an array after %s: %s: %t", test.name, other, body, got)
				}
			}
			for _, around := range test.good {
				if around[0] != '{' || around == "{}" {
					continue
				}
				if got := accepts(t, &within, fmt.Sprintf(`%s,"in":%s,"list":[%[2]s]}`, around[:len(around)-1], body)); got != want {
					t.Errorf("%s, within %s: %s: %t", test.name, around, body, got)
				}
			}
		}
		for _, body := range test.good {
			compare(body, true)
		}
		for _, body := range test.bad {
			compare(body, false)
		}
	}
}
