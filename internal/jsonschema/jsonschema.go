// Package jsonschema validates raw JSON against a compiled OpenAPI 3.0.3 schema in one
// pass, without decoding it.
//
// Compile turns a Schema into a Check. Check.Read scans a body and fills a ScanState
// with four things: violations of the schema, undocumented members, the positions of
// requested members (spans), and departures from strict interpretations.
//
// The keywords are those of OpenAPI 3.0.3: JSON Schema draft 4 with nullable. Values
// under allOf, anyOf, oneOf or not are scanned again for each subschema. Numbers are exact
// at any size, from their text: no float64 is on the way.
//
// JSON is parsed as in RFC 8259, with two stricter rules. Read rejects a body in which
// an object has the same name twice, and a body that is not UTF-8. It also rejects
// values nested deeper than 512 levels.
//
// A violation has a place, a keyword and types, but never the value and no text;
// package view has the texts. The package imports contract for places and pointers, so
// that a violation has the same place as the finding made from it.
package jsonschema

import (
	"encoding/json"
	"slices"
	"unicode/utf8"

	"assay/internal/contract"
)

// Schema is an OpenAPI schema in plain Go values. Start from Anything: in the zero
// value, lengths and counts have the maximum 0.
type Schema struct {
	Types    []string // names as in JSON Schema; nil: any type
	Nullable bool     // adds null to Types; has no effect without Types
	Enum     []any    // as encoding/json decodes them, numbers best as json.Number; nil: any

	MinLength int     // in characters
	MaxLength int     // -1: none
	Pattern   string  // of ECMA 262, as far as RE2 translates it
	Format    *Format // nil: no format is checked

	Minimum, Maximum                   json.Number // exact, at any size; "": none
	ExclusiveMinimum, ExclusiveMaximum bool
	MultipleOf                         json.Number // "": any

	Items              *Schema // nil: any
	MinItems, MaxItems int     // MaxItems -1: none
	UniqueItems        bool

	Properties    map[string]*Schema
	Required      []string
	Closed        bool    // additionalProperties: false
	Additional    *Schema // schema of the members that Properties does not list; nil: any
	MinProperties int
	MaxProperties int // -1: none

	AllOf, AnyOf, OneOf []*Schema
	Not                 *Schema
}

// Anything returns a schema that accepts every value.
func Anything() *Schema {
	return &Schema{MaxLength: -1, MaxItems: -1, MaxProperties: -1}
}

// Format checks the values of one format keyword.
type Format struct {
	Name      string
	Text      func([]byte) bool // nil: any string
	Low, High json.Number       // a number is an integer in this range; "": any number
}

// Place lists the documented members of the value at a place, from all schemas that
// describe the value.
type Place struct {
	Members map[string]*Place
	Items   *Place // nil: no items are documented
	Strict  bool   // members that Members does not list are undocumented
}

// StrictSchema is a schema that a strict interpretation demands of the values at a
// pointer. A value that does not satisfy it is a departure, not a violation.
type StrictSchema struct {
	Pointer contract.Pointer // * matches every item of an array
	Schema  *Schema
}

// Request lists what a Check looks for besides violations.
type Request struct {
	Root   contract.Place     // prefix of every place
	Place  *Place             // nil: report no undocumented members
	Spans  []contract.Pointer // of members; array positions are not supported
	Strict []StrictSchema
}

// Span is the position of a value in the bytes. The span of an absent value is empty.
type Span struct{ Start, End int32 }

// Here reports whether the body has the value.
func (s Span) Here() bool { return s.End > s.Start }

// Of returns the bytes of the value, including the quotes of a string.
func (s Span) Of(body []byte) []byte { return body[s.Start:s.End] }

// Departure is a violation of a strict schema. Index is the position of the schema in
// Request.Strict.
type Departure struct {
	Index int
	Violation
}

// ScanState holds what a Check observed in one body. Reuse it for the next body: that
// is fastest with the same check. Its exported fields hold places and positions, and no
// values of the body. It is not safe for concurrent use.
type ScanState struct {
	Spans        []Span // in the order of Request.Spans
	Violations   []Violation
	Undocumented []contract.Place // of members
	Departures   []Departure
	// Beyond a limit, undocumented members and violations are counted and not listed.
	MoreUndocumented, MoreViolations int
	// Escapes reports whether a string or a name has an escape, or a character beyond ASCII.
	Escapes bool

	check   *Check // the check that the buffers fit
	steps   [maxDepth + 2]step
	scratch []byte // for strings with escapes
	pointer []byte
	places  recentPlaces
	// results caches whether a value of this body satisfies a subschema.
	results    map[result]bool
	placeBytes int // bytes of the places of violations
	otherBytes int // bytes of the places of undocumented members
	parts      []part
	names      []step // names of unlisted members in open objects
	// expected predicts the next member from the last body: for each position, 1 + the
	// index of the listed member that followed it; 0: unknown.
	expected []uint16
	// known is the value that was scanned last against a schema with subschemas.
	known Span
	// found has the members of the object that was read last against such a schema.
	found found
}

// step is one token of a pointer: the range of a member's name in the body, or {-1,
// position} in an array.
type step struct{ start, end int32 }

// Conforms reports whether the body has no violation and no undocumented member.
func (n *ScanState) Conforms() bool {
	return len(n.Violations)+len(n.Undocumented)+n.MoreViolations == 0
}

// Check is a compiled schema. It is safe for concurrent use if each goroutine has its
// own ScanState.
type Check struct {
	root     *node
	at       contract.Place
	spans    int
	expected int
}

// prepare empties the state and fits its buffers to a check.
func (n *ScanState) prepare(c *Check) {
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
	n.placeBytes, n.otherBytes, n.MoreUndocumented, n.MoreViolations = 0, 0, 0, 0
	n.Escapes, n.known, n.found.by = false, Span{}, nil
	if len(n.results) > 0 {
		clear(n.results)
	}
}

// Read scans a body and writes what it observes to state. It returns false, and leaves
// state empty, if the body is not a single JSON value.
func (c *Check) Read(body []byte, state *ScanState) bool {
	state.prepare(c)
	r := reader{body: body, state: state, root: c.at}
	r.blank()
	if !r.value(c.root, 0) || !r.ends() {
		state.reset()
		return false
	}
	state.countUnplaced()
	state.Violations = distinct(state.Violations)
	return true
}

// Text validates a string that stands alone, such as a parameter or a header.
func (c *Check) Text(value string, state *ScanState) {
	state.reset()
	n := c.root
	state.scratch = append(state.scratch[:0], value...)
	if n.plain && n.kinds&text != 0 && utf8.Valid(state.scratch) && n.texts.accept(state.scratch) {
		return
	}
	quoted, _ := json.Marshal(value) // a text
	c.Read(quoted, state)
}
