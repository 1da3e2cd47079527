package spec

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"assay/internal/contract"
)

// maker makes schemas of every keyword that the dialect allows, and values that
// nearly satisfy them.
type maker struct{ *rand.Rand }

func (m maker) some(odds int) bool { return m.IntN(odds) == 0 }

func pick[T any](m maker, all ...T) T { return all[m.IntN(len(all))] }

// schema makes one as a document has it.
func (m maker) schema(depth int) map[string]any {
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

func (m maker) texts(s map[string]any) {
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
		s["pattern"] = pick(m, "^[0-9]*$", "^[A-Za-z]+$", "a", "^a|b$", "[0-9]{2}$", `^https?://`, "^(ab)*c?$", `\.[0-9]{2}$`, "^[^0-9]*$", `^\s*[{\[]`, ".", "^$", "é", `\bab`, "(?i)^AB$")
	}
	if m.some(4) {
		s["format"] = pick(m, "email", "uri", "date", "date-time", "uuid", "byte", "nobody")
	}
	if m.some(4) {
		s["enum"] = []any{pick(m, m.text(), "a", "none"), pick[any](m, "b", 1.0, true, "é")}
	}
}

func (m maker) numbers(s map[string]any) {
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

func (m maker) members(s map[string]any, depth int) {
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
		s["required"] = []any{m.name(0), m.name(69), "nobody"}
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

func (m maker) name(i int) string {
	if i < 4 {
		return []string{"a", "bc", "d/e", "é~"}[i]
	}
	return fmt.Sprintf("name%d", i)
}

func (m maker) text() string {
	return pick(m, "", "a", "ab", "abc", "12", "1.50", "x.25", "payer@example.com", "https://shop.example.com/a?b=c", "é", "a\nb", "\u2028", "😀😀", "2024-01-02", "none", "A", "abab", "{", " [", "QUJD", strings.Repeat("z", m.IntN(40)))
}

// value makes one that may satisfy a schema.
func (m maker) value(s map[string]any, depth int) any {
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

func (m maker) anything(depth int) any {
	if depth > 0 && m.some(3) {
		return pick[any](m, []any{m.anything(depth - 1), m.anything(depth - 1)}, map[string]any{"a": m.anything(depth - 1)})
	}
	return pick[any](m, nil, true, false, 1, 2.5, m.text())
}

// written writes a value in one of the ways in which it can be written.
func (m maker) written(value any) []byte {
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

// differ makes schemas and values of a seed, and a schema for a given body.
func differ(t testing.TB, seed uint64, body []byte) (judged, accepted int) {
	t.Helper()
	m := maker{rand.New(rand.NewPCG(seed, 1))}
	made := m.schema(3)
	raw, err := json.Marshal(made)
	if err != nil {
		t.Fatal(err)
	}
	var s openapi3.Schema
	if err := json.Unmarshal(raw, &s); err != nil {
		return 0, 0
	}
	b := newBody(openapi3.NewContentWithJSONSchema(&s), true)
	held := lettersOf(m, &s)
	for i := range 20 {
		if i > 0 {
			body = m.written(m.value(made, 3))
		}
		sameViolations(t, raw, b, body)
		sameDepartures(t, raw, held, body)
		quick, slow := bothJudge(t, &s, body)
		if quick && !slow {
			t.Fatalf("%s is accepted of %s", body, raw)
		}
		if slow {
			judged++
		}
		if quick {
			accepted++
		}
	}
	return judged, accepted
}

// sameViolations holds what is told of what departs at a glance to what is told of
// the whole.
func sameViolations(t testing.TB, schema []byte, b *Body, body []byte) {
	t.Helper()
	value, err := contract.Decode(body)
	if got, want := b.narrowly(body, value, err), b.violations(body, value, err); !reflect.DeepEqual(got, want) {
		t.Fatalf("%s of %s: narrowly %+v, want %+v", body, schema, got, want)
	}
}

// lettersOf makes letters of a schema at several places.
func lettersOf(m maker, s *openapi3.Schema) *Letters {
	places := []string{"request#", "request#/a", "request#/a/*", "request#/bc", "request#/*/a", "request#/d~1e/a"}
	l := (&Spec{}).Letters(&Operation{Readings: []*Reading{
		{At: []string{pick(m, places...), pick(m, places...)}, Strict: newStrict(s)}, {At: []string{pick(m, places...)}, Strict: newStrict(s)},
	}})
	return l
}

// sameDepartures holds letters that are looked at all at once to each by itself.
func sameDepartures(t testing.TB, schema []byte, l *Letters, body []byte) {
	t.Helper()
	ex := contract.Exchange{Request: contract.Request{URL: &url.URL{}, Body: body}}
	slow, quick := NewView(ex, nil, nil), NewView(ex, nil, nil)
	quick.Glance(l, Taken{})
	for _, reading := range l.readings {
		if got, want := reading.Departures(quick), reading.Departures(slow); !reflect.DeepEqual(got, want) {
			t.Fatalf("%s of the letter %s at %v: at a glance %+v, want %+v", body, schema, reading.At, got, want)
		}
	}
}

// TestDifferential has both judge what a few thousand seeds make.
func TestDifferential(t *testing.T) {
	t.Parallel()
	judged, accepted := 0, 0
	for seed := range uint64(3000) {
		j, a := differ(t, seed, []byte(`{"a":"b"}`))
		judged, accepted = judged+j, accepted+a
	}
	t.Logf("of %d that conform %d are accepted at once", judged, accepted)
	if accepted < judged/3 {
		t.Errorf("of %d that conform only %d are accepted at once", judged, accepted)
	}
}

// FuzzDifferential looks for a schema and a value over which the two disagree.
func FuzzDifferential(f *testing.F) {
	f.Add(uint64(1), []byte(`{"a":1,"a":2}`))
	f.Add(uint64(2), []byte(`"\ud800"`))
	f.Add(uint64(3), []byte(`[1e400, -0, 0.1]`))
	f.Fuzz(func(t *testing.T, seed uint64, body []byte) { differ(t, seed, body) })
}
