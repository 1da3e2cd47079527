// Package view gives rules, expressions and strict interpretations access to the
// exchanges of an operation. It receives what the operation documents as plain values:
// schemas, pointers, parameters and expressions. It does not know OpenAPI documents. No
// other package uses CEL.
//
// Compile turns an Operation into a Plan, with one check for each direction
// (bodyplan.go). That check observes everything that rules, expressions, results,
// signatures and strict interpretations need. A View is an exchange on the plan. Each
// body is read once, when a rule first needs it. After that the View returns
// violations, undocumented members, members by pointer and departures, and evaluates
// expressions, without a second pass.
//
// Expressions read members from the bytes (variables.go). Package jsonschema reports
// keywords and places; the texts of violations are here (violation.go).
package view

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/route"
)

// Operation is what the documents say about one operation, as far as its exchanges are
// concerned.
type Operation struct {
	Parameters []*Parameter
	Path       route.Template
	Request    *Body         // nil: nothing is documented
	Responses  map[int]*Body // by HTTP status
	// RequestPointers (into the request's body) and ResponsePointers (into the
	// response's body) are what callers need besides the members that expressions name.
	RequestPointers, ResponsePointers []contract.Pointer
	Result                            []contract.Pointer // into the response's body, for View.Result
	Expressions                       []*Expression
	Strict                            []*StrictInterpretation
}

// Plan is a compiled Operation. It is safe for concurrent use.
type Plan struct {
	parameters []*Parameter
	path       route.Template
	request    *bodyPlan
	responses  map[int]*bodyPlan
	other      *bodyPlan // of responses with an undocumented HTTP status
	members    map[string]*member
	strict     []placedStrict
	result     []contract.Pointer
}

// Compile compiles everything that is needed to look at an exchange of o. The plan is
// valid even if there is an error: the error lists the expressions that do not compile,
// and on the plan they never apply.
func Compile(o Operation) (*Plan, error) {
	p := &Plan{responses: map[int]*bodyPlan{}, members: map[string]*member{}, strict: placeAll(o.Strict), result: o.Result, path: o.Path}
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

// pointers returns the pointers into both bodies that the check observes, and the
// members that expressions name.
func (o *Operation) pointers() (request, response []contract.Pointer, members []string, err error) {
	request, response = slices.Concat([]contract.Pointer{""}, o.RequestPointers), slices.Concat([]contract.Pointer{""}, o.Result, o.ResponsePointers)
	var faults []error
	add := func(e *Expression) {
		if err := e.Compile(); err != nil {
			faults = append(faults, fmt.Errorf("line %d: %w", e.Line, err))
		}
		request, response = append(request, e.pointers(contract.InRequest)...), append(response, e.pointers(contract.InResponse)...)
		members = append(members, e.members...)
	}
	for _, e := range o.Expressions {
		add(e)
	}
	for _, l := range o.Strict {
		if l.Expression == nil {
			continue
		}
		add(l.Expression)
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

// member is a member of an exchange that an expression names.
type member struct {
	response bool
	kind     string // "body", "headers", "query", "path", "status", "method", "credentials", "merchant"
	name     string // of a parameter, credential or merchant switch; of a header in canonical form; "": all of them
	at       *node  // in a body; nil: the body itself
	above    int    // the span of the parent
}

// member resolves the name of a variable. It returns nil if the check does not observe
// that member of a body.
func (p *Plan) member(name string) *member {
	chain := strings.Split(name, ".")
	if flatTypes[chain[0]] != nil {
		return &member{kind: chain[0], name: chain[1]}
	}
	m := &member{response: chain[0] == "response", kind: chain[1]}
	switch {
	case m.kind != "body" && len(chain) > 3:
		m.kind = "" // a string has no members
	case m.kind == "headers" && len(chain) == 3 && strings.ToLower(chain[2]) != chain[2]:
		m.kind = "" // names are in lower case
	case m.kind == "headers" && len(chain) == 3:
		m.name = http.CanonicalHeaderKey(chain[2])
	case (m.kind == "query" || m.kind == "path") && len(chain) == 3 && !m.response:
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

// View returns a new view without an exchange; call Load.
func (p *Plan) View() *View {
	m := newMemo(p)
	m.view.memo = m
	return &m.view
}

// queries reports whether the documents list a query parameter with that name.
func (p *Plan) queries(name string) bool {
	return slices.ContainsFunc(p.parameters, func(one *Parameter) bool { return one.In == "query" && one.Name == name })
}
