package spec

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"assay/internal/sift"
	"assay/specs"
)

// bothJudge asks both: the check over raw bytes, and what the rules ask.
func bothJudge(t testing.TB, s *openapi3.Schema, body []byte) (quick, slow bool) {
	t.Helper()
	b := newBody(openapi3.NewContentWithJSONSchema(s), true)
	check, ok := b.Check(sift.Asked{}, nil)
	if !ok {
		return false, false
	}
	quick = check.Accepts(body, check.Notes())
	notes := check.Notes()
	for _, before := range [][]byte{body, backwards(body), body} { // what was judged before makes no difference
		check.Accepts(before, notes)
		if check.Accepts(body, notes) != quick {
			t.Errorf("%s is judged otherwise behind %s", body, before)
		}
	}
	return quick, len(b.Violations(body)) == 0 && len(b.Undocumented(body)) == 0
}

// backwards gives JSON with the members of its objects in descending order, and
// what is none as it is.
func backwards(body []byte) []byte {
	var members map[string]json.RawMessage
	var items []json.RawMessage
	switch {
	case json.Unmarshal(body, &members) == nil && members != nil:
		out := []byte("{")
		for _, name := range slices.Backward(slices.Sorted(maps.Keys(members))) {
			if raw, err := json.Marshal(name); err == nil {
				out = append(append(append(append(out, raw...), ':'), backwards(members[name])...), ',')
			}
		}
		return append(bytes.TrimSuffix(out, []byte(",")), '}')
	case json.Unmarshal(body, &items) == nil && items != nil:
		parts := make([][]byte, len(items))
		for i := range items {
			parts[i] = backwards(items[i])
		}
		return slices.Concat([]byte("["), bytes.Join(parts, []byte(",")), []byte("]"))
	}
	return body
}

// TestCheckOfSpecs holds what the checks of the specifications accept to what
// kin-openapi accepts, over every printed answer and its damage.
func TestCheckOfSpecs(t *testing.T) {
	t.Parallel()
	loaded, err := LoadAll(specs.Files)
	if err != nil {
		t.Fatal(err)
	}
	accepted := 0
	for _, s := range loaded {
		for _, o := range s.Operations {
			for code, example := range o.example {
				body := o.Answers[example.HTTP]
				check, ok := body.Check(sift.Asked{}, nil)
				if !ok {
					t.Fatalf("%s has no check", o.Name())
				}
				notes := check.Notes()
				for _, raw := range damaged(example.Body) {
					quick := check.Accepts(raw, notes)
					slow := len(body.Violations(raw)) == 0 && len(body.Undocumented(raw)) == 0
					if quick && !slow {
						t.Errorf("%s %s is accepted: %s", o.Name(), code, raw)
					}
					if quick {
						accepted++
					}
				}
				if !check.Accepts(example.Body, notes) {
					t.Errorf("%s %s is left to others: %s", o.Name(), code, example.Body)
				}
			}
		}
	}
	t.Logf("%d accepted", accepted)
}

// damaged gives a body, and the body with every byte changed, left out and cut.
func damaged(body []byte) [][]byte {
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

// TestNobodysItems leaves it to others where one schema says what items are, and
// another one takes any.
func TestNobodysItems(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ schema, body string }{
		{`{"anyOf":[{"type":"array","items":{"type":"object","properties":{"a":{}},"required":["a"]}},{}]}`, `[{"b":1}]`},
		{`{"allOf":[{"type":"array","items":{"type":"object","maxProperties":1}}],"multipleOf":2}`, `[{"a":1}]`},
	} {
		var s openapi3.Schema
		if err := json.Unmarshal([]byte(c.schema), &s); err != nil {
			t.Fatal(err)
		}
		if quick, slow := bothJudge(t, &s, []byte(c.body)); quick || slow {
			t.Errorf("%s of %s: at a glance %v, explained %v", c.body, c.schema, quick, slow)
		}
	}
}
