package conform_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"assay/internal/catalog"
	"assay/internal/conform"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/protocol"
	"assay/internal/report"
)

// statedClient sends requests as the cases state them, and reads nothing.
type statedClient struct {
	key   func(attempt int) string // the idempotency key of an attempt; "": none
	again func(ex contract.Exchange, err error) bool
	// inquires: it asks for the order afterwards.
	inquires bool
}

func (statedClient) Hello() protocol.Hello { return protocol.Hello{Concurrency: 8} }
func (statedClient) Close() error          { return nil }

func (c statedClient) Do(ctx context.Context, call protocol.Call) (protocol.Reply, error) {
	u, err := url.Parse(call.BaseURL)
	if err != nil {
		return protocol.Reply{}, err
	}
	r := contract.Request{Method: http.MethodPost, URL: u.JoinPath("orders"), Header: http.Header(call.Request.Headers), Body: call.Request.Body}
	if call.Operation == "cashfree/getOrder" {
		r.Method, r.Body, r.URL = http.MethodGet, nil, u.JoinPath("orders", call.Request.Path["order_id"])
	} else {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("X-Client-Id", call.Credentials["clientId"])
	r.Header.Set("X-Client-Secret", call.Credentials["clientSecret"])
	for attempt := range 2 {
		r.Header = r.Header.Clone()
		r.Header.Del("X-Idempotency-Key")
		if key := c.key(attempt); key != "" {
			r.Header.Set("X-Idempotency-Key", key)
		}
		ex, err := sendOnce(ctx, &http.Transport{DisableKeepAlives: true}, r)
		if !c.again(ex, err) {
			break
		}
	}
	if c.inquires && r.Method == http.MethodPost {
		r.Method, r.Body, r.URL = http.MethodGet, nil, u.JoinPath("orders", "order-00000001")
		_, _ = sendOnce(ctx, &http.Transport{DisableKeepAlives: true}, r) // nothing is read
	}
	return protocol.Reply{Outcome: contract.Outcome{State: contract.Unknown, Omits: contract.StateOnly}}, nil
}

// TestIdempotency holds clients to a provider that documents an idempotency key, and to its
// inquiry, which can be repeated.
func TestIdempotency(t *testing.T) {
	t.Parallel()
	const folder = "../../cmd/assay/testdata/providers/"
	all, err := catalog.Load(catalog.Data{Specs: os.DirFS(folder + "specs"), Fixtures: os.DirFS(folder + "fixtures"), Cassettes: os.DirFS(folder + "cassettes")}, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := engine.New(all, engine.Cassettes(all))
	everything := func(contract.Exchange, error) bool { return true }
	for _, c := range []struct {
		name  string
		key   func(int) string
		again func(contract.Exchange, error) bool
		want  string // what findings are about
		says  string
	}{
		{"same key", func(int) string { return "k" }, everything, "", ""},
		{"another key", func(n int) string { return fmt.Sprint("k", n) }, func(_ contract.Exchange, err error) bool { return err != nil }, "reset-after reset-before time-out truncated endless", "not with the same idempotency key: 2 requests arrived"},
		{"no key", func(int) string { return "" }, everything, "again", "not with the same idempotency key"},
		{"no key, after failures", func(int) string { return "" }, func(ex contract.Exchange, err error) bool { return err != nil || ex.Response.Status != 200 }, "reset-after reset-before time-out truncated endless status-500 status-502 status-503 redirect-301 redirect-302 redirect-307 redirect-308 changed*response", "not with the same idempotency key"},
		{"once", func(int) string { return "" }, func(contract.Exchange, error) bool { return false }, "", ""},
		{"no key, after 429", func(int) string { return "" }, func(ex contract.Exchange, err error) bool { return err == nil && ex.Response.Status == 429 }, "", ""},
	} {
		for _, operation := range []string{"createOrder", "getOrder"} {
			client := statedClient{key: c.key, again: c.again, inquires: c.name == "once"}
			s := conform.New(e, conform.Options{Client: client, Skips: []conform.Skip{{What: "damage-survived", Reason: "reads nothing"}}}.WithWaits(giveUp))
			r := s.Result(t.Context(), e.Fixtures.Case("cashfree/"+operation+"/accepted"))
			var found []string
			for _, f := range r.Findings {
				switch {
				case f.Rule == "sent-once":
					found = append(found, f.Detail)
					if f.Detail != "again" && !strings.Contains(report.Sentence(f.Message), c.says) {
						t.Errorf("%s: %s", c.name, report.Sentence(f.Message))
					}
				case f.Counts() && f.Severity == contract.Error && f.Rule != "outcome-agrees":
					t.Errorf("%s: %s", c.name, report.Failure(r.Case, []contract.Finding{f}, nil))
				}
			}
			want := strings.Fields(c.want)
			for i := range want {
				want[i] = strings.ReplaceAll(want[i], "*", " ")
			}
			if operation == "getOrder" {
				want = nil
			}
			slices.Sort(found)
			slices.Sort(want)
			if !slices.Equal(found, want) || r.Verdict == contract.Errored || r.Verdict == contract.Inconclusive {
				t.Errorf("%s, %s: found %q, want %q (%s)", operation, c.name, found, want, r.Why)
			}
		}
	}
}

// TestElsewhere holds a client that ignores the base URL: it never passes.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	a := adapterClient{engine: enginetest.Load(t)}
	a.send = func(context.Context, http.RoundTripper, contract.Request) (contract.Exchange, error) {
		return contract.Exchange{Response: contract.Response{Status: 200, Body: []byte(`{}`)}}, nil
	}
	s := conform.New(a.engine, conform.Options{Client: a})
	r := s.Run(t.Context(), spoken(a.engine), contract.Error, "test", nil)
	for _, result := range r.Results {
		if result.Verdict != contract.Inconclusive || !strings.HasPrefix(result.Why, "no request arrived") && !strings.HasPrefix(result.Why, "it follows ") {
			t.Errorf("%s: %s: %s", result.Case, result.Verdict, result.Why)
		}
	}
	if r.Client.Conformant || !strings.HasPrefix(report.Sentence(r.Client.Why), "no request arrived in ") {
		t.Errorf("conformant %t: %s", r.Client.Conformant, report.Sentence(r.Client.Why))
	}
}
