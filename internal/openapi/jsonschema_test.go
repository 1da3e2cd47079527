package openapi

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"assay/internal/contract"
	"assay/internal/jsonschema"
	"assay/internal/testsize"
	"assay/specs"
)

// compiled compiles a schema that is known to compile.
func compiled(s *jsonschema.Schema, asked jsonschema.Request) *jsonschema.Check {
	check, err := jsonschema.Compile(s, asked)
	if err != nil {
		panic(err)
	}
	return check
}

// compareBoth compares our check on raw bytes with kin-openapi. Both must find the same
// violations and undocumented members, in the same order.
func compareBoth(t testing.TB, s *openapi3.Schema, body []byte) (quick, slow bool) {
	t.Helper()
	return newBeside(t, s).judge(t, body)
}

// pairOf is a schema for both validators.
type pairOf struct {
	schema *openapi3.Schema
	root   *Member
	check  *jsonschema.Check
	second *second
}

func newBeside(t testing.TB, s *openapi3.Schema) pairOf {
	t.Helper()
	root := newMember("", "", []*openapi3.Schema{s}, nil)
	check, err := jsonschema.Compile(convertSchema(s), jsonschema.Request{Place: root.place()})
	if err != nil {
		t.Fatal(err)
	}
	return pairOf{s, root, check, newSecond(t, s)}
}

func (b pairOf) judge(t testing.TB, body []byte) (quick, slow bool) {
	t.Helper()
	s, root, check := b.schema, b.root, b.check
	value, bad := contract.Decode(body)
	notes := &jsonschema.ScanState{}
	read := func(before []byte) { // an earlier body makes no difference
		check.Read(before, notes)
		if parsed := check.Read(body, notes); parsed != (bad == nil) {
			t.Fatalf("%s of %s: is JSON: %v, when decoded: %v", body, encode(s), parsed, bad)
		}
	}
	read(body)
	if bad != nil {
		return false, false
	}
	reasons, undocumented := oracle(s, value), root.undocumented(value, "")
	same := func() {
		if got := reasonsOf(notes.Violations); !slices.Equal(got, reasons) && !deviates(s, value) {
			t.Fatalf("%s of %s:\n got %q\nwant %q", body, encode(s), got, reasons)
		}
		if got := notes.Undocumented; !slices.Equal(got, undocumented) {
			t.Fatalf("%s of %s: undocumented\n got %q\nwant %q", body, encode(s), got, undocumented)
		}
	}
	same()
	for _, before := range [][]byte{reverseMembers(body), body} {
		read(before)
		same()
	}
	if hugeExponent.Match(body) { // the second oracle cannot read such a number
		return notes.Conforms(), len(notes.Undocumented) == 0 && len(notes.Violations) == 0
	}
	accepted := b.second.accepts(t, body)
	if got := len(notes.Violations) == 0; got != accepted {
		t.Fatalf("%s of %s: accepted: %t, by the second oracle: %t %q", body, encode(s), got, accepted, reasonsOf(notes.Violations))
	}
	return notes.Conforms(), len(notes.Undocumented) == 0 && accepted
}

// deviates reports whether our check and kin-openapi are known to differ about a schema
// and a value:
//   - {"not": {}} forbids everything (draft 4, section 5.5.6); kin-openapi treats it as
//     an empty schema, which allows everything, and so is one whose oneOf has two
//     empty schemas, although no value satisfies only one of them;
//   - numbers and their limits are exact; kin-openapi reads them as float64, tolerates an
//     error of 2⁻⁵¹ in multipleOf, and enforces int32 and int64 on the type integer only
//     (TestNumbersAreExact compares numbers with package math/big);
//   - null conforms to a schema without a type, and to an enumeration only if it is listed
//     (OpenAPI 3.0.3, section 4.7.24.1); for kin-openapi nullable alone decides;
//   - a pattern is ECMA's, whose dot matches neither \r nor U+2028 (TestPatternsOfECMA);
//   - a number of any size is a number; kin-openapi needs one that a float64 holds;
//   - uniqueItems treats 1 and 1.0 as equal (draft 4, section 3.6); kin-openapi compares
//     their text.
func deviates(s *openapi3.Schema, value any) bool {
	var numbers []*openapi3.Schema
	var patterns []string
	nothing, unique, null := false, false, false
	seen := map[*openapi3.Schema]bool{}
	var visit func(s *openapi3.Schema)
	visit = func(s *openapi3.Schema) {
		if seen[s] {
			return
		}
		seen[s] = true
		patterns = append(patterns, s.Pattern)
		numbers = append(numbers, &openapi3.Schema{Type: s.Type, Enum: s.Enum, Format: s.Format, Min: s.Min, Max: s.Max, ExclusiveMin: s.ExclusiveMin, ExclusiveMax: s.ExclusiveMax, MultipleOf: s.MultipleOf})
		unique = unique || s.UniqueItems
		null = null || s.Type == nil || s.Nullable
		nothing = nothing || s.Not != nil && s.Not.Value.IsEmpty() || len(s.OneOf) > 1 && s.IsEmpty()
		refs := slices.Concat(s.AllOf, s.AnyOf, s.OneOf)
		for _, one := range s.Properties {
			refs = append(refs, one)
		}
		for _, ref := range append(refs, s.Items, s.Not, s.AdditionalProperties.Schema) {
			if ref != nil {
				visit(ref.Value)
			}
		}
	}
	visit(s)
	off := false
	differs := func(s *openapi3.Schema, one any) bool {
		raw, _ := contract.Encode(one)
		notes := &jsonschema.ScanState{}
		compiled(convertSchema(s), jsonschema.Request{}).Read(raw, notes)
		return !slices.Equal(reasonsOf(notes.Violations), oracle(s, one))
	}
	contract.Visit(value, "", func(_ contract.Pointer, one any) {
		if _, ok := one.([]any); ok && unique {
			off = off || differs(&openapi3.Schema{UniqueItems: true}, one)
		}
		number, ok := one.(json.Number)
		if _, err := number.Float64(); ok && err != nil {
			off = true
		}
		off = off || one == nil && null
		if _, ok := one.(string); ok {
			for _, pattern := range patterns {
				off = off || differs(&openapi3.Schema{Pattern: pattern}, one)
			}
		}
		for _, s := range numbers {
			off = off || ok && differs(s, one)
		}
	})
	return nothing || off
}

func encode(s *openapi3.Schema) []byte {
	raw, _ := json.Marshal(s) // no error: it was read from JSON
	return raw
}

// reverseMembers returns JSON with the members of its objects in descending order.
// Other bytes are returned unchanged.
func reverseMembers(body []byte) []byte {
	var members map[string]json.RawMessage
	var items []json.RawMessage
	switch first := bytes.TrimSpace(body); {
	case len(first) == 0 || first[0] != '{' && first[0] != '[':
	case json.Unmarshal(body, &members) == nil && members != nil:
		out := []byte("{")
		for _, name := range slices.Backward(slices.Sorted(maps.Keys(members))) {
			if raw, err := json.Marshal(name); err == nil {
				out = append(append(append(append(out, raw...), ':'), reverseMembers(members[name])...), ',')
			}
		}
		return append(bytes.TrimSuffix(out, []byte(",")), '}')
	case json.Unmarshal(body, &items) == nil && items != nil:
		parts := make([][]byte, len(items))
		for i := range items {
			parts[i] = reverseMembers(items[i])
		}
		return slices.Concat([]byte("["), bytes.Join(parts, []byte(",")), []byte("]"))
	}
	return body
}

// TestCheckOfSpecs compares both validators on every documented example, and on damaged copies of
// it. The short form has an eighth of the copies.
func TestCheckOfSpecs(t *testing.T) {
	t.Parallel()
	loaded, err := LoadAll(specs.Files)
	if err != nil {
		t.Fatal(err)
	}
	conforming, other := 0, 0
	for _, s := range loaded {
		for _, o := range s.Operations {
			for code, example := range o.example {
				body := o.Responses[example.HTTP]
				judges := newBeside(t, body.schema)
				all := damage(example.Body)
				for _, raw := range testsize.Some(all, len(all)/8) {
					if quick, _ := judges.judge(t, raw); quick {
						conforming++
					} else {
						other++
					}
				}
				if !slices.Equal(reasonsOf(body.Violations(example.Body)), nil) {
					t.Errorf("%s %s does not conform: %s", o.Name(), code, example.Body)
				}
			}
		}
	}
	t.Logf("%d conform, %d do not", conforming, other)
	share := 10
	if testsize.Full() {
		share = 1
	}
	if conforming < 1000/share || other < 10000/share {
		t.Errorf("%d conform, %d do not: too few to compare", conforming, other)
	}
}

// damage returns a body, and copies of it with each byte changed, left out or cut.
func damage(body []byte) [][]byte {
	all := [][]byte{body}
	for i := range body {
		for _, c := range []byte(`"\0x{[,:1n`) {
			changed := append([]byte{}, body...)
			changed[i] = c
			all = append(all, changed)
		}
		all = append(all, append(append([]byte{}, body[:i]...), body[i+1:]...), body[:i])
	}
	return all
}

// TestItemsOfAlternatives: one schema describes the items of an array, another allows
// any.
func TestItemsOfAlternatives(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ schema, body string }{
		{`{"anyOf":[{"type":"array","items":{"type":"object","properties":{"a":{}},"required":["a"]}},{}]}`, `[{"b":1}]`},
		{`{"allOf":[{"type":"array","items":{"type":"object","maxProperties":1}}],"multipleOf":2}`, `[{"a":1}]`},
		{`{"type":"object","properties":{"a":{}},"anyOf":[{"properties":{"a":{"enum":[1]}}},{"properties":{"a":{"enum":[2]}}}]}`, `{"a":3}`}, // alternatives without a type allow an object
		{`{"anyOf":[{"type":"string","maxLength":1},{"enum":[2]}]}`, `{}`},
	} {
		var s openapi3.Schema
		if err := json.Unmarshal([]byte(c.schema), &s); err != nil {
			t.Fatal(err)
		}
		compareBoth(t, &s, []byte(c.body))
	}
}

// hugeExponent matches a number with an exponent of five digits or more.
var hugeExponent = regexp.MustCompile(`[0-9][eE][+-]?[0-9]{5,}`)
