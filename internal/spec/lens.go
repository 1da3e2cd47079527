package spec

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"assay/internal/contract"
	"assay/internal/sift"
)

// lens is how the bodies of one direction of an operation are looked at: everything
// that rules, expressions and readings ask of them is seen in one pass.
type lens struct {
	body    *Body // nil: the HTTP status is not documented
	check   *sift.Check
	parts   *part
	spans   map[string]int // by pointer
	result  resultSpans
	letters map[letterAt]int
	most    int // spans
}

// resultSpans are the spans of what an answer's result is read from.
type resultSpans struct{ code, status, message []textAt }

// textAt is a pointer, and its span; -1: it has to be searched for.
type textAt struct {
	pointer, place string
	span           int
}

// resultOf says where an operation's result stands, as a lens sees it; nil: of a body
// that was decoded.
func (l *lens) resultOf(at ResultAt) resultSpans {
	texts := func(pointers []string) (all []textAt) {
		for _, pointer := range pointers {
			one := textAt{pointer, contract.AnswerBody(pointer), -1}
			if l != nil {
				if span, looked := l.spans[pointer]; looked {
					one.span = span
				}
			}
			all = append(all, one)
		}
		return all
	}
	return resultSpans{texts(at.Code), texts(at.Status), texts(at.Message)}
}

// letterAt is a reading's place.
type letterAt struct {
	reading *Reading
	place   string
}

// part is a place in a body that somebody looks at.
type part struct {
	name  string
	span  int
	below []*part
}

func (p *part) at(name string) *part {
	for _, part := range p.below {
		if part.name == name {
			return part
		}
	}
	return nil
}

// lenses are those of an operation.
type lenses struct {
	request *lens
	answers map[int]*lens
	other   *lens // of answers whose HTTP status is not documented
	members map[string]*member
	strict  []strictAt
	views   sync.Pool
}

// member is one of an exchange that an expression names.
type member struct {
	answer bool
	kind   string // "body", "headers", "query", "status", "method"
	name   string // of a parameter; of a header as net/http writes it; "": all of them
	at     *part  // of a body; nil: the body itself
	above  int    // the span of that of which it is a member
}

// member finds out what the name of a variable stands for.
func (all *lenses) member(name string) *member {
	chain := strings.Split(name, ".")
	m := &member{answer: chain[0] == "answer", kind: chain[1]}
	switch {
	case m.kind != "body" && len(chain) > 3:
		m.kind = "" // a text has no members
	case m.kind == "headers" && len(chain) == 3 && strings.ToLower(chain[2]) != chain[2]:
		m.kind = "" // names are in lower case
	case m.kind == "headers" && len(chain) == 3:
		m.name = http.CanonicalHeaderKey(chain[2])
	case m.kind == "query" && len(chain) == 3:
		m.name = chain[2]
	case m.kind == "body" && len(chain) > 2:
		of := all.request
		if m.answer {
			of = all.other
		}
		m.at = of.parts
		for _, token := range chain[2:] {
			m.above = m.at.span
			if m.at = m.at.at(token); m.at == nil {
				return nil
			}
		}
	}
	return m
}

// look gives the lenses of an operation, compiled once.
func (o *Operation) look() *lenses { return o.lenses() }

func (s *Spec) lenses(o *Operation) *lenses {
	readings := s.AllReadings(o)
	all := &lenses{answers: map[int]*lens{}, members: map[string]*member{}, strict: strict(readings)}
	asked, answered, names := o.asked(readings)
	all.request = newLens("request#", o.Request, asked, readings)
	for status, a := range o.Answers {
		all.answers[status] = newLens("answer#", a.Body, answered, readings)
	}
	all.other = newLens("answer#", nil, answered, readings)
	for _, l := range append(slices.Collect(maps.Values(all.answers)), all.other) {
		l.result = l.resultOf(o.Result)
	}
	for _, name := range names {
		if m := all.member(name); m != nil {
			all.members[name] = m
		}
	}
	all.views.New = func() any { return newMemo(all) }
	return all
}

// asked lists the pointers into bodies that somebody looks at, and the members that
// expressions name.
func (o *Operation) asked(readings []*Reading) (request, answer, members []string) {
	request, answer = []string{""}, slices.Concat([]string{""}, o.Result.Code, o.Result.Status, o.Result.Message)
	see := func(e *Expression) {
		if e != nil {
			request, answer = append(request, e.pointers("request")...), append(answer, e.pointers("answer")...)
			members = append(members, e.members...)
		}
	}
	for _, r := range o.Rules {
		see(r.Rule)
	}
	for _, c := range o.Codes {
		see(c.When)
	}
	for _, m := range o.Request.Members() {
		if m.Means == "reference" {
			request = append(request, m.Pointer)
		}
	}
	for _, reading := range readings {
		if reading.Strict == nil || reading.Strict.expression == nil {
			continue
		}
		see(reading.Strict.expression)
		for _, place := range reading.At {
			if pointer, ok := strings.CutPrefix(place, "request#"); ok {
				request = append(request, pointer)
			} else if pointer, ok := strings.CutPrefix(place, "answer#"); ok {
				answer = append(answer, pointer)
			}
		}
	}
	if s := o.Sign.Request; s != nil {
		see(s.Required)
		request = append(request, s.At, s.Over)
	}
	if s := o.Sign.Answer; s != nil {
		see(s.Required)
		answer = append(answer, s.At, s.Over)
	}
	return request, answer, members
}

// pointers lists the members of a body that an expression names, up to the first
// position in an array.
func (e *Expression) pointers(side string) []string {
	var all []string
	for _, chain := range e.names {
		if len(chain) < 3 || chain[0] != side || chain[1] != "body" {
			continue
		}
		path := chain[2:]
		if i := slices.Index(path, "*"); i >= 0 {
			path = path[:i]
		}
		all = append(all, contract.Pointer(path...))
	}
	return all
}

// newLens compiles what has to be seen of a body; nil is one of which nothing is
// documented.
func newLens(side string, b *Body, pointers []string, readings []*Reading) *lens {
	l := &lens{body: b, parts: &part{}, spans: map[string]int{"": 0}, letters: map[letterAt]int{}}
	asked := sift.Asked{Side: side, Spans: []string{""}}
	schema := sift.Anything()
	if b != nil && b.schema != nil {
		schema, asked.Place = plainly(b.schema), b.Root.place()
	}
	for _, pointer := range pointers {
		l.part(pointer, &asked)
	}
	for _, reading := range readings {
		for _, place := range reading.At {
			pointer, mine := strings.CutPrefix(place, side)
			if !mine || reading.Strict == nil || reading.Strict.schema == nil || positioned(pointer) {
				continue
			}
			l.letters[letterAt{reading, place}] = len(asked.Letters)
			asked.Letters = append(asked.Letters, sift.Letter{Pointer: pointer, Schema: plainly(reading.Strict.schema)})
		}
	}
	l.check, l.most = compiled(schema, asked), len(asked.Spans)
	return l
}

// part has a pointer, and those above it, looked for. One that leads into an array
// is not.
func (l *lens) part(pointer string, asked *sift.Asked) {
	tokens := contract.Tokens(pointer)
	if positioned(pointer) || slices.Contains(tokens, "*") {
		return
	}
	at := l.parts
	for i, token := range tokens {
		next := at.at(token)
		if next == nil {
			here := contract.Pointer(tokens[:i+1]...)
			next = &part{name: token, span: len(asked.Spans)}
			at.below = append(at.below, next)
			l.spans[here] = next.span
			asked.Spans = append(asked.Spans, here)
		}
		at = next
	}
}

// positioned tells whether a token of a pointer may be a position in an array.
func positioned(pointer string) bool {
	return slices.ContainsFunc(contract.Tokens(pointer), func(token string) bool {
		_, err := strconv.Atoi(token)
		return err == nil
	})
}

// compiled is a check of a schema. Patterns were compiled when the document was
// validated, so that there is nothing left to be wrong.
func compiled(s *sift.Schema, asked sift.Asked) *sift.Check {
	check, err := sift.Compile(s, asked)
	if err != nil {
		check, _ = sift.Compile(sift.Anything(), asked)
	}
	return check
}

// observed is what was seen of one body of an exchange.
type observed struct {
	lens    *lens
	raw     []byte
	notes   sift.Notes
	seen    bool
	parsed  bool         // it is one JSON value
	objects []bodyObject // by span
}

// see goes over the body, once.
func (b *observed) see() *observed {
	if b.seen {
		return b
	}
	b.seen = true
	b.parsed = len(b.raw) > 0 && b.lens.check.Read(b.raw, &b.notes)
	return b
}

// begin takes up another body.
func (b *observed) begin(l *lens, raw []byte) {
	b.lens, b.raw, b.seen, b.parsed = l, raw, false, false
}

// says is at, and tells whether the body is JSON.
func (b *observed) says(pointer string) (raw []byte, there, whole bool) {
	raw, there = b.at(pointer)
	return raw, there, b.parsed
}

// at gives what stands at a pointer, if it was looked for and is there.
func (b *observed) at(pointer string) (raw []byte, there bool) {
	if !b.see().parsed {
		return nil, false
	}
	span, looked := b.lens.spans[pointer]
	if !looked {
		return b.search(pointer)
	}
	s := b.notes.Spans[span]
	return s.Of(b.raw), s.Here()
}

// search looks for what nobody said would be asked for.
func (b *observed) search(pointer string) ([]byte, bool) {
	value, err := contract.Decode(b.raw)
	if err != nil {
		return nil, false
	}
	found, there := contract.Lookup(value, pointer)
	if !there {
		return nil, false
	}
	raw, err := contract.Encode(found)
	return raw, err == nil
}

// violations are those of the body, and what is undocumented in it.
func (b *observed) violations() ([]Violation, []string) {
	if b.lens.body == nil || b.lens.body.schema == nil {
		return nil, nil
	}
	if b.see().parsed {
		return b.notes.Violations, b.notes.Undocumented
	}
	return b.lens.body.amiss(b.raw), nil
}

// amiss says what is wrong with a body that is no JSON.
func (b *Body) amiss(raw []byte) []Violation {
	switch {
	case len(raw) == 0 && !b.Required:
		return nil
	case len(raw) == 0:
		return []Violation{{At: b.side, Keyword: "required", Why: cause{reason: noBody}}}
	}
	why := cause{reason: noParse}
	if _, err := contract.Decode(raw); err != nil { // always: TestDifferential
		why.expected = contract.ArgText("error", err.Error())
	}
	return []Violation{{At: b.side, Keyword: "syntax", Why: why}}
}
