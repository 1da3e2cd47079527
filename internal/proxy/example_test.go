package proxy_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"assay/internal/contract"
	"assay/internal/proxy"
)

// A client sends its request to the proxy in place of the provider. The response passes
// unchanged; the header Assay-Findings has the number of findings.
func ExampleNew() {
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"status":"OK"}`)
	}))
	defer provider.Close()
	to, err := proxy.Upstream(provider.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := proxy.New(proxy.Options{
		Provider: "shop", To: to, Transport: proxy.Transport(nil),
		Judge: proxy.Judge{
			Operation:    func(contract.Request) string { return "shop/pay" },
			JudgeRequest: func(contract.Request) (contract.Result, bool) { return contract.Result{}, true },
			JudgeExchange: func(contract.Exchange) (contract.Result, bool) {
				return contract.Result{Checked: []string{"a rule"}, Findings: []contract.Finding{finding(contract.Error, "response#/amount")}}, true
			},
		},
		FailOn: contract.Error, MaxBody: 1 << 20, CheckTimeout: time.Minute,
		Observe: func(o proxy.Observed) { fmt.Println(o.Origin(), o.Operation, o.Result.Verdict) },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/pay", strings.NewReader(`{"amount":100}`))
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Header().Get(proxy.FindingsHeader), w.Body)
	// Output:
	// proxy#1 shop/pay fail
	// 200 1 {"status":"OK"}
}

// Credentials pass through the proxy, so only loopback addresses may use http.
func ExampleUpstream() {
	for _, base := range []string{"https://pay.example.com/api", "http://127.0.0.1:8080", "http://pay.example.com"} {
		_, err := proxy.Upstream(base)
		fmt.Println(base, err)
	}
	// Output:
	// https://pay.example.com/api <nil>
	// http://127.0.0.1:8080 <nil>
	// http://pay.example.com expected https, because credentials pass through; http is for loopback only
}

// A log line names the findings, but contains no body and no header value.
func ExampleWriteLogLine() {
	f := contract.Finding{Rule: "code-documented", Severity: contract.Error, Side: contract.ProviderSide, At: "response#/code", Message: isWrong.Says(contract.ArgPlace("place", "response#/code")), Doc: "https://docs.example.com"}
	f.Identify("shop", "pay")
	err := proxy.WriteLogLine(os.Stdout, proxy.Observed{
		Number: 7, Time: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC), Operation: "shop/pay",
		Result:   contract.Result{Verdict: contract.Fail, Findings: []contract.Finding{f}},
		Exchange: contract.Exchange{Response: contract.Response{Status: http.StatusOK, Body: []byte(`{"code":"secret"}`), Duration: 12 * time.Millisecond}},
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"schema":"assay.proxy/v1","time":"2030-01-02T03:04:05.000Z","exchange":"proxy#7","operation":"shop/pay","status":200,"durationMs":12,"verdict":"fail","findings":[{"rule":"code-documented","severity":"error","side":"provider","at":"response#/code","message":"is wrong","args":{"place":"response#/code"},"doc":"https://docs.example.com","fingerprint":"c1cdbf19c44fa82b"}]}
}
