package openapi

import (
	"slices"
	"sync"

	"assay/internal/contract"
	"assay/internal/jsonschema"
	"assay/internal/view"
)

// What package view calls so.
type (
	// Violation is one way in which something departs from its schema.
	Violation = jsonschema.Violation
	// Expression is a condition in CEL.
	Expression = view.Expression
	// Breach is one fault of a request as an expression sees it.
	RequestViolation = view.RequestViolation
	// Spot is a value and where it stands.
	Occurrence = view.Occurrence
)

// View is an exchange of an operation, and what the operation's documentation says of
// it besides: the result, and the ambiguities from whose letters it departs.
type View struct {
	*view.View

	o        *Operation
	plan     *viewPlan
	code     ResultCode
	codeRead bool
}

// viewing is what views of an operation are made of.
type viewPlan struct {
	plan        *view.Plan
	ambiguities []*Ambiguity // those that have a letter, by its number
	file        string
	faults      []lineError // expressions that do not compile
	views       sync.Pool
}

// Compile compiles what is needed to look at an exchange of the operation: its schemas,
// letters and expressions. It does so once, and NewView asks for it. The error names
// file and line of every expression that does not compile.
func (o *Operation) Compile() error {
	v := o.viewPlan()
	return expressionsError(v.file, v.faults)
}

// ExpressionsError tells of expressions of a document that do not compile, each with
// file and line.
type ExpressionsError struct{ error }

func expressionsError(file string, faults []lineError) error {
	if len(faults) == 0 {
		return nil
	}
	return &ExpressionsError{joinErrors(file, faults)}
}

// NewView is a view of an exchange of an operation.
func NewView(o *Operation, ex contract.Exchange, credentials map[string]string, merchant map[string]bool) *View {
	x, _ := o.viewPlan().views.Get().(*View)
	x.o, x.codeRead = o, false
	x.Load(ex, credentials, merchant)
	return x
}

// Done gives the view's memory back. Nobody may look at the view any more, nor at
// violations that it gave.
func (x *View) Done() {
	x.Clear()
	x.o, x.code = nil, ResultCode{}
	x.plan.views.Put(x)
}

// newViewing makes a plan of an operation of a file and its ambiguities.
func newViewPlan(o *Operation, file string, ambiguities []*Ambiguity) *viewPlan {
	v, known := &viewPlan{file: file}, view.Operation{Responses: map[int]*view.Body{}, Result: o.Result.pointers(), Expressions: o.expressions()}
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
			known.RequestPointers = append(known.RequestPointers, m.Pointer)
		}
	}
	if s := o.Sign.Request; s != nil {
		known.RequestPointers = append(known.RequestPointers, s.At, s.Over)
	}
	if s := o.Sign.Response; s != nil {
		known.ResponsePointers = append(known.ResponsePointers, s.At, s.Over)
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
	v.views.New = func() any { return &View{View: v.plan.View(), plan: v} }
	return v
}

// faulty tells which expressions of an operation do not compile.
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

// expressions are those of the operation itself, without its ambiguities.
func (o *Operation) expressions() []*Expression {
	var all []*Expression
	for _, r := range o.Rules {
		all = append(all, r.Rule)
	}
	for _, c := range o.Codes {
		all = append(all, c.When)
	}
	for _, s := range []*Signature{o.Sign.Request, o.Sign.Response} {
		if s != nil {
			all = append(all, s.Required)
		}
	}
	return slices.DeleteFunc(all, func(e *Expression) bool { return e == nil })
}

// Met is Operation.Met of the response. It stands until Done.
func (x *View) ResultCode() (*ResultCode, bool) {
	is := x.HasResponse()
	if !x.codeRead {
		x.code, x.codeRead = ResultCode{}, true
		if is {
			x.code = x.o.resultCode(x.Exchange.Response.Status, x)
		}
	}
	return &x.code, is
}

// text is that of a member of the response's result.
func (x *View) text(i int, _ contract.Pointer) (text string, there bool) { return x.Result(i) }

// Departed is where an exchange departs from the letter of a reading.
type Departure struct {
	Ambiguity *Ambiguity
	Violation
}

// Departures tells where the exchange departs from the letters of its operation and
// provider, in the order of the document.
func (x *View) Departures() (all []Departure) {
	x.EachDeparture(func(letter int, v Violation) { all = append(all, Departure{x.plan.ambiguities[letter], v}) })
	return all
}

// Departures tells where an exchange of one of its operations departs from the letter
// of the reading.
func (rd *Ambiguity) Departures(x *View) []Violation {
	if letter := slices.Index(x.plan.ambiguities, rd); letter >= 0 {
		return x.View.Departures(letter)
	}
	return nil
}

// Forgives tells whether the side of a reading that was not taken would accept
// the value at a place, which the schema does not.
func (rd *Ambiguity) LenientAccepts(at Occurrence) bool {
	return rd.Lenient != nil && slices.Contains(rd.At, at.Place.General()) && len(rd.Lenient.interpretation().Violations(at)) == 0
}
