package engine_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/golden"
	"assay/internal/openapi"
	"assay/internal/sandbox"
)

// TestFaults has a sandbox damage the response to a good request of every operation, in
// every way it can, over a real connection. A rule reports each fault, or there is no
// exchange; the adapter never reads a damaged response as succeeded. A delay is no fault.
func TestFaults(t *testing.T) {
	t.Parallel()
	plain := enginetest.Load(t)
	var spoiling []string
	for _, s := range plain.Specs {
		for _, o := range s.Operations {
			c := plain.Fixtures.Case(o.Name() + "/accepted")
			if c == nil {
				continue // operation-covered asks for cases
			}
			for _, fault := range contract.Faults() {
				if fault == "unsigned" && o.Sign.Response == nil {
					continue // nothing is damaged
				}
				if fault == "unknown-code" && !hasCode(o) {
					continue // a success has no code and no status to damage
				}
				spoiling = append(spoiling, o.Name()+" "+fault)
				t.Run(o.Name()+"/"+fault, func(t *testing.T) {
					t.Parallel()
					r, read := playFaulty(t, c, fault)
					counting := 0
					for _, f := range r.Findings {
						if f.Counts() {
							counting++
						}
					}
					switch {
					case len(r.Stack) > 0:
						t.Error(r.Why)
					case fault == "delay" && r.Verdict != contract.Pass:
						t.Errorf("a late response is %s: %s", r.Verdict, r.Why)
					case fault == "delay":
					case r.Verdict != contract.Errored && counting == 0:
						t.Errorf("no rule reports it: %s", r.Verdict)
					case fault != "extra-field" && read != nil && read.State == contract.Succeeded && r.Verdict != contract.Fail:
						t.Errorf("it is read as succeeded and the result is %s", r.Verdict)
					}
				})
			}
		}
	}
	golden.Set(t, "testdata/proved/faults.txt", spoiling)
}

// playFaulty plays a case against a sandbox that damages the response of its operation. It
// also returns what the adapter reads, nil if there is no response.
func playFaulty(t *testing.T, c *contract.Case, fault string) (contract.Result, *contract.Outcome) {
	t.Helper()
	e := enginetest.Load(t)
	o := e.Spec(c.Provider()).Operation(c.Operation())
	box, err := sandbox.New(e.Specs, sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if at, err := url.Parse(strings.TrimPrefix(r.URL.EscapedPath(), "/"+o.Provider)); err == nil && e.Spec(o.Provider).Match(r.Method, at) == o {
			r.Header.Add("Prefer", "fault="+fault)
		}
		box.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	live := engine.Simulated(e.Specs, server.URL)
	if fault == "timeout" {
		live.Timeout = 200 * time.Millisecond
	}
	e = enginetest.OverNetwork(t, e, *live)
	play := e.Play(t.Context(), c)
	r := e.Run(t.Context(), []*contract.Case{c}, contract.Error, "test", nil).Results[0]
	if play.Exchange == nil {
		return r, nil
	}
	reader := e.Resolve(c).Reader
	if reader.Read == nil { // no client speaks the operation
		return r, nil
	}
	read := reader.Read(*play.Exchange)
	return r, &read
}

// hasCode reports whether the documented success of an operation has a code or a status in
// its body.
func hasCode(o *openapi.Operation) bool {
	example, _ := o.RowExample(o.Success())
	for _, pointer := range slices.Concat(o.Result.Code, o.Result.Status) {
		if _, present := contract.Raw(example.Body, pointer); present {
			return true
		}
	}
	return false
}
