package openapi

import (
	"slices"
	"sync"

	"assay/internal/contract"
	"assay/internal/jsonschema"
	"assay/internal/view"
)

// Names from package jsonschema and package view.
type (
	// Violation is a violation of a schema.
	Violation = jsonschema.Violation
	// Expression is a condition in CEL.
	Expression = view.Expression
	// RequestViolation is a violation as an expression sees it.
	RequestViolation = view.RequestViolation
	// Occurrence is a value and its place.
	Occurrence = view.Occurrence
)

// View is an exchange of an operation. Besides view.View it has the result code, and
// the departures from strict interpretations.
type View struct {
	*view.View

	o        *Operation
	plan     *viewPlan
	code     ResultCode
	codeRead bool
	response *Response // what is documented for the status; see Documented
	status   int       // of response
	held     []held    // what each x-rule said, by its index
}

// viewPlan is what the views of an operation share.
type viewPlan struct {
	plan        *view.Plan
	ambiguities []*Ambiguity       // those with a strict interpretation, in the order of the plan
	references  []contract.Pointer // of the request's members with the merchant's reference
	conditions  []int              // the x-rules about requests of severity error, by index
	causes      map[*Code]*Causes  // of the codes with a condition
	refusals    []Refusal          // of the documented codes that refuse a request, in order
	valued      bool               // the condition of a result code names violation.value
	file        string
	faults      []lineError // expressions that do not compile
	views       sync.Pool
}

// Compile compiles the schemas, strict interpretations and expressions of the
// operation, once. NewView calls it too. The error lists file and line of every
// expression that does not compile.
func (o *Operation) Compile() error {
	v := o.viewPlan()
	return expressionsError(v.file, v.faults)
}

// ExpressionsError lists the expressions of a document that do not compile, with file
// and line.
type ExpressionsError struct{ error }

func expressionsError(file string, faults []lineError) error {
	if len(faults) == 0 {
		return nil
	}
	return &ExpressionsError{joinErrors(file, faults)}
}

// NewView returns a view of an exchange of an operation.
func NewView(o *Operation, ex contract.Exchange, credentials map[string]string, merchant map[string]bool) *View {
	x, _ := o.viewPlan().views.Get().(*View)
	x.o, x.codeRead, x.response, x.status = o, false, o.Responses[ex.Response.Status], ex.Response.Status
	clear(x.held)
	x.Load(ex, credentials, merchant)
	return x
}

// Done returns the view's memory to the pool. The view and its violations must not be
// used after it.
func (x *View) Done() {
	x.Clear()
	x.o, x.code, x.response = nil, ResultCode{}, nil
	x.plan.views.Put(x)
}

// newViewPlan compiles an operation and its ambiguities.
func newViewPlan(o *Operation, file string, ambiguities []*Ambiguity) *viewPlan {
	v, known := &viewPlan{file: file}, view.Operation{Path: o.Template(), Responses: map[int]*view.Body{}, Result: o.Result.pointers(), Expressions: o.expressions()}
	for _, p := range o.Parameters {
		known.Parameters = append(known.Parameters, &view.Parameter{Place: p.place, In: p.In, Name: p.Name, Required: p.Required, Schema: convertSchema(p.schema)})
	}
	if o.Request != nil {
		known.Request = o.Request.viewBody()
	}
	for status, a := range o.Responses {
		known.Responses[status] = a.viewBody()
	}
	for _, m := range o.Request.Members() {
		if m.Means == "reference" {
			known.RequestPointers, v.references = append(known.RequestPointers, m.Pointer), append(v.references, m.Pointer)
		}
	}
	v.valued = slices.ContainsFunc(o.Codes, func(c *Code) bool {
		return c.When != nil && slices.ContainsFunc(c.When.Chains(), func(chain []string) bool { return slices.Equal(chain, []string{"violation", "value"}) })
	})
	for i, r := range o.Rules {
		if r.On == contract.InRequest && r.Severity == contract.Error {
			v.conditions = append(v.conditions, i)
		}
	}
	own := map[*Code]*Causes{}
	for _, c := range o.Codes {
		if causes := newCauses(c, o.Rules); causes != nil {
			own[c] = causes
			if c.Documented() && !c.Accepted() {
				for k := range causes.All {
					v.refusals = append(v.refusals, Refusal{causes, &causes.All[k], causes.All[k].Doubts})
				}
			}
		}
	}
	v.causes = map[*Code]*Causes{}
	for c, causes := range own {
		v.causes[c] = causes.withEquivalent(o, own)
	}
	for _, status := range o.Statuses() {
		for _, m := range o.Responses[status].Timestamps() {
			known.ResponsePointers = append(known.ResponsePointers, m.Pointer)
		}
	}
	if s := o.Sign.Request; s != nil {
		known.RequestPointers = append(known.RequestPointers, s.pointers()...)
	}
	if i := o.Idempotency; i != nil {
		if pointer, inBody := i.At.Pointer(); inBody {
			known.RequestPointers = append(known.RequestPointers, pointer)
		}
		for _, status := range o.Statuses() {
			known.ResponsePointers = append(known.ResponsePointers, o.OrderAt(status)...)
		}
	}
	if s := o.Sign.Response; s != nil {
		known.ResponsePointers = append(known.ResponsePointers, s.pointers()...)
	}
	for _, ambiguity := range ambiguities {
		if ambiguity.Strict != nil {
			v.ambiguities, known.Strict = append(v.ambiguities, ambiguity), append(known.Strict, ambiguity.Strict.interpretation())
		}
	}
	var err error
	if v.plan, err = view.Compile(known); err != nil {
		v.faults = expressionFaults(known)
	}
	v.views.New = func() any { return &View{View: v.plan.View(), plan: v, held: make([]held, len(o.Rules))} }
	return v
}

// expressionFaults returns the expressions of an operation that do not compile.
func expressionFaults(o view.Operation) []lineError {
	all := slices.Clone(o.Expressions)
	for _, l := range o.Strict {
		if l.Expression != nil {
			all = append(all, l.Expression)
		}
	}
	var faults []lineError
	for _, e := range all {
		if err := e.Compile(); err != nil {
			faults = append(faults, lineError{e.Line, err.Error()})
		}
	}
	return faults
}

// expressions returns the expressions of the operation, without those of ambiguities.
func (o *Operation) expressions() []*Expression {
	var all []*Expression
	for _, r := range o.Rules {
		all = append(all, r.Rule)
	}
	for _, c := range o.Codes {
		all = append(all, c.When, c.If)
	}
	for _, s := range []*Signature{o.Sign.Request, o.Sign.Response} {
		if s != nil {
			all = append(all, s.Required)
		}
	}
	return slices.DeleteFunc(all, func(e *Expression) bool { return e == nil })
}

// Documented returns what is documented for the HTTP status of the response, nil if the
// documents do not list it.
func (x *View) Documented() *Response {
	if status := x.Exchange.Response.Status; status != x.status {
		x.response, x.status = x.o.Responses[status], status
	}
	return x.response
}

// ResultCode is Operation.ResultCode of the response. The value is valid until Done.
func (x *View) ResultCode() (*ResultCode, bool) {
	is := x.HasResponse() || x.Documented().Empty()
	if !x.codeRead {
		x.code, x.codeRead = ResultCode{}, true
		if is {
			x.code = x.o.resultCode(x.Exchange.Response.Status, x)
			if x.code.Row.varies() {
				x.code.choose(x)
			}
		}
	}
	return &x.code, is
}

// held is the result of an x-rule for an exchange.
type held struct{ evaluated, holds, applies bool }

// Condition evaluates the x-rule with an index in Operation.Rules, once for an exchange.
func (x *View) Condition(i int) (holds, applies bool) {
	h := &x.held[i]
	if !h.evaluated {
		h.evaluated = true
		h.holds, h.applies = x.Holds(x.o.Rules[i].Rule)
	}
	return h.holds, h.applies
}

// text returns the text of a member of the response's result.
func (x *View) text(i int, _ contract.Pointer) (text string, there bool) { return x.Result(i) }

// Departure is a value that departs from the strict interpretation of an ambiguity.
type Departure struct {
	Ambiguity *Ambiguity
	Violation
}

// Departures returns every departure from the strict interpretations of the operation
// and its provider, in the order of the document. A value that the schema refuses is none:
// no source accepts it.
func (x *View) Departures() (all []Departure) {
	x.EachDeparture(func(i int, v Violation) {
		if !x.refuses(v.At) {
			all = append(all, Departure{x.plan.ambiguities[i], v})
		}
	})
	return all
}

// Departures returns the departures of an exchange from the strict interpretation of
// the ambiguity, as View.Departures does.
func (rd *Ambiguity) Departures(x *View) []Violation {
	if i := slices.Index(x.plan.ambiguities, rd); i >= 0 {
		return slices.DeleteFunc(x.View.Departures(i), func(v Violation) bool { return x.refuses(v.At) })
	}
	return nil
}

// refuses reports whether the schema of a parameter or of a body has a violation at a place.
func (x *View) refuses(at contract.Place) bool {
	is := func(v Violation) bool { return v.At == at }
	if at.Direction() == contract.InResponse {
		all, _ := x.ResponseViolations()
		return slices.ContainsFunc(all, is)
	}
	all, _ := x.RequestViolations()
	return slices.ContainsFunc(all, is) || slices.ContainsFunc(x.ParameterViolations(), is)
}

// LenientAccepts reports whether the other interpretation accepts a value that the
// schema does not.
func (rd *Ambiguity) LenientAccepts(at Occurrence) bool {
	return rd.Lenient != nil && slices.Contains(rd.At, at.Place.General()) && len(rd.Lenient.interpretation().Violations(at)) == 0
}
