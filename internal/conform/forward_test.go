package conform_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"assay/internal/conform"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/report"
	"assay/internal/sandbox"
)

// counted is a sandbox that counts what arrives for each operation.
func counted(t *testing.T, e *engine.Engine) (base string, counts func() map[string]int) {
	t.Helper()
	box, err := sandbox.New(e.Specs, sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	all := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		all[r.URL.Path]++
		mu.Unlock()
		box.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, func() map[string]int {
		mu.Lock()
		defer mu.Unlock()
		return all
	}
}

// TestForward lets a sandbox give the responses, for the adapters of all providers, and for
// a client that sends every order twice. Each case goes to the sandbox once; calls with other
// responses and failures do not.
func TestForward(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		send  sender
		rules []string
	}{
		{"good", nil, nil},
		{"sends twice", retries(func(contract.Exchange, error) bool { return true }, nil), []string{"sent-once"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := enginetest.Load(t)
			base, counts := counted(t, e)
			e = enginetest.OverNetwork(t, e, *engine.Simulated(e.Specs, base))
			cases := slices.DeleteFunc(spoken(e), func(one *contract.Case) bool { return c.name != "good" && one.Provider() != "enkash" })
			s := conform.New(e, conform.Options{Client: adapterClient{engine: e, send: c.send}, Forward: true, Skips: []conform.Skip{{What: "damage-survived", Reason: "takes long"}}}.WithWaits(giveUp))
			r := s.Run(t.Context(), cases, contract.Error, "test", nil)
			rules, texts := violated(r)
			if !slices.Equal(rules, c.rules) {
				t.Errorf("violates %q, want %q:\n%s", rules, c.rules, texts)
			}
			played, tokens := map[string]int{}, 0
			for _, result := range r.Results {
				one := e.Fixtures.Case(result.Case)
				o := e.Spec(one.Provider()).Operation(one.Operation())
				switch {
				case result.Verdict == contract.Errored:
					t.Errorf("%s: %s", result.Case, result.Why)
				case result.Verdict == contract.Inconclusive:
					if len(one.Send) == 0 && !strings.Contains(result.Why, "cassette") {
						t.Errorf("%s is inconclusive: %s", result.Case, result.Why)
					}
				case len(one.Send) > 0:
					t.Errorf("%s changes its request, and is %s", result.Case, result.Verdict)
				default:
					played["/"+one.Provider()+o.Path]++
					if o.Authorization != nil && o.Authorization.IssuedBy != "" {
						tokens++
					}
				}
			}
			for path, n := range counts() {
				if strings.Count(path, "/") < 2 { // asks whether it is a sandbox
					continue
				}
				if n != played[path] && (n > played[path]+tokens || !strings.Contains(path, "token")) {
					t.Errorf("%s: %d requests for %d cases", path, n, played[path])
				}
			}
			if len(r.Results) > 20 && len(played) < 5 {
				t.Errorf("played %v", played)
			}
			if c.rules == nil && !strings.Contains(report.Sentence(r.Client.Why), "damage-survived") {
				t.Errorf("not conformant: %s", report.Sentence(r.Client.Why))
			}
		})
	}
}

// noted is a journal in memory.
type noted struct {
	mu         sync.Mutex
	references []string
	received   int
}

func (n *noted) Sending(_ string, references []string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.references = append(n.references, references...)
	return nil
}

func (n *noted) Received(string, int, string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.received++
	return nil
}

func (n *noted) Lost(string) error { return nil }

// TestForwardLive passes requests on to what looks like a provider, with a budget of two
// calls. References are new, the journal has the calls, and what is over the budget is not
// sent.
func TestForwardLive(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	box, err := sandbox.New(e.Specs, sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	orders := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			return // it is no sandbox
		}
		mu.Lock()
		orders++
		mu.Unlock()
		box.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	journal := &noted{}
	live := engine.Simulated(e.Specs, server.URL)
	live.MaxCalls, live.Journal = 2, journal
	e = enginetest.OverNetwork(t, e, *live)
	cases := slices.DeleteFunc(slices.Clone(e.Fixtures.Cases), func(one *contract.Case) bool {
		return one.Name != "paytm/createOrder/channel-app" && one.Name != "paytm/createOrder/channel-wap" && one.Name != "paytm/createOrder/accepted" && one.Name != "paytm/createOrder/amount-zero"
	})
	s := conform.New(e, conform.Options{Client: adapterClient{engine: e}, Forward: true, Skips: []conform.Skip{{What: "damage-survived", Reason: "takes long"}}}.WithWaits(giveUp))
	r := s.Run(t.Context(), cases, contract.Error, "test", nil)
	verdicts := map[contract.Verdict]int{}
	for _, result := range r.Results {
		verdicts[result.Verdict]++
		if result.Verdict == contract.Errored && !strings.Contains(result.Why, "call") {
			t.Errorf("%s: %s", result.Case, result.Why)
		}
		if result.Verdict == contract.Fail {
			t.Errorf("%+v", result.Findings)
		}
	}
	if orders != 2 || journal.received != 2 || len(journal.references) != 2 || verdicts[contract.Pass] != 2 || verdicts[contract.Errored] != len(cases)-3 || verdicts[contract.Inconclusive] != 1 {
		t.Errorf("%d orders, journal %d %v, %v", orders, journal.received, journal.references, verdicts)
	}
	for _, one := range cases {
		if one.Input != nil && slices.Contains(journal.references, one.Input.References()[0]) {
			t.Errorf("%s is sent with the reference of the case", one.Name)
		}
	}
}
