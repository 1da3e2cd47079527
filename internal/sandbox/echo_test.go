package sandbox_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/sandbox"
)

// acme serves the provider of testdata/acme.yaml.
func acme(t *testing.T, options sandbox.Options) *world {
	t.Helper()
	s, err := openapi.Load(os.DirFS("testdata"), "acme.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if faults := s.Faults(); len(faults) > 0 {
		t.Fatalf("the specification has faults: %v", faults)
	}
	return serving(t, []*openapi.Spec{s}, options)
}

// order sends an order, and returns the response and its members.
func (w *world) order(body string, prefer ...string) (contract.Response, contract.Members) {
	w.t.Helper()
	r := contract.Request{Method: http.MethodPost, URL: &url.URL{Path: "/v1/orders"}, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body)}
	response, err := w.ask("acme", r, prefer...)
	if err != nil {
		w.t.Fatal(err)
	}
	m, err := contract.ReadMembers(response.Body)
	if err != nil {
		w.t.Fatalf("%v: %s", err, response.Body)
	}
	return response, m
}

// TestEcho asks for amounts, a currency and a reference, and expects them in the response,
// in its unit and form, and times of the sandbox's clock.
func TestEcho(t *testing.T) {
	t.Parallel()
	w := acme(t, sandbox.Options{})
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"decimals": {
			`{"reference":"R-1","sum":"12.5","fee":"0.75","currency":"USD"}`,
			[]string{`"amount":1250,`, `"fee":75,`, `"paid":0,`, `"sum":12.50,`, `"total":{"value":"12.50","currency":"USD"}`, `"currency":"USD","reference":"R-1"`},
		},
		"whole": {`{"reference":"R-2","sum":"7","currency":"EUR"}`, []string{`"amount":700,`, `"sum":7.00,`, `"value":"7.00"`, `"reference":"R-2"`}},
		"one member of two, and no currency": {
			`{"reference":"R-3","sum":"7"}`, []string{`"amount":700,"fee":100,`, `"currency":"INR","reference":"R-3"`},
		},
		"in a list": {`{"reference":"R-4","sum":"1.01"}`, []string{`"amount":101},{"order":`, `"amount":101}]`}},
	} {
		response, _ := w.order(c.body, "at=2024-05-06T07:08:09Z")
		if response.Status != http.StatusOK || response.Header.Get("Content-Type") != "application/vnd.acme+json" {
			t.Fatalf("%s: %d %v %s", name, response.Status, response.Header, response.Body)
		}
		for _, want := range append(c.want, `"created":1714979289,`, `"updated":"2024-05-06T12:38:09+05:30"`) {
			if !strings.Contains(string(response.Body), want) {
				t.Errorf("%s: %s is not in %s", name, want, response.Body)
			}
		}
		if _, o := w.op("acme/createOrder"); len(o.Responses[200].Violations(response.Body)) > 0 {
			t.Errorf("%s: %s violates the schema", name, response.Body)
		}
	}
}

// TestRelatedIDs expects that an id is the same wherever a response has it, also inside
// texts, lists and URLs in base64, and another one in each response.
func TestRelatedIDs(t *testing.T) {
	t.Parallel()
	w := acme(t, sandbox.Options{})
	seen := map[string]bool{}
	for range 5 {
		response, m := w.order(`{"reference":"R-1","sum":"1"}`)
		id, _ := m.String("/id")
		token, _ := m.String("/token")
		inner, err := base64.StdEncoding.DecodeString(token)
		if err != nil || string(inner) != "https://acme.example/pay/"+id {
			t.Errorf("the URL in base64 is %q, and the id %s", inner, id)
		}
		if n := strings.Count(string(response.Body), id); n != 4 || !strings.Contains(string(response.Body), "https://acme.example/pay/"+id+"/now") {
			t.Errorf("%s is there %d times: %s", id, n, response.Body)
		}
		if !strings.HasPrefix(id, "order_") || id == "order_A1b2C3d4" || seen[id] || strings.Contains(string(response.Body), "pay_Z9y8X7w6") || strings.Contains(string(response.Body), "pay_Q1w2E3r4") {
			t.Errorf("an id does not vary: %s", response.Body)
		}
		seen[id] = true
	}
	response, m := w.order(`{"reference":"R-1","sum":"1","parent":"order_\"9"}`)
	if id, _ := m.String("/id"); id != `order_"9` || strings.Count(string(response.Body), `order_\"9`) != 4 {
		t.Errorf("the id of the request is not repeated: %s", response.Body)
	}
}

// TestObserved expects one line for each request, with what decided and without personal
// data.
func TestObserved(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var lines, logged []string
	w := acme(t, sandbox.Options{Observe: func(o sandbox.Observed) {
		mu.Lock()
		defer mu.Unlock()
		if time.Since(o.Time) > time.Minute {
			t.Errorf("the time is %v", o.Time)
		}
		lines = append(lines, o.String())
		var b strings.Builder
		if err := sandbox.WriteLogLine(&b, o); err != nil {
			t.Error(err)
		}
		logged = append(logged, b.String())
	}})
	w.order(`{"reference":"R-1","sum":"1"}`)
	w.order(`{"reference":"R-1","sum":"secret-value"}`)
	w.order(`{"reference":"4111111111111111","sum":"1"}`, "code=BAD")
	w.order(`{"reference":"R-1","sum":"1"}`, "fault=extra-field")
	for _, prefer := range []string{"code=NO", "fault=unsigned", "fault=no", "fault=reset"} {
		r := contract.Request{Method: http.MethodPost, URL: &url.URL{Path: "/v1/orders"}, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{"reference":"R","sum":"1"}`)}
		_, _ = w.ask("acme", r, prefer)
	}
	_, _ = w.ask("acme", contract.Request{Method: http.MethodGet, URL: &url.URL{Path: "/v1/orders"}})
	_, _ = w.ask("acme", contract.Request{Method: http.MethodGet, URL: &url.URL{Path: "/v1/orders/secret-value-1"}})
	_, _ = w.ask("other", contract.Request{Method: http.MethodGet, URL: &url.URL{Path: "/v1/4111111111111111"}})
	mu.Lock()
	defer mu.Unlock()
	want := []string{
		`acme/createOrder R-1: OK (HTTP 200), because no condition of another code holds`,
		`acme/createOrder R-1: BAD (HTTP 400), because violation.keyword != "": request#/sum: does not match`,
		`: BAD (HTTP 400), forced by Prefer`,
		`acme/createOrder R-1: OK (HTTP 200), because no condition of another code holds, damaged by fault=extra-field`,
		`acme/createOrder: HTTP 400, refused: acme/createOrder documents no such code`,
		`acme/createOrder: HTTP 400, refused: Prefer: a response of acme/createOrder cannot be unsigned`,
		`acme/createOrder: HTTP 400, refused: Prefer: there is no fault`,
		`acme/createOrder R: no response, because no condition of another code holds, damaged by fault=reset`,
		`GET /acme/v1/orders: HTTP 405, refused: the documented method of this path is POST`,
		`GET /acme/v1/orders/{…}: HTTP 404, refused: no operation is documented here`,
		`GET /other/v1/{…}: HTTP 404, refused: no operation is documented here`,
	}
	if len(lines) != len(want) {
		t.Fatalf("%d lines for %d requests: %q", len(lines), len(want), lines)
	}
	for i, line := range lines {
		if !strings.Contains(line, want[i]) {
			t.Errorf("line %d is %q; want %q", i, line, want[i])
		}
		for _, hidden := range []string{"secret-value", "4111111111111111"} {
			if strings.Contains(line+logged[i], hidden) {
				t.Errorf("%s is in %s %s", hidden, line, logged[i])
			}
		}
	}
}
