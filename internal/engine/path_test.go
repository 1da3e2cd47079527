package engine_test

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"assay/internal/cassette"
	"assay/internal/contract"
	"assay/internal/recording"
	"assay/internal/route"
)

// finder is the adapter of the provider in testdata/path, whose only operation has the
// payer's mobile and the reference of an order in its path.
func finder(t *testing.T) func(contract.Setup) *contract.Adapter {
	t.Helper()
	template, err := route.Parse("/payers/{mobile}/orders/{orderId}")
	if err != nil {
		t.Fatal(err)
	}
	return func(setup contract.Setup) *contract.Adapter {
		request := func(ask contract.Call) (*http.Request, error) {
			i, err := contract.InputOf[inquiry]("acme", "inquiry", ask)
			if err != nil {
				return nil, err
			}
			path, err := template.Path(map[string]string{"mobile": i.Payer, "orderId": i.Of})
			if err != nil {
				return nil, err
			}
			return http.NewRequestWithContext(context.Background(), http.MethodGet, setup.BaseURL+path, nil)
		}
		read := func(ex contract.Exchange) contract.Outcome {
			outcome := acme(nil)(setup).Operation("orderStatus").Read(ex)
			m, _ := contract.ReadResponse(ex.Response) // Read has read it before
			outcome.Reference, _ = m.String("/orderId")
			return outcome
		}
		return &contract.Adapter{Provider: "acme", Operations: []contract.Operation{{ID: "findOrder", Request: request, Read: read, Codes: []string{"00", "01"}}}}
	}
}

// TestPathParameters plays cases and negatives of an operation with parameters in its path
// against a sandbox. The reference is a new one, and the case's own in recordings; the
// mobile number is in no cassette, and the cassettes replay.
func TestPathParameters(t *testing.T) {
	t.Parallel()
	e, dir := withSandboxOf(t, "path", finder(t)), t.TempDir()
	report := e.Run(t.Context(), e.Fixtures.Cases, contract.Error, "test", nil)
	played := []string{}
	for _, r := range report.Results {
		if r.Operation == "" { // the specification as a whole: it has no cassettes
			continue
		}
		if r.Verdict != contract.Pass {
			t.Errorf("%s is %s: %s %+v", r.Case, r.Verdict, r.Why, r.Findings)
		}
		if r.Case == "acme/findOrder/paid" && !slices.Contains(r.Checked, "reference-carried") {
			t.Errorf("reference-carried did not check %s: %+v", r.Case, r.Inconclusive)
		}
		played = append(played, r.Case)
	}
	for _, want := range []string{"path.mobile/pattern", "path.orderId/minLength", "path.orderId/maxLength", "path.orderId/pattern", "query.page/minimum"} {
		if !slices.Contains(played, "acme/findOrder/negative/"+want) {
			t.Errorf("no negative %s in %v", want, played)
		}
	}
	play := e.Play(t.Context(), e.Fixtures.Case("acme/findOrder/paid"))
	if sent := play.Exchange.Request.URL.Path; strings.Contains(sent, "ORDER00001") || !strings.Contains(sent, "/payers/9876543210/orders/") {
		t.Errorf("sent to %s: expected a new reference", sent)
	}
	withCassettesOf(t, "path", finder(t), dir) // writes an empty manifest
	for _, name := range []string{"acme/findOrder/paid", "acme/findOrder/short"} {
		r := recording.Record(t.Context(), e, e.Fixtures.Case(name), contract.Error, time.Now())
		if r.Why != "" || len(r.Leaks) > 0 {
			t.Fatalf("%s: %s %v", name, r.Why, r.Leaks)
		}
		if bytes.Contains(r.Saved.Raw, []byte("9876543210")) || name == "acme/findOrder/paid" && !bytes.Contains(r.Saved.Raw, []byte("/payers/0000000001/orders/ORDER00001")) {
			t.Errorf("the cassette is\n%s", r.Saved.Raw)
		}
		if err := cassette.Save(dir, map[string]cassette.Saved{name: r.Saved}); err != nil {
			t.Fatal(err)
		}
	}
	replayed := withCassettesOf(t, "path", finder(t), dir)
	selected, err := replayed.Select([]string{"acme/findOrder/paid", "acme/findOrder/short"})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range replayed.Run(t.Context(), selected, contract.Error, "test", nil).Results {
		if r.Operation != "" && r.Verdict != contract.Pass {
			t.Errorf("%s is %s: %s %+v", r.Case, r.Verdict, r.Why, r.Findings)
		}
	}
}
