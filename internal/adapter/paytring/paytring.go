// Package paytring speaks to Paytring's v2 API: it makes an Order Create
// request and reads its response. It never touches the network.
//
// Merchant key and secret are user and password of Basic, and the secret keys a
// hash over the top-level members of the body. Amounts are minor units.
//
// Source: https://docs.paytring.com/api-reference/endpoint/order
package paytring

import (
	"maps"
	"slices"

	"assay/internal/contract"
)

// adapter speaks for one merchant.
type adapter struct{ setup contract.Setup }

// New makes an adapter. It needs the credentials key and secret.
func New(setup contract.Setup) *contract.Adapter {
	a := &adapter{setup}
	return &contract.Adapter{Provider: "paytring", Operations: []contract.Operation{
		{ID: "createOrder", Request: a.createOrder, Read: readOrder, Codes: slices.Sorted(maps.Keys(codes()))},
	}}
}
