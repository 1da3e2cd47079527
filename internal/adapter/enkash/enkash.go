// Package enkash is the adapter of EnKash's payment gateway. It makes requests for a token
// and for an order with that token, and reads both responses. It sends nothing.
//
// The two responses have different envelopes. The response with a token is flat, and its
// resultCode is 200 or 0 on success. The response to an order is {response_code,
// response_message, payload}; payload is an object on success, and integrators saw a string
// on refusal. Nothing is signed: merchantAccessKey and the token identify the merchant. The
// token expires at the time in its response.
//
// The amount is a JSON number of rupees. Its digits are written from minor units, without a
// float.
//
// Sources: https://docs.enkash.com/payment-gateway/authorization and
// https://docs.enkash.com/api-8990249
package enkash

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"assay/internal/contract"
)

// adapter is the adapter of one merchant.
type adapter struct{ setup contract.Setup }

// New returns an adapter. It needs the credentials accessKey and secretKey; apiKey is
// optional.
func New(setup contract.Setup) *contract.Adapter {
	a := &adapter{setup}
	return &contract.Adapter{Provider: "enkash", Operations: []contract.Operation{
		{ID: "createToken", Request: a.createToken, Read: readToken, Codes: slices.Sorted(maps.Keys(tokenCodes()))},
		{ID: "createOrder", Request: a.createOrder, Fields: orderFields(), Read: readOrder, Codes: slices.Sorted(maps.Keys(orderCodes()))},
	}}
}

// post makes a request with a value as JSON.
func (a *adapter) post(path string, value any) (*http.Request, error) {
	body, err := contract.Encode(value)
	if err != nil {
		return nil, fmt.Errorf("enkash: %w", err)
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, a.setup.BaseURL+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("enkash: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	return req, nil
}
