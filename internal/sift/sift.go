// Package sift tells at the speed of reading whether raw JSON satisfies a
// schema. A schema is compiled once into a Check; a Check goes over the bytes
// once, builds nothing, and notes on the way which members it saw and where the
// ones stand that somebody asked for.
//
// It says yes, or nothing: a value that is wrong, and one that it cannot judge
// (a keyword it does not know, a member nobody documents, a number with more
// digits than a float64 holds), is for a validator that explains. What it says
// yes to, that validator accepts too.
//
// The keywords are those of OpenAPI 3.0.3, which are those of JSON Schema draft
// 4 with nullable.
package sift

import "unicode/utf8"

// Schema is a schema as plain values.
type Schema struct {
	Types    []string // as in JSON Schema; nil: any
	Nullable bool
	Enum     []any // as encoding/json decodes them; nil: any

	MinLength int // in characters
	MaxLength int // -1: none
	Pattern   string
	// Format judges a text; nil: there is nothing to judge. Sure accepts at a
	// glance, and what it does not accept is asked of Is.
	Format *Format

	Minimum, Maximum                   *float64
	ExclusiveMinimum, ExclusiveMaximum bool
	MultipleOf                         *float64

	Items              *Schema // nil: any
	MinItems, MaxItems int     // MaxItems -1: none
	UniqueItems        bool

	Properties map[string]*Schema
	Required   []string
	// Free objects take members that are not among the properties; those satisfy
	// Additional, if that is not nil. In others such a member is nobody's.
	Free                bool
	Additional          *Schema
	MinProperties       int
	MaxProperties       int // -1: none
	AllOf, AnyOf, OneOf []*Schema
	Closed              bool      // objects have no members but the properties, whatever other schemas know
	Without             []string  // objects must not have these members; what is no object is refused
	Except              []string  // texts that are not allowed
	Unlike              string    // a regular expression that texts must not match; what is no text is refused
	Besides             []*Schema // have to accept the value too, and leave members that they do not know to the schema itself
	Opaque              bool      // there is more to it than can be said here
}

// Format is what a text must be like.
type Format struct {
	Sure func([]byte) bool // nil: never sure
	Is   func(string) bool
}

// kind is a set of JSON types.
type kind uint8

const (
	boolean kind = 1 << iota
	text
	number
	object
	array
	anything = boolean | text | number | object | array
)

// Span is where a value stands in the bytes; an absent one is empty.
type Span struct{ Start, End int32 }

// Here tells whether the value is there.
func (s Span) Here() bool { return s.End > s.Start }

// Of gives the bytes of the value, with its quotes if it is a text.
func (s Span) Of(body []byte) []byte { return body[s.Start:s.End] }

// Notes is what a Check noted. It is used again and again.
type Notes struct {
	Spans []Span   // where the asked members stand, in the order in which they were asked for
	Seen  []uint64 // a bit for every documented member, in the order in which they were given
	// scratch is for texts that are written with escapes.
	scratch []byte
	names   []Span // of the members of free objects that are open
	refused []Refused
	// expected is the member that stood behind each, the last time: 1 + its place
	// among the named; 0: nobody knows.
	expected []uint16
}

// Refused is a member that a Check does not accept: its name, and where its value
// stands.
type Refused struct {
	Name  string
	Value Span
}

// Saw tells whether the nth documented member was there.
func (n *Notes) Saw(member int) bool { return n.Seen[member/64]>>(member%64)&1 == 1 }

// Check is a compiled schema. It is safe for concurrent use, each with Notes of
// its own.
type Check struct {
	root     *node
	asked    int
	seen     int
	expected int
}

// Notes makes notes for this check.
func (c *Check) Notes() *Notes {
	return &Notes{Spans: make([]Span, c.asked), Seen: make([]uint64, (c.seen+63)/64), scratch: make([]byte, 0, 128), names: make([]Span, 0, 32), expected: make([]uint16, c.expected)}
}

// Accepts tells whether body is one JSON value that satisfies the schema and has
// no member that nobody documents. What it does not accept may be right all the
// same. Notes count only where it accepts.
func (c *Check) Accepts(body []byte, notes *Notes) bool {
	return c.read(reader{body: body, notes: notes})
}

// Satisfied tells whether body is one JSON value that satisfies the schema,
// whatever members it has that nobody documents. Notes count as for Accepts.
func (c *Check) Satisfied(body []byte, notes *Notes) bool {
	return c.read(reader{body: body, notes: notes, lax: true})
}

// Refused goes over an object, and gives the documented members that are not
// satisfied, which count until the notes are used again, and whether all is well but
// for these. It is not ok where that cannot be said, as of what is no object.
func (c *Check) Refused(body []byte, notes *Notes) (refused []Refused, complete, ok bool) {
	if c.root.opaque || c.root.kinds&object == 0 || c.root.noEnum&object != 0 || len(c.root.also)+len(c.root.alternatives) > 0 {
		return nil, false, false
	}
	r := reader{body: body, notes: notes, lax: true, survey: true}
	notes.refused, notes.names = notes.refused[:0], notes.names[:0]
	r.blank()
	if r.at >= len(body) || body[r.at] != '{' {
		return nil, false, false
	}
	complete, ok = r.members(c.root.members, 0)
	return notes.refused, complete, ok && r.ends()
}

func (c *Check) read(r reader) bool {
	clear(r.notes.Spans)
	clear(r.notes.Seen)
	r.notes.names = r.notes.names[:0]
	r.blank()
	return r.value(c.root, 0) && r.ends()
}

// AcceptsText tells whether a text by itself, such as a parameter, satisfies the
// schema as a string.
func (c *Check) AcceptsText(value string, notes *Notes) bool {
	n := c.root
	if n.kinds&text == 0 || n.noEnum&text != 0 || n.opaque || len(n.also)+len(n.alternatives) > 0 {
		return false
	}
	notes.scratch = append(notes.scratch[:0], value...)
	return utf8.Valid(notes.scratch) && n.texts.accept(notes.scratch)
}

// NewNotes is for texts.
func NewNotes() *Notes { return &Notes{} }
