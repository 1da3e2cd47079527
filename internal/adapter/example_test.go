package adapter_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"time"

	"assay/internal/adapter"
	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/specs"
)

// documents returns a specification.
func documents() *openapi.Spec {
	s, err := openapi.Load(specs.Files, "ipayments.yaml")
	if err != nil {
		panic(err)
	}
	return s
}

// An adapter makes a request and does not send it.
func ExampleNew() {
	a := adapter.New(documents(), contract.Setup{
		BaseURL:     "https://api.example.com",
		Credentials: map[string]string{"merchantCode": "M1", "clientKey": "key", "clientSecret": "secret"},
		Now:         time.Now,
		Random:      rand.Reader,
	})
	request, err := a.Operation("createOrder").Request(contract.Call{
		Input: &contract.Order{
			Reference: "ORD0001",
			Amount:    contract.Money{Minor: 1050, Currency: "INR"},
			Customer:  contract.Customer{ID: "CUST0001"},
			ReturnURL: "https://merchant.example.com/back",
		},
		Options: []byte(`{"cardId": "CARD0001", "apiType": "b2b", "categoryId": "1"}`),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(request.Method, request.URL)
	// Output:
	// POST https://api.example.com/v1/service/paycc/order
}

// An order that the documents exclude is refused, and all faults are named.
func ExampleNew_refused() {
	a := adapter.New(documents(), contract.Setup{Credentials: map[string]string{"merchantCode": "M1"}})
	_, err := a.Operation("createOrder").Request(contract.Call{
		Input:   &contract.Order{Reference: "ORD0001", Amount: contract.Money{Currency: "INR"}, Customer: contract.Customer{ID: "CUST0001"}, ReturnURL: "null"},
		Options: []byte(`{"cardId": "CARD0001", "apiType": "b2b", "categoryId": "1"}`),
	})
	fmt.Println(err)
	// Output:
	// ipayments: order.amount.minor does not match the pattern ^(0*[1-9][0-9]*(\.[0-9]{1,2})?|0+\.(0[1-9]|[1-9][0-9]?))$; order.returnUrl does not match the pattern ^[Hh][Tt][Tt][Pp][Ss]?://[^/?#]; order.returnUrl is not in the format uri
}

// A response with an undocumented code is read as unknown, never as a success.
func ExampleNew_read() {
	a := adapter.New(documents(), contract.Setup{})
	for _, body := range []string{
		`{"code": "0x0206", "status": "PENDING", "message": "Pending"}`,
		`{"code": "0x0999", "status": "SUCCESS", "message": "Success"}`,
	} {
		outcome := a.Operation("createOrder").Read(contract.Exchange{Response: contract.Response{Status: http.StatusOK, Body: []byte(body)}})
		fmt.Println(outcome.Code, outcome.State, outcome.Retry)
	}
	// Output:
	// 0x0206 pending after-inquiry
	// 0x0999 unknown after-inquiry
}
