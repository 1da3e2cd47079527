package view

import (
	"sync"

	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// Body is what is documented of the body of one direction.
type Body struct {
	at       contract.Place // of the whole body
	required bool
	schema   *jsonschema.Schema
	place    *jsonschema.Place
	check    func() *jsonschema.Check // of a body by itself
	states   sync.Pool                // for it
}

// NewBody is the body at a place, which is that of a direction: the schema that it has,
// and what is documented of the members in it.
func NewBody(at contract.Place, required bool, schema *jsonschema.Schema, place *jsonschema.Place) *Body {
	b := &Body{at: at, required: required, schema: schema, place: place}
	b.check = sync.OnceValue(func() *jsonschema.Check { return compileCheck(schema, jsonschema.Request{Root: at, Place: place}) })
	return b
}

// Violations tells every way in which a body departs from its schema. One
// that is not JSON has a single violation, with the keyword "syntax". A nil Body
// documents nothing, and nothing departs from it.
func (b *Body) Violations(raw []byte) []jsonschema.Violation {
	violations, _ := b.scan(raw)
	return violations
}

// Undocumented gives the places of members that the documents do not list.
func (b *Body) Undocumented(raw []byte) []contract.Place {
	_, undocumented := b.scan(raw)
	return undocumented
}

// Conforms tells whether a body departs from nothing, and has no member that the
// documents do not list.
func (b *Body) Conforms(raw []byte) bool {
	if b == nil {
		return true
	}
	notes, ok := b.states.Get().(*jsonschema.ScanState)
	if !ok {
		notes = &jsonschema.ScanState{}
	}
	conforms := b.check().Read(raw, notes) && notes.Conforms()
	b.states.Put(notes)
	return conforms
}

func (b *Body) scan(raw []byte) ([]jsonschema.Violation, []contract.Place) {
	if b == nil {
		return nil, nil
	}
	notes := &jsonschema.ScanState{}
	if len(raw) == 0 || !b.check().Read(raw, notes) {
		return b.unreadable(raw), nil
	}
	return notes.Violations, notes.Undocumented
}

// amiss says what is wrong with a body that is no JSON.
func (b *Body) unreadable(raw []byte) []jsonschema.Violation {
	switch {
	case len(raw) == 0 && !b.required:
		return nil
	case len(raw) == 0:
		return []jsonschema.Violation{{At: b.at, Keyword: "required", Why: cause{reason: noBody}}}
	}
	why := cause{reason: noParse}
	if _, err := contract.Decode(raw); err != nil { // always: TestDifferential
		why.expected = contract.ArgText("error", err.Error())
	}
	return []jsonschema.Violation{{At: b.at, Keyword: "syntax", Why: why}}
}

// compiled is a check of a schema. Patterns were compiled when the document was
// validated, so that there is nothing left to be wrong.
func compileCheck(s *jsonschema.Schema, asked jsonschema.Request) *jsonschema.Check {
	check, err := jsonschema.Compile(s, asked)
	if err != nil {
		check, _ = jsonschema.Compile(jsonschema.Anything(), asked)
	}
	return check
}
