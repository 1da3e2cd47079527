// Package paytring speaks to Paytring's v2 API: it makes an Order Create
// request and reads its answer. It never touches the network.
//
// Merchant key and secret are user and password of Basic, and the secret keys a
// hash over the top-level members of the body. Amounts are minor units.
//
// Source: https://docs.paytring.com/api-reference/endpoint/order
package paytring

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	"assay/internal/contract"
)

// Adapter speaks for one merchant.
type Adapter struct{ setup contract.Setup }

// New makes an adapter. It needs the credentials key and secret.
func New(setup contract.Setup) *Adapter { return &Adapter{setup} }

// Request makes the request that asks an operation.
func (a *Adapter) Request(operation string, ask contract.Ask) (*http.Request, error) {
	if operation != "createOrder" {
		return nil, fmt.Errorf("paytring: no operation %q", operation)
	}
	return a.createOrder(ask)
}

// Read reads the answer of an operation.
func (a *Adapter) Read(operation string, ex contract.Exchange) contract.Outcome {
	if operation != "createOrder" {
		return contract.UnknownOutcome()
	}
	return created(ex)
}

// Codes lists the result codes that an operation's answers are read by.
func (a *Adapter) Codes(operation string) []string {
	if operation == "createOrder" {
		return slices.Sorted(maps.Keys(codes()))
	}
	return nil
}
