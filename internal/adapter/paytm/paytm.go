// Package paytm is the adapter of Paytm's AI Router. It makes Create Order requests and
// reads the responses. It sends nothing.
//
// The envelope is {head, body}. head.signature signs the bytes of body as sent, so body is
// encoded once, for both. A success needs a valid signature and a token.
//
// Source: https://developer.paytm.com/docs/api/ai-router-create-order-api
package paytm

import (
	"maps"
	"slices"

	"assay/internal/contract"
)

// adapter is the adapter of one merchant.
type adapter struct{ setup contract.Setup }

// New returns an adapter. It needs the credentials mid and merchantKey.
func New(setup contract.Setup) *contract.Adapter {
	a := &adapter{setup}
	return &contract.Adapter{Provider: "paytm", Operations: []contract.Operation{
		{ID: "createOrder", Request: a.createOrder, Fields: fields(), Read: a.readOrder, Codes: slices.Sorted(maps.Keys(codes()))},
	}}
}
