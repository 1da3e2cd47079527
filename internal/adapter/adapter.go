// Package adapter is the list of providers we speak to. Adding one is adding a
// line here.
//
// An adapter makes requests and reads responses; it never touches the network,
// and takes clock, chance and credentials as they are given.
package adapter

import (
	"assay/internal/adapter/enkash"
	"assay/internal/adapter/ipayments"
	"assay/internal/adapter/paytm"
	"assay/internal/adapter/paytring"
	"assay/internal/contract"
)

// Providers are the providers there are, and what makes the adapter of each: one
// line each.
func Providers() map[string]func(contract.Setup) *contract.Adapter {
	return map[string]func(contract.Setup) *contract.Adapter{
		"enkash":    enkash.New,
		"ipayments": ipayments.New,
		"paytm":     paytm.New,
		"paytring":  paytring.New,
	}
}

// New makes the adapter of a provider, nil where there is none.
func New(provider string, setup contract.Setup) *contract.Adapter {
	made, ok := Providers()[provider]
	if !ok {
		return nil
	}
	return made(setup)
}
