package main

import (
	"testing"

	"assay/suites"
)

func TestIPayments(t *testing.T) {
	suites.Conform(t, "ipayments", suites.ClientFunc(createOrder), suites.Named("example-ipayments", "1.0"), suites.Operations("ipayments/createOrder"), suites.Concurrency(8), suites.TLS())
}
