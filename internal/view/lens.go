package view

import (
	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// lens is how the bodies of one direction of an operation are looked at: everything
// that rules, expressions and letters ask of them is seen in one pass.
type lens struct {
	body   *Body // nil: nothing is documented
	check  *jsonschema.Check
	parts  *part
	spans  map[contract.Pointer]int
	result []int // the spans of Operation.Result; -1: it has to be searched for
	most   int   // spans
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

// newLens compiles what has to be seen of a body; nil is one of which nothing is
// documented.
func newLens(of contract.Direction, b *Body, pointers []contract.Pointer, letters []placedStrict) *lens {
	l := &lens{body: b, parts: &part{}, spans: map[contract.Pointer]int{"": 0}}
	asked := jsonschema.Request{Root: of.Body(""), Spans: []contract.Pointer{""}}
	schema := jsonschema.Anything()
	if b != nil {
		schema, asked.Place = b.schema, b.place
	}
	for _, pointer := range pointers {
		l.part(pointer, &asked)
	}
	for _, one := range letters {
		if one.seen && one.at.response == (of == contract.InResponse) {
			asked.Strict = append(asked.Strict, jsonschema.StrictSchema{Pointer: one.at.pointer, Schema: one.Schema})
		}
	}
	l.check, l.most = compiled(schema, asked), len(asked.Spans)
	return l
}

// part has a pointer, and those above it, looked for. One that leads into an array
// is not.
func (l *lens) part(pointer contract.Pointer, asked *jsonschema.Request) {
	if positioned(pointer) || contract.HasWildcard(pointer) {
		return
	}
	at, here := l.parts, contract.Pointer("")
	for token := range pointer.Tokens() {
		here = here.AppendToken(token)
		next := at.at(token)
		if next == nil {
			next = &part{name: token, span: len(asked.Spans)}
			at.below = append(at.below, next)
			l.spans[here] = next.span
			asked.Spans = append(asked.Spans, here)
		}
		at = next
	}
}

// find notes the spans of what a response's result is read from.
func (l *lens) find(result []contract.Pointer) {
	for _, pointer := range result {
		span, looked := l.spans[pointer]
		if !looked {
			span = -1
		}
		l.result = append(l.result, span)
	}
}

// observed is what was seen of one body of an exchange.
type observed struct {
	lens    *lens
	raw     []byte
	notes   jsonschema.ScanState
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
func (b *observed) says(pointer contract.Pointer) (raw []byte, there, whole bool) {
	raw, there = b.at(pointer)
	return raw, there, b.parsed
}

// at gives what stands at a pointer, if it was looked for and is there.
func (b *observed) at(pointer contract.Pointer) (raw []byte, there bool) {
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
func (b *observed) search(pointer contract.Pointer) ([]byte, bool) {
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
func (b *observed) violations() ([]jsonschema.Violation, []contract.Place) {
	if b.lens.body == nil {
		return nil, nil
	}
	if b.see().parsed {
		return b.notes.Violations, b.notes.Undocumented
	}
	return b.lens.body.amiss(b.raw), nil
}
