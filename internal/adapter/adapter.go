// Package adapter is the list of providers we speak to. Adding one is adding a
// line here.
//
// An adapter makes requests and reads answers; it never touches the network,
// and takes clock, chance and credentials as they are given.
package adapter

import (
	"net/http"

	"assay/internal/adapter/paytm"
	"assay/internal/contract"
)

// Adapter speaks to one provider.
type Adapter interface {
	// Request makes the request that asks an operation. What the provider could
	// not accept is a *contract.RefusedError.
	Request(operation string, ask contract.Ask) (*http.Request, error)
	// Read tells what the answer of an operation means. What it cannot read
	// for certain is contract.Unknown.
	Read(operation string, ex contract.Exchange) contract.Outcome
}

// New makes the adapter of a provider, nil where there is none.
func New(provider string, setup contract.Setup) Adapter {
	switch provider {
	case "paytm":
		return paytm.New(setup)
	}
	return nil
}
