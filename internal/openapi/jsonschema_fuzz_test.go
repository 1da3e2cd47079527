package openapi

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"assay/internal/contract"
	"assay/internal/testsize"
)

// generator makes random schemas with every keyword of the dialect, and values that
// nearly satisfy them.
type generator struct{ *rand.Rand }

func (m generator) some(odds int) bool { return m.IntN(odds) == 0 }

func pick[T any](m generator, all ...T) T { return all[m.IntN(len(all))] }

// schema returns a schema as it stands in a document.
func (m generator) schema(depth int) map[string]any {
	s := map[string]any{}
	if m.some(12) {
		s["nullable"] = true
	}
	if depth > 0 && m.some(4) {
		kind := pick(m, "allOf", "anyOf", "oneOf", "not")
		if kind == "not" {
			s["not"] = m.schema(depth - 1)
		} else {
			parts := make([]any, 1+m.IntN(3))
			for i := range parts {
				parts[i] = m.schema(depth - 1)
			}
			s[kind] = parts
		}
		if m.some(2) {
			return s
		}
	}
	if !m.some(8) {
		s["type"] = pick(m, "string", "string", "integer", "number", "boolean", "array", "object", "object", "object")
	}
	m.texts(s)
	m.numbers(s)
	if s["type"] == "array" || m.some(10) {
		s["items"] = map[string]any{}
		if depth > 0 {
			s["items"] = m.schema(depth - 1)
		}
		if m.some(3) {
			s["minItems"] = m.IntN(3)
		}
		if m.some(3) {
			s["maxItems"] = m.IntN(4)
		}
		if m.some(4) {
			s["uniqueItems"] = true
		}
	}
	if s["type"] == "object" || m.some(10) {
		m.members(s, depth)
	}
	return s
}

func (m generator) texts(s map[string]any) {
	if s["type"] != "string" && !m.some(10) {
		return
	}
	if m.some(3) {
		s["minLength"] = m.IntN(4)
	}
	if m.some(3) {
		s["maxLength"] = m.IntN(6)
	}
	if m.some(3) {
		s["pattern"] = pick(m, "^[0-9]*$", "^[A-Za-z]+$", "a", "^a|b$", "[0-9]{2}$", `^https?://`, "^(ab)*c?$", `\.[0-9]{2}$`, "^[^0-9]*$", `^[ \t]*[{\[]`, ".", "^$", "é", `\bab`, "^[Aa][Bb]$")
	}
	if m.some(4) {
		s["format"] = pick(m, "email", "uri", "date", "date-time", "uuid", "byte", "absent")
	}
	if m.some(4) {
		one, other := pick(m, m.text(), "a", "none"), pick[any](m, "b", 1.0, true, "é")
		if s["enum"] = []any{one, other}; other == any(one) {
			s["enum"] = []any{one} // draft 4 wants different values
		}
	}
}

func (m generator) numbers(s map[string]any) {
	if s["type"] != "integer" && s["type"] != "number" && !m.some(10) {
		return
	}
	if m.some(3) {
		s["minimum"] = pick(m, 0, 1, -1.5, 0.01, 1e9)
		s["exclusiveMinimum"] = m.some(2)
	}
	if m.some(3) {
		s["maximum"] = pick(m, 0, 10, 2.5, 1e9)
		s["exclusiveMaximum"] = m.some(2)
	}
	if m.some(4) {
		s["multipleOf"] = pick(m, 1, 2, 0.01, 0.1, 0.5, 3, 0.3)
	}
	if m.some(5) {
		s["format"] = pick(m, "int32", "int64", "float", "double")
	}
	if m.some(5) {
		s["enum"] = []any{1.0, 2.5, "1"}
	}
}

func (m generator) members(s map[string]any, depth int) {
	properties := map[string]any{}
	count := m.IntN(4)
	if m.some(40) {
		count = 70
	}
	for i := range count {
		below := map[string]any{"type": pick(m, "string", "integer", "boolean")}
		if depth > 0 && i < 3 {
			below = m.schema(depth - 1)
		}
		properties[m.name(i)] = below
	}
	s["properties"] = properties
	if m.some(2) {
		s["required"] = []any{m.name(0)}
	}
	if m.some(8) {
		s["required"] = []any{m.name(0), m.name(69), "absent"}
	}
	if m.some(3) {
		s["additionalProperties"] = pick[any](m, true, false, map[string]any{"type": "string"}, map[string]any{})
	}
	if m.some(6) {
		s["minProperties"] = m.IntN(3)
	}
	if m.some(6) {
		s["maxProperties"] = m.IntN(4)
	}
}

func (m generator) name(i int) string {
	if i < 4 {
		return []string{"a", "bc", "d/e", "é~"}[i]
	}
	return fmt.Sprintf("name%d", i)
}

func (m generator) text() string {
	return pick(m, "", "a", "ab", "abc", "12", "1.50", "x.25", "payer@example.com", "https://shop.example.com/a?b=c", "é", "a\nb", "\u2028", "😀😀", "2024-01-02", "none", "A", "abab", "{", " [", "QUJD", strings.Repeat("z", m.IntN(40)))
}

// value returns a value that may satisfy a schema.
func (m generator) value(s map[string]any, depth int) any {
	if m.some(15) || depth < 0 {
		return m.anything(1)
	}
	for _, kind := range []string{"allOf", "anyOf", "oneOf"} {
		if parts, ok := s[kind].([]any); ok && m.some(2) {
			part, _ := parts[m.IntN(len(parts))].(map[string]any)
			return m.value(part, depth-1)
		}
	}
	if enum, ok := s["enum"].([]any); ok && !m.some(3) {
		return enum[m.IntN(len(enum))]
	}
	switch s["type"] {
	case "string":
		return m.text()
	case "integer":
		return pick[any](m, m.IntN(12), json.Number("2147483648"), json.Number("1e2"), json.Number("9007199254740993"), 1.0, 2.5, -3)
	case "number":
		return pick[any](m, m.IntN(12), 0.01, 2.5, 1.005, -1.5, json.Number("0.30000000000000004"), json.Number("-0"), json.Number("1E400"), json.Number("100.00"))
	case "boolean":
		return m.some(2)
	case "array":
		items, _ := s["items"].(map[string]any)
		list := []any{}
		for range m.IntN(4) {
			list = append(list, m.value(items, depth-1))
		}
		return list
	case "object":
		object := map[string]any{}
		properties, _ := s["properties"].(map[string]any)
		for name, below := range properties {
			if !m.some(5) {
				schema, _ := below.(map[string]any)
				object[name] = m.value(schema, depth-1)
			}
		}
		if m.some(6) {
			object[pick(m, "more", "a", "")] = m.anything(1)
		}
		return object
	}
	return m.anything(2)
}

func (m generator) anything(depth int) any {
	if depth > 0 && m.some(3) {
		return pick[any](m, []any{m.anything(depth - 1), m.anything(depth - 1)}, map[string]any{"a": m.anything(depth - 1)})
	}
	return pick[any](m, nil, true, false, 1, 2.5, m.text())
}

// encode encodes a value in one of several ways; some are not valid JSON.
func (m generator) encode(value any) []byte {
	raw, err := json.Marshal(value)
	if err != nil {
		return []byte("null")
	}
	switch m.IntN(8) {
	case 0:
		raw = []byte(strings.ReplaceAll(string(raw), ":", " : \n"))
	case 1:
		raw = []byte(strings.ReplaceAll(string(raw), "/", `\/`))
	case 2:
		raw = []byte(strings.ReplaceAll(string(raw), "a", `\u0061`))
	case 3:
		raw = []byte(strings.ReplaceAll(string(raw), "😀", `\ud83d\ude00`))
	case 4:
		raw = []byte(strings.Replace(string(raw), "é", `\ud83d`, 1))
	case 5:
		if i := slices.Index(raw, '{'); i >= 0 {
			raw = slices.Insert(raw, i+1, []byte(`"a":1,`)...)
		}
	case 6:
		if len(raw) > 0 {
			raw[m.IntN(len(raw))] = pick(m, byte('"'), '\\', '}', 'e', '.', '-', 0xe9, '0', ',')
		}
	}
	return raw
}

// randomCase compares both validators on a random schema: on body, and on random
// values.
func randomCase(t testing.TB, seed uint64, body []byte) (conforming, other int) {
	t.Helper()
	m := generator{rand.New(rand.NewPCG(seed, 1))}
	made := m.schema(3)
	raw, err := json.Marshal(made)
	if err != nil {
		t.Fatal(err)
	}
	var s openapi3.Schema
	if err := json.Unmarshal(raw, &s); err != nil {
		return 0, 0
	}
	operation, judges := strictOf(m, &s), newBeside(t, &s)
	for i := range 20 {
		if i > 0 {
			body = m.encode(m.value(made, 3))
		}
		if quick, slow := judges.judge(t, body); quick != slow {
			t.Fatalf("%s of %s: %v, kin-openapi: %v", body, raw, quick, slow)
		} else if quick {
			conforming++
		} else {
			other++
		}
		compareDepartures(t, raw, operation, body)
	}
	return conforming, other
}

// pointersOf returns the pointers that are looked up in random bodies.
func pointersOf() []contract.Pointer {
	return []contract.Pointer{"", "/a", "/bc", "/d~1e", "/d~1e/a", "/absent", "/é~0"}
}

// strictOf returns an operation with strict interpretations at several places of its
// request.
func strictOf(m generator, s *openapi3.Schema) *Operation {
	places := []contract.Place{"request#", "request#/a", "request#/a/*", "request#/bc", "request#/d~1e/a", "request#/bc/0"}
	o := &Operation{ID: "made", Request: newBody(contract.InRequest, openapi3.NewContentWithJSONSchema(s), true)}
	presence := &openapi3.Schema{Required: []string{m.name(0), m.name(1)}}
	absence := &openapi3.Schema{Not: &openapi3.SchemaRef{Value: &openapi3.Schema{Required: []string{m.name(m.IntN(3))}}}}
	strict := func(schema *openapi3.Schema, at ...contract.Place) *Ambiguity {
		ambiguity := &Ambiguity{At: at}
		ambiguity.Strict = newStrict(schema, nil, ambiguity)
		return ambiguity
	}
	o.Ambiguities = []*Ambiguity{
		strict(s, pick(m, places...), pick(m, places...)), strict(s, pick(m, places...)),
		strict(presence, pick(m, places...)), strict(absence, pick(m, places...)),
	}
	o.Result.Code = pointersOf()
	o.viewPlan = sync.OnceValue(func() *viewPlan { return newViewPlan(o, "", o.Ambiguities) })
	return o
}

// compareDepartures compares the departures found in one pass with the oracle's. It
// also compares members found by their spans with those of the decoded body.
func compareDepartures(t testing.TB, schema []byte, o *Operation, body []byte) {
	t.Helper()
	x := NewView(o, contract.Exchange{Request: contract.Request{URL: &url.URL{}, Body: body}, Response: contract.Response{Body: body}}, nil, nil)
	defer x.Done()
	value, err := contract.Decode(body)
	for _, ambiguity := range o.Ambiguities {
		var want []string // also what the schema refuses, which Ambiguity.Departures leaves out
		for _, place := range ambiguity.At {
			for _, at := range x.Occurrences(place) {
				for _, one := range oracle(ambiguity.Strict.schema, at.Value) {
					want = append(want, string(at.Place)+one)
				}
			}
		}
		if got := reasonsOf(x.View.Departures(slices.Index(x.plan.ambiguities, ambiguity))); !slices.Equal(got, want) && !deviates(ambiguity.Strict.schema, value) {
			t.Fatalf("%s of the strict %s at %v, of %s:\n got %q\nwant %q", body, ambiguity.Strict, ambiguity.At, schema, got, want)
		}
	}
	for _, pointer := range pointersOf() {
		raw, present, isJSON := x.ResponseMember(pointer)
		found, is := contract.Lookup(value, pointer)
		if isJSON != (err == nil && len(body) > 0) || present != (is && isJSON) {
			t.Fatalf("%s: %q is present: %v, when decoded: %v", body, pointer, present, is)
		}
		if got, _ := contract.Decode(raw); present && !reflect.DeepEqual(got, found) {
			t.Fatalf("%s: %q has the value %s, when decoded: %v", body, pointer, raw, found)
		}
	}
}

// TestDifferential compares both validators on a hundred seeds; make test-full, on four hundred;
// make attack, on thousands.
func TestDifferential(t *testing.T) {
	t.Parallel()
	conforming, other, seeds := 0, 0, 100
	if testsize.Full() {
		seeds = 400
	}
	if testsize.Long() {
		seeds = 4000
	}
	for seed := range uint64(seeds) {
		c, o := randomCase(t, seed, []byte(`{"a":"b"}`))
		conforming, other = conforming+c, other+o
	}
	t.Logf("%d conform, %d do not", conforming, other)
	if few := seeds * 15 / 4; conforming < few || other < few {
		t.Errorf("%d conform, %d do not: too few to compare", conforming, other)
	}
}

// FuzzDifferential searches for a schema and a value on which the validators differ.
func FuzzDifferential(f *testing.F) {
	f.Add(uint64(1), []byte(`{"a":1,"a":2}`))
	f.Add(uint64(2), []byte(`"\ud800"`))
	f.Add(uint64(3), []byte(`[1e400, -0, 0.1]`))
	f.Fuzz(func(t *testing.T, seed uint64, body []byte) { randomCase(t, seed, body) })
}
