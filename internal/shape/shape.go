// Package shape learns what the responses of an operation look like.
//
// A Shape describes exchanges by result code: HTTP statuses, media types, header names,
// status texts, forms of messages and latency. For each member of the body it holds
// types, how often the member is present, formats, lengths, and the values if they are
// few. It holds no value that the specification marks secret or personal, no value of
// an undocumented member except true and false, and no text that a person could have
// written.
//
// A Learner takes one exchange after the other; its memory is bounded. A shape is a
// list of parts, each with the digest of the evidence that it was learnt from. Merge
// unites the parts of two shapes, so learning the same file twice counts it once. For
// each code the eight largest parts are kept.
//
// Shapes are stored as YAML files (Marshal, Unmarshal, Load) and in reports as JSON
// (MarshalReport, FromReport). Reading returns an error with the file and the place for
// everything that a Learner never writes; the error does not contain values.
package shape

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// The limits of a shape. Traffic is unlimited.
const (
	mostCodes   = 48  // result codes of an operation
	mostMembers = 300 // undocumented members of a code
	mostNames   = 32  // statuses, messages, headers, media types of a code
	mostValues  = 8   // values of an enum-like member
	mostParts   = 8   // parts of a code; see mostOf
)

// EnoughValues is how many observations are needed before few different values count as
// an enumeration.
const EnoughValues = 20

// The names for responses that have no usable result code.
const (
	None    = "none"    // the body is not JSON
	Uncoded = "uncoded" // the code in the JSON body is absent, null, or neither text nor number
	other   = "other"   // beyond mostCodes, or a code that may be personal
)

// HasCode reports whether the responses learnt under a name have a result code.
func HasCode(name string) bool { return name != None && name != Uncoded }

// IsCode reports whether a name is a result code of a response.
func IsCode(name string) bool { return HasCode(name) && name != other && name != "" }

// Accepted is the code of changes in accepted requests.
const Accepted = "accepted"

// Shape describes the exchanges of one operation.
type Shape struct {
	Operation string
	// Codes has the parts of each result code, sorted by source.
	Codes map[string][]*Part
	// Requests has the parts of accepted requests, which have members only.
	Requests []*Part
	// omitted counts the exchanges and requests that the recordings lack.
	omitted contract.Omitted
}

// Part is what was learnt about one result code from one body of evidence.
type Part struct {
	Source    string                       `yaml:"source" json:"source"` // a digest of the exchanges, independent of their order
	Exchanges int64                        `yaml:"exchanges" json:"exchanges"`
	Evidence  Tally                        `yaml:"evidence,omitempty,flow" json:"evidence,omitempty"`
	HTTP      Tally                        `yaml:"http,omitempty,flow" json:"http,omitempty"`
	Media     Tally                        `yaml:"media,omitempty,flow" json:"media,omitempty"`
	Headers   Tally                        `yaml:"headers,omitempty,flow" json:"headers,omitempty"`
	Statuses  Tally                        `yaml:"statuses,omitempty,flow" json:"statuses,omitempty"`
	Messages  Tally                        `yaml:"messages,omitempty,flow" json:"messages,omitempty"`
	Latency   Latency                      `yaml:"latency,omitempty,flow" json:"latency,omitempty"`
	More      bool                         `yaml:"more,omitempty" json:"more,omitempty"` // there were more than mostMembers undocumented members
	Members   map[contract.Pointer]*Member `yaml:"members,omitempty" json:"members,omitempty"`

	observed Observed
	sum      [2]uint64
}

// Member is what was learnt about one member of a body. Its key is a pointer with * for
// any position of an array and for names that may be personal: see Key.
type Member struct {
	Types   Tally  `yaml:"types,omitempty,flow" json:"types,omitempty"` // null, boolean, integer, number, string, array, object
	Formats Tally  `yaml:"formats,omitempty,flow" json:"formats,omitempty"`
	Values  Tally  `yaml:"values,omitempty,flow" json:"values,omitempty"` // values that may be shown, while they are few
	Many    bool   `yaml:"many,omitempty" json:"many,omitempty"`          // there were more than mostValues values
	Length  *Range `yaml:"length,omitempty,flow" json:"length,omitempty"` // of texts, in characters
	Items   *Range `yaml:"items,omitempty,flow" json:"items,omitempty"`   // of arrays
	Number  *Range `yaml:"number,omitempty,flow" json:"number,omitempty"`
	// Replaced is how often the recording has something else in place of the value. Then
	// nothing is known but that the member was present.
	Replaced *Observed `yaml:"replaced,omitempty" json:"replaced,omitempty"`

	absent  Observed // objects without the member
	objects Observed // occurrences as an object
}

// Range is the smallest and the largest value, as decimal text.
type Range struct{ Min, Max string }

// MarshalYAML writes a pair.
func (r *Range) MarshalYAML() (any, error) {
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, text := range []string{r.Min, r.Max} {
		one := &yaml.Node{Kind: yaml.ScalarNode, Value: text, Tag: "!!int"}
		if _, err := strconv.Atoi(text); err != nil {
			one.Tag = "!!float"
		}
		n.Content = append(n.Content, one)
	}
	return n, nil
}

// MarshalJSON writes a pair.
func (r *Range) MarshalJSON() ([]byte, error) {
	return json.Marshal([]json.Number{json.Number(r.Min), json.Number(r.Max)})
}

// UnmarshalJSON reads a pair.
func (r *Range) UnmarshalJSON(raw []byte) error {
	var pair []json.Number
	if err := json.Unmarshal(raw, &pair); err != nil {
		return err
	}
	if len(pair) != 2 {
		return errPair
	}
	r.Min, r.Max = pair[0].String(), pair[1].String()
	return nil
}

// add widens a range. Of two texts for the same number it keeps the same one in every
// order: 1 and 1.0 are the range from 1 to 1.0.
func (r *Range) add(text string) {
	if before(text, r.Min) {
		r.Min = text
	}
	if before(r.Max, text) {
		r.Max = text
	}
}

func before(a, b string) bool {
	order := jsonschema.CompareNumbers(a, b)
	return order < 0 || order == 0 && a < b
}

// Less reports whether a is less than b, both numbers in the syntax of JSON, of any size.
func Less(a, b string) bool { return jsonschema.CompareNumbers(a, b) < 0 }

func widen(r *Range, text string) *Range {
	if r == nil {
		return &Range{text, text}
	}
	r.add(text)
	return r
}

// NewPart returns a part without exchanges.
func NewPart() *Part {
	return &Part{
		Evidence: Tally{}, HTTP: Tally{}, Media: Tally{}, Headers: Tally{}, Statuses: Tally{}, Messages: Tally{},
		Latency: Latency{}, Members: map[contract.Pointer]*Member{},
	}
}

// NewMember returns a member that was never observed.
func NewMember() *Member { return &Member{Types: Tally{}, Formats: Tally{}, Values: Tally{}} }

// N is how often the member was present, null included.
func (m *Member) N() int64 {
	if m == nil {
		return 0
	}
	return m.Types.Sum() + m.Hidden()
}

// Hidden is how often the recording has something else in place of the value, so that nothing is
// known of it.
func (m *Member) Hidden() int64 {
	if m.Replaced == nil {
		return 0
	}
	return m.Replaced.N
}

// Texts is how often the member was a text, or can have been one: a recording may hide the text, or
// have replaced the value.
func (m *Member) Texts() int64 {
	return max(m.Types.N("string")+m.Hidden(), m.Formats.Sum())
}

// replace counts values of which nothing is known.
func (m *Member) replace(o *Observed) {
	if m.Replaced == nil {
		m.Replaced = &Observed{}
	}
	m.Replaced.Add(o)
}

func (m *Member) fold(o *Member) {
	m.absent.Add(&o.absent)
	m.objects.Add(&o.objects)
	m.Types.fold(o.Types, mostNames)
	if o.Replaced != nil {
		m.replace(o.Replaced)
	}
	m.Formats.fold(o.Formats, mostNames)
	m.Many = m.Many || o.Many
	m.Values.fold(o.Values, 2*mostValues)
	m.few()
	for _, r := range []struct{ mine, theirs **Range }{{&m.Length, &o.Length}, {&m.Items, &o.Items}, {&m.Number, &o.Number}} {
		if *r.theirs != nil {
			*r.mine = widen(*r.mine, (*r.theirs).Min)
			(*r.mine).add((*r.theirs).Max)
		}
	}
}

// few drops the values of a member that has more than mostValues.
func (m *Member) few() {
	if m.Many = m.Many || len(m.Values) > mostValues; m.Many {
		m.Values = Tally{}
	}
}

// fold adds another part. It is associative and commutative.
func (p *Part) fold(o *Part) {
	p.Exchanges += o.Exchanges
	p.observed.Add(&o.observed)
	for i := range p.sum {
		p.sum[i] += o.sum[i]
	}
	for _, t := range []struct{ mine, theirs Tally }{
		{p.Evidence, o.Evidence}, {p.HTTP, o.HTTP}, {p.Media, o.Media}, {p.Headers, o.Headers}, {p.Statuses, o.Statuses}, {p.Messages, o.Messages},
	} {
		t.mine.fold(t.theirs, mostNames)
	}
	p.Latency.fold(o.Latency)
	missed := map[contract.Pointer]Observed{} // members that only one part has are absent from all objects of the other
	for _, both := range [][2]*Part{{p, o}, {o, p}} {
		for pointer := range both[0].Members {
			if both[1].Members[pointer] != nil || pointer == "" || !IsBody(pointer) || IsWildcard(pointer) {
				continue
			}
			if above := both[1].Members[pointer.Parent()]; above != nil {
				missed[pointer] = above.objects
			}
		}
	}
	for pointer, m := range o.Members {
		if p.Members[pointer] == nil {
			p.Members[pointer] = NewMember()
		}
		p.Members[pointer].fold(m)
	}
	for pointer, s := range missed {
		p.Members[pointer].absent.Add(&s)
	}
	p.More = p.More || o.More
}

func after(a, b contract.Pointer) bool { return contract.ComparePointers(a, b) > 0 }

// Observed returns the first and the last exchange of the part.
func (p *Part) Observed() *Observed { return &p.observed }

// Possible returns how often the parent of a member was present: an upper bound of N
// for object members.
func (p *Part) Possible(pointer contract.Pointer) int64 {
	if pointer == "" || !IsBody(pointer) { // the body, or a parameter
		return p.Exchanges
	}
	above := p.Members[pointer.Parent()]
	if above == nil {
		return 0
	}
	if IsWildcard(pointer) && above.Types["array"] != nil {
		return above.Types.N("array")
	}
	return above.Types.N("object")
}

// Observed returns where the member was present first and last, or nil if m is nil.
func (m *Member) Observed() *Observed {
	if m == nil {
		return nil
	}
	all := &Observed{}
	for _, s := range m.Types {
		all.Add(s)
	}
	if m.Replaced != nil {
		all.Add(m.Replaced)
	}
	return all
}

// Absent returns where the member was absent although its parent was an object.
func (m *Member) Absent() *Observed { return &m.absent }

// Sum adds parts, or returns nil if there are none.
func Sum(parts []*Part) *Part {
	if len(parts) == 0 {
		return nil
	}
	sum := NewPart()
	for _, p := range parts {
		sum.fold(p)
	}
	return sum
}

// setSource sets the source of a part from the digests of its exchanges.
func (p *Part) setSource() {
	var raw [16]byte
	for i, s := range p.sum {
		for b := range 8 {
			raw[8*i+b] = byte(s >> (56 - 8*b)) // truncated on purpose
		}
	}
	p.Source = hex.EncodeToString(raw[:])
}

// Merge unites the parts of two shapes of an operation. It is associative, commutative
// and idempotent: a part that both have counts once. It keeps the mostOf largest parts
// of each code; codes beyond mostCodes become other. The result shares its parts with a
// and b and changes neither. Overlapping evidence that is not the same, such as a log
// and the longer log of the next day, counts twice: a part does not know its single
// exchanges.
func Merge(a, b *Shape) *Shape {
	sum := &Shape{Operation: cmp.Or(a.Operation, b.Operation), Codes: map[string][]*Part{}, Requests: union(a.Requests, b.Requests, mostParts)}
	sum.omitted = contract.Omitted{Exchanges: max(a.omitted.Exchanges, b.omitted.Exchanges), Requests: max(a.omitted.Requests, b.omitted.Requests)}
	for _, s := range []*Shape{a, b} {
		for c, parts := range s.Codes {
			sum.Codes[c] = union(sum.Codes[c], parts, mostOf(c))
		}
	}
	var names []string
	for c := range sum.Codes {
		if IsCode(c) {
			names = append(names, c)
		}
	}
	slices.Sort(names)
	for _, c := range names[min(len(names), mostCodes):] {
		sum.Codes[other] = union(sum.Codes[other], sum.Codes[c], mostOf(other))
		delete(sum.Codes, c)
	}
	return sum
}

// mostOf returns how many parts of a code are kept: more for other, which stands for
// several codes.
func mostOf(code string) int {
	if code == other {
		return mostParts * mostParts
	}
	return mostParts
}

func union(a, b []*Part, most int) []*Part {
	by := map[string]*Part{}
	for _, p := range slices.Concat(a, b) {
		if mine := by[p.Source]; mine == nil || mine != p && prefer(p, mine) {
			by[p.Source] = p
		}
	}
	var all []*Part
	for _, p := range by {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b *Part) int {
		return cmp.Or(-cmp.Compare(a.Exchanges, b.Exchanges), cmp.Compare(a.Source, b.Source))
	})
	all = all[:min(len(all), most)]
	slices.SortFunc(all, func(a, b *Part) int { return cmp.Compare(a.Source, b.Source) })
	return all
}

// prefer chooses between two parts with the same source: one was edited, or they differ
// in where they were learnt.
func prefer(a, b *Part) bool {
	x, y := encoded(a), encoded(b)
	if c := bytes.Compare(x, y); c != 0 {
		return c > 0
	}
	return b.observed.First.Before(a.observed.First)
}

// Omitted counts what the recordings lack of the exchanges of the operation.
func (s *Shape) Omitted() contract.Omitted {
	sum := s.omitted
	for _, parts := range s.all() {
		for _, p := range parts {
			sum.Values += p.replaced()
		}
	}
	return sum
}

// Exchanges returns the number of exchanges that the shape was learnt from.
func (s *Shape) Exchanges() int64 {
	var sum int64
	for _, parts := range s.Codes {
		for _, p := range parts {
			sum += p.Exchanges
		}
	}
	return sum
}
