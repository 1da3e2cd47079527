package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"assay/cassettes"
	"assay/internal/cassette"
	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/sandbox"
	"assay/internal/signature"
	"assay/internal/view"
	"assay/specs"
)

type world struct {
	t     *testing.T
	specs []*openapi.Spec
	base  string
}

func newWorld(t *testing.T, options sandbox.Options) *world {
	t.Helper()
	loaded, err := openapi.LoadAll(specs.Files)
	if err != nil {
		t.Fatal(err)
	}
	return serving(t, loaded, options)
}

func serving(t *testing.T, loaded []*openapi.Spec, options sandbox.Options) *world {
	t.Helper()
	box, err := sandbox.New(loaded, options)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	t.Cleanup(server.Close)
	return &world{t, loaded, server.URL}
}

func (w *world) op(name string) (*openapi.Spec, *openapi.Operation) {
	provider, id, _ := strings.Cut(name, "/")
	for _, s := range w.specs {
		if s.Provider == provider {
			return s, s.Operation(id)
		}
	}
	w.t.Fatalf("there is no %s", name)
	return nil, nil
}

// recorded is the request of a cassette.
func (w *world) recorded(name string) contract.Request {
	w.t.Helper()
	shelf, err := cassette.Open(cassettes.Files)
	if err != nil {
		w.t.Fatal(err)
	}
	tape, err := shelf.Load(name)
	if err != nil {
		w.t.Fatal(err)
	}
	return tape.Exchanges()[0].Request
}

// ask sends a request to where its provider is served here.
func (w *world) ask(provider string, r contract.Request, prefer ...string) (contract.Response, error) {
	path := strings.TrimPrefix(r.URL.RequestURI(), "/api/v1/service") // iPayments' server has a base path
	if path != r.URL.RequestURI() {
		path = "/v1/service" + path
	}
	req, err := http.NewRequestWithContext(w.t.Context(), r.Method, w.base+"/"+provider+path, bytes.NewReader(r.Body))
	if err != nil {
		return contract.Response{}, err
	}
	req.Header = r.Header.Clone()
	if req.Header == nil {
		req.Header = http.Header{}
	}
	if len(prefer) > 0 {
		req.Header["Prefer"] = prefer
	}
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		return contract.Response{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	return contract.Response{Status: resp.StatusCode, Header: resp.Header, Body: body}, err
}

// TestEveryCodePreferred obtains every code of every operation, and holds each
// response to the specification and to the provider's signature.
func TestEveryCodePreferred(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	codes := 0
	for _, s := range w.specs {
		for _, o := range s.Operations {
			for _, row := range o.Codes {
				codes++
				code := "code=" + row.Code
				if row.Variant != "" {
					code += "; variant=" + row.Variant
				}
				r := request(t, o)
				if !o.Template().Literal() { // the response repeats a reference in the path
					r.URL = w.recorded(o.Name() + "/accepted").URL
				}
				response, err := w.ask(s.Provider, r, code)
				if err != nil {
					t.Fatal(err)
				}
				met, ok := o.ResultCode(response)
				if !ok || met.Name() != row.Name() || !met.Agrees(response) {
					t.Errorf("%s: asked for %s, got %s", o.Name(), row.Name(), response.Body)
				}
				for _, v := range o.Responses[response.Status].Violations(response.Body) {
					t.Errorf("%s %s: response#%s %s", o.Name(), row.Name(), v.At, report.Sentence(view.Reason(&v)))
				}
				if signed := signature.State(o.Sign.Response, response.Body, s.TestCredentials()); o.Sign.Response != nil && signed != "valid" {
					t.Errorf("%s %s: the signature is %s", o.Name(), row.Name(), signed)
				}
			}
		}
	}
	if codes < 38 {
		t.Errorf("only %d codes", codes)
	}
}

func request(t *testing.T, o *openapi.Operation) contract.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), o.Method, "http://x.example.com"+o.Path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return contract.Request{Method: o.Method, URL: req.URL, Body: []byte("{}")}
}

// TestDocumentedWays obtains codes as the documents say, with the requests of
// the cassettes and no preference.
func TestDocumentedWays(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	for _, c := range []struct {
		name, code, message string
		prefer              []string
	}{
		{"paytm/createOrder/accepted", "0000", "Success", nil},
		{"paytm/createOrder/duplicate", "324", "Duplicate Order Id", nil},
		{"paytm/createOrder/mid-differs", "2013", "", nil},
		{"paytm/createOrder/order-differs", "2014", "", nil},
		{"paytm/createOrder/value-invalid", "1001", "Invalid email", nil},
		{"paytm/createOrder/element-missing", "1007", "", nil},
		{"paytm/createOrder/amount-invalid", "2007", "", nil},
		{"paytm/createOrder/mid-unknown", "2006", "", nil},
		{"paytm/createOrder/value-not-allowed", "1011", "Parameter '[body->requestType]' has invalid value '[PAYMENT1]'", nil},
		{"paytm/createOrder/order-id-invalid", "2012", "", nil},
		{"paytm/createOrder/body-invalid", "2222", "", nil},
		{"paytm/createOrder/checksum-missing", "2005", "", []string{"merchant.checksum=true"}},
		{"paytm/createOrder/checksum-stale", "2005", "", nil},
		{"paytm/createOrder/parameter-missing", "1012", "", nil},
		{"paytm/createOrder/sample", "2006", "", nil}, // YOUR_MID_HERE belongs to no merchant
		{"ipayments/createOrder/authorization-missing", "0x0201", "", nil},
		{"ipayments/createOrder/parameter-missing", "0x0203", "", nil},
		{"ipayments/createOrder/merchant-unknown", "0x0202", "", nil},
		{"ipayments/createOrder/accepted", "0x0200", "", nil},
		{"ipayments/initKyc/accepted", "0x0200", "", nil},
		{"enkash/createOrder/token-missing", "117", "", nil},
		{"enkash/createToken/accepted", "200", "", nil},
		{"paytring/createOrder/accepted", "200", "", nil},
		{"paytring/createOrder/hash-wrong", "400", "", nil},
		{"paytring/createOrder/credentials-wrong", "400", "", nil},
	} {
		provider, rest, _ := strings.Cut(c.name, "/")
		id, _, _ := strings.Cut(rest, "/")
		_, o := w.op(provider + "/" + id)
		response, err := w.ask(provider, w.recorded(c.name), c.prefer...)
		if err != nil {
			t.Fatal(err)
		}
		met, _ := o.ResultCode(response)
		if met.Code != c.code || c.message != "" && met.Message != c.message {
			t.Errorf("%s: responded %s %q, want %s %q", c.name, met.Code, met.Message, c.code, c.message)
		}
	}
}

// TestConcurrentDuplicates posts one order 200 times at once.
func TestConcurrentDuplicates(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	_, o := w.op("paytm/createOrder")
	r := w.recorded("paytm/createOrder/accepted")
	codes := map[string]int{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 200 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			response, err := w.ask("paytm", r)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
				return
			}
			met, _ := o.ResultCode(response)
			codes[met.Code]++
		}()
	}
	wg.Wait()
	if codes["0000"] != 1 || codes["324"] != 199 {
		t.Errorf("200 posts of one order gave %v", codes)
	}
}

// TestToken plays EnKash's sequence: a token, an order with it, and with one
// that has expired or was never issued.
func TestToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	_, issue := w.op("enkash/createToken")
	_, create := w.op("enkash/createOrder")
	issued, err := w.ask("enkash", w.recorded("enkash/createToken/accepted"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := contract.ReadMembers(issued.Body)
	if err != nil {
		t.Fatal(err)
	}
	token, _ := m.String("/token")
	if met, _ := issue.ResultCode(issued); met.Code != "200" || token == "" || token == "abcdef1234567890" {
		t.Fatalf("issued %s", issued.Body)
	}
	for i, c := range []struct{ authorization, prefer, code string }{
		{"Bearer " + token, "", "0"},
		{token, "", "0"}, // C5
		{"Bearer abcdef1234567890", "", "117"},
		{"Bearer " + token, "at=" + time.Now().Add(time.Hour).UTC().Format(time.RFC3339), "117"},
	} {
		r := w.recorded("enkash/createOrder/accepted")
		r.Header = r.Header.Clone()
		r.Header.Set("Authorization", c.authorization)
		r.Body = bytes.Replace(r.Body, []byte(`"orderId":"`), fmt.Appendf(nil, `"orderId":"x%d`, i), 1)
		var prefer []string
		if c.prefer != "" {
			prefer = []string{c.prefer}
		}
		response, err := w.ask("enkash", r, prefer...)
		if err != nil {
			t.Fatal(err)
		}
		if met, _ := create.ResultCode(response); met.Code != c.code {
			t.Errorf("%d: responded %s, want %s: %s", i, met.Code, c.code, response.Body)
		}
	}
}

// TestFaults spoils a response in every way but by time.
func TestFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	s, o := w.op("paytm/createOrder")
	for i, fault := range contract.Faults() {
		if fault == "delay" || fault == "timeout" {
			continue
		}
		r := w.recorded("paytm/createOrder/accepted")
		response, err := w.ask("paytm", r, "code=0000", "fault="+fault)
		met, parsed := o.ResultCode(response)
		violations := 0
		if body := o.Responses[response.Status]; body != nil {
			violations = len(body.Violations(response.Body))
		}
		signed := signature.State(o.Sign.Response, response.Body, s.TestCredentials())
		seen := map[string]bool{
			"reset":            err != nil && len(response.Body) == 0,
			"truncated":        err != nil && len(response.Body) > 0 && !json.Valid(response.Body),
			"half-character":   err == nil && !parsed && bytes.HasSuffix(response.Body, []byte("\xe2\x82")),
			"html-502":         response.Status == 502 && bytes.HasPrefix(response.Body, []byte("<html>")),
			"too-many":         response.Status == 429 && response.Header.Get("Retry-After") != "",
			"unknown-code":     parsed && met.Row == nil && signed == "valid",
			"extra-field":      parsed && met.Code == "0000" && violations == 0 && len(o.Responses[200].Undocumented(response.Body)) == 1,
			"missing-field":    parsed && violations > 0,
			"number-as-string": parsed && violations > 0,
			"unsigned":         parsed && met.Code == "0000" && violations == 0 && signed == "missing",
		}
		if !seen[fault] {
			t.Errorf("%d %s: %d %s, %v", i, fault, response.Status, response.Body, err)
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	_, o := w.op("paytm/createOrder")
	r := w.recorded("paytm/createOrder/accepted")
	box, err := sandbox.New(w.specs, sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for size, want := range map[int]int{129 << 10: http.StatusRequestEntityTooLarge, 128 << 10: http.StatusOK} {
		responded := httptest.NewRecorder() // a client on a wire may be hung up on while it still sends
		box.ServeHTTP(responded, httptest.NewRequestWithContext(t.Context(), r.Method, "/paytm"+r.URL.RequestURI(), bytes.NewReader(bytes.Repeat([]byte(" "), size))))
		if responded.Code != want {
			t.Errorf("%d bytes: %d, want %d", size, responded.Code, want)
		}
	}
	r.Body = []byte(strings.Repeat("[", 120_000))
	if response, err := w.ask("paytm", r); err != nil {
		t.Errorf("depth: %v", err)
	} else if met, _ := o.ResultCode(response); met.Code != "2222" {
		t.Errorf("depth: %s", response.Body)
	}
	r = w.recorded("paytm/createOrder/accepted")
	for prefer, want := range map[string]string{"code=999": "documents no such code", "fault=fire": "there is no fault", "merchant.foo=true": `paytm has no feature "foo"; it has checksum`, "merchant.checksum=yes": "is true or false", "at=tomorrow": "is no time", "handling=loose": "lenient or strict"} {
		response, err := w.ask("paytm", r, prefer)
		if err != nil || response.Status != http.StatusBadRequest || !strings.Contains(string(response.Body), want) {
			t.Errorf("%s: %d %s, %v", prefer, response.Status, response.Body, err)
		}
	}
	r.Method = http.MethodGet
	if response, err := w.ask("paytm", r); err != nil || response.Status != http.StatusMethodNotAllowed || response.Header.Get("Allow") != http.MethodPost {
		t.Errorf("another method: %d, %v", response.Status, err)
	}
	if response, err := w.ask("acme", w.recorded("paytm/createOrder/accepted")); err != nil || response.Status != http.StatusNotFound {
		t.Errorf("another provider: %d, %v", response.Status, err)
	}
}

// TestDeterministic wants the same responses of the same seed and clock, and
// others of another seed.
func TestDeterministic(t *testing.T) {
	t.Parallel()
	at := func(seed uint64) string {
		w := newWorld(t, sandbox.Options{Seed: seed, Now: func() time.Time { return time.Unix(1700000000, 0) }})
		var all strings.Builder
		for _, name := range []string{"paytm/createOrder/accepted", "paytring/createOrder/accepted", "ipayments/createOrder/accepted"} {
			provider, _, _ := strings.Cut(name, "/")
			response, err := w.ask(provider, w.recorded(name))
			if err != nil {
				t.Fatal(err)
			}
			all.Write(response.Body)
		}
		return all.String()
	}
	if first := at(1); first != at(1) || first == at(2) {
		t.Error("the same seed gives other responses, or another seed the same")
	}
}

// TestNoExample serves a specification that prints no response for a code.
func TestNoExample(t *testing.T) {
	t.Parallel()
	raw, err := specs.Files.ReadFile("paytring.yaml")
	if err != nil {
		t.Fatal(err)
	}
	without := bytes.Replace(raw, []byte(`                "204":`), []byte(`                "205":`), 1)
	s, err := openapi.Load(fstest.MapFS{"paytring.yaml": {Data: without}}, "paytring.yaml")
	if err != nil {
		t.Fatal(err)
	}
	w := serving(t, []*openapi.Spec{s}, sandbox.Options{})
	r := request(t, s.Operations[0])
	r.Header = http.Header{"Prefer": {"code=204"}}
	response, err := w.ask("paytring", r)
	if err != nil || response.Status != http.StatusNotImplemented || !strings.Contains(string(response.Body), "no example response for paytring/createOrder/204") {
		t.Errorf("%d %s, %v", response.Status, response.Body, err)
	}
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{Credentials: map[string]map[string]string{"paytm": {"mid": "another"}}})
	_, o := w.op("paytm/createOrder")
	response, err := w.ask("paytm", w.recorded("paytm/createOrder/accepted"))
	if err != nil {
		t.Fatal(err)
	}
	if met, _ := o.ResultCode(response); met.Code != "2006" {
		t.Errorf("a mid that is not the one set: %s", response.Body)
	}
}

// TestWaiting makes more requests wait than may: those beyond are turned away,
// and a place is free again when one gives up.
func TestWaiting(t *testing.T) {
	t.Parallel()
	const allowed, sent = 64, 80
	w := newWorld(t, sandbox.Options{})
	ctx, giveUp := context.WithCancel(t.Context())
	turned := make(chan bool, sent)
	ask := func(ctx context.Context, prefer string) (int, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.base+"/paytm/aoa-acquiring-biz/v2/order", strings.NewReader("{}"))
		if err != nil {
			return 0, err
		}
		req.Header.Set("Prefer", prefer)
		resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
		if err != nil {
			return 0, err
		}
		return resp.StatusCode, resp.Body.Close()
	}
	for range sent {
		go func() {
			status, err := ask(ctx, "fault=timeout")
			turned <- err == nil && status == http.StatusServiceUnavailable
		}()
	}
	for range sent - allowed {
		if !<-turned {
			t.Fatal("a request that waits came back")
		}
	}
	if status, err := ask(t.Context(), "code=0000"); err != nil || status != http.StatusOK {
		t.Errorf("while all wait an honest request gets %d, %v", status, err)
	}
	giveUp()
	for range allowed {
		if <-turned {
			t.Error("more were turned away than had to be")
		}
	}
}
