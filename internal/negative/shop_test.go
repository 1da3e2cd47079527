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

// shop is an invented provider: its schemas use every keyword of the dialect,
// and its codes leave some of them undecided.
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

func asked(t *testing.T, body string) []negative.Base {
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

// come is what becomes of a negative: the code that has to come, or why it
// shows nothing.
func come(n negative.Negative) string {
	if n.Inconclusive != "" {
		return n.Case.Name + " inconclusive: " + n.Inconclusive
	}
	return n.Case.Name + " " + n.Case.Want.Code
}

// TestEveryKeyword derives from schemas that use every keyword, filled and not
// filled by the base, with codes that name members, leave holes, both and
// neither.
func TestEveryKeyword(t *testing.T) {
	t.Parallel()
	s := shop(t)
	var lines []string
	for _, n := range negative.Derive(s, s.Operations[0], asked(t, `{"low":10,"high":20,"mail":"payer@example.com","note":"NOTE"}`)) {
		lines = append(lines, fmt.Sprintf("%s | %s | %s %v", come(n), n.Case.About, n.Case.Send, n.Case.Want.Findings))
	}
	golden.Compare(t, "testdata/shop.txt", []byte(strings.Join(lines, "\n")+"\n"))
}

// TestWithoutBase says why there is nothing where there is nothing to change,
// and where what there is does not conform.
func TestWithoutBase(t *testing.T) {
	t.Parallel()
	s := shop(t)
	for reason, bases := range map[string][]negative.Base{
		"no case of the operation asks plainly and succeeds, so there is nothing to break":            nil,
		"the request of shop/createOrder/accepted does not conform itself: request#/high required":    asked(t, `{"low":10}`),
		"the request of shop/createOrder/accepted does not conform itself: request# rule one-contact": asked(t, `{"low":10,"high":20}`),
		"the request of shop/createOrder/accepted does not conform itself: request# syntax":           asked(t, `{"low":10`),
		"the request of shop/createOrder/accepted does not conform itself: request#/low type":         asked(t, `{"low":"10","high":20,"mail":"payer@example.com"}`),
	} {
		all := negative.Derive(s, s.Operations[0], bases)
		if len(all) != 1 || !strings.HasPrefix(all[0].Inconclusive, reason) || all[0].Case.Name != "shop/createOrder/negative/base" {
			t.Errorf("want one gap, %q; have %d: %+v", reason, len(all), all[0].Inconclusive)
		}
	}
}
