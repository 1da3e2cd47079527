// Package adapter is the list of providers we speak to. Adding one is adding a
// line here.
//
// An adapter makes requests and reads answers; it never touches the network,
// and takes clock, chance and credentials as they are given.
package adapter

import (
	"net/http"

	"assay/internal/adapter/enkash"
	"assay/internal/adapter/ipayments"
	"assay/internal/adapter/paytm"
	"assay/internal/adapter/paytring"
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
	// Codes lists the result codes by which Read tells answers apart.
	Codes(operation string) []string
}

// list is the providers there are: one line each.
func list() map[string]func(contract.Setup) Adapter {
	return map[string]func(contract.Setup) Adapter{
		"enkash":    func(s contract.Setup) Adapter { return enkash.New(s) },
		"ipayments": func(s contract.Setup) Adapter { return ipayments.New(s) },
		"paytm":     func(s contract.Setup) Adapter { return paytm.New(s) },
		"paytring":  func(s contract.Setup) Adapter { return paytring.New(s) },
	}
}

// New makes the adapter of a provider, nil where there is none.
func New(provider string, setup contract.Setup) Adapter {
	found, ok := list()[provider]
	if !ok {
		return nil
	}
	return found(setup)
}
