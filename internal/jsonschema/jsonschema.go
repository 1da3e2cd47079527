// Package sift validates raw JSON against a compiled OpenAPI 3.0.3 schema in one
// pass, without decoding it. A schema is compiled once into a Check. A Check goes
// over the bytes and observes: every violation of the schema, every member that
// nobody documents, where the members stand that somebody asked for, and where the
// value departs from schemas that stand beside it (letters).
//
// The keywords are those of OpenAPI 3.0.3, which are those of JSON Schema draft 4
// with nullable. Only values that are composed (allOf, anyOf, oneOf, not) are gone
// over once more for each of the schemas that they are composed of.
//
// JSON is what RFC 8259 says, and stricter in two points: a name that stands twice
// in one object, and bytes that are not UTF-8, make a body none.
package jsonschema

import (
	"encoding/json"
	"slices"
	"unicode/utf8"

	"assay/internal/contract"
)

// Schema is a schema as plain values.
type Schema struct {
	Types    []string // as in JSON Schema; nil: any
	Nullable bool
	Empty    bool  // it demands nothing, but that the value is not null where Nullable does not say so
	Enum     []any // as encoding/json decodes them; nil: any

	MinLength int // in characters
	MaxLength int // -1: none
	Pattern   string
	Format    *Format // nil: there is nothing to judge

	Minimum, Maximum                   *float64
	ExclusiveMinimum, ExclusiveMaximum bool
	MultipleOf                         *float64

	Items              *Schema // nil: any
	MinItems, MaxItems int     // MaxItems -1: none
	UniqueItems        bool

	Properties    map[string]*Schema
	Required      []string
	Closed        bool    // objects have no members but the properties
	Additional    *Schema // of members that are not among the properties; nil: any
	MinProperties int
	MaxProperties int // -1: none

	AllOf, AnyOf, OneOf []*Schema
	Not                 *Schema
}

// Anything is a schema that accepts every value.
func Anything() *Schema {
	return &Schema{Empty: true, Nullable: true, MaxLength: -1, MaxItems: -1, MaxProperties: -1}
}

// Format is what a text or a number must be like.
type Format struct {
	Name   string
	Sure   func([]byte) bool  // accepts texts at a glance; what it does not accept is asked of Text; nil: never sure
	Text   func(string) bool  // nil: any text
	Number func(float64) bool // nil: any number
}

// Place says what is documented of the value at a place, whichever schemas the
// documents compose it of.
type Place struct {
	Members map[string]*Place
	Items   *Place // nil: nothing is known of items
	Strict  bool   // a member that is not among Members is documented nowhere
}

// Letter is a schema that the values at a place have to satisfy besides. What does
// not is a departure, and no violation.
type StrictSchema struct {
	Pointer contract.Pointer // * stands for every item of an array
	Schema  *Schema
}

// Asked says what to look for beside violations.
type Request struct {
	Root   contract.Place     // where the value stands, before every pointer
	Place  *Place             // nil: nothing is undocumented
	Spans  []contract.Pointer // of members; positions of arrays are none
	Strict []StrictSchema
}

// Span is where a value stands in the bytes; an absent one is empty.
type Span struct{ Start, End int32 }

// Here tells whether the value is there.
func (s Span) Here() bool { return s.End > s.Start }

// Of gives the bytes of the value, with its quotes if it is a text.
func (s Span) Of(body []byte) []byte { return body[s.Start:s.End] }

// Departure is a violation of a letter, by its index in Asked.Letters.
type Departure struct {
	Index int
	Violation
}

// Notes is what a Check observed. It is used again and again, best for the same
// check, and keeps nothing of a body but what it says of it.
type ScanState struct {
	Spans        []Span // in the order in which they were asked for
	Violations   []Violation
	Undocumented []contract.Place // of members
	Departures   []Departure

	check   *Check // the last one
	steps   [deepest + 2]step
	scratch []byte // for texts that are written with escapes
	pointer []byte
	// verdicts are those of values within forms, for this body.
	verdicts   map[judged]bool
	placeBytes int // how many bytes the places of this body take
	parts      []part
	names      []step // of the members of open objects that no schema names
	// expected is the member that stood behind each, the last time: 1 + its place
	// among the named; 0: nobody knows.
	expected []uint16
}

// step is a member's name, as it is written, or a position in an array.
type step struct{ start, end int32 }

// Conforms tells whether nothing was found: neither a violation nor an
// undocumented member.
func (n *ScanState) Conforms() bool { return len(n.Violations)+len(n.Undocumented) == 0 }

// Check is a compiled schema. It is safe for concurrent use, each with notes of
// its own.
type Check struct {
	root     *node
	at       contract.Place
	spans    int
	expected int
}

// of makes the notes those of a check.
func (n *ScanState) of(c *Check) {
	if n.check != c {
		n.check = c
		n.Spans, n.expected = slices.Grow(n.Spans[:0], c.spans)[:c.spans], slices.Grow(n.expected[:0], c.expected)[:c.expected]
		clear(n.expected)
	}
	n.reset()
}

func (n *ScanState) reset() {
	clear(n.Spans)
	n.Violations, n.Undocumented, n.Departures, n.names, n.parts = n.Violations[:0], n.Undocumented[:0], n.Departures[:0], n.names[:0], n.parts[:0]
	n.placeBytes = 0
	clear(n.verdicts)
}

// Read goes over a body. It is false where that is not one JSON value, and the
// notes then say nothing.
func (c *Check) Read(body []byte, notes *ScanState) bool {
	notes.of(c)
	r := reader{body: body, notes: notes, root: c.at}
	r.blank()
	if !r.value(c.root, 0) || !r.ends() {
		notes.reset()
		return false
	}
	notes.Violations = distinct(notes.Violations)
	return true
}

// Text judges a text by itself, such as a parameter or a header.
func (c *Check) Text(value string, notes *ScanState) {
	notes.reset()
	n := c.root
	notes.scratch = append(notes.scratch[:0], value...)
	if n.plain && n.kinds&text != 0 && utf8.Valid(notes.scratch) && n.texts.accept(notes.scratch) {
		return
	}
	quoted, _ := json.Marshal(value) // a text
	c.Read(quoted, notes)
}
