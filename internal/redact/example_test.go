package redact_test

import (
	"fmt"
	"net/http"
	"net/url"

	"assay/internal/contract"
	"assay/internal/redact"
)

// A value that was found at its place is replaced everywhere else, such as in the
// message that repeats it.
func ExampleRedactor_Exchange() {
	r := redact.New([]redact.Place{
		{At: "request#/pan", Personal: "pan"},
		{At: "request#/key"}, // a secret
	})
	safe := r.Exchange(contract.Exchange{
		Request: contract.Request{
			Method: http.MethodPost, URL: &url.URL{Path: "/kyc"},
			Body: []byte(`{"pan":"AAAPA1234A","key":"live-key-123"}`),
		},
		Response: contract.Response{Status: 200, Body: []byte(`{"message":"PAN AAAPA1234A is not valid"}`)},
	})
	fmt.Println(string(safe.Request.Body))
	fmt.Println(string(safe.Response.Body))
	// Output:
	// {"pan":"ZZZPZ0001Z","key":"REDACTED"}
	// {"message":"PAN ZZZPZ0001Z is not valid"}
}

// Detect names what a text seems to hold, and never quotes it.
func ExampleDetect() {
	fmt.Println(redact.Detect("charge 4111 1111 1111 1111 again"))
	fmt.Println(redact.Detect("NDExMTExMTExMTExMTExMQ=="))
	// Output:
	// [a card number]
	// [a card number]
}
