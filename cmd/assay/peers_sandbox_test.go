//go:build peers

package main

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/seal"
	"assay/internal/spec"
	"assay/specs"
)

// TestPeersSandbox measures the sandbox beside Prism's mock server of the same
// document, with the same requests: each order has a reference of its own, and each
// of Paytm's a signature, which Prism does not look at. Then 100,000 orders go to a
// sandbox that nobody has asked anything yet.
func TestPeersSandbox(t *testing.T) {
	prism, ours := programs(t)
	for _, name := range []string{"ipayments/createOrder/accepted", "paytm/createOrder/accepted"} {
		asked := orders(t, name)
		asked.long = 20 * time.Second
		mock := peer{"prism mock", []string{prism, "mock", document(t, asked.provider), "--host", "127.0.0.1", "--port", "PORT"}, ""}
		box := peer{"assay sandbox", []string{ours, "sandbox", asked.provider, "--addr", "127.0.0.1:PORT"}, "/" + asked.provider}
		fmt.Println(name)
		theirs, own := mock.measure(t, asked), box.measure(t, asked)
		theirs.print(mock.name)
		own.print(box.name)
		fmt.Printf("beside Prism: %.1f times the requests a second, 1/%.1f of the CPU\n", own.rate/theirs.rate, float64(theirs.cpu)/float64(own.cpu))
		asked.long, asked.most = time.Minute, 100_000
		box.measure(t, asked).print("after 100,000 orders")
	}
}

// orders makes requests of a case, each with a reference of its own.
func orders(t *testing.T, name string) asking {
	t.Helper()
	r := request(t, name)
	provider, _, _ := strings.Cut(name, "/")
	s, err := spec.Load(specs.Files, provider+".yaml")
	if err != nil {
		t.Fatal(err)
	}
	o := s.Operation("createOrder")
	at := ""
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
	return asking{provider: provider, want: o.Success().Code, next: func() (string, []byte) {
		reference := fmt.Sprintf("R%08d", n.Add(1))
		body := contract.Replace(r.Body, at, []byte(`"`+reference+`"`))
		body = seal.Sign(o.Sign.Request, body, s.TestCredentials(), seal.Zeros{})
		to := o.Path
		if r.URL.RawQuery != "" {
			to += "?" + strings.Replace(r.URL.RawQuery, first, reference, 1)
		}
		return to, body
	}}
}
