package engine_test

import (
	"net/http/httptest"
	"testing"

	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/sandbox"
)

// TestOptionalCredentials leaves out each credential that may be left out. Every case that
// plays with it plays without it, with the same verdict.
func TestOptionalCredentials(t *testing.T) {
	t.Parallel()
	plain := enginetest.Load(t)
	box, err := sandbox.New(plain.Specs, sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	t.Cleanup(server.Close)
	left := 0
	for _, s := range plain.Specs {
		for _, c := range s.Credentials {
			if !c.Optional {
				continue
			}
			left++
			with := verdicts(t, server.URL, s.Provider, "")
			for name, r := range verdicts(t, server.URL, s.Provider, c.Env) {
				if r.Verdict != with[name].Verdict {
					t.Errorf("%s without %s is %s, with it %s: %s %v", name, c.Env, r.Verdict, with[name].Verdict, r.Why, r.Findings)
				}
			}
		}
	}
	if left == 0 {
		t.Error("no credential may be left out")
	}
}

// verdicts plays the cases of a provider against a sandbox, without one credential.
func verdicts(t *testing.T, base, provider, without string) map[string]contract.Result {
	t.Helper()
	e := enginetest.Load(t)
	live := engine.Simulated(e.Specs, base)
	all := live.Getenv
	live.Getenv = func(name string) string {
		if name == without {
			return ""
		}
		return all(name)
	}
	e = enginetest.OverNetwork(t, e, *live)
	results := map[string]contract.Result{}
	for _, c := range e.Fixtures.Cases {
		if c.Provider() == provider {
			r := e.Result(t.Context(), c)
			r.Verdict = r.VerdictAt(contract.Error)
			results[c.Name] = r
		}
	}
	return results
}
