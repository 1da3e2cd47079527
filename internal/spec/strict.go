package spec

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
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
	checks     sync.Map // of the schema, by the place of what it is held to
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
	return &Strict{schema: schema}
}

// check compiles the schema for values at a place.
func (s *Strict) check(place string) *sift.Check {
	made, known := s.checks.Load(place)
	if !known {
		made, _ = s.checks.LoadOrStore(place, compiled(plainly(s.schema), sift.Asked{Side: place}))
	}
	check, _ := made.(*sift.Check)
	return check
}

// violations are those of a value at a place.
func (s *Strict) violations(at Spot) []Violation {
	raw, err := contract.Encode(at.Value)
	if err != nil {
		return nil // it was read from JSON
	}
	notes := &sift.Notes{}
	s.check(contract.General(at.Place)).Read(raw, notes)
	for i := range notes.Violations {
		notes.Violations[i].At = at.Place + strings.TrimPrefix(notes.Violations[i].At, contract.General(at.Place))
	}
	return notes.Violations
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

// Departed is where an exchange departs from the letter of a reading.
type Departed struct {
	Reading *Reading
	Violation
}

// Departures tells where the exchange departs from the letters of its operation and
// provider, in the order of the document.
func (x *View) Departures() []Departed {
	m, all := x.memo, []Departed(nil)
	m.sent.see()
	m.got.see()
	none := len(m.sent.notes.Departures)+len(m.got.notes.Departures) == 0
	strict := m.o.look().strict
	for i := range strict {
		s := &strict[i]
		if none && s.seen {
			continue
		}
		for _, v := range s.reading.departures(x, s.at) {
			all = append(all, Departed{s.reading, v})
		}
	}
	return all
}

// strictAt is a letter, and a place where it holds.
type strictAt struct {
	reading *Reading
	at      *locatedAt
	seen    bool // departures from it are seen when the body is gone over
}

// strict lists the letters of readings.
func strict(readings []*Reading) (all []strictAt) {
	for _, rd := range readings {
		places := rd.places()
		for i := range places {
			if at := &places[i]; rd.Strict != nil {
				all = append(all, strictAt{rd, at, rd.Strict.schema != nil && at.inBody && !at.positioned})
			}
		}
	}
	return all
}

// Departures tells where an exchange departs from the letter of the reading.
// Where the place is absent there is nothing to hold to a schema; CEL that does
// not name self is asked all the same, so it can demand that it be there.
func (rd *Reading) Departures(x *View) []Violation {
	if rd.Strict == nil {
		return nil
	}
	var all []Violation
	places := rd.places()
	for i := range places {
		all = append(all, rd.departures(x, &places[i])...)
	}
	return all
}

// departures are those at one of its places. They stand until the next are asked for.
func (rd *Reading) departures(x *View, at *locatedAt) []Violation {
	switch {
	case rd.Strict.expression != nil:
		return rd.Strict.unkept(x, at)
	case at.inBody:
		return x.departures(rd, at)
	}
	text, there := x.plain(at)
	if !there {
		return nil
	}
	notes := x.memo.aside()
	at.check(rd.Strict).Text(text, notes)
	return notes.Violations
}

// locatedAt is a place, taken apart.
type locatedAt struct {
	place      string
	inBody     bool
	answer     bool
	pointer    string // into a body
	many       bool   // the pointer leads over the items of arrays
	positioned bool   // it may lead to one item of an array
	kind       string // elsewhere: "query", "header", "method"
	name       string // of a header as net/http writes it

	compile  sync.Once
	compiled *sift.Check
}

// check is the letter as it is held to texts at the place.
func (at *locatedAt) check(s *Strict) *sift.Check {
	at.compile.Do(func() { at.compiled = s.check(at.place) })
	return at.compiled
}

// places are those of the reading.
func (rd *Reading) places() []locatedAt {
	rd.parse.Do(func() {
		rd.parsed = make([]locatedAt, 0, len(rd.At))
		for _, place := range rd.At {
			rd.parsed = append(rd.parsed, locatedAt{place: place})
			at := &rd.parsed[len(rd.parsed)-1]
			side, pointer, inBody := strings.Cut(place, "#")
			if at.inBody, at.pointer, at.many, at.positioned = inBody, pointer, strings.Contains(pointer, "*"), positioned(pointer); !inBody {
				parts := append(strings.SplitN(place, ".", 3), "", "")
				side, at.kind, at.name = parts[0], parts[1], parts[2]
			}
			if at.answer = side == "answer"; at.kind == "header" {
				at.name = http.CanonicalHeaderKey(at.name)
			}
		}
	})
	return rd.parsed
}

// departures are those of a body from the letter at a place.
func (x *View) departures(rd *Reading, where *locatedAt) (all []Violation) {
	b := &x.memo.sent
	if where.answer {
		b = &x.memo.got
	}
	if !b.there() {
		return all
	}
	if where.positioned { // it is about one item of an array
		for _, at := range x.Spots(where.place) {
			all = append(all, rd.Strict.violations(at)...)
		}
		return all
	}
	if len(b.notes.Departures) == 0 {
		return all
	}
	letter := b.lens.letters[letterAt{rd, where.place}]
	for i := range b.notes.Departures {
		if d := &b.notes.Departures[i]; d.Letter == letter {
			all = append(all, d.Violation)
		}
	}
	return all
}

// unkept adds where a letter that is CEL is not kept.
func (s *Strict) unkept(x *View, where *locatedAt) (all []Violation) {
	e := s.expression
	breach := func(at string) Violation {
		return Violation{At: at, Keyword: "strict", Why: cause{breaksLetter, contract.ArgText("expected", e.String())}}
	}
	self := e.self
	switch {
	case self && where.inBody && !where.many:
		b := &x.memo.sent
		if where.answer {
			b = &x.memo.got
		}
		if !b.there() {
			return all
		}
		raw, there := b.at(where.pointer)
		if !there {
			return all
		}
		if holds, applies := x.holds(e, x.memo.variables.value(raw), nil); applies && !holds {
			all = append(all, breach(where.place))
		}
		return all
	case !self && !where.many:
		if holds, applies := x.Holds(e); applies && !holds {
			all = append(all, breach(where.place))
		}
		return all
	}
	spots := x.Spots(where.place)
	if len(spots) == 0 && !self {
		spots = []Spot{{Place: where.place}}
	}
	for _, at := range spots {
		if holds, applies := x.holds(e, adapt(native(at.Value)), nil); applies && !holds {
			all = append(all, breach(at.Place))
		}
	}
	return all
}

// Forgives tells whether the side of a reading that was not taken would accept
// the value at a place, which the schema does not.
func (rd *Reading) Forgives(at Spot) bool {
	return rd.Lenient != nil && slices.Contains(rd.At, contract.General(at.Place)) && len(rd.Lenient.violations(at)) == 0
}

// placed takes apart a place that is not in a body.
func placed(place string) *locatedAt { return &(&Reading{At: []string{place}}).places()[0] }

// Spot is a value and where it stands.
type Spot struct {
	Place string
	Value any
}

// Spots finds the values at a place; * stands for every item of an array.
func (x *View) Spots(place string) []Spot {
	side, pointer, inBody := strings.Cut(place, "#")
	if !inBody {
		value, ok := x.plain(placed(place))
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
