package view

import (
	"sync"

	"assay/internal/contract"
	"assay/internal/sift"
)

// Body is what is documented of the body of one direction.
type Body struct {
	at       contract.Place // of the whole body
	required bool
	schema   *sift.Schema
	place    *sift.Place
	check    func() *sift.Check // of a body by itself
	notes    sync.Pool          // for it
}

// NewBody is the body at a place, which is that of a direction: the schema that it has,
// and what is documented of the members in it.
func NewBody(at contract.Place, required bool, schema *sift.Schema, place *sift.Place) *Body {
	b := &Body{at: at, required: required, schema: schema, place: place}
	b.check = sync.OnceValue(func() *sift.Check { return compiled(schema, sift.Asked{Root: at, Place: place}) })
	return b
}

// Violations tells every way in which a body departs from its schema. One
// that is not JSON has a single violation, with the keyword "syntax". A nil Body
// documents nothing, and nothing departs from it.
func (b *Body) Violations(raw []byte) []sift.Violation {
	violations, _ := b.observed(raw)
	return violations
}

// Undocumented gives the places of members that the documents do not list.
func (b *Body) Undocumented(raw []byte) []contract.Place {
	_, undocumented := b.observed(raw)
	return undocumented
}

// Conforms tells whether a body departs from nothing, and has no member that the
// documents do not list.
func (b *Body) Conforms(raw []byte) bool {
	if b == nil {
		return true
	}
	notes, ok := b.notes.Get().(*sift.Notes)
	if !ok {
		notes = &sift.Notes{}
	}
	conforms := b.check().Read(raw, notes) && notes.Conforms()
	b.notes.Put(notes)
	return conforms
}

func (b *Body) observed(raw []byte) ([]sift.Violation, []contract.Place) {
	if b == nil {
		return nil, nil
	}
	notes := &sift.Notes{}
	if len(raw) == 0 || !b.check().Read(raw, notes) {
		return b.amiss(raw), nil
	}
	return notes.Violations, notes.Undocumented
}

// amiss says what is wrong with a body that is no JSON.
func (b *Body) amiss(raw []byte) []sift.Violation {
	switch {
	case len(raw) == 0 && !b.required:
		return nil
	case len(raw) == 0:
		return []sift.Violation{{At: b.at, Keyword: "required", Why: cause{reason: noBody}}}
	}
	why := cause{reason: noParse}
	if _, err := contract.Decode(raw); err != nil { // always: TestDifferential
		why.expected = contract.ArgText("error", err.Error())
	}
	return []sift.Violation{{At: b.at, Keyword: "syntax", Why: why}}
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
