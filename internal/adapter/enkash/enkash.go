// Package enkash speaks to EnKash's payment gateway: it asks for a token,
// creates an order with it, and reads both responses. It never touches the
// network.
//
// The two responses have envelopes of their own. A token's response is flat and its
// resultCode is 200 or 0 when it succeeded; an order's is
// {response_code, response_message, payload}, where payload is an object on
// success and has been met as a string on refusal. Nothing is signed: who asks
// is told by merchantAccessKey and the token, which ends when its response said.
//
// The amount is a JSON number of rupees. It is written from minor units, digit
// by digit.
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

// adapter speaks for one merchant.
type adapter struct{ setup contract.Setup }

// New makes an adapter. It needs the credentials accessKey and secretKey, and
// takes apiKey.
func New(setup contract.Setup) *contract.Adapter {
	a := &adapter{setup}
	return &contract.Adapter{Provider: "enkash", Operations: []contract.Operation{
		{ID: "createToken", Request: a.createToken, Read: readToken, Codes: slices.Sorted(maps.Keys(tokenCodes()))},
		{ID: "createOrder", Request: a.createOrder, Read: readOrder, Codes: slices.Sorted(maps.Keys(orderCodes()))},
	}}
}

// post makes a request of a value that is sent as JSON.
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
