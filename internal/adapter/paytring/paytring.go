// Package paytring is the adapter of Paytring's v2 API. It makes Order Create requests and
// reads the responses. It sends nothing.
//
// Key and secret of the merchant are user and password of Basic authorization. A hash keyed
// with the secret covers the top-level members of the body. Amounts are in minor units.
//
// Source: https://docs.paytring.com/api-reference/endpoint/order
package paytring

import (
	"maps"
	"slices"

	"assay/internal/contract"
)

// adapter is the adapter of one merchant.
type adapter struct{ setup contract.Setup }

// New returns an adapter. It needs the credentials key and secret.
func New(setup contract.Setup) *contract.Adapter {
	a := &adapter{setup}
	return &contract.Adapter{Provider: "paytring", Operations: []contract.Operation{
		{ID: "createOrder", Request: a.createOrder, Fields: fields(), Read: readOrder, Codes: slices.Sorted(maps.Keys(codes()))},
	}}
}
