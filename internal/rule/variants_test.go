package rule_test

import (
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/rule"
)

// TestVariants applies rules to responses of a code with variants: each judges by the row
// that the response has.
func TestVariants(t *testing.T) {
	t.Parallel()
	spec, err := openapi.Load(os.DirFS("../openapi/testdata/variants"), "tolls.yaml")
	if err != nil {
		t.Fatal(err)
	}
	o := spec.Operation("createOrder")
	const (
		valid     = `{"amount":100,"receipt":"r-1"}`
		short     = `{"amount":1,"receipt":"r-1"}`
		duplicate = `{"error":{"code":"REFUSED","description":"The receipt was used before","reason":"input_failed","field":"receipt"}}`
		field     = `{"error":{"code":"REFUSED","description":"The amount must be at least 100"}}`
		plain     = `{"error":{"code":"REFUSED","description":"Authentication failed"}}`
	)
	wants := func(code, variant string) *contract.Case {
		return &contract.Case{Name: "tolls/createOrder/test", Want: contract.Want{Code: code, Variant: variant}}
	}
	omitted := func(ex *contract.Exchange) {
		ex.Recorder = &contract.Recorder{Name: "another program", Body: omittedBody, Header: omittedBody, Value: omittedBody}
		ex.Response.Body = []byte(`{"error":{"code":"REFUSED","description":"[REDACTED]","reason":"[REDACTED]","field":"receipt"}}`)
	}
	for name, c := range map[string]struct {
		rule, request string
		status        int
		response      string
		of            *contract.Case
		change        func(*contract.Exchange)
		want          string // "": no finding
	}{
		"documented":                    {"code-documented", valid, 401, plain, nil, nil, ""},
		"none fits":                     {"code-documented", valid, 402, plain, nil, nil, `response#/error/code REFUSED unfit: result code REFUSED is documented, but none of its variants fits this response with HTTP status 402; the documents list REFUSED/unauthorized and REFUSED/duplicate-receipt and REFUSED/invalid-field, each under a condition (` + "`if`" + `) that is not true here`},
		"not documented":                {"code-documented", valid, 402, `{"error":{"code":"NO"}}`, nil, nil, "response#/error/code undocumented: result code NO is not documented"},
		"reads like a row":              {"code-documented", valid, 400, `{"error":{"code":"REFUSED/invalid-field"}}`, nil, nil, "response#/error/code undocumented: the result code is not documented; it is hidden"},
		"agrees":                        {"code-agrees", valid, 400, duplicate, nil, nil, ""},
		"another message":               {"code-agrees", valid, 400, strings.Replace(duplicate, "The receipt was used before", "Authentication failed", 1), nil, nil, "response#/error/description REFUSED/duplicate-receipt: the documents list another message for code REFUSED/duplicate-receipt: The receipt was used before"},
		"the message of its row":        {"code-agrees", valid, 401, plain, nil, nil, ""},
		"expected":                      {"code-expected", valid, 400, duplicate, wants("REFUSED", "duplicate-receipt"), nil, ""},
		"another variant than expected": {"code-expected", valid, 400, field, wants("REFUSED", "duplicate-receipt"), nil, "response#/error/code REFUSED/duplicate-receipt: result code is REFUSED/invalid-field; the case expects REFUSED/duplicate-receipt"},
		"no variant, one expected":      {"code-expected", valid, 402, plain, wants("REFUSED", "unauthorized"), nil, "response#/error/code REFUSED/unauthorized: result code is REFUSED; the case expects REFUSED/unauthorized"},
		"explained":                     {"code-explained", short, 400, field, nil, nil, "response#/error/code REFUSED/invalid-field explained: the provider refused the request with code REFUSED/invalid-field; the documents list this code"},
		"explained by another row":      {"code-explained", valid, 400, field, nil, nil, "response#/error/code REFUSED/invalid-field: the provider refused the request with code REFUSED/invalid-field; the documents list this code for requests with `violation.at != \"\"`; none of this is true"},
		"open":                          {"code-explained", valid, 400, duplicate, nil, nil, "response#/error/code REFUSED/duplicate-receipt open: the provider refused the request with code REFUSED/duplicate-receipt (The receipt was used before)"},
		"accepted despite":              {"code-explained", short, 200, `{"id":"1","receipt":"r-1"}`, nil, nil, "response.status REFUSED/invalid-field accepted: the provider accepted this request although request#/amount must be at least 100; the documents list code REFUSED/invalid-field"},
		"replaced by the recorder":      {"code-explained", valid, 400, duplicate, nil, omitted, ""},
	} {
		ex := contract.Exchange{
			Request:  contract.Request{Method: "POST", URL: &url.URL{Path: "/v1/orders"}, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(c.request)},
			Response: contract.Response{Status: c.status, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(c.response)},
		}
		if c.change != nil {
			c.change(&ex)
		}
		p := &rule.Subject{Spec: spec, Operation: o, Case: c.of, View: openapi.NewView(o, ex, spec.TestCredentials(), nil)}
		p.View.Authentication = contract.AuthenticationValid
		var got []string
		for _, f := range apply(t, c.rule, p).Findings {
			got = append(got, string(f.At)+" "+f.Detail+": "+report.Sentence(f.Message))
		}
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], c.want)) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

var omittedBody = &contract.Template{ID: "test.omitted", Text: "left out"}

// TestVariantCoverage counts the rows of a code one by one.
func TestVariantCoverage(t *testing.T) {
	t.Parallel()
	spec, err := openapi.Load(os.DirFS("../openapi/testdata/variants"), "tolls.yaml")
	if err != nil {
		t.Fatal(err)
	}
	o := spec.Operation("createOrder")
	want := []string{"200", "REFUSED/unauthorized", "REFUSED/duplicate-receipt", "REFUSED/invalid-field", "DOWN"}
	if got := rule.Documented(o)[rule.Codes]; !slices.Equal(got, want) {
		t.Errorf("documented: %q, want %q", got, want)
	}
	for body, want := range map[string]string{
		`{"error":{"code":"REFUSED"}}`:                        "REFUSED/invalid-field",
		`{"error":{"code":"REFUSED/invalid-field"}}`:          `"REFUSED/invalid-field"`,
		`{"error":{"code":"DOWN"}}`:                           "DOWN",
		`{"error":{"code":"REFUSED/invalid-field-or-other"}}`: "REFUSED/invalid-field-or-other",
	} {
		x := openapi.NewView(o, contract.Exchange{Request: contract.Request{URL: &url.URL{}}, Response: contract.Response{Status: 400, Body: []byte(body)}}, nil, nil)
		if got := rule.Observed(o, x)[rule.Codes]; !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
		x.Done()
	}
}
