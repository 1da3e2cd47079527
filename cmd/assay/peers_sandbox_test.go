//go:build peers

package main

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/signature"
	"assay/specs"
)

// TestPeersSandbox measures the sandbox and Prism's mock server with the same document
// and requests. Each order has its own reference, and Paytm's orders are signed; Prism
// does not check signatures. First, our sandbox must refuse a repeated order and an
// order signed with another key. At the end, 100,000 orders go to a fresh sandbox.
func TestPeersSandbox(t *testing.T) {
	prism, ours := programs(t)
	for _, name := range []string{"ipayments/createOrder/accepted", "paytm/createOrder/accepted"} {
		asked, refused := orders(t, name)
		asked.long = 20 * time.Second
		mock := peer{"prism mock", []string{prism, "mock", document(t, asked.provider), "--host", "127.0.0.1", "--port", "PORT"}, ""}
		box := peer{"assay sandbox", []string{ours, "sandbox", asked.provider, "--quiet", "--addr", "127.0.0.1:PORT"}, "/" + asked.provider}
		fmt.Println(name)
		theirs := mock.measure(t, asked)
		asked.first = refused
		own := box.measure(t, asked)
		theirs.print(mock.name)
		own.print(box.name)
		fmt.Printf("beside Prism: %.1f times the requests a second, 1/%.1f of the CPU\n", own.rate/theirs.rate, float64(theirs.cpu)/float64(own.cpu))
		asked.first, asked.long, asked.most = nil, time.Minute, 100_000
		box.measure(t, asked).print("after 100,000 orders")
	}
}

// orders makes requests of a case, each with its own reference, and, for a provider
// with signatures, requests that must be refused.
func orders(t *testing.T, name string) (made workload, refused []peerRequest) {
	t.Helper()
	r := request(t, name)
	provider, _, _ := strings.Cut(name, "/")
	s, err := openapi.Load(specs.Files, provider+".yaml")
	if err != nil {
		t.Fatal(err)
	}
	o := s.Operation("createOrder")
	at := contract.Pointer("")
	for _, m := range o.Request.Members() {
		if m.Means == "reference" {
			at = m.Pointer
		}
	}
	raw, _ := contract.Raw(r.Body, at)
	first, ok := contract.String(raw)
	if !ok {
		t.Fatalf("%s has no reference", name)
	}
	var n atomic.Int64
	next := func(credentials map[string]string, want string) peerRequest {
		reference := fmt.Sprintf("R%08d", n.Add(1))
		body := contract.Replace(r.Body, at, []byte(`"`+reference+`"`))
		body = signature.Sign(o.Sign.Request, body, credentials, signature.Zeros{})
		to := o.Path
		if r.URL.RawQuery != "" {
			to += "?" + strings.Replace(r.URL.RawQuery, first, reference, 1)
		}
		return peerRequest{to, body, want}
	}
	success := o.Success().Code
	made = workload{provider: provider, next: func() peerRequest { return next(s.TestCredentials(), success) }}
	if o.Sign.Request != nil {
		again := made.next()
		refused = []peerRequest{again, {again.to, again.body, "324"}, next(map[string]string{o.Sign.Request.Key: "fedcba9876543210"}, "2005")}
	}
	return made, refused
}
