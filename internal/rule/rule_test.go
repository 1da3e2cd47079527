package rule_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"assay/internal/adapter/paytm"
	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/rule"
	"assay/internal/signature"
	"assay/internal/transport"
	"assay/specs"
)

// bench is a conforming exchange of Paytm in which tests change one thing.
type bench struct {
	t        *testing.T
	spec     *openapi.Spec
	op       *openapi.Operation
	c        *contract.Case
	exchange contract.Exchange
	merchant map[string]bool
	read     func(contract.Exchange) contract.Outcome
	pass     func(*rule.Subject) // changes the subject last
	large    bool                // no rule looks at the recording: it takes long to redact
	recorded []redacted          // by earlier calls of made
}

// redacted is an exchange of a bench as a cassette has it.
type redacted struct {
	of      *openapi.Operation
	from    string // the exchange, as it is
	changed []contract.Exchange
}

func newBench(t *testing.T) *bench {
	t.Helper()
	loaded, err := openapi.LoadShared(specs.Files, "paytm")
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, spec: loaded, op: loaded.Operation("createOrder"), merchant: map[string]bool{"checksum": true}}
	adapter := paytm.New(contract.Setup{
		BaseURL: loaded.Servers[0].URL, Credentials: loaded.TestCredentials(), Random: signature.Zeros{},
		Now: func() time.Time { return time.Unix(1, 0) },
	})
	b.read = func(ex contract.Exchange) contract.Outcome { return adapter.Operation("createOrder").Read(ex) }
	b.c = &contract.Case{
		Name: "paytm/createOrder/test", Want: contract.Want{Code: "0000"},
		Input: &contract.Order{Reference: "R1", Amount: contract.Money{Minor: 100, Currency: "INR"}, Customer: contract.Customer{ID: "C1", Email: "canary@example.com", Mobile: "0000000001"}},
	}
	req, err := adapter.Operation("createOrder").Request(contract.Call{Input: b.c.Input, Options: []byte(`{"websiteName":"retail"}`)})
	if err != nil {
		t.Fatal(err)
	}
	if b.exchange.Request, err = transport.Freeze(req); err != nil {
		t.Fatal(err)
	}
	b.response("0000")
	return b
}

// own gives the bench a specification that the test may change.
func (b *bench) own() *openapi.Spec {
	b.t.Helper()
	loaded, err := openapi.Load(specs.Files, "paytm.yaml")
	if err != nil {
		b.t.Fatal(err)
	}
	b.spec, b.op = loaded, loaded.Operation("createOrder")
	return loaded
}

// response sets the documented response for a code, signed.
func (b *bench) response(code string) {
	example, ok := b.op.Example(code)
	if !ok {
		b.t.Fatalf("no example for %s", code)
	}
	b.exchange.Response = contract.Response{Status: 200, Header: http.Header{"Content-Type": {"application/json"}}}
	b.signed(string(example.Body))
}

func (b *bench) signed(body string) {
	b.exchange.Response.Body = signature.Sign(b.op.Sign.Response, []byte(body), b.spec.TestCredentials(), signature.Zeros{})
}

// swap replaces a text in the response and signs it again.
func (b *bench) swap(old, replacement string) {
	if !bytes.Contains(b.exchange.Response.Body, []byte(old)) {
		b.t.Fatalf("%q does not stand in the response", old)
	}
	b.signed(strings.Replace(string(b.exchange.Response.Body), old, replacement, 1))
}

// ask replaces a text in the request and signs it again.
func (b *bench) ask(old, replacement string) {
	if !bytes.Contains(b.exchange.Request.Body, []byte(old)) {
		b.t.Fatalf("%q does not stand in the request", old)
	}
	body := strings.Replace(string(b.exchange.Request.Body), old, replacement, 1)
	b.exchange.Request.Body = signature.Sign(b.op.Sign.Request, []byte(body), b.spec.TestCredentials(), signature.Zeros{})
}

func (b *bench) query(name, value string) {
	u := *b.exchange.Request.URL
	q := u.Query()
	q.Set(name, value)
	if value == "" {
		q.Del(name)
	}
	u.RawQuery = q.Encode()
	b.exchange.Request.URL = &u
}

func (b *bench) made() *rule.Subject {
	own := b.spec.TestCredentials()
	p := &rule.Subject{
		Spec: b.spec, Operation: b.op, Case: b.c, Read: b.read, View: openapi.NewView(b.op, b.exchange, own, b.merchant),
		Recording: &rule.Recording{Name: b.c.Name, InManifest: true, SHA256: "a", ManifestSHA256: "a", Evidence: contract.Sandbox, Date: "2026-01-01"},
		Now:       time.Date(2026, time.February, 1, 0, 0, 0, 0, time.UTC),
	}
	if !b.large {
		p.Recording.Exchanges = b.recording()
	}
	p.View.Signature = signature.State(b.op.Sign.Request, b.exchange.Request.Body, own)
	p.View.Authentication = rule.Authentication(b.op, b.exchange.Request, own, contract.Token{}, time.Time{})
	if b.pass != nil {
		b.pass(p)
	}
	return p
}

// recording redacts the exchange, once for all rules that look at it.
func (b *bench) recording() []contract.Exchange {
	request, response := b.exchange.Request, b.exchange.Response
	from := fmt.Sprintln(request.Method, request.URL, request.Header, string(request.Body), response.Status, response.Header, string(response.Body))
	for _, known := range b.recorded {
		if known.of == b.op && known.from == from {
			return known.changed
		}
	}
	changed := []contract.Exchange{rule.Redactor(b.spec, b.op).Exchange(b.exchange)}
	b.recorded = append(b.recorded, redacted{b.op, from, changed})
	return changed
}

func (b *bench) whole() *rule.Subject {
	p := &rule.Subject{Spec: b.spec, PlayedCases: []rule.PlayedCase{{Case: b.c, Exchange: &b.exchange}}}
	if b.pass != nil {
		b.pass(p)
	}
	return p
}

func apply(t *testing.T, id string, p *rule.Subject) rule.Applied {
	t.Helper()
	r, ok := rule.Find(id)
	if !ok {
		t.Fatalf("there is no rule %s", id)
	}
	return rule.Apply(r, p)
}

// basic changes the operation to Basic authorization.
func (b *bench) basic() {
	o := *b.op
	o.Authorization = &openapi.Authorization{Scheme: "basic", User: "mid", Password: "merchantKey"}
	b.op = &o
}

// repeats makes the request one with an idempotency key, its order id, and says what earlier
// exchanges say about it. conflict is the code for a known key with another request.
func (b *bench) repeats(known rule.Repeat, conflict string) {
	o := *b.op
	o.Idempotency = &openapi.Idempotency{At: "request#/body/orderId", Conflict: conflict, Doc: "Idempotency"}
	b.op = &o
	b.pass = func(p *rule.Subject) { p.Repeat = &known }
}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
