package main

import (
	"testing"

	"assay/suites"
)

func TestPaytm(t *testing.T) {
	suites.Conform(t, "paytm", suites.ClientFunc(createOrder), suites.Named("example-go", "1.0"), suites.Concurrency(8), suites.TLS())
}
