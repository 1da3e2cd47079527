package view

import (
	"sync"

	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// Body is the documented body of one direction.
type Body struct {
	at       contract.Place // of the whole body
	required bool
	schema   *jsonschema.Schema
	place    *jsonschema.Place
	check    func() *jsonschema.Check // for a body outside an exchange
	states   sync.Pool                // for check
	media    *Media                   // nil: it is JSON
}

// NewBody returns the body at a place, such as request#, with its schema and what is
// documented of its members.
func NewBody(at contract.Place, required bool, schema *jsonschema.Schema, place *jsonschema.Place) *Body {
	b := &Body{at: at, required: required, schema: schema, place: place}
	b.check = sync.OnceValue(func() *jsonschema.Check { return compileCheck(schema, jsonschema.Request{Root: at, Place: place}) })
	return b
}

// Violations returns every violation of the schema. A body that is not JSON has a
// single violation, with the keyword "syntax". Nothing violates a nil Body.
func (b *Body) Violations(raw []byte) []jsonschema.Violation {
	violations, _ := b.scan(raw)
	return violations
}

// Undocumented returns the places of members that the documents do not list.
func (b *Body) Undocumented(raw []byte) []contract.Place {
	_, undocumented := b.scan(raw)
	return undocumented
}

// Conforms reports whether a body satisfies its schema and has no undocumented member.
func (b *Body) Conforms(raw []byte) bool {
	if b == nil {
		return true
	}
	state, ok := b.states.Get().(*jsonschema.ScanState)
	if !ok {
		state = &jsonschema.ScanState{}
	}
	conforms := b.check().Read(raw, state) && state.Conforms()
	b.states.Put(state)
	return conforms
}

func (b *Body) scan(raw []byte) ([]jsonschema.Violation, []contract.Place) {
	if b == nil {
		return nil, nil
	}
	state := &jsonschema.ScanState{}
	if len(raw) == 0 || !b.check().Read(raw, state) {
		return b.unreadable(raw, nil), nil
	}
	return state.Violations, state.Undocumented
}

// unreadable returns the violation of a body that is absent or not JSON; fault says what is
// wrong with a form or a text.
func (b *Body) unreadable(raw []byte, fault error) []jsonschema.Violation {
	switch {
	case len(raw) == 0 && !b.required:
		return nil
	case len(raw) == 0:
		return []jsonschema.Violation{{At: b.at, Keyword: "required", Why: cause{reason: noBody}}}
	}
	why := cause{reason: noParse}
	if fault != nil {
		why.expected = contract.ArgText("error", fault.Error())
	} else if _, err := contract.Decode(raw); err != nil { // always an error: see TestDifferential
		why.expected = contract.ArgText("error", err.Error())
	}
	return []jsonschema.Violation{{At: b.at, Keyword: "syntax", Why: why}}
}

// compileCheck compiles a schema. Patterns were compiled when the document was loaded,
// so Compile does not fail.
func compileCheck(s *jsonschema.Schema, asked jsonschema.Request) *jsonschema.Check {
	check, err := jsonschema.Compile(s, asked)
	if err != nil {
		check, _ = jsonschema.Compile(jsonschema.Anything(), asked)
	}
	return check
}
