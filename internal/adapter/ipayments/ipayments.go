// Package ipayments is the adapter of iPayments' Paycc. It makes Create Order and Init KYC
// requests and reads the responses. It sends nothing.
//
// Both requests are a POST of flat JSON with Basic authorization; Paycc documents no
// signatures. Every response is {code, status, message}, with one table of codes. If the
// customer has to continue at a URL, it is in data.url.
//
// An amount is a string of rupees of at most seven characters. The page shows only "10" for
// ten rupees, so whole rupees are written without a point, and other amounts with two
// decimals: "10.50".
//
// Source: https://docs.ipayments.in/docs/v1/service/paycc/order and
// https://docs.ipayments.in/docs/v1/service/paycc/init/kyc
package ipayments

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"assay/internal/contract"
)

const provider = "ipayments"

// adapter is the adapter of one merchant.
type adapter struct{ setup contract.Setup }

// New returns an adapter. It needs the credentials merchantCode, clientKey and
// clientSecret.
func New(setup contract.Setup) *contract.Adapter {
	a := &adapter{setup}
	return &contract.Adapter{Provider: provider, Operations: []contract.Operation{
		{ID: "createOrder", Request: a.createOrder, Fields: orderFields(), Read: read("/data/orderId"), Codes: slices.Sorted(maps.Keys(codes()))},
		{ID: "initKyc", Request: a.initKYC, Fields: kycFields(), Read: read("/data/kid"), Codes: slices.Sorted(maps.Keys(codes()))},
	}}
}

// refusals returns a collector that has checked the credentials of every request.
func (a *adapter) refusals() *contract.RefusalCollector {
	r := &contract.RefusalCollector{Provider: provider}
	r.Unless(a.setup.Credentials["merchantCode"] != "", "credentials.merchantCode", "is missing")
	return r
}

// post makes a request with the headers that the table requires, including Accept, which
// the samples leave out (C3).
func (a *adapter) post(path string, body any) (*http.Request, error) {
	raw, err := contract.Encode(body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", provider, err)
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, a.setup.BaseURL+path, bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", provider, err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.SetBasicAuth(a.setup.Credentials["clientKey"], a.setup.Credentials["clientSecret"])
	return req, nil
}
