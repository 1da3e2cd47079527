package view_test

import (
	"fmt"

	"assay/internal/contract"
	"assay/internal/jsonschema"
	"assay/internal/report"
	"assay/internal/view"
)

// A plan is compiled once. A view then serves schema violations and expressions from one
// pass over each body.
func ExampleCompile() {
	text := jsonschema.Anything()
	text.Types, text.MaxLength = []string{"string"}, 5
	object := jsonschema.Anything()
	object.Properties = map[string]*jsonschema.Schema{"orderId": text}

	paid := &view.Expression{Source: `request.body.amount == "100"`}
	plan, err := view.Compile(view.Operation{
		Request:     view.NewBody("request#", true, object, nil),
		Expressions: []*view.Expression{paid},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	x := plan.View()
	x.Load(contract.Exchange{Request: contract.Request{
		Body: []byte(`{"orderId":"too long","amount":"100"}`),
	}}, nil, nil)
	violations, _ := x.RequestViolations()
	for _, v := range violations {
		fmt.Println(report.Sentence(view.ReasonWithPlace(&v)))
	}
	holds, applies := x.Holds(paid)
	fmt.Println(holds, applies)
	// Output:
	// request#/orderId must have at most 5 characters
	// true true
}

// An expression does not apply if it names a member that is absent.
func ExampleView_Holds() {
	paid := &view.Expression{Source: `request.body.amount == "100"`}
	plan, err := view.Compile(view.Operation{Expressions: []*view.Expression{paid}})
	if err != nil {
		fmt.Println(err)
		return
	}
	x := plan.View()
	for _, body := range []string{`{"amount":"100"}`, `{"amount":"7"}`, `{}`} {
		x.Load(contract.Exchange{Request: contract.Request{Body: []byte(body)}}, nil, nil)
		fmt.Println(x.Holds(paid))
	}
	// Output:
	// true true
	// false true
	// false false
}
