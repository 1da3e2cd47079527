package spec

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
	"assay/internal/sift"
)

// Strict is what the letter of the reading that was not taken would demand of
// the value at a place: a schema fragment, or CEL that sees it as self.
type Strict struct {
	schema     *openapi3.Schema
	expression *Expression
	plain      func() *sift.Check // of the schema, for texts
}

// Expression is the letter as CEL, nil where it is a schema.
func (s *Strict) Expression() *Expression { return s.expression }

// String is the letter as its expression, or as its schema in JSON, in which no order
// means anything.
func (s *Strict) String() string {
	if s.schema == nil {
		return s.expression.String()
	}
	raw, err := json.Marshal(s.schema)
	var plain any
	if err == nil && json.Unmarshal(raw, &plain) == nil {
		raw, _ = json.Marshal(ordered(plain)) // it was read from JSON
	}
	return string(raw)
}

// ordered sorts every list of a schema: what is required, allowed or combined is a set.
func ordered(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for name, one := range v {
			v[name] = ordered(one)
		}
	case []any:
		for i, one := range v {
			v[i] = ordered(one)
		}
		slices.SortFunc(v, func(a, b any) int {
			x, _ := json.Marshal(a)
			y, _ := json.Marshal(b)
			return bytes.Compare(x, y)
		})
	}
	return value
}

// Check compiles the letter for a text, such as a header, to be asked with
// AcceptsText. It is not ok where the letter is CEL.
func (s *Strict) Check() (*sift.Check, bool) {
	if s.schema == nil {
		return nil, false
	}
	return s.plain(), s.plain() != nil
}

func (r *reader) strict(n *yaml.Node) *Strict {
	if n == nil {
		return nil
	}
	if n.Kind == yaml.ScalarNode {
		return &Strict{expression: r.expression(n)}
	}
	schema, err := r.fragment(n)
	if err != nil {
		r.errors = append(r.errors, located{n.Line, err.Error()})
		return nil
	}
	return newStrict(schema)
}

func newStrict(schema *openapi3.Schema) *Strict {
	return &Strict{schema: schema, plain: sync.OnceValue(func() *sift.Check {
		check, _ := sift.Compile(plainly(schema), sift.Asked{})
		return check
	})}
}

// accepts tells at a glance of a text that it keeps the letter.
func (s *Strict) accepts(text string) bool {
	return s.plain() != nil && s.plain().AcceptsText(text, sift.NewNotes())
}

// fragment reads a schema that stands in an extension. The library does not
// look into extensions: a $ref left there would be a schema that accepts
// everything.
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
		return ref.Value, nil
	}
	schemas := maps.Clone(r.doc.Components.Schemas)
	schemas["the fragment"] = ref
	around := &openapi3.T{OpenAPI: r.doc.OpenAPI, Info: r.doc.Info, Components: &openapi3.Components{Schemas: schemas}}
	if err := openapi3.NewLoader().ResolveRefsIn(around, nil); err != nil {
		return nil, err
	}
	return ref.Value, nil
}

// Departures tells where an exchange departs from the letter of the reading.
// Where the place is absent there is nothing to hold to a schema; CEL that does
// not name self is asked all the same, so it can demand that it be there.
func (rd *Reading) Departures(x View) []Violation {
	if rd.Strict == nil {
		return nil
	}
	var all []Violation
	for _, place := range rd.At {
		if rd.Strict.schema != nil && x.kept(rd, place) {
			continue
		}
		var spots []Spot
		if e := rd.Strict.expression; e == nil || e.Names("self") {
			spots = x.Spots(place)
		} else {
			spots = x.around(place)
		}
		for _, s := range spots {
			all = append(all, rd.Strict.departures(s, x)...)
		}
	}
	return all
}

// around finds where a letter is held to that does not ask for the value at a
// place: wherever it stands, or should.
func (x View) around(place string) []Spot {
	if strings.Contains(place, "*") {
		if spots := x.Spots(place); len(spots) > 0 {
			return spots
		}
	}
	return []Spot{{Place: place}}
}

// Forgives tells whether the side of a reading that was not taken would accept
// the value at a place, which the schema does not.
func (rd *Reading) Forgives(at Spot) bool {
	return rd.Lenient != nil && slices.Contains(rd.At, contract.General(at.Place)) && len(violations(rd.Lenient.schema, at.Value)) == 0
}

func (s *Strict) departures(at Spot, x View) []Violation {
	if s.expression != nil {
		if holds, applies := x.holds(s.expression, at.Value); applies && !holds {
			return []Violation{{At: at.Place, Keyword: "strict", Reason: "is not " + s.expression.String()}}
		}
		return nil
	}
	if text, ok := at.Value.(string); ok && x.glances() && s.accepts(text) {
		return nil
	}
	var all []Violation
	for _, v := range violations(s.schema, at.Value) {
		if strings.Contains(at.Place, "#") {
			v.At = at.Place + v.At
		} else {
			v.At = at.Place
		}
		all = append(all, v)
	}
	return all
}

// Spot is a value and where it stands.
type Spot struct {
	Place string
	Value any
}

// Spots finds the values at a place; * stands for every item of an array.
func (x View) Spots(place string) []Spot {
	side, pointer, inBody := strings.Cut(place, "#")
	if !inBody {
		value, ok := x.plain(place)
		if !ok {
			return nil
		}
		return []Spot{{place, value}}
	}
	body := x.RequestBody()
	if side == "answer" {
		body = x.AnswerBody()
	}
	if body == nil {
		return nil
	}
	if !strings.Contains(pointer, "*") {
		if value, ok := contract.Lookup(body, pointer); ok {
			return []Spot{{place, value}}
		}
		return nil
	}
	found := []Spot{{side + "#", body}}
	for _, token := range contract.Tokens(pointer) {
		var next []Spot
		for _, s := range found {
			if list, ok := s.Value.([]any); ok && token == "*" {
				for i, item := range list {
					next = append(next, Spot{s.Place + "/" + itoa(i), item})
				}
				continue
			}
			if value, ok := contract.Lookup(s.Value, contract.Pointer(token)); ok {
				next = append(next, Spot{s.Place + contract.Pointer(token), value})
			}
		}
		found = next
	}
	return found
}
