package view

import (
	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// lens is how the bodies of one direction of an operation are looked at: everything
// that rules, expressions and letters ask of them is seen in one pass.
type bodyPlan struct {
	body      *Body // nil: nothing is documented
	check     *jsonschema.Check
	root      *node
	spans     map[contract.Pointer]int
	result    []int // the spans of Operation.Result; -1: it has to be searched for
	spanCount int   // spans
}

// part is a place in a body that somebody looks at.
type node struct {
	name     string
	span     int
	children []*node
}

func (p *node) child(name string) *node {
	for _, part := range p.children {
		if part.name == name {
			return part
		}
	}
	return nil
}

// newLens compiles what has to be seen of a body; nil is one of which nothing is
// documented.
func newBodyPlan(of contract.Direction, b *Body, pointers []contract.Pointer, letters []placedStrict) *bodyPlan {
	l := &bodyPlan{body: b, root: &node{}, spans: map[contract.Pointer]int{"": 0}}
	asked := jsonschema.Request{Root: of.Body(""), Spans: []contract.Pointer{""}}
	schema := jsonschema.Anything()
	if b != nil {
		schema, asked.Place = b.schema, b.place
	}
	for _, pointer := range pointers {
		l.addPointer(pointer, &asked)
	}
	for _, one := range letters {
		if one.inScan && one.at.response == (of == contract.InResponse) {
			asked.Strict = append(asked.Strict, jsonschema.StrictSchema{Pointer: one.at.pointer, Schema: one.Schema})
		}
	}
	l.check, l.spanCount = compileCheck(schema, asked), len(asked.Spans)
	return l
}

// part has a pointer, and those above it, looked for. One that leads into an array
// is not.
func (l *bodyPlan) addPointer(pointer contract.Pointer, asked *jsonschema.Request) {
	if positioned(pointer) || contract.HasWildcard(pointer) {
		return
	}
	at, here := l.root, contract.Pointer("")
	for token := range pointer.Tokens() {
		here = here.AppendToken(token)
		next := at.child(token)
		if next == nil {
			next = &node{name: token, span: len(asked.Spans)}
			at.children = append(at.children, next)
			l.spans[here] = next.span
			asked.Spans = append(asked.Spans, here)
		}
		at = next
	}
}

// find notes the spans of what a response's result is read from.
func (l *bodyPlan) locateResult(result []contract.Pointer) {
	for _, pointer := range result {
		span, looked := l.spans[pointer]
		if !looked {
			span = -1
		}
		l.result = append(l.result, span)
	}
}

// observed is what was seen of one body of an exchange.
type bodyScan struct {
	plan    *bodyPlan
	raw     []byte
	state   jsonschema.ScanState
	scanned bool
	parsed  bool         // it is one JSON value
	objects []bodyObject // by span
}

// see goes over the body, once.
func (b *bodyScan) scan() *bodyScan {
	if b.scanned {
		return b
	}
	b.scanned = true
	b.parsed = len(b.raw) > 0 && b.plan.check.Read(b.raw, &b.state)
	return b
}

// begin takes up another body.
func (b *bodyScan) reset(l *bodyPlan, raw []byte) {
	b.plan, b.raw, b.scanned, b.parsed = l, raw, false, false
}

// says is at, and tells whether the body is JSON.
func (b *bodyScan) member(pointer contract.Pointer) (raw []byte, there, whole bool) {
	raw, there = b.rawAt(pointer)
	return raw, there, b.parsed
}

// at gives what stands at a pointer, if it was looked for and is there.
func (b *bodyScan) rawAt(pointer contract.Pointer) (raw []byte, there bool) {
	if !b.scan().parsed {
		return nil, false
	}
	span, looked := b.plan.spans[pointer]
	if !looked {
		return b.search(pointer)
	}
	s := b.state.Spans[span]
	return s.Of(b.raw), s.Here()
}

// search looks for what nobody said would be asked for.
func (b *bodyScan) search(pointer contract.Pointer) ([]byte, bool) {
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
func (b *bodyScan) violations() ([]jsonschema.Violation, []contract.Place) {
	if b.plan.body == nil {
		return nil, nil
	}
	if b.scan().parsed {
		return b.state.Violations, b.state.Undocumented
	}
	return b.plan.body.unreadable(b.raw), nil
}
