package proxy_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/proxy"
)

var isWrong = &contract.Template{ID: "wrong", Text: "is wrong"}

// finding returns a finding of a severity at a place.
func finding(severity contract.Severity, at contract.Place) contract.Finding {
	f := contract.Finding{Rule: "rule-of-" + string(severity), Severity: severity, Side: contract.ProviderSide, At: at, Message: isWrong.Says(contract.ArgPlace("place", at)), Doc: "https://docs.example.com x"}
	f.Identify("shop", "pay")
	return f
}

// fixedFindings returns a judge with the same findings for every request, and for every
// exchange.
func fixedFindings(request, exchange []contract.Finding) proxy.Judge {
	j := noFindings(true)
	result := func(findings []contract.Finding) (contract.Result, bool) {
		return contract.Result{Case: "shop/pay", Provider: "shop", Operation: "pay", Code: "0000", Checked: []string{"a"}, Findings: findings}, true
	}
	j.JudgeRequest = func(contract.Request) (contract.Result, bool) { return result(request) }
	j.JudgeExchange = func(contract.Exchange) (contract.Result, bool) { return result(exchange) }
	return j
}

// refusal returns a judge that takes every response for a documented refusal.
func refusal(findings []contract.Finding) proxy.Judge {
	j := fixedFindings(nil, findings)
	judged := j.JudgeExchange
	j.JudgeExchange = func(ex contract.Exchange) (contract.Result, bool) {
		r, ok := judged(ex)
		r.Refusal = true
		return r, ok
	}
	return j
}

// problemBody is a problem as a client reads it.
type problemBody struct {
	Type, Title, Detail string
	Status              int
	Findings            []struct{ Rule, Severity, Side, At, Message, Doc string }
}

// post sends a request and returns the response, and its body as text.
func post(t *testing.T, url string) (response contract.Response, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(`{"a":1}`))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return contract.Response{Status: resp.StatusCode, Header: resp.Header, Body: raw}, string(raw)
}

// TestEnforce checks that the proxy refuses requests and responses with findings at or
// above FailOn. A refused response says that the request was sent.
func TestEnforce(t *testing.T) {
	t.Parallel()
	bad := []contract.Finding{finding(contract.Info, "request#/a"), finding(contract.Error, "request#/b")}
	worse := []contract.Finding{finding(contract.Warning, "response#/a"), finding(contract.Error, "response#/b")}
	waived := finding(contract.Error, "response#/b")
	waived.Waived = &contract.AppliedWaiver{Owner: "me"}
	for title, c := range map[string]struct {
		judge    proxy.Judge
		enforce  bool
		failOn   contract.Severity
		status   int
		sent     bool
		refused  string
		findings string
		verdict  contract.Verdict
	}{
		"a request":                     {fixedFindings(bad, nil), true, contract.Error, 400, false, "request", "2", contract.Fail},
		"a request, not enforced":       {fixedFindings(bad, bad), false, contract.Error, 200, true, "", "2", contract.Fail},
		"a response":                    {fixedFindings(nil, worse), true, contract.Error, 502, true, "response", "2", contract.Fail},
		"a response, not enforced":      {fixedFindings(nil, worse), false, contract.Error, 200, true, "", "2", contract.Fail},
		"below FailOn":                  {fixedFindings(bad[:1], worse[:1]), true, contract.Error, 200, true, "", "1", contract.Pass},
		"at a lower FailOn":             {fixedFindings(nil, worse[:1]), true, contract.Warning, 502, true, "response", "1", contract.Fail},
		"a documented refusal":          {refusal(worse), true, contract.Error, 200, true, "", "2", contract.Fail},
		"waived":                        {fixedFindings(nil, []contract.Finding{waived}), true, contract.Error, 200, true, "", "0", contract.Pass},
		"a response to a wrong request": {fixedFindings(nil, bad), true, contract.Error, 200, true, "", "2", contract.Fail}, // only the request is wrong, and it was not judged alone
	} {
		sent := make(chan bool, 1)
		up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			sent <- true
			w.Header().Set("Set-Cookie", "secret=1")
			_, _ = io.WriteString(w, "a response")
		}))
		base, all := serveProxy(t, up.URL, func(o *proxy.Options) { o.Judge, o.Enforce, o.FailOn = c.judge, c.enforce, c.failOn })
		response, body := post(t, base)
		up.Close()
		if response.Status != c.status || len(sent) == 1 != c.sent || response.Header.Get(proxy.FindingsHeader) != c.findings {
			t.Errorf("%s: %d, sent: %t, %s findings", title, response.Status, len(sent) == 1, response.Header.Get(proxy.FindingsHeader))
		}
		one := all.waitForOne(t)
		if one.Refused != c.refused || one.Result.Verdict != c.verdict || one.Skipped != "" || one.Result.Origin != "proxy#1" {
			t.Errorf("%s: observed %+v", title, one)
		}
		if c.refused == "" {
			if body != "a response" || response.Header.Get("Set-Cookie") == "" {
				t.Errorf("%s: the client got %q", title, body)
			}
			continue
		}
		var p problemBody
		if err := json.Unmarshal([]byte(body), &p); err != nil {
			t.Fatal(err)
		}
		if response.Header.Get("Content-Type") != "application/problem+json" || response.Header.Get("Set-Cookie") != "" || response.Header.Get("Content-Length") != strconv.Itoa(len(body)) {
			t.Errorf("%s: headers %v", title, response.Header)
		}
		if p.Status != c.status || p.Type != "urn:assay:"+c.refused+"-refused" || len(p.Findings) == 0 || p.Findings[0].Doc == "" || p.Findings[0].Message != "is wrong" {
			t.Errorf("%s: %+v", title, p)
		}
		if got := strings.Contains(p.Detail, "WAS sent") && strings.Contains(p.Detail, "do not send it again"); got != c.sent {
			t.Errorf("%s: the problem says that the request was sent: %t", title, got)
		}
		if c.failOn == contract.Error && p.Findings[0].Severity != "error" {
			t.Errorf("%s: the most severe finding is not the first: %+v", title, p.Findings)
		}
	}
}

// TestEnforceUnjudged checks that a request passes if the judge fails on it. The whole
// exchange is still judged.
func TestEnforceUnjudged(t *testing.T) {
	t.Parallel()
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "a response") }))
	t.Cleanup(up.Close)
	for title, change := range map[string]func(*proxy.Judge){
		"panics": func(j *proxy.Judge) {
			j.JudgeRequest = func(contract.Request) (contract.Result, bool) { panic("secret") }
		},
		"returns false": func(j *proxy.Judge) {
			j.JudgeRequest = func(contract.Request) (contract.Result, bool) { return contract.Result{}, false }
		},
	} {
		base, all := serveProxy(t, up.URL, func(o *proxy.Options) {
			change(&o.Judge)
			o.Enforce = true
		})
		if response, body := post(t, base); response.Status != http.StatusOK || body != "a response" {
			t.Errorf("a judge that %s: %d %q", title, response.Status, body)
		}
		if one := all.waitForOne(t); one.Skipped != "" || one.Result.Verdict != contract.Pass {
			t.Errorf("a judge that %s: the whole exchange is %+v", title, one)
		}
	}
}
