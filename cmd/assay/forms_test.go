package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/media"
	"assay/internal/openapi"
	"assay/internal/sandbox"
	"assay/internal/signature"
	"assay/internal/traffic"
	"assay/internal/transport"
)

// forms is a folder with a provider that speaks forms and text, signs in headers, and accepts
// credentials in several ways.
const forms = "testdata/forms"

const goodCharge = "amount=100&currency=INR&reference=order-1&capture=true&card[number]=4111111111111111&card[name]=Asha&methods[]=card&methods[]=upi"

// formRequest is a request to the provider, what its sandbox responds, and what check says.
type formRequest struct {
	name, operation, body string
	change                func(o *openapi.Operation, r contract.Request, own map[string]string) contract.Request // before it is signed
	after                 func(r contract.Request) contract.Request                                              // after it
	code                  string
	findings              []string
}

func formRequests() []formRequest {
	header := func(name, value string) func(*openapi.Operation, contract.Request, map[string]string) contract.Request {
		return func(_ *openapi.Operation, r contract.Request, _ map[string]string) contract.Request {
			r.Header.Set(name, value)
			return r
		}
	}
	signed := func(change func(text string) string) func(r contract.Request) contract.Request {
		return func(r contract.Request) contract.Request {
			r.Header.Set("X-Shop-Signature", change(r.Header.Get("X-Shop-Signature")))
			return r
		}
	}
	const documented, closed, authenticated, isSigned, rules = "request-documented ", "request-closed ", "request-authenticated ", "request-signed ", "request-rules "
	const sign, auth = "request.header.x-shop-signature", "request.header.authorization"
	unsigned := []string{isSigned + sign}
	return []formRequest{
		{name: "good", operation: "createCharge", body: goodCharge, code: "OK"},
		{name: "with charset", operation: "createCharge", body: goodCharge, change: header("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"), code: "OK"},
		{name: "encoded names", operation: "createCharge", body: strings.ReplaceAll(strings.ReplaceAll(goodCharge, "[", "%5B"), "]", "%5D"), code: "OK"},
		{name: "lists", operation: "createCharge", body: "amount=1&currency=INR&reference=a&methods=card&methods=upi&parts[0][amount]=1&parts[1][amount]=2&parts[1][note]=a+b%26", code: "OK"},
		{name: "an item", operation: "createCharge", body: "amount=1&currency=INR&reference=a&methods=card", code: "OK"},
		{name: "a wrong type", operation: "createCharge", body: "amount=1.5&currency=INR&reference=a&capture=yes", code: "BAD", findings: []string{documented + "request#/amount", documented + "request#/capture"}},
		{name: "too much", operation: "createCharge", body: "amount=1000001&currency=INR&reference=a&methods[]=cash", code: "BAD", findings: []string{documented + "request#/amount", documented + "request#/methods/0"}},
		{name: "missing", operation: "createCharge", body: "amount=1&currency=INR", code: "BAD", findings: []string{documented + "request#/reference"}},
		{name: "undocumented", operation: "createCharge", body: "amount=1&currency=INR&reference=a&x[y]=1", code: "OK", findings: []string{closed + "request#/x"}},
		{name: "a name twice", operation: "createCharge", body: "amount=1&currency=INR&reference=a&amount=2", code: "BAD", findings: []string{documented + "request#"}},
		{name: "a wrong percent", operation: "createCharge", body: "amount=1&currency=INR&reference=%zz", code: "BAD", findings: []string{documented + "request#"}},
		{name: "another charset", operation: "createCharge", body: goodCharge, change: header("Content-Type", "application/x-www-form-urlencoded; charset=utf-16"), code: "BAD", findings: []string{documented + "request#"}},
		{name: "JSON", operation: "createCharge", body: `{"amount":1,"currency":"INR","reference":"a"}`, code: "BAD", findings: []string{documented + "request#"}},
		{name: "a condition", operation: "createCharge", body: "amount=1&currency=INR&reference=a&capture=true&parts[0][amount]=1", code: "BAD", findings: []string{rules + "request#/parts"}},

		{name: "no signature", operation: "createCharge", body: goodCharge, after: signed(func(string) string { return "" }), code: "DENIED", findings: unsigned},
		{name: "a signature cut", operation: "createCharge", body: goodCharge, after: signed(func(text string) string { return text[:len(text)-2] }), code: "DENIED", findings: unsigned},
		{name: "a signature in upper case", operation: "createCharge", body: goodCharge, after: signed(func(text string) string {
			before, hex, _ := strings.Cut(text, "v1=")
			return before + "v1=" + strings.ToUpper(hex)
		}), code: "DENIED", findings: unsigned},
		{name: "several signatures", operation: "createCharge", body: goodCharge, after: signed(func(text string) string { return strings.Replace(text, ",v1=", ",v1=00,v0=11, v1=", 1) }), code: "OK"},
		{name: "another version", operation: "createCharge", body: goodCharge, after: signed(func(text string) string { return strings.Replace(text, "v1=", "v2=", 1) }), code: "DENIED", findings: unsigned},
		{name: "another time", operation: "createCharge", body: goodCharge, after: signed(func(text string) string { return strings.Replace(text, "t=", "t=1", 1) }), code: "DENIED", findings: unsigned},
		{name: "the header twice", operation: "createCharge", body: goodCharge, after: func(r contract.Request) contract.Request {
			r.Header.Add("X-Shop-Signature", r.Header.Get("X-Shop-Signature"))
			return r
		}, code: "DENIED", findings: append([]string{"request-documented request.header.x-shop-signature"}, unsigned...)},
		{name: "another body", operation: "createCharge", body: goodCharge, after: func(r contract.Request) contract.Request {
			r.Body = []byte(goodCharge + "&methods[]=wallet")
			return r
		}, code: "DENIED", findings: unsigned},
		{name: "signed an hour ago", operation: "createCharge", body: goodCharge, change: header("X-Shop-Signature", "t="+strconv.FormatInt(time.Now().Unix()-3600, 10)), code: "DENIED", findings: unsigned},

		{name: "key and token", operation: "createCharge", body: goodCharge, change: alternative(1, nil), code: "OK"},
		{name: "key without token", operation: "createCharge", body: goodCharge, change: alternative(1, map[string]string{"token": ""}), code: "DENIED", findings: []string{authenticated + auth}},
		{name: "another token", operation: "createCharge", body: goodCharge, change: alternative(1, map[string]string{"token": "test-token-formshoq"}), code: "DENIED", findings: []string{authenticated + auth}},
		{name: "another key", operation: "createCharge", body: goodCharge, change: alternative(1, map[string]string{"apiKey": "forged-value"}), code: "DENIED", findings: []string{authenticated + "request.header.x-shop-key"}},
		{name: "another password", operation: "createCharge", body: goodCharge, change: alternative(0, map[string]string{"password": "forged-value"}), code: "DENIED", findings: []string{authenticated + auth}},
		{name: "nothing", operation: "createCharge", body: goodCharge, change: header("Authorization", ""), code: "DENIED", findings: []string{authenticated + auth}},

		{name: "a form back", operation: "chargeStatus", body: "reference=order-7", code: "PAID"},
		{name: "no key in the query", operation: "chargeStatus", body: "reference=order-7", change: query(""), code: "DENIED", findings: []string{authenticated + "request.query.shop_key"}},
		{name: "another key in the query", operation: "chargeStatus", body: "reference=order-7", change: query("shop_key=forged-value"), code: "DENIED", findings: []string{authenticated + "request.query.shop_key"}},
		{name: "the key twice", operation: "chargeStatus", body: "reference=order-7", change: query("shop_key=test-api-key-formshop&shop_key=forged-value"), code: "DENIED", findings: []string{authenticated + "request.query.shop_key", "request-documented request.query.shop_key"}},

		{name: "a text", operation: "ping", body: "ping", code: "pong"},
		{name: "no credentials are needed", operation: "ping", body: "ping", change: header("X-Shop-Key", ""), code: "pong"},
		{name: "wrong credentials where none are needed", operation: "ping", body: "ping", change: header("X-Shop-Key", "forged-value"), code: "what", findings: []string{authenticated + "request.header.x-shop-key"}},
		{name: "another text", operation: "ping", body: "PING", code: "what", findings: []string{documented + "request#"}},
	}
}

// alternative authorizes with one of the alternatives, with some credentials replaced.
func alternative(i int, other map[string]string) func(*openapi.Operation, contract.Request, map[string]string) contract.Request {
	return func(o *openapi.Operation, r contract.Request, own map[string]string) contract.Request {
		r.Header.Del("Authorization")
		all := map[string]string{}
		for name, value := range own {
			all[name] = value
		}
		for name, value := range other {
			all[name] = value
		}
		for _, a := range o.Security[i] {
			r, _ = a.Authorize(r, all, "")
		}
		return r
	}
}

func query(text string) func(*openapi.Operation, contract.Request, map[string]string) contract.Request {
	return func(_ *openapi.Operation, r contract.Request, _ map[string]string) contract.Request {
		u := *r.URL
		u.RawQuery, r.URL = text, &u
		return r
	}
}

// TestForms sends each request to the sandbox, and has check judge the exchanges.
func TestForms(t *testing.T) {
	t.Parallel()
	s, err := openapi.Load(os.DirFS(filepath.Join(forms, "specs")), "formshop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	box, err := sandbox.New([]*openapi.Spec{s}, sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	t.Cleanup(server.Close)
	dir := t.TempDir()
	keys := filepath.Join(dir, "keys.json")
	raw, _ := json.Marshal(map[string]any{"formshop": s.TestCredentials()}) // only texts
	if err := os.WriteFile(keys, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range formRequests() {
		t.Run(c.name, func(t *testing.T) {
			ex := c.send(t, s, server.URL)
			o := s.Operation(c.operation)
			if got, _ := o.ResultCode(ex.Response); got.Code != c.code {
				t.Errorf("the sandbox responds %q, want %s: %d %s", got.Code, c.code, ex.Response.Status, ex.Response.Body)
			}
			if want := o.Responses[ex.Response.Status].MediaType(); ex.Response.Header.Get("Content-Type") != want {
				t.Errorf("the response is %s, not %s", ex.Response.Header.Get("Content-Type"), want)
			}
			line, err := traffic.Append(nil, ex)
			if err != nil {
				t.Fatal(err)
			}
			if got := judged(t, line, keys); !slices.Equal(got, c.findings) {
				t.Errorf("check found %q, want %q", got, c.findings)
			}
		})
	}
}

// TestLargeForm judges a form with more values than are read: what needs them is
// inconclusive, and nothing is found wrong.
func TestLargeForm(t *testing.T) {
	t.Parallel()
	s, err := openapi.Load(os.DirFS(filepath.Join(forms, "specs")), "formshop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	box, err := sandbox.New([]*openapi.Spec{s}, sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	t.Cleanup(server.Close)
	keys := filepath.Join(t.TempDir(), "keys.json")
	raw, _ := json.Marshal(map[string]any{"formshop": s.TestCredentials()}) // only texts
	if err := os.WriteFile(keys, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	for more, want := range map[int][]string{10: {"request-closed request#/x"}, media.MaxValues: nil} {
		c := formRequest{operation: "createCharge", body: goodCharge}
		ex := c.send(t, s, server.URL)
		ex.Request.Body = []byte(goodCharge + strings.Repeat("&x[]=", more))
		ex.Request = signature.SignRequest(s.Operation(c.operation).Sign.Request, ex.Request, s.TestCredentials(), time.Now(), signature.Zeros{})
		line, err := traffic.Append(nil, ex)
		if err != nil {
			t.Fatal(err)
		}
		if got := judged(t, line, keys); !slices.Equal(got, want) {
			t.Errorf("%d more values: check found %q, want %q", more, got, want)
		}
	}
}

// send sends the request to a server and returns the exchange with the documented host.
func (c *formRequest) send(t *testing.T, s *openapi.Spec, base string) contract.Exchange {
	t.Helper()
	o, own := s.Operation(c.operation), s.TestCredentials()
	u, err := url.Parse(base + "/formshop" + o.Path)
	if err != nil {
		t.Fatal(err)
	}
	r := contract.Request{Method: o.Method, URL: u, Header: http.Header{"Content-Type": {o.Request.MediaType()}}, Body: []byte(c.body)}
	r = o.Authorize(r, own, "")
	if c.change != nil {
		r = c.change(o, r, own)
	}
	if r = signature.SignRequest(o.Sign.Request, r, own, time.Now(), signature.Zeros{}); c.after != nil {
		r = c.after(r)
	}
	ex, err := transport.Send(t.Context(), http.DefaultTransport, r)
	if err != nil {
		t.Fatal(err)
	}
	to := *r.URL
	to.Scheme, to.Host, to.Path = "https", "api.formshop.example.com", o.Path
	r.URL = &to
	ex.Request = r
	return ex
}

// judged returns the findings of check about one exchange, each with its rule and its place.
func judged(t *testing.T, line []byte, keys string) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "one.ndjson")
	if err := os.WriteFile(file, line, 0o600); err != nil {
		t.Fatal(err)
	}
	var out, stderr bytes.Buffer
	run(context.Background(), []string{"check", file, "--data", forms, "--keys", keys, "--report", "json", "-v"}, nil, &out, &stderr)
	var report struct {
		Results []struct {
			Findings []struct{ Rule, At, Severity string }
		}
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatalf("%v: %s%s", err, out.String(), stderr.String())
	}
	for _, secret := range []string{"test-password", "4111111111111111", "Asha", "forged-value"} {
		if strings.Contains(out.String()+stderr.String(), secret) {
			t.Errorf("the report contains %s", secret)
		}
	}
	var all []string
	for _, r := range report.Results {
		for _, f := range r.Findings {
			if f.Severity != "info" {
				all = append(all, f.Rule+" "+f.At)
			}
		}
	}
	slices.Sort(all)
	return all
}
