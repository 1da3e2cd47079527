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
			cases := slices.DeleteFunc(slices.Clone(e.Fixtures.Cases), func(one *contract.Case) bool { return c.name != "good" && one.Provider() != "enkash" })
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
