package view

import (
	"sync"

	"github.com/google/cel-go/common/types/ref"

	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// StrictInterpretation is what the strict interpretation of an ambiguity demands of the
// values at some places: a schema, or an expression in which self is the value.
type StrictInterpretation struct {
	At         []contract.Place
	Schema     *jsonschema.Schema // nil: Expression is set
	Expression *Expression        // nil: Schema is set

	checks sync.Map // of Schema, by place
}

// check returns the compiled schema for values at a place.
func (l *StrictInterpretation) check(place contract.Place) *jsonschema.Check {
	made, known := l.checks.Load(place)
	if !known {
		made, _ = l.checks.LoadOrStore(place, compileCheck(l.Schema, jsonschema.Request{Root: place}))
	}
	check, _ := made.(*jsonschema.Check)
	return check
}

// Violations returns the violations of the schema by one value.
func (l *StrictInterpretation) Violations(at Occurrence) []jsonschema.Violation {
	raw, err := contract.Encode(at.Value)
	if err != nil {
		return nil // does not happen: the value was decoded from JSON
	}
	state := &jsonschema.ScanState{}
	general := at.Place.General()
	l.check(general).Read(raw, state)
	for i := range state.Violations {
		below, _ := state.Violations[i].At.Under(general)
		state.Violations[i].At = at.Place.Below(below)
	}
	return state.Violations
}

// placedStrict is a strict interpretation at one of its places.
type placedStrict struct {
	*StrictInterpretation
	index     int // its index in Operation.Strict
	at        *location
	inScan    bool // the check of the body finds its departures
	scanIndex int  // if inScan: its index in the check
}

// placeAll lists strict interpretations by place.
func placeAll(strict []*StrictInterpretation) []placedStrict {
	var all []placedStrict
	count := map[bool]int{} // true: the response
	for i, l := range strict {
		for _, place := range l.At {
			one := placedStrict{StrictInterpretation: l, index: i, at: locate(place)}
			if one.inScan = l.Schema != nil && one.at.inBody && !one.at.positioned; one.inScan {
				one.scanIndex = count[one.at.response]
				count[one.at.response]++
			}
			all = append(all, one)
		}
	}
	return all
}

// EachDeparture reports every departure from a strict interpretation, in the order of
// Operation.Strict. index is the index there. A violation is valid until the next one
// is reported.
func (x *View) EachDeparture(report func(index int, v jsonschema.Violation)) {
	m := x.memo
	m.requestScan.scan()
	m.responseScan.scan()
	none := len(m.requestScan.state.Departures)+len(m.responseScan.state.Departures) == 0
	for i := range m.plan.strict {
		l := &m.plan.strict[i]
		if none && l.inScan {
			continue
		}
		for _, v := range l.departures(x, i) {
			report(l.index, v)
		}
	}
}

// Departures returns the departures from the strict interpretation with an index in
// Operation.Strict. A schema demands nothing of an absent value. An expression without
// self is evaluated in any case, so it can demand that the value is present.
func (x *View) Departures(index int) []jsonschema.Violation {
	var all []jsonschema.Violation
	for i := range x.memo.plan.strict {
		if l := &x.memo.plan.strict[i]; l.index == index {
			all = append(all, l.departures(x, i)...)
		}
	}
	return all
}

// departures returns the departures at its place. They are valid until the next call. i is
// its index in the plan.
func (l *placedStrict) departures(x *View, i int) []jsonschema.Violation {
	switch {
	case l.Expression != nil:
		return l.expressionDepartures(x)
	case l.at.inBody:
		return l.schemaDepartures(x)
	}
	text, present := x.textAt(l.at)
	same := len(x.memo.plan.parameters) + i
	if !present || x.memo.conformed(same, text) {
		return nil
	}
	state := x.memo.scratchState()
	l.at.check(l.StrictInterpretation).Text(text, state)
	x.memo.remember(same, text, state.Violations)
	return state.Violations
}

// schemaDepartures returns where a body violates the schema.
func (l *placedStrict) schemaDepartures(x *View) (all []jsonschema.Violation) {
	b := x.memo.body(l.at.response)
	if !b.hasValue() {
		return all
	}
	if l.at.positioned { // the pointer may lead to one item of an array
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

// expressionDepartures returns where the expression does not hold.
func (l *placedStrict) expressionDepartures(x *View) (all []jsonschema.Violation) {
	e, where := l.Expression, l.at
	check := func(at contract.Place, self ref.Val) {
		if holds, applies := x.holds(e, self, nil); applies && !holds {
			all = append(all, jsonschema.Violation{At: at, Keyword: "strict", Why: cause{notStrict, contract.ArgText("expected", e.String())}})
		} else if x.TooCostly(e) {
			all = append(all, jsonschema.Violation{At: at, Keyword: "strict", Why: cause{tooCostly, contract.ArgText("expected", e.String())}})
		}
	}
	self := e.self
	switch {
	case self && where.inBody && !where.many:
		b := x.memo.body(where.response)
		if !b.hasValue() {
			return all
		}
		if raw, present := b.rawAt(where.pointer); present {
			check(where.place, x.memo.variables.value(raw))
		}
		return all
	case !self && !where.many:
		check(where.place, nil)
		return all
	}
	found := x.Occurrences(where.place)
	if len(found) == 0 && !self {
		found = []Occurrence{{Place: where.place}}
	}
	for _, at := range found {
		check(at.Place, adapt(native(at.Value)))
	}
	return all
}
