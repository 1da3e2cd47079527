// Package view looks at the exchanges of an operation as rules, expressions and strict
// interpretations see them. It is handed what is documented of the operation as plain
// values: schemas, pointers, parameters, CEL and letters. It knows nothing of documents.
//
// Compile makes a Plan of them: one pass over the bytes for each direction. A View is
// an exchange on that plan. Each body is gone over once, when somebody first asks, and
// every question is served from there: violations, undocumented
// members, members by their pointers, departures, and the values of expressions. It
// alone knows CEL.
package view

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"assay/internal/contract"
)

// Operation is what has to be known of an operation to look at its exchanges.
type Operation struct {
	Parameters []*Parameter
	Request    *Body         // nil: nothing is documented
	Responses  map[int]*Body // by HTTP status
	// Asked are pointers into the request's body, Responded into that of the response,
	// which somebody will ask for besides what expressions and letters name.
	RequestPointers, ResponsePointers []contract.Pointer
	Result                            []contract.Pointer // into the response's body, for View.Result
	Expressions                       []*Expression
	Strict                            []*StrictInterpretation
}

// Plan is an operation made ready for its exchanges. It is safe for concurrent use.
type Plan struct {
	parameters []*Parameter
	request    *bodyPlan
	responses  map[int]*bodyPlan
	other      *bodyPlan // of responses whose HTTP status is not documented
	members    map[string]*member
	strict     []placedStrict
	result     []contract.Pointer
}

// Compile makes a plan of an operation, with everything that is needed to look at an
// exchange. The error tells of expressions that do not compile; on the plan they never
// apply.
func Compile(o Operation) (*Plan, error) {
	p := &Plan{responses: map[int]*bodyPlan{}, members: map[string]*member{}, strict: placeAll(o.Strict), result: o.Result}
	for _, one := range o.Parameters {
		p.parameters = append(p.parameters, one.compile())
	}
	asked, responded, names, err := o.pointers()
	p.request = newBodyPlan(contract.InRequest, o.Request, asked, p.strict)
	for status, b := range o.Responses {
		p.responses[status] = newBodyPlan(contract.InResponse, b, responded, p.strict)
		p.responses[status].locateResult(o.Result)
	}
	p.other = newBodyPlan(contract.InResponse, nil, responded, p.strict)
	p.other.locateResult(o.Result)
	for _, name := range names {
		if m := p.member(name); m != nil {
			p.members[name] = m
		}
	}
	return p, err
}

// pointers lists the pointers into bodies that somebody looks at, and the members that
// expressions name.
func (o *Operation) pointers() (request, response []contract.Pointer, members []string, err error) {
	request, response = slices.Concat([]contract.Pointer{""}, o.RequestPointers), slices.Concat([]contract.Pointer{""}, o.Result, o.ResponsePointers)
	var faults []error
	see := func(e *Expression) {
		if err := e.Compile(); err != nil {
			faults = append(faults, fmt.Errorf("line %d: %w", e.Line, err))
		}
		request, response = append(request, e.pointers(contract.InRequest)...), append(response, e.pointers(contract.InResponse)...)
		members = append(members, e.members...)
	}
	for _, e := range o.Expressions {
		see(e)
	}
	for _, l := range o.Strict {
		if l.Expression == nil {
			continue
		}
		see(l.Expression)
		for _, place := range l.At {
			switch pointer, inBody := place.Pointer(); {
			case inBody && place.Direction() == contract.InResponse:
				response = append(response, pointer)
			case inBody:
				request = append(request, pointer)
			}
		}
	}
	return request, response, members, errors.Join(faults...)
}

// member is one of an exchange that an expression names.
type member struct {
	response bool
	kind     string // "body", "headers", "query", "status", "method", "credentials", "merchant"
	name     string // of a parameter, a credential or a switch; of a header as net/http writes it; "": all of them
	at       *node  // of a body; nil: the body itself
	above    int    // the span of that of which it is a member
}

// member finds out what the name of a variable stands for.
func (p *Plan) member(name string) *member {
	chain := strings.Split(name, ".")
	if flatTypes[chain[0]] != nil {
		return &member{kind: chain[0], name: chain[1]}
	}
	m := &member{response: chain[0] == "response", kind: chain[1]}
	switch {
	case m.kind != "body" && len(chain) > 3:
		m.kind = "" // a text has no members
	case m.kind == "headers" && len(chain) == 3 && strings.ToLower(chain[2]) != chain[2]:
		m.kind = "" // names are in lower case
	case m.kind == "headers" && len(chain) == 3:
		m.name = http.CanonicalHeaderKey(chain[2])
	case m.kind == "query" && len(chain) == 3 && !m.response:
		m.name = chain[2]
	case m.kind == "body" && len(chain) > 2:
		of := p.request
		if m.response {
			of = p.other
		}
		m.at = of.root
		for _, token := range chain[2:] {
			m.above = m.at.span
			if m.at = m.at.child(token); m.at == nil {
				return nil
			}
		}
	}
	return m
}

// View is a view on the plan, of no exchange yet.
func (p *Plan) View() *View {
	m := newMemo(p)
	m.view.memo = m
	return &m.view
}

// queries tells whether a name is a documented parameter of the query.
func (p *Plan) queries(name string) bool {
	return slices.ContainsFunc(p.parameters, func(one *Parameter) bool { return one.In == "query" && one.Name == name })
}
