package sandbox_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/sandbox"
	"assay/internal/signature"
)

// seed is a page's own sample request.
type seed struct {
	operation string
	path      string
	header    http.Header // as printed
	// sendable makes the sample one that can be sent: placeholders give way to
	// what the sandbox accepts.
	sendable func(s *openapi.Spec, r *contract.Request)
	code     string // what the sample, made sendable, is responded with
	printed  string // what the sample as it is printed is responded with
	novel    []string
}

// seeds are the five pages that the project began with.
func seeds() []seed {
	return []seed{
		{
			operation: "ipayments/createOrder", path: "/v1/service/paycc/order",
			header: http.Header{"Content-Type": {"application/json"}, "Authorization": {"Basic Og=="}},
			sendable: func(s *openapi.Spec, r *contract.Request) {
				replace(r, `"categoryId" : "1",`, `"categoryId" : "1"`)
				replace(r, "MID69XXXXXXX", s.Credential("merchantCode").Test)
				basic(r, s, "clientKey", "clientSecret")
			},
			code:    "0x0200",
			printed: "0x0201", // Og== is the empty pair; the comma is never looked at
			novel:   []string{"/data/orderId", "/data/url"},
		},
		{
			operation: "ipayments/initKyc", path: "/v1/service/paycc/init/kyc",
			header: http.Header{"Content-Type": {"application/json"}, "Authorization": {"Basic Og=="}},
			sendable: func(s *openapi.Spec, r *contract.Request) {
				replace(r, "MID693XXXXXX", s.Credential("merchantCode").Test)
				basic(r, s, "clientKey", "clientSecret")
			},
			code:    "0x0200",
			printed: "0x0201", // the empty pair
			novel:   []string{"/data/kid", "/data/url"},
		},
		{
			operation: "paytm/createOrder", path: "/aoa-acquiring-biz/v2/order?mid=YOUR_MID_HERE&orderId=Ravi1366",
			header: http.Header{"Content-Type": {"application/json"}},
			sendable: func(s *openapi.Spec, r *contract.Request) {
				mid := s.Credential("mid").Test
				replace(r, "YOUR_MID_HERE", mid)
				r.URL = &url.URL{Path: r.URL.Path, RawQuery: strings.ReplaceAll(r.URL.RawQuery, "YOUR_MID_HERE", mid)}
			},
			code:    "0000",
			printed: "2006", // Mid is invalid: YOUR_MID_HERE belongs to no merchant
			novel:   []string{"/head/responseTimestamp", "/head/signature", "/body/txnToken"},
		},
		{
			operation: "enkash/createOrder", path: "/api/v0/orders",
			header: http.Header{"Content-Type": {"application/json"}, "Authorization": {""}, "Merchantaccesskey": {""}},
			sendable: func(s *openapi.Spec, r *contract.Request) {
				r.Body = []byte(`{"orderId":"RANDOMID123","amount":{"value":0.01,"currency":"INR"}}`)
				r.Header.Set("merchantAccessKey", s.Credential("accessKey").Test)
				r.Header.Set("Authorization", "Bearer TOKEN")
			},
			code:    "0",
			printed: "117", // the Authorization is empty; the page lists no code for it, third-party code has met this one
			novel:   []string{"/payload/redirectionUrl", "/payload/orderId"},
		},
		{
			operation: "paytring/createOrder", path: "/api/v2/order/create",
			header: http.Header{"Content-Type": {"application/json"}, "Authorization": {"Basic <encoded-value>"}},
			sendable: func(s *openapi.Spec, r *contract.Request) {
				basic(r, s, "key", "secret")
				r.Body = signature.Sign(s.Operation("createOrder").Sign.Request, r.Body, s.TestCredentials(), nil)
			},
			code:    "200",
			printed: "400",                                     // neither <encoded-value> nor the hash <string> is anybody's
			novel:   []string{"/order_id", "/url", "/message"}, // the page's other sample of a success has the message
		},
	}
}

func replace(r *contract.Request, old, by string) {
	if !bytes.Contains(r.Body, []byte(old)) {
		panic(old + " does not stand in the sample")
	}
	r.Body = bytes.ReplaceAll(r.Body, []byte(old), []byte(by))
}

func basic(r *contract.Request, s *openapi.Spec, user, password string) {
	(&http.Request{Header: r.Header}).SetBasicAuth(s.Credential(user).Test, s.Credential(password).Test)
}

// TestSeeds asks each page's own sample: as it is printed it is refused with
// what the page implies, and made sendable it is responded with the success that
// the page prints.
func TestSeeds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	token := w.token()
	for _, c := range seeds() {
		s, o := w.op(c.operation)
		file := filepath.Join("testdata", "seeds", strings.ReplaceAll(c.operation, "/", "-"))
		r := sample(t, c, file)
		if got := w.responded(s, o, r); got.Code != c.printed {
			t.Errorf("%s: as it is printed responded %s %q, want %s", c.operation, got.Code, got.Message, c.printed)
		}
		c.sendable(s, &r)
		r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "TOKEN", token, 1))
		response, err := w.ask(s.Provider, r)
		if err != nil {
			t.Fatal(err)
		}
		if met, _ := o.ResultCode(response); met.Code != c.code {
			t.Errorf("%s: made sendable responded %s, want %s: %s", c.operation, met.Code, c.code, response.Body)
			continue
		}
		for _, difference := range differences(t, file+".response.json", response.Body, c.novel) {
			t.Errorf("%s: %s", c.operation, difference)
		}
		if signed := signature.State(o.Sign.Response, response.Body, s.TestCredentials()); o.Sign.Response != nil && signed != "valid" {
			t.Errorf("%s: the response's signature is %s", c.operation, signed)
		}
	}
}

// sample is a page's request as it is printed.
func sample(t *testing.T, c seed, file string) contract.Request {
	t.Helper()
	body, err := os.ReadFile(file + ".request.json")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(c.path)
	if err != nil {
		t.Fatal(err)
	}
	return contract.Request{Method: http.MethodPost, URL: u, Header: c.header.Clone(), Body: body}
}

func (w *world) responded(s *openapi.Spec, o *openapi.Operation, r contract.Request) openapi.ResultCode {
	w.t.Helper()
	response, err := w.ask(s.Provider, r)
	if err != nil {
		w.t.Fatal(err)
	}
	met, _ := o.ResultCode(response)
	return met
}

// token is one that EnKash's sandbox hands out.
func (w *world) token() string {
	w.t.Helper()
	issued, err := w.ask("enkash", w.recorded("enkash/createToken/accepted"))
	if err != nil {
		w.t.Fatal(err)
	}
	m, err := contract.ReadMembers(issued.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	token, _ := m.String("/token")
	return token
}

// differences compares a response with the printed one, member by member. Of the
// novel ones only the type is.
func differences(t *testing.T, file string, body []byte, novel []string) []string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	printed, err := contract.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	got, err := contract.Decode(body)
	if err != nil {
		return []string{"the response does not parse: " + err.Error()}
	}
	return differ("", printed, got, novel)
}

func differ(at string, printed, got any, novel []string) []string {
	want, isObject := printed.(map[string]any)
	if !isObject {
		switch {
		case fmt.Sprintf("%T", printed) != fmt.Sprintf("%T", got):
			return []string{fmt.Sprintf("%s is a %T, the page prints a %T", at, got, printed)}
		case !slices.Contains(novel, at) && printed != got:
			return []string{fmt.Sprintf("%s is %v, the page prints %v", at, got, printed)}
		}
		return nil
	}
	object, ok := got.(map[string]any)
	if !ok {
		return []string{at + " is no object"}
	}
	var all []string
	for name, value := range want {
		if _, there := object[name]; !there {
			all = append(all, at+"/"+name+" is missing")
			continue
		}
		all = append(all, differ(at+"/"+name, value, object[name], novel)...)
	}
	for name := range object {
		if _, there := want[name]; !there && !slices.Contains(novel, at+"/"+name) {
			all = append(all, at+"/"+name+" is not printed")
		}
	}
	return all
}
