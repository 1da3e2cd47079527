package engine_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/report"
)

// Play one case from its cassette and print its verdict.
func ExampleEngine_Run() {
	c, err := catalog.Load(catalog.Embedded(), catalog.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	e := engine.New(c, engine.Cassettes(c))
	selected := []*contract.Case{c.Fixtures.Case("paytm/createOrder/duplicate")}
	if err := e.Ready(selected); err != nil {
		fmt.Println(err)
		return
	}
	run := e.Run(context.Background(), selected, contract.Error, "v0.1.0", nil)
	for _, r := range run.Results {
		fmt.Println(r.Case, r.Verdict, r.Code)
	}
	// Output:
	// paytm/createOrder/duplicate pass 324
}

// Request returns what would be sent for a case, for example to send it with another tool.
func ExampleEngine_Request() {
	c, err := catalog.Load(catalog.Embedded(), catalog.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	e := engine.New(c, engine.Cassettes(c))
	request, _, err := e.Request(context.Background(), c.Fixtures.Case("ipayments/initKyc/accepted"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(request.Method, request.URL)
	fmt.Println(string(request.Body))
	// Output:
	// POST https://console.ipayments.in/v1/service/paycc/init/kyc
	// {"pan":"AAAAA0000A","name":"Asha Example","email":"payer@example.com","mobile":"0000000001","merchantCode":"MIDTEST00001"}
}

// provider responds to every request in the same way.
type provider struct{ body string }

func (p provider) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK,
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body:       io.NopCloser(strings.NewReader(p.body)),
		Request:    r,
	}, nil
}

// Play a case against a provider, and print what is wrong with its response.
func ExampleNetwork() {
	c, err := catalog.Load(catalog.Embedded(), catalog.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	source, err := engine.Network(c, engine.Live{
		Getenv: func(string) string { return "our-credential" },
		Rate:   10, MaxCalls: 10, Timeout: time.Second,
		Transport: provider{`{"code":"0x0999","message":"Request Init","status":"SUCCESS"}`},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	result := engine.New(c, source).Result(context.Background(), c.Fixtures.Case("ipayments/initKyc/accepted"))
	for _, f := range result.Findings {
		fmt.Printf("%s: %s\n", f.Rule, report.Sentence(f.Message))
	}
	// Output:
	// code-expected: result code is 0x0999; the case expects 0x0200
	// code-documented: result code 0x0999 is not documented
}
