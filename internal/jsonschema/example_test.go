package jsonschema_test

import (
	"fmt"

	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// order is the schema of an order: an amount of at least 1 and a currency.
func order() *jsonschema.Schema {
	amount, currency, order := jsonschema.Anything(), jsonschema.Anything(), jsonschema.Anything()
	amount.Types, amount.Minimum = []string{"integer"}, "1"
	currency.Types, currency.Enum = []string{"string"}, []any{"INR"}
	order.Types, order.Required = []string{"object"}, []string{"amount", "currency"}
	order.Properties = map[string]*jsonschema.Schema{"amount": amount, "currency": currency}
	return order
}

// Read records every violation with its place and keyword, and undocumented members.
func ExampleCheck_Read() {
	check, err := jsonschema.Compile(order(), jsonschema.Request{
		Root:  contract.ResponseRoot,
		Place: &jsonschema.Place{Strict: true, Members: map[string]*jsonschema.Place{"amount": {}, "currency": {}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	var state jsonschema.ScanState
	fmt.Println("JSON:", check.Read([]byte(`{"amount": 0, "note": "gift"}`), &state))
	for _, v := range state.Violations {
		fmt.Println(v.At, v.Keyword)
	}
	fmt.Println("undocumented:", state.Undocumented)
	fmt.Println("JSON:", check.Read([]byte(`{"amount": 1, "amount": 2}`), &state))
	// Output:
	// JSON: true
	// response#/amount minimum
	// response#/currency required
	// undocumented: [response#/note]
	// JSON: false
}

// Spans give the bytes of single members without decoding the body.
func ExampleSpan() {
	check, err := jsonschema.Compile(jsonschema.Anything(), jsonschema.Request{
		Spans: []contract.Pointer{"/body/txnToken", "/body/absent"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	body := []byte(`{"head": {}, "body": {"txnToken": "sample"}}`)
	var state jsonschema.ScanState
	check.Read(body, &state)
	fmt.Println(string(state.Spans[0].Of(body)), state.Spans[1].Here())
	// Output: "sample" false
}
