package recording_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"

	"assay/internal/cassette"
	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/fixed"
	"assay/internal/recording"
	"assay/internal/sandbox"
)

// Cases are recorded from a sandbox: a documented response is kept, because it proves more
// than a simulated one.
func ExampleRecord() {
	all := disk()
	box, err := sandbox.New(all.Specs, sandbox.Options{})
	if err != nil {
		log.Fatal(err)
	}
	server := httptest.NewServer(box)
	defer server.Close()
	source, err := engine.Network(all, *engine.Simulated(all.Specs, server.URL))
	if err != nil {
		log.Fatal(err)
	}
	e := engine.New(all, source)
	for _, name := range []string{"ipayments/initKyc/accepted", "paytm/createOrder/duplicate"} {
		r := recording.Record(context.Background(), e, all.Fixtures.Case(name), contract.Error, fixed.Clock())
		fmt.Printf("%s: %s, unchanged %t, %q\n", r.Case.Name, r.Result.Verdict, r.Unchanged(), r.Why)
	}
	// Output:
	// ipayments/initKyc/accepted: pass, unchanged false, "there is a documented response, and a simulated one proves less; remove its cassette to replace it"
	// paytm/createOrder/duplicate: pass, unchanged true, ""
}

// A recorder replaces the merchant's credentials and personal values, and keeps an exchange
// of each form once.
func ExampleRecorder_Keep() {
	dir, err := os.MkdirTemp("", "recorder")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	spec := disk().Spec("ipayments")
	own := map[string]string{"merchantCode": "MERCHANT77001", "clientKey": "our-client-key", "clientSecret": "our-client-secret"}
	r, err := recording.NewRecorder(spec, spec.Servers[0].URL, dir, own, fixed.Clock)
	if err != nil {
		log.Fatal(err)
	}
	for range 2 {
		name, leaks, err := r.Keep(registration(), contract.Result{Operation: "initKyc", Code: "0x0203"})
		fmt.Printf("%q %v %v\n", name, leaks, err)
	}
	library, err := cassette.Open(os.DirFS(dir))
	if err != nil {
		log.Fatal(err)
	}
	kept, err := library.Load("ipayments/initKyc/proxy-0x0203-1")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(kept.Exchanges()[0].Request.Body))
	// Output:
	// "ipayments/initKyc/proxy-0x0203-1" [] <nil>
	// "" [] <nil>
	// {"pan":"ZZZPZ0001Z","name":"Zzzz Zzzzy","email":"person1@example.com","mobile":"0000000001","merchantCode":"MIDTEST00001"}
}

// disk loads the catalog on disk.
func disk() *catalog.Catalog {
	all, err := enginetest.Disk(catalog.Options{})
	if err != nil {
		log.Fatal(err)
	}
	return all
}

// registration is an exchange with a merchant's credentials and personal values.
func registration() contract.Exchange {
	return contract.Exchange{
		Request: contract.Request{
			Method: http.MethodPost,
			URL:    &url.URL{Scheme: "https", Host: "console.ipayments.in", Path: "/api/v1/service/paycc/init/kyc"},
			Header: http.Header{"Content-Type": {"application/json"}},
			Body:   []byte(`{"pan":"BBBPB1234B","name":"Ravi Kumar","email":"ravi@mail.test","mobile":"9812345670","merchantCode":"MERCHANT77001"}`),
		},
		Response: contract.Response{
			Status: http.StatusOK,
			Header: http.Header{"Content-Type": {"application/json"}},
			Body:   []byte(`{"code":"0x0203","status":"FAILURE","message":"Validation error"}`),
		},
	}
}
