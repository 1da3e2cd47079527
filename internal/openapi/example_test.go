package openapi_test

import (
	"fmt"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/specs"
)

// A body is checked against the schema of the operation. Violations have a place and a
// reason, never the value.
func ExampleBody_Violations() {
	spec, err := openapi.Load(specs.Files, "paytm.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	o := spec.Operation("createOrder")
	response := o.Responses[200]
	for _, v := range response.Violations([]byte(`{"head":{},"body":{"resultInfo":{"resultStatus":"X"}}}`)) {
		fmt.Println(v.At, v.Keyword)
	}
	// Output:
	// response#/body/resultInfo/resultStatus enum
	// response#/body/resultInfo/resultCode required
	// response#/body/resultInfo/resultMsg required
}

// The result code is read from where the document says, and looked up in its table.
func ExampleOperation_ResultCode() {
	spec, err := openapi.Load(specs.Files, "paytm.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	body := []byte(`{"body":{"resultInfo":{"resultStatus":"F","resultCode":"325","resultMsg":"Duplicate order id"}}}`)
	result, ok := spec.Operation("createOrder").ResultCode(contract.Response{Status: 200, Body: body})
	fmt.Println(ok, result.Code, result.CodeAt, result.Row != nil)
	// Output:
	// true 325 response#/body/resultInfo/resultCode false
}
