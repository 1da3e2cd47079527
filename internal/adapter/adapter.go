// Package adapter lists the providers that assay has an adapter for. A new provider is a
// line in Providers.
//
// An adapter makes the request of an operation and reads its response into a
// contract.Outcome. It sends nothing, and gets clock, randomness and credentials in
// contract.Setup. A request that the provider would refuse is an error that names the
// fields, never their values. A response that is damaged, contradictory or undocumented is
// read as unknown, never as a success.
package adapter

import (
	"assay/internal/adapter/enkash"
	"assay/internal/adapter/ipayments"
	"assay/internal/adapter/paytm"
	"assay/internal/adapter/paytring"
	"assay/internal/contract"
)

// Providers returns the function that makes the adapter of each provider.
func Providers() map[string]func(contract.Setup) *contract.Adapter {
	return map[string]func(contract.Setup) *contract.Adapter{
		"enkash":    enkash.New,
		"ipayments": ipayments.New,
		"paytm":     paytm.New,
		"paytring":  paytring.New,
	}
}
