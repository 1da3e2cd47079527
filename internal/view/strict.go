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
		made, _ = l.checks.LoadOrStore(place, compileCheck(l.Schema, jsonschema.Request{Root: place}))
	}
	check, _ := made.(*jsonschema.Check)
	return check
}

// Violations are those of a value from the letter's schema.
func (l *StrictInterpretation) Violations(at Occurrence) []jsonschema.Violation {
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
	number    int // among the letters of the operation
	at        *location
	inScan    bool // departures from it are seen when the body is gone over
	scanIndex int  // seen: its number among the letters of the check
}

// place lists the letters by the places where they hold.
func placeAll(letters []*StrictInterpretation) []placedStrict {
	var all []placedStrict
	asked := map[bool]int{} // by side
	for i, l := range letters {
		for _, place := range l.At {
			one := placedStrict{StrictInterpretation: l, number: i, at: locate(place)}
			if one.inScan = l.Schema != nil && one.at.inBody && !one.at.positioned; one.inScan {
				one.scanIndex = asked[one.at.response]
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
	m.requestScan.scan()
	m.responseScan.scan()
	none := len(m.requestScan.state.Departures)+len(m.responseScan.state.Departures) == 0
	for i := range m.plan.strict {
		l := &m.plan.strict[i]
		if none && l.inScan {
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
		return l.expressionDepartures(x)
	case l.at.inBody:
		return l.schemaDepartures(x)
	}
	text, there := x.textAt(l.at)
	if !there {
		return nil
	}
	notes := x.memo.scratchState()
	l.at.check(l.StrictInterpretation).Text(text, notes)
	return notes.Violations
}

// broken adds where a body breaks a letter that is a schema.
func (l *placedStrict) schemaDepartures(x *View) (all []jsonschema.Violation) {
	b := x.memo.body(l.at.response)
	if !b.hasValue() {
		return all
	}
	if l.at.positioned { // it is about one item of an array
		for _, at := range x.Occurrences(l.at.place) {
			all = append(all, l.Violations(at)...)
		}
		return all
	}
	for i := range b.state.Departures {
		if d := &b.state.Departures[i]; d.Index == l.scanIndex {
			all = append(all, d.Violation)
		}
	}
	return all
}

// unkept adds where a letter that is CEL is not kept.
func (l *placedStrict) expressionDepartures(x *View) (all []jsonschema.Violation) {
	e, where := l.Expression, l.at
	hold := func(at contract.Place, self ref.Val) {
		if holds, applies := x.holds(e, self, nil); applies && !holds {
			all = append(all, jsonschema.Violation{At: at, Keyword: "strict", Why: cause{notStrict, contract.ArgText("expected", e.String())}})
		}
	}
	self := e.self
	switch {
	case self && where.inBody && !where.many:
		b := x.memo.body(where.response)
		if !b.hasValue() {
			return all
		}
		if raw, there := b.rawAt(where.pointer); there {
			hold(where.place, x.memo.variables.value(raw))
		}
		return all
	case !self && !where.many:
		hold(where.place, nil)
		return all
	}
	spots := x.Occurrences(where.place)
	if len(spots) == 0 && !self {
		spots = []Occurrence{{Place: where.place}}
	}
	for _, at := range spots {
		hold(at.Place, adapt(native(at.Value)))
	}
	return all
}
