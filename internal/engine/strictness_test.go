package engine_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/openapi"
	"assay/internal/rule"
	"assay/internal/signature"
	"assay/internal/testsize"
	"assay/internal/transport"
)

// TestSandboxAsStrictAsRules sends the sandbox a request for every way in which a request can
// be wrong. It refuses exactly the requests that a rule of family request calls wrong. Every
// such rule has to occur, so a new rule needs a counterpart in the sandbox. The requests share
// connections: a new one for each took seconds while other tests ran. The short form takes one of
// each kind of violation and code of an operation, and the headers of one case of an operation.
func TestSandboxAsStrictAsRules(t *testing.T) {
	t.Parallel()
	e := withNegatives(t, nil)
	met := map[string]bool{}
	to := &http.Transport{}
	t.Cleanup(to.CloseIdleConnections)
	headers := map[string]bool{} // by operation
	for _, c := range e.Fixtures.Cases {
		if c.After != "" { // played before its request is sent a second time, below
			e.Play(t.Context(), e.Fixtures.Case(c.After))
		}
	}
	for _, c := range someDerived(t, e) {
		if n := e.Negatives()[c.Name]; len(c.Send) == 0 && n.Forge == nil {
			continue
		}
		r, token, err := e.Request(t.Context(), c)
		if err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		strictly(t, to, e, c, r, token, met)
	}
	for _, c := range e.Fixtures.Cases {
		row := e.Spec(c.Provider()).Operation(c.Operation()).Code(contract.CodeName(c.Want.Code, c.Want.Variant))
		if row == nil || row.State != contract.Succeeded || len(c.Send)+len(c.Credentials)+len(c.Merchant) > 0 || !c.At.IsZero() {
			continue
		}
		if had := headers[c.Provider()+"/"+c.Operation()]; had && !testsize.Full() {
			continue
		}
		headers[c.Provider()+"/"+c.Operation()] = true
		good, token, err := e.Request(t.Context(), c)
		if err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		for _, value := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/xml", "application/json; charset=utf-8", "Application/JSON", "json", ";", "application/jsonx", "multipart/form-data; boundary=x"} {
			r := good
			r.Header = good.Header.Clone()
			if r.Header.Set("Content-Type", value); value == "" {
				r.Header.Del("Content-Type")
			}
			strictly(t, to, e, c, r, token, met)
		}
		for _, value := range []string{"", "Basic", "Basic eDp5", "Bearer x", "x", "Bearer  "} {
			r := good
			r.Header = good.Header.Clone()
			r.Header.Set("Authorization", value)
			strictly(t, to, e, c, r, token, met)
		}
	}
	for _, r := range rule.Rules() {
		// Only a case says what the first four should be. The next two are about the address:
		// the sandbox serves each operation at one path, and speaks plain HTTP. The last one is
		// about two requests.
		aboutCase := slices.Contains([]string{"amount-exact", "reference-carried", "person-carried", "members-carried", "operation-documented", "request-encrypted", "idempotency-key-unique"}, r.ID)
		if r.Family == "request" && r.Severity == contract.Error && !aboutCase && !met[r.ID] {
			t.Errorf("no request violates %s", r.ID)
		}
	}
}

// strictly compares what the rules and the sandbox make of a request. met collects the
// rules that call it wrong.
func strictly(t *testing.T, to http.RoundTripper, e *engine.Engine, c *contract.Case, r contract.Request, token contract.Token, met map[string]bool) {
	t.Helper()
	s := e.Spec(c.Provider())
	o := s.Operation(c.Operation())
	merchant := map[string]bool{}
	now := e.Resolve(c).Now()
	prefer := "at=" + now.UTC().Format(time.RFC3339)
	for name, on := range c.Merchant {
		if merchant[name] = on; on {
			prefer += ", merchant." + name + "=true"
		}
	}
	p := &rule.Subject{Spec: s, Operation: o, View: openapi.NewView(o, contract.Exchange{Request: r}, s.TestCredentials(), merchant)}
	p.View.Signature = signature.RequestState(o.Sign.Request, p.View)
	p.View.Authentication = rule.Authentication(o, r, s.TestCredentials(), token, now)
	var wrong []string
	for _, known := range rule.For(p) {
		if known.Family != "request" {
			continue
		}
		for _, f := range rule.Apply(known, p).Findings {
			if f.Severity == contract.Error {
				wrong, met[known.ID] = append(wrong, known.ID+" "+string(f.At)), true
			}
		}
	}
	if r.Method != o.Method {
		return // another method is another place, at which the sandbox serves nothing
	}
	r.Header = r.Header.Clone()
	r.Header.Set("Prefer", prefer)
	ex, err := transport.Send(t.Context(), to, r)
	if err != nil {
		t.Fatalf("%s: %v", c.Name, err)
	}
	response := ex.Response
	success := false
	if result, ok := o.ResultCode(response); ok && result.Row != nil {
		success = result.Row.State == contract.Succeeded || result.Row.State == contract.Duplicate // the second of the same requests
	} else if response.Status != http.StatusBadRequest || response.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s: the sandbox responds %d %s", c.Name, response.Status, response.Body)
	}
	if success != (len(wrong) == 0) {
		t.Errorf("%s: succeeded: %t, but the rules say %q\n%v %s\n%s", c.Name, success, wrong, r.Header, r.Body, response.Body)
	}
}
