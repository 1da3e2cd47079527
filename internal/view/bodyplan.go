package view

import (
	"errors"

	"assay/internal/contract"
	"assay/internal/jsonschema"
	"assay/internal/media"
)

// bodyPlan is how the bodies of one direction are read. Its check observes in one pass
// everything that rules, expressions, results and strict interpretations need.
type bodyPlan struct {
	body      *Body // nil: nothing is documented
	check     *jsonschema.Check
	root      *node
	spans     map[contract.Pointer]int
	result    []int // the spans of Operation.Result; -1: not observed
	spanCount int
}

// node is a member of a body that the check observes.
type node struct {
	name     string
	span     int
	children []*node
}

func (n *node) child(name string) *node {
	for _, child := range n.children {
		if child.name == name {
			return child
		}
	}
	return nil
}

// newBodyPlan compiles the check for a body; b is nil if nothing is documented.
func newBodyPlan(of contract.Direction, b *Body, pointers []contract.Pointer, strict []placedStrict) *bodyPlan {
	l := &bodyPlan{body: b, root: &node{}, spans: map[contract.Pointer]int{"": 0}}
	asked := jsonschema.Request{Root: of.Body(""), Spans: []contract.Pointer{""}}
	schema := jsonschema.Anything()
	if b != nil {
		schema, asked.Place = b.schema, b.place
	}
	for _, pointer := range pointers {
		l.addPointer(pointer, &asked)
	}
	for _, s := range strict {
		if s.inScan && s.at.response == (of == contract.InResponse) {
			asked.Strict = append(asked.Strict, jsonschema.StrictSchema{Pointer: s.at.pointer, Schema: s.Schema})
		}
	}
	l.check, l.spanCount = compileCheck(schema, asked), len(asked.Spans)
	return l
}

// addPointer adds a pointer and its parents to what the check observes. A pointer that
// may lead into an array is not added.
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

// locateResult records the spans of Operation.Result.
func (l *bodyPlan) locateResult(result []contract.Pointer) {
	for _, pointer := range result {
		span, observed := l.spans[pointer]
		if !observed {
			span = -1
		}
		l.result = append(l.result, span)
	}
}

// bodyScan is what the check observed in one body of an exchange.
type bodyScan struct {
	plan    *bodyPlan
	raw     []byte
	state   jsonschema.ScanState
	scanned bool
	parsed  bool         // it is one JSON value
	objects []bodyObject // by span
	fault   error        // why a form or a text could not be read; it then has no value
	large   bool         // a form that is too large to be read was needed
}

// scan runs the check, once for each body.
func (b *bodyScan) scan() *bodyScan {
	if b.scanned {
		return b
	}
	if b.large = errors.Is(b.fault, media.ErrTooLarge); b.large {
		return b
	}
	b.scanned = true
	b.parsed = len(b.raw) > 0 && b.fault == nil && b.plan.check.Read(b.raw, &b.state)
	return b
}

// reset replaces the body.
func (b *bodyScan) reset(l *bodyPlan, raw []byte) {
	b.plan, b.raw, b.scanned, b.parsed, b.fault, b.large = l, raw, false, false, nil, false
}

// member is rawAt; isJSON reports whether the body is JSON.
func (b *bodyScan) member(pointer contract.Pointer) (raw []byte, present, isJSON bool) {
	raw, present = b.rawAt(pointer)
	return raw, present, b.parsed
}

// rawAt returns the bytes of a member.
func (b *bodyScan) rawAt(pointer contract.Pointer) (raw []byte, present bool) {
	if !b.scan().parsed {
		return nil, false
	}
	span, observed := b.plan.spans[pointer]
	if !observed {
		return b.search(pointer)
	}
	s := b.state.Spans[span]
	return s.Of(b.raw), s.Here()
}

// search finds a member that the check does not observe.
func (b *bodyScan) search(pointer contract.Pointer) ([]byte, bool) {
	raw := b.state.Spans[0].Of(b.raw)
	for token := range pointer.Tokens() {
		var present bool
		if raw, present = jsonschema.At(raw, token); !present {
			return nil, false
		}
	}
	return raw, true
}

// violations returns the violations and undocumented members of the body.
func (b *bodyScan) violations() ([]jsonschema.Violation, []contract.Place) {
	if b.plan.body == nil {
		return nil, nil
	}
	if b.scan().parsed {
		return b.state.Violations, b.state.Undocumented
	}
	return b.plan.body.unreadable(b.raw, b.fault), nil
}
