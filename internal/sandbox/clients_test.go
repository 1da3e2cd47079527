//go:build clients

package sandbox_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/sandbox"
	"assay/internal/signature"
	"assay/internal/view"
)

// own and foreign are merchant keys: the sandbox's, and one it does not know.
const own, foreign = "0123456789abcdef", "fedcba9876543210"

// paid is what Paytm's own SDK made of a response. Where it refuses one it says
// failure and 501, whatever the reason, and the reason is the message.
type paid struct{ Status, Code, Message, Token string }

// between stands between the SDK, which sets no headers of ours, and a sandbox.
type between struct {
	t         *testing.T
	box       http.Handler
	base      string
	spec      *openapi.Spec
	operation *openapi.Operation

	mu      sync.Mutex
	prefer  string            // is asked of the sandbox
	instead []byte            // is responded in the sandbox's place
	last    contract.Exchange // as the SDK saw it
}

func newBetween(t *testing.T, options sandbox.Options) *between {
	t.Helper()
	w := newWorld(t, options)
	b := &between{t: t}
	b.spec, b.operation = w.op("paytm/createOrder")
	var err error
	if b.box, err = sandbox.New(w.specs, options); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	b.base = server.URL
	return b
}

func (b *between) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		b.t.Error(err)
	}
	response := httptest.NewRecorder()
	if b.instead == nil {
		r.Body = io.NopCloser(bytes.NewReader(body))
		if b.prefer != "" {
			r.Header.Set("Prefer", b.prefer)
		}
		b.box.ServeHTTP(response, r)
	} else if _, err := response.Write(b.instead); err != nil {
		b.t.Error(err)
	}
	b.last.Request.Body = body
	b.last.Response = contract.Response{Status: response.Code, Body: response.Body.Bytes()}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(response.Code)
	if _, err := w.Write(b.last.Response.Body); err != nil {
		b.t.Error(err)
	}
}

// pay has the SDK create an order, and gives what it made of the response, and
// the exchange.
func (b *between) pay(key, order, prefer string, instead []byte) (paid, contract.Exchange) {
	b.t.Helper()
	b.mu.Lock()
	b.prefer, b.instead, b.last = prefer, instead, contract.Exchange{}
	b.mu.Unlock()
	node := exec.CommandContext(b.t.Context(), "node", "pay.js", b.base+"/paytm"+b.operation.Path,
		b.spec.TestCredentials()["mid"], key, order, filepath.Join(b.t.TempDir(), "sdk.log"))
	node.Dir = filepath.Join("testdata", "clients")
	var said strings.Builder
	node.Stderr = &said
	out, err := node.Output()
	if err != nil {
		b.t.Fatalf("%v; make test-clients installs the SDK\n%s", err, said.String())
	}
	var got paid
	if err := json.Unmarshal(out, &got); err != nil {
		b.t.Fatalf("%v: %s", err, out)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return got, b.last
}

// passed is what came and went: how the SDK's request is signed, and the HTTP
// status, result code and signature of what it got for it.
type passed struct {
	Request  contract.SignatureState
	Status   int
	Code     string
	Response contract.SignatureState
}

func (b *between) passed(x contract.Exchange) passed {
	met, _ := b.operation.ResultCode(x.Response)
	credentials := b.spec.TestCredentials()
	return passed{
		signature.State(b.operation.Sign.Request, x.Request.Body, credentials), x.Response.Status, met.Code,
		signature.State(b.operation.Sign.Response, x.Response.Body, credentials),
	}
}

// token is the one a response hands out.
func (b *between) token(x contract.Exchange) string {
	b.t.Helper()
	m, err := contract.ReadMembers(x.Response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	token, _ := m.String("/body/txnToken")
	return token
}

// TestPaytmSDK drives the sandbox with Paytm's own SDK for Node. It says Payment
// where the page says PAYMENT (C16), so the sandbox is lenient; and it signs, so
// the sandbox may insist on that.
func TestPaytmSDK(t *testing.T) {
	t.Parallel()
	b := newBetween(t, sandbox.Options{Lenient: true})
	const insist = "merchant.checksum=true"
	for _, c := range []struct {
		name, key, order, prefer string
		want                     paid // its token is the response's
		passed                   passed
	}{
		{"a success", own, "SDK1", insist, paid{"S", "0000", "Success", ""}, passed{"valid", 200, "0000", "valid"}},
		{"the same order again", own, "SDK1", insist, paid{"F", "324", "Duplicate Order Id", ""}, passed{"valid", 200, "324", "valid"}},
		{"another merchant's key", foreign, "SDK2", "", paid{"F", "2005", "Checksum provided is invalid", ""}, passed{"invalid", 200, "2005", "valid"}},
		{"that order with the right key", own, "SDK2", insist, paid{"S", "0000", "Success", ""}, passed{"valid", 200, "0000", "valid"}},
	} {
		got, x := b.pay(c.key, c.order, c.prefer, nil)
		if c.want.Token = b.token(x); (c.want.Token != "") != (c.want.Code == "0000") {
			t.Errorf("%s: a token goes with success alone: %s", c.name, x.Response.Body)
		}
		if got != c.want {
			t.Errorf("%s: the SDK reads %+v, want %+v", c.name, got, c.want)
		}
		if passed := b.passed(x); passed != c.passed {
			t.Errorf("%s: %+v passed, want %+v", c.name, passed, c.passed)
		}
	}
}

// TestPaytmSDKUnsigned has the SDK refuse a success that is not signed. The same
// response is accepted when it is, and refused again when the signature is one of
// another token.
func TestPaytmSDKUnsigned(t *testing.T) {
	t.Parallel()
	b := newBetween(t, sandbox.Options{Lenient: true})
	got, x := b.pay(own, "SDK3", "fault=unsigned", nil)
	if passed, want := b.passed(x), (passed{"valid", 200, "0000", "missing"}); passed != want {
		t.Fatalf("not signed: %+v passed, want %+v", passed, want)
	}
	if want := (paid{"failure", "501", "ERR_INVALID_ARG_TYPE", ""}); got != want { // it decrypts what is not there
		t.Errorf("not signed: the SDK reads %+v, want %+v", got, want)
	}

	token := b.token(x)
	signed := bytes.Replace(x.Response.Body, []byte(`"head":{`), []byte(`"head":{"signature":"",`), 1)
	signed = signature.Sign(b.operation.Sign.Response, signed, b.spec.TestCredentials(), rand.Reader)
	got, _ = b.pay(own, "SDK3", "", signed)
	if want := (paid{"S", "0000", "Success", token}); token == "" || got != want {
		t.Errorf("the same, signed: the SDK reads %+v, want %+v", got, want)
	}

	got, _ = b.pay(own, "SDK3", "", bytes.Replace(signed, []byte(token), []byte(token+"0"), 1))
	if want := (paid{"failure", "501", "Signature Validation Failed", ""}); got != want {
		t.Errorf("signed for another token: the SDK reads %+v, want %+v", got, want)
	}
}

// TestPaytmSDKStrict shows what the leniency is for, and that this SDK needs it
// for nothing else.
func TestPaytmSDKStrict(t *testing.T) {
	t.Parallel()
	b := newBetween(t, sandbox.Options{})
	got, x := b.pay(own, "SDK4", "", nil)
	if want := (paid{"F", "1011", "Parameter '[body->requestType]' has invalid value '[Payment]'", ""}); got != want {
		t.Errorf("the SDK reads %+v, want %+v", got, want)
	}
	for _, v := range b.operation.Request.Violations(x.Request.Body) {
		if v.At != "request#/body/requestType" || v.Keyword != "enum" {
			t.Errorf("in the SDK's request %s %s", v.At, report.Sentence(view.Reason(&v)))
		}
	}
	more := b.operation.Request.Undocumented(x.Request.Body)
	slices.Sort(more)
	if want := []contract.Place{"request#/head/requestTimestamp", "request#/head/version"}; !slices.Equal(more, want) { // C10
		t.Errorf("the SDK sends %q that the page does not list, want %q", more, want)
	}
}
