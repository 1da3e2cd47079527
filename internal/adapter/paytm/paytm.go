// Package paytm speaks to Paytm's AI Router: it makes a Create Order request
// and reads its response. It never touches the network.
//
// The envelope is {head, body}; head.signature covers the text of body just as
// it is sent, so body is encoded once and used for both.
//
// Source: https://developer.paytm.com/docs/api/ai-router-create-order-api
package paytm

import (
	"maps"
	"slices"

	"assay/internal/contract"
)

// adapter speaks for one merchant.
type adapter struct{ setup contract.Setup }

// New makes an adapter. It needs the credentials mid and merchantKey.
func New(setup contract.Setup) *contract.Adapter {
	a := &adapter{setup}
	return &contract.Adapter{Provider: "paytm", Operations: []contract.Operation{
		{ID: "createOrder", Request: a.createOrder, Read: a.readOrder, Codes: slices.Sorted(maps.Keys(codes()))},
	}}
}
