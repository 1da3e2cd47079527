package negative_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/golden"
	"assay/internal/negative"
	"assay/internal/openapi"
	"assay/internal/report"
)

// shop is an invented provider. Its schemas use every keyword of the dialect. For some
// violations its codes are ambiguous.
func shop(t *testing.T) *openapi.Spec {
	t.Helper()
	s, err := openapi.Load(os.DirFS(filepath.Join("testdata", "specs")), "shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range s.Faults() {
		t.Errorf("line %d: %s", f.Line, report.Sentence(f.Message))
	}
	return s
}

func bases(t *testing.T, body string) []negative.Base {
	t.Helper()
	at, err := url.Parse("https://shop.example.com/order?shop=shop-1")
	if err != nil {
		t.Fatal(err)
	}
	return []negative.Base{{
		Case:    &contract.Case{Name: "shop/createOrder/accepted"},
		Request: contract.Request{Method: http.MethodPost, URL: at, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body)},
	}}
}

// outcome returns the expected code of a negative, or why it is inconclusive.
func outcome(n negative.Negative) string {
	if n.Inconclusive.Template != nil {
		return n.Case.Name + " inconclusive: " + report.Sentence(n.Inconclusive)
	}
	return n.Case.Name + " " + n.Case.Want.Code
}

// TestEveryKeyword derives negatives from schemas that use every keyword. The base
// fills some members. Messages name members, have placeholders, both or neither.
func TestEveryKeyword(t *testing.T) {
	t.Parallel()
	s := shop(t)
	var lines []string
	for _, n := range negative.Derive(s, s.Operations[0], bases(t, `{"low":10,"high":20,"mail":"payer@example.com","note":"NOTE"}`)) {
		lines = append(lines, fmt.Sprintf("%s | %s | %s %v", outcome(n), n.Case.About, n.Case.Send, n.Case.Want.Findings))
	}
	golden.Compare(t, "testdata/shop.txt", []byte(strings.Join(lines, "\n")+"\n"))
}

// TestPathParameters derives negatives from the parameters of a path. They are never left
// out: the request would go to another operation.
func TestPathParameters(t *testing.T) {
	t.Parallel()
	s := shop(t)
	at, err := url.Parse("https://shop.example.com/order/o-17/items/3")
	if err != nil {
		t.Fatal(err)
	}
	base := []negative.Base{{Case: &contract.Case{Name: "shop/getItem/accepted"}, Request: contract.Request{Method: http.MethodGet, URL: at, Header: http.Header{}}}}
	var lines []string
	for _, n := range negative.Derive(s, s.Operation("getItem"), base) {
		lines = append(lines, fmt.Sprintf("%s | %s | %s %v", outcome(n), n.Case.About, n.Case.Send, n.Case.Want.Findings))
	}
	golden.Compare(t, "testdata/shop-path.txt", []byte(strings.Join(lines, "\n")+"\n"))
}

// TestWithoutBase derives from no base, and from bases that do not conform.
func TestWithoutBase(t *testing.T) {
	t.Parallel()
	s := shop(t)
	for reason, given := range map[string][]negative.Base{
		"the operation has no case with a plain request that succeeds, so there is no request to change":            nil,
		"the request of shop/createOrder/accepted does not conform to the specification: request#/high required":    bases(t, `{"low":10}`),
		"the request of shop/createOrder/accepted does not conform to the specification: request# rule one-contact": bases(t, `{"low":10,"high":20}`),
		"the request of shop/createOrder/accepted does not conform to the specification: request# syntax":           bases(t, `{"low":10`),
		"the request of shop/createOrder/accepted does not conform to the specification: request#/low type":         bases(t, `{"low":"10","high":20,"mail":"payer@example.com"}`),
	} {
		all := negative.Derive(s, s.Operations[0], given)
		if len(all) != 1 || !strings.HasPrefix(report.Sentence(all[0].Inconclusive), reason) || all[0].Case.Name != "shop/createOrder/negative/base" {
			t.Errorf("want one gap, %q; have %d: %s", reason, len(all), report.Sentence(all[0].Inconclusive))
		}
	}
}
