// Package shape learns what responses look like.
//
// A Shape is what exchanges of one operation have in common, by result code:
// HTTP statuses, media types, header names, status texts, forms of messages,
// latency, and of every member of the body its types, how often it is there,
// formats, lengths, and values where they are few. It holds no value that the
// specification marks secret or personal, of a place that nobody
// documents none but true and false, and no text a person could have written.
//
// Learn adds one exchange after the other, in memory that does not grow with
// them. Shapes merge: each part of one carries the identity of the evidence it
// was learnt from, so that learning the same file again changes nothing. They are
// kept in files of YAML, and carried by reports as JSON.
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
)

// How much a shape keeps: traffic has no end.
const (
	mostCodes   = 48  // result codes an operation
	mostMembers = 300 // members a code, beside those that are documented
	mostNames   = 32  // statuses, messages, headers, media types a code
	mostValues  = 8   // values of an enum-like member
	mostParts   = 8   // pieces of evidence a code; see mostOf
)

// EnoughValues is from how many sightings on few values are a list.
const EnoughValues = 20

// The result codes of what has none.
const (
	None    = "none"    // the body is no JSON
	Uncoded = "uncoded" // the body is JSON that says no code: it is absent, null, or no text and no number
	other   = "other"   // beyond mostCodes, or no text that may be kept, as what a request said
)

// Responded tells whether responses that are learnt under a name say a result code.
func Responded(name string) bool { return name != None && name != Uncoded }

// Coded tells whether a name is a result code of some response.
func Coded(name string) bool { return Responded(name) && name != other && name != "" }

// Accepted stands for the code of changes in requests that were accepted.
const Accepted = "accepted"

// Shape is what the exchanges of one operation look like.
type Shape struct {
	Operation string
	// Codes has the parts of each result code, in order of their sources.
	Codes map[string][]*Part
	// Requests has those of requests that were accepted: of them only the
	// members are kept.
	Requests []*Part
}

// Part is what was learnt of one result code from one body of evidence.
type Part struct {
	Source    string                       `yaml:"source" json:"source"` // the digest of the exchanges, whatever their order
	Exchanges int64                        `yaml:"exchanges" json:"exchanges"`
	Evidence  Tally                        `yaml:"evidence,omitempty,flow" json:"evidence,omitempty"`
	HTTP      Tally                        `yaml:"http,omitempty,flow" json:"http,omitempty"`
	Media     Tally                        `yaml:"media,omitempty,flow" json:"media,omitempty"`
	Headers   Tally                        `yaml:"headers,omitempty,flow" json:"headers,omitempty"`
	Statuses  Tally                        `yaml:"statuses,omitempty,flow" json:"statuses,omitempty"`
	Messages  Tally                        `yaml:"messages,omitempty,flow" json:"messages,omitempty"`
	Latency   Latency                      `yaml:"latency,omitempty,flow" json:"latency,omitempty"`
	More      bool                         `yaml:"more,omitempty" json:"more,omitempty"` // there were members beyond mostMembers
	Members   map[contract.Pointer]*Member `yaml:"members,omitempty" json:"members,omitempty"`

	seen Observed
	sum  [2]uint64
}

// Member is what was learnt of one member of a body. Its key is a pointer with
// * for any position of an array and for names that may not be kept: see Key.
type Member struct {
	Types   Tally  `yaml:"types,omitempty,flow" json:"types,omitempty"` // null, boolean, integer, number, string, array, object
	Formats Tally  `yaml:"formats,omitempty,flow" json:"formats,omitempty"`
	Values  Tally  `yaml:"values,omitempty,flow" json:"values,omitempty"` // of what may be shown, while they are few
	Many    bool   `yaml:"many,omitempty" json:"many,omitempty"`          // there were more values than a list has
	Length  *Range `yaml:"length,omitempty,flow" json:"length,omitempty"` // of texts, in characters
	Items   *Range `yaml:"items,omitempty,flow" json:"items,omitempty"`   // of arrays
	Number  *Range `yaml:"number,omitempty,flow" json:"number,omitempty"`

	missed  Observed // objects without it, of those it could have stood in
	objects Observed // how often it was one itself
}

// Range is the least and the largest, as decimal text.
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

// add widens a range. Floats order texts here; none holds an amount.
func (r *Range) add(text string) {
	if Less(text, r.Min) {
		r.Min = text
	}
	if Less(r.Max, text) {
		r.Max = text
	}
}

// Less tells whether a number is smaller than another, both as decimal text.
func Less(a, b string) bool {
	if a == b {
		return false
	}
	x, _ := strconv.ParseFloat(a, 64)
	y, _ := strconv.ParseFloat(b, 64)
	return x < y || x == y && a < b
}

func widened(r *Range, text string) *Range {
	if r == nil {
		return &Range{text, text}
	}
	r.add(text)
	return r
}

// NewPart makes one of no exchange.
func NewPart() *Part {
	return &Part{
		Evidence: Tally{}, HTTP: Tally{}, Media: Tally{}, Headers: Tally{}, Statuses: Tally{}, Messages: Tally{},
		Latency: Latency{}, Members: map[contract.Pointer]*Member{},
	}
}

// NewMember makes one that was never met.
func NewMember() *Member { return &Member{Types: Tally{}, Formats: Tally{}, Values: Tally{}} }

// N is how often the member was there, null included.
func (m *Member) N() int64 {
	if m == nil {
		return 0
	}
	return m.Types.Sum()
}

func (m *Member) fold(o *Member) {
	m.missed.Add(&o.missed)
	m.objects.Add(&o.objects)
	m.Types.fold(o.Types, mostNames)
	m.Formats.fold(o.Formats, mostNames)
	m.Many = m.Many || o.Many
	m.Values.fold(o.Values, 2*mostValues)
	m.few()
	for _, r := range []struct{ mine, theirs **Range }{{&m.Length, &o.Length}, {&m.Items, &o.Items}, {&m.Number, &o.Number}} {
		if *r.theirs != nil {
			*r.mine = widened(*r.mine, (*r.theirs).Min)
			(*r.mine).add((*r.theirs).Max)
		}
	}
}

// few forgets the values of a member that has more of them than a list has.
func (m *Member) few() {
	if m.Many = m.Many || len(m.Values) > mostValues; m.Many {
		m.Values = Tally{}
	}
}

// fold adds what another part counted. It is associative and commutative.
func (p *Part) fold(o *Part) {
	p.Exchanges += o.Exchanges
	p.seen.Add(&o.seen)
	for i := range p.sum {
		p.sum[i] += o.sum[i]
	}
	for _, t := range []struct{ mine, theirs Tally }{
		{p.Evidence, o.Evidence}, {p.HTTP, o.HTTP}, {p.Media, o.Media}, {p.Headers, o.Headers}, {p.Statuses, o.Statuses}, {p.Messages, o.Messages},
	} {
		t.mine.fold(t.theirs, mostNames)
	}
	p.Latency.fold(o.Latency)
	missed := map[contract.Pointer]Observed{} // members that one of the two never met are missing in all its objects
	for _, both := range [][2]*Part{{p, o}, {o, p}} {
		for pointer := range both[0].Members {
			if both[1].Members[pointer] != nil || pointer == "" || !InBody(pointer) || Unnamed(pointer) {
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
		p.Members[pointer].missed.Add(&s)
	}
	p.More = p.More || o.More
}

func behind(a, b contract.Pointer) bool { return contract.ComparePointers(a, b) > 0 }

// Met is where exchanges of the part were met first and last.
func (p *Part) Met() *Observed { return &p.seen }

// Possible is how often what a member is part of was there.
func (p *Part) Possible(pointer contract.Pointer) int64 {
	if pointer == "" || !InBody(pointer) { // the body, or a parameter
		return p.Exchanges
	}
	above := p.Members[pointer.Parent()]
	if above == nil {
		return 0
	}
	if Unnamed(pointer) && above.Types["array"] != nil {
		return above.Types.N("array")
	}
	return above.Types.N("object")
}

// Met is where the member was met at all; nil: nowhere.
func (m *Member) Met() *Observed {
	if m == nil {
		return nil
	}
	all := &Observed{}
	for _, s := range m.Types {
		all.Add(s)
	}
	return all
}

// Missed is where the member was absent, of what it could have stood in.
func (m *Member) Missed() *Observed { return &m.missed }

// Folded sums parts up; nil where there is none.
func Folded(parts []*Part) *Part {
	if len(parts) == 0 {
		return nil
	}
	sum := NewPart()
	for _, p := range parts {
		sum.fold(p)
	}
	return sum
}

// seal gives a part the identity of its evidence.
func (p *Part) seal() {
	var raw [16]byte
	for i, s := range p.sum {
		for b := range 8 {
			raw[8*i+b] = byte(s >> (56 - 8*b)) // the byte of the sum is what is meant
		}
	}
	p.Source = hex.EncodeToString(raw[:])
}

// Merge puts the evidence of two shapes of an operation together. It is
// associative, commutative and idempotent: a part that both have counts once. Of
// each code the mostOf largest parts are kept, and codes beyond mostCodes are other. What it gives shares its parts
// with what it was given, and neither changes. Evidence that overlaps without
// being the same, such as a log and the longer log of a day later, counts twice:
// a part cannot tell which of its exchanges another one has as well.
func Merge(a, b *Shape) *Shape {
	sum := &Shape{Operation: cmp.Or(a.Operation, b.Operation), Codes: map[string][]*Part{}, Requests: union(a.Requests, b.Requests, mostParts)}
	for _, s := range []*Shape{a, b} {
		for c, parts := range s.Codes {
			sum.Codes[c] = union(sum.Codes[c], parts, mostOf(c))
		}
	}
	var names []string
	for c := range sum.Codes {
		if Coded(c) {
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

// mostOf is how many parts are kept of a code: what is beyond mostCodes has one of
// each.
func mostOf(code string) int {
	if code == other {
		return mostParts * mostParts
	}
	return mostParts
}

func union(a, b []*Part, most int) []*Part {
	by := map[string]*Part{}
	for _, p := range slices.Concat(a, b) {
		if mine := by[p.Source]; mine == nil || mine != p && heavier(p, mine) {
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

// heavier chooses between two parts that claim the same evidence: one of them
// was edited, or knows where it was learnt.
func heavier(a, b *Part) bool {
	x, y := encoded(a), encoded(b)
	if c := bytes.Compare(x, y); c != 0 {
		return c > 0
	}
	return b.seen.First.Before(a.seen.First)
}

// Exchanges is how many the shape was learnt from.
func (s *Shape) Exchanges() int64 {
	var sum int64
	for _, parts := range s.Codes {
		for _, p := range parts {
			sum += p.Exchanges
		}
	}
	return sum
}
