// Package paytm speaks to Paytm's AI Router: it makes a Create Order request
// and reads its answer. It never touches the network.
//
// The envelope is {head, body}; head.signature covers the text of body just as
// it is sent, so body is encoded once and used for both.
//
// Source: https://developer.paytm.com/docs/api/ai-router-create-order-api
package paytm

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	"assay/internal/contract"
)

// Adapter speaks for one merchant.
type Adapter struct{ setup contract.Setup }

// New makes an adapter. It needs the credentials mid and merchantKey.
func New(setup contract.Setup) *Adapter { return &Adapter{setup} }

// Request makes the request that asks an operation.
func (a *Adapter) Request(operation string, ask contract.Ask) (*http.Request, error) {
	if operation != "createOrder" {
		return nil, fmt.Errorf("paytm: no operation %q", operation)
	}
	return a.createOrder(ask)
}

// Read reads the answer of an operation.
func (a *Adapter) Read(operation string, ex contract.Exchange) contract.Outcome {
	if operation != "createOrder" {
		return contract.UnknownOutcome()
	}
	return a.created(ex)
}

// Codes lists the result codes that an operation's answers are read by.
func (a *Adapter) Codes(operation string) []string {
	if operation == "createOrder" {
		return slices.Sorted(maps.Keys(codes()))
	}
	return nil
}
