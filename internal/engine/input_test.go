package engine_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"assay/internal/cassette"
	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/recording"
	"assay/internal/sandbox"
)

// inquiry is a kind of input that exists in this test only: it asks for the state of an
// order.
type inquiry struct {
	Of     string         `yaml:"of"`
	Amount contract.Money `yaml:"amount"`
	Payer  string         `yaml:"payer"`
}

func (i *inquiry) References() []string { return []string{i.Of} }

func (i *inquiry) Renamed(to func(string) string) contract.Input {
	renamed := *i
	renamed.Of = to(i.Of)
	return &renamed
}

func (i *inquiry) Amounts() []contract.Money { return []contract.Money{i.Amount} }

func (i *inquiry) People() []contract.Personal {
	return []contract.Personal{{Kind: "mobile", Text: i.Payer}}
}

// acme is the adapter of the provider in testdata/inquiry, whose only operation takes an
// inquiry. change, unless it is nil, makes it send something else.
func acme(change func(*inquiry)) func(contract.Setup) *contract.Adapter {
	return func(setup contract.Setup) *contract.Adapter {
		request := func(ask contract.Call) (*http.Request, error) {
			asked, err := contract.InputOf[inquiry]("acme", "inquiry", ask)
			if err != nil {
				return nil, err
			}
			i := *asked
			if change != nil {
				change(&i)
			}
			body := map[string]any{"merchant": setup.Credentials["merchant"], "orderId": i.Of, "amount": i.Amount.Minor}
			if i.Payer != "" {
				body["mobile"] = i.Payer
			}
			raw, err := contract.Encode(body)
			if err != nil {
				return nil, err
			}
			req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, setup.BaseURL+"/status", bytes.NewReader(raw))
			if err == nil {
				req.Header.Set("Content-Type", "application/json")
			}
			return req, err
		}
		read := func(ex contract.Exchange) contract.Outcome {
			m, err := contract.ReadResponse(ex.Response)
			code, _ := m.String("/code")
			state, known := map[string]contract.State{"00": contract.Succeeded, "01": contract.Invalid}[code]
			if err != nil || !known || ex.Response.Status != http.StatusOK {
				return contract.UnknownOutcome()
			}
			message, _ := m.String("/message")
			return contract.Outcome{State: state, Retry: contract.Never, Code: code, Message: message}
		}
		return &contract.Adapter{Provider: "acme", Operations: []contract.Operation{{ID: "orderStatus", Request: request, Read: read, Codes: []string{"00", "01"}}}}
	}
}

// withSandbox returns an engine that knows inquiries and sends requests to a sandbox.
func withSandbox(t *testing.T, adapter func(contract.Setup) *contract.Adapter) *engine.Engine {
	t.Helper()
	return withSandboxOf(t, "inquiry", adapter)
}

// withSandboxOf is withSandbox for another folder of testdata.
func withSandboxOf(t *testing.T, folder string, adapter func(contract.Setup) *contract.Adapter) *engine.Engine {
	t.Helper()
	e := withCassettesOf(t, folder, adapter, t.TempDir())
	box, err := sandbox.New(e.Specs, sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	t.Cleanup(server.Close)
	e = enginetest.OverNetwork(t, e, *engine.Simulated(e.Specs, server.URL))
	return e
}

// withCassettes returns an engine that knows inquiries and replays the cassettes of a folder.
func withCassettes(t *testing.T, adapter func(contract.Setup) *contract.Adapter, cassettes string) *engine.Engine {
	t.Helper()
	return withCassettesOf(t, "inquiry", adapter, cassettes)
}

// withCassettesOf is withCassettes for another folder of testdata.
func withCassettesOf(t *testing.T, folder string, adapter func(contract.Setup) *contract.Adapter, cassettes string) *engine.Engine {
	t.Helper()
	below := filepath.Join("testdata", folder)
	data := catalog.Data{Specs: os.DirFS(filepath.Join(below, "specs")), Fixtures: os.DirFS(filepath.Join(below, "fixtures")), Cassettes: os.DirFS(cassettes)}
	manifest := filepath.Join(cassettes, "manifest.yaml")
	if _, err := os.Stat(manifest); err != nil {
		empty, err := cassette.MarshalManifest(nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(manifest, empty, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return enginetest.LoadData(t, data, catalog.Options{
		Negative: true, Inputs: []contract.InputKind{{Member: "inquiry", Of: &inquiry{}}},
		Adapters: map[string]func(contract.Setup) *contract.Adapter{"acme": adapter},
	})
}

// inputRules are the rules that compare requests with the input of their case.
func inputRules() []string { return []string{"amount-exact", "reference-carried", "person-carried"} }

// TestInput plays, judges and derives cases of an operation whose input no package here
// knows: engine, rule, negative and fixture use only the interface.
func TestInput(t *testing.T) {
	t.Parallel()
	e := withSandbox(t, acme(nil))
	report := e.Run(t.Context(), e.Fixtures.Cases, contract.Error, "test", nil)
	passed := 0
	for _, r := range report.Results {
		switch {
		case r.Operation == "": // the specification as a whole: it has no cassettes
		case r.Verdict == contract.Pass:
			passed++
		case r.Verdict != contract.Inconclusive || r.Why == "":
			t.Errorf("%s is %s: %s %+v", r.Case, r.Verdict, r.Why, r.Findings)
		}
		if strings.Contains(r.Case, "/paid") {
			for _, rule := range inputRules() {
				if !slices.Contains(r.Checked, rule) {
					t.Errorf("%s did not check %s: %+v", rule, r.Case, r.Inconclusive)
				}
			}
		}
	}
	if derived := len(e.Negatives()); derived < 10 || passed < 12 {
		t.Errorf("%d negatives were derived, %d cases pass", derived, passed)
	}
	sent := map[string]string{}
	for _, name := range []string{"acme/orderStatus/paid", "acme/orderStatus/again"} {
		play := e.Play(t.Context(), e.Fixtures.Case(name))
		m, err := contract.ReadMembers(play.Exchange.Request.Body)
		if err != nil {
			t.Fatal(err)
		}
		sent[name], _ = m.String("/orderId")
	}
	if paid, again := sent["acme/orderStatus/paid"], sent["acme/orderStatus/again"]; paid == "ORDER00001" || paid != again || len(paid) != len("ORDER00001") {
		t.Errorf("sent with %v: expected one new reference", sent)
	}
}

// TestInput_wrong has an adapter send another input than the case has.
func TestInput_wrong(t *testing.T) {
	t.Parallel()
	e := withSandbox(t, acme(func(i *inquiry) {
		i.Of, i.Payer = strings.ToLower(i.Of)+"x", "9876543211"
		i.Amount.Minor *= 100
	}))
	r := e.Run(t.Context(), []*contract.Case{e.Fixtures.Case("acme/orderStatus/paid")}, contract.Error, "test", nil).Results[0]
	for _, rule := range inputRules() {
		if !slices.ContainsFunc(r.Findings, func(f contract.Finding) bool { return f.Rule == rule }) {
			t.Errorf("%s finds nothing: %+v", rule, r.Findings)
		}
	}
}

// TestInput_recorded records a sandbox's responses and replays them. The payer is
// redacted, and the case's own reference is put back.
func TestInput_recorded(t *testing.T) {
	t.Parallel()
	e, dir := withSandbox(t, acme(nil)), t.TempDir()
	withCassettes(t, acme(nil), dir) // writes an empty manifest
	for _, name := range []string{"acme/orderStatus/paid", "acme/orderStatus/again"} {
		r := recording.Record(t.Context(), e, e.Fixtures.Case(name), contract.Error, time.Now())
		if r.Why != "" || len(r.Leaks) > 0 {
			t.Fatalf("%s: %s %v", name, r.Why, r.Leaks)
		}
		if bytes.Contains(r.Saved.Raw, []byte("9876543210")) || !bytes.Contains(r.Saved.Raw, []byte("ORDER00001")) {
			t.Errorf("the cassette is\n%s", r.Saved.Raw)
		}
		if err := cassette.Save(dir, map[string]cassette.Saved{name: r.Saved}); err != nil {
			t.Fatal(err)
		}
	}
	played := withCassettes(t, acme(nil), dir)
	selected, err := played.Select([]string{"acme/orderStatus/paid", "acme/orderStatus/again"})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range played.Run(t.Context(), selected, contract.Error, "test", nil).Results {
		if r.Operation != "" && r.Verdict != contract.Pass {
			t.Errorf("%s is %s: %s %+v", r.Case, r.Verdict, r.Why, r.Findings)
		}
	}
}
