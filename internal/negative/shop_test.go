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
	"assay/internal/fixed"
	"assay/internal/fixture"
	"assay/internal/golden"
	"assay/internal/negative"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/signature"
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

// TestForms derives negatives from requests that are forms and texts, signed in a header, with
// credentials in several places. Each is made again from its send, as an engine makes it.
func TestForms(t *testing.T) {
	t.Parallel()
	s, err := openapi.Load(os.DirFS(filepath.Join("..", "..", "cmd", "assay", "testdata", "forms", "specs")), "formshop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range s.Faults() {
		t.Errorf("line %d: %s", f.Line, report.Sentence(f.Message))
	}
	bodies := map[string]string{
		"createCharge": "amount=100&currency=INR&reference=order-1&card[number]=4111111111111111&card[name]=Zz+zz&methods[]=card&methods[]=upi&parts[0][amount]=1",
		"chargeStatus": "reference=order-1", "ping": "ping",
	}
	var lines []string
	for _, o := range s.Operations {
		at, err := url.Parse(s.Servers[0].URL + o.Path)
		if err != nil {
			t.Fatal(err)
		}
		r := contract.Request{Method: o.Method, URL: at, Header: http.Header{"Content-Type": {o.Request.MediaType()}}, Body: []byte(bodies[o.ID])}
		r = signature.SignRequest(o.Sign.Request, o.Authorize(r, s.TestCredentials(), ""), s.TestCredentials(), fixed.Clock(), signature.Zeros{})
		for _, n := range negative.Derive(s, o, []negative.Base{{Case: &contract.Case{Name: o.Name() + "/accepted"}, Request: r}}) {
			lines = append(lines, fmt.Sprintf("%s | %s %v", outcome(n), sent(t, o, n, r, s.TestCredentials()), n.Case.Want.Findings))
		}
	}
	golden.Compare(t, "testdata/forms.txt", []byte(strings.Join(lines, "\n")+"\n"))
}

// sent returns what differs in the request of a negative.
func sent(t *testing.T, o *openapi.Operation, n negative.Negative, r contract.Request, own map[string]string) string {
	t.Helper()
	made, err := r, error(nil)
	if len(n.Case.Send) > 0 {
		if made, _, err = fixture.Apply(o.Template(), n.Case.Send, r, o.Request.FormTypes()); err != nil {
			t.Fatal(err)
		}
	}
	if n.Forge != nil {
		made = n.Forge(made, own)
	}
	var all []string
	if string(made.Body) != string(r.Body) {
		all = append(all, string(made.Body))
	}
	if made.URL.String() != r.URL.String() {
		all = append(all, "?"+made.URL.RawQuery)
	}
	for _, name := range []string{"Authorization", "X-Shop-Key", "X-Shop-Signature"} {
		if made.Header.Get(name) != r.Header.Get(name) {
			all = append(all, name+": "+made.Header.Get(name))
		}
	}
	return strings.Join(all, "; ")
}
