package view

import (
	"sync"

	"github.com/google/cel-go/common/types/ref"

	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// Letter is what a strict interpretation demands of the values at places: a schema, or
// CEL that sees each of them as self.
type StrictInterpretation struct {
	At         []contract.Place
	Schema     *jsonschema.Schema // nil: it is CEL
	Expression *Expression        // nil: it is a schema

	checks sync.Map // of the schema, by the place of what it is held to
}

// check compiles the schema for values at a place.
func (l *StrictInterpretation) check(place contract.Place) *jsonschema.Check {
	made, known := l.checks.Load(place)
	if !known {
		made, _ = l.checks.LoadOrStore(place, compiled(l.Schema, jsonschema.Request{Root: place}))
	}
	check, _ := made.(*jsonschema.Check)
	return check
}

// Violations are those of a value from the letter's schema.
func (l *StrictInterpretation) Violations(at Spot) []jsonschema.Violation {
	raw, err := contract.Encode(at.Value)
	if err != nil {
		return nil // it was read from JSON
	}
	notes := &jsonschema.ScanState{}
	general := at.Place.General()
	l.check(general).Read(raw, notes)
	for i := range notes.Violations {
		below, _ := notes.Violations[i].At.Under(general)
		notes.Violations[i].At = at.Place.Below(below)
	}
	return notes.Violations
}

// placedLetter is a letter, and one of the places where it holds.
type placedStrict struct {
	*StrictInterpretation
	number int // among the letters of the operation
	at     *location
	seen   bool // departures from it are seen when the body is gone over
	asked  int  // seen: its number among the letters of the check
}

// place lists the letters by the places where they hold.
func place(letters []*StrictInterpretation) []placedStrict {
	var all []placedStrict
	asked := map[bool]int{} // by side
	for i, l := range letters {
		for _, place := range l.At {
			one := placedStrict{StrictInterpretation: l, number: i, at: locate(place)}
			if one.seen = l.Schema != nil && one.at.inBody && !one.at.positioned; one.seen {
				one.asked = asked[one.at.response]
				asked[one.at.response]++
			}
			all = append(all, one)
		}
	}
	return all
}

// EachDeparture reports where the exchange departs from the letters of its operation,
// each by its number, in their order. What is reported stands until the next is.
func (x *View) EachDeparture(report func(letter int, v jsonschema.Violation)) {
	m := x.memo
	m.sent.see()
	m.got.see()
	none := len(m.sent.notes.Departures)+len(m.got.notes.Departures) == 0
	for i := range m.plan.strict {
		l := &m.plan.strict[i]
		if none && l.seen {
			continue
		}
		for _, v := range l.departures(x) {
			report(l.number, v)
		}
	}
}

// Departures tells where the exchange departs from one letter of its operation.
// Where the place is absent there is nothing to hold to a schema; CEL that does
// not name self is asked all the same, so it can demand that it be there.
func (x *View) Departures(letter int) []jsonschema.Violation {
	var all []jsonschema.Violation
	for i := range x.memo.plan.strict {
		if l := &x.memo.plan.strict[i]; l.number == letter {
			all = append(all, l.departures(x)...)
		}
	}
	return all
}

// departures are those at its place. They stand until the next are asked for.
func (l *placedStrict) departures(x *View) []jsonschema.Violation {
	switch {
	case l.Expression != nil:
		return l.unkept(x)
	case l.at.inBody:
		return l.broken(x)
	}
	text, there := x.plain(l.at)
	if !there {
		return nil
	}
	notes := x.memo.aside()
	l.at.check(l.StrictInterpretation).Text(text, notes)
	return notes.Violations
}

// broken adds where a body breaks a letter that is a schema.
func (l *placedStrict) broken(x *View) (all []jsonschema.Violation) {
	b := x.memo.body(l.at.response)
	if !b.there() {
		return all
	}
	if l.at.positioned { // it is about one item of an array
		for _, at := range x.Spots(l.at.place) {
			all = append(all, l.Violations(at)...)
		}
		return all
	}
	for i := range b.notes.Departures {
		if d := &b.notes.Departures[i]; d.Index == l.asked {
			all = append(all, d.Violation)
		}
	}
	return all
}

// unkept adds where a letter that is CEL is not kept.
func (l *placedStrict) unkept(x *View) (all []jsonschema.Violation) {
	e, where := l.Expression, l.at
	hold := func(at contract.Place, self ref.Val) {
		if holds, applies := x.holds(e, self, nil); applies && !holds {
			all = append(all, jsonschema.Violation{At: at, Keyword: "strict", Why: cause{breaksStrict, contract.ArgText("expected", e.String())}})
		}
	}
	self := e.self
	switch {
	case self && where.inBody && !where.many:
		b := x.memo.body(where.response)
		if !b.there() {
			return all
		}
		if raw, there := b.at(where.pointer); there {
			hold(where.place, x.memo.variables.value(raw))
		}
		return all
	case !self && !where.many:
		hold(where.place, nil)
		return all
	}
	spots := x.Spots(where.place)
	if len(spots) == 0 && !self {
		spots = []Spot{{Place: where.place}}
	}
	for _, at := range spots {
		hold(at.Place, adapt(native(at.Value)))
	}
	return all
}
