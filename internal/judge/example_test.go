package judge_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/judge"
	"assay/internal/report"
)

// Judge recorded traffic, one JSON line for each exchange.
func ExampleJudge_Check() {
	c, err := catalog.Load(catalog.Embedded(), catalog.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	j, err := judge.New(c, judge.Options{Recorded: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	traffic := strings.NewReader(`{"schema":"assay.exchange/v1","request":{"method":"GET","url":"https://shop.example.com/","headers":{}},"response":{"status":200,"headers":{}}}` + "\n")
	tally, err := j.Check(context.Background(), []string{"-"}, traffic, judge.CheckOptions{FailOn: contract.Error})
	if err != nil {
		fmt.Println(err)
		return
	}
	counts := tally.Report(c, "v0.1.0", 10).Traffic
	fmt.Println(counts.Exchanges, "exchange,", counts.Unmatched, "unmatched")
	// Output:
	// 1 exchange, 1 unmatched
}

// Judge one exchange, for example in a proxy.
func ExampleJudge_Judge() {
	c, err := catalog.Load(catalog.Embedded(), catalog.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	j, err := judge.New(c, judge.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	result, _ := j.Judge(contract.Exchange{
		Request: contract.Request{
			Method: http.MethodPost,
			URL:    &url.URL{Scheme: "https", Host: "console.ipayments.in", Path: "/api/v1/service/paycc/init/kyc"},
			Header: http.Header{"Content-Type": {"application/json"}},
			Body:   []byte(`{"pan":"AAAAA0000A","name":"Asha Example","email":"payer@example.com","mobile":"0000000001","merchantCode":"MIDTEST00001"}`),
		},
		Response: contract.Response{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{"code":"0x0999","status":"SUCCESS","message":"Request Init"}`)},
	})
	for _, f := range result.Findings {
		fmt.Printf("%s %s: %s\n", f.Side, f.Rule, report.Sentence(f.Message))
	}
	// Output:
	// client request-authenticated: the Authorization header is missing
	// client strict-interpretation: request.header.accept violates the strict interpretation: the header Accept is missing; the header table requires it, the curl sample does not have it; the specification does not require it (`assay explain ipayments/C3`)
	// provider code-documented: result code 0x0999 is not documented
}
