package engine_test

import (
	"context"
	"io/fs"
	"sync"
	"testing"

	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/openapi"
)

// memory is a source that exists in this test only: it responses from the exchanges
// of cassettes, and counts what it is asked.
type memory struct {
	of    *engine.Engine // that plays cassettes
	mu    sync.Mutex
	terms int
	sent  map[string]int
}

func (m *memory) Terms(s *openapi.Spec) engine.Terms {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.terms++
	return engine.Terms{Base: s.Servers[0].URL, Credentials: s.TestCredentials()}
}

func (m *memory) Ready(*openapi.Spec) error { return nil }

func (m *memory) Reach(r *engine.Resolved) (engine.Line, error) {
	if r.Case.Fixed {
		return engine.Line{Origin: "memory"}, fs.ErrNotExist
	}
	return engine.Line{Origin: "memory", Send: func(ctx context.Context, request contract.Request) (contract.Exchange, []string, error) {
		m.mu.Lock()
		m.sent[r.Case.Name]++
		m.mu.Unlock()
		play := m.of.Play(ctx, r.Case)
		if play.Err != nil {
			return contract.Exchange{}, nil, play.Err
		}
		return contract.Exchange{Request: request, Response: play.Exchange.Response, Origin: "memory", Evidence: contract.Simulated}, nil, nil
	}}, nil
}

// TestSource plays every case over a source of which the engine knows nothing:
// each is resolved once and sent once, whoever looks at it how often.
func TestSource(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	m := &memory{of: e, sent: map[string]int{}}
	responded := engine.New(e.Catalog, m)
	for range 2 {
		for _, r := range responded.Run(t.Context(), responded.Fixtures.Cases, contract.Error, "test", nil).Results {
			want := contract.Pass
			if c := responded.Fixtures.Case(r.Case); c != nil && c.Fixed {
				want = contract.Inconclusive
			}
			if r.Operation != "" && (r.Verdict != want || want == contract.Pass && r.Origin != "memory") {
				t.Errorf("%s of %s is %s: %s %+v", r.Case, r.Origin, r.Verdict, r.Why, r.Findings)
			}
		}
	}
	for _, c := range responded.Fixtures.Cases {
		if n := m.sent[c.Name]; n != 1 && !c.Fixed {
			t.Errorf("%s is sent %d times", c.Name, n)
		}
	}
	if want := len(responded.Fixtures.Cases) + 2*len(responded.Specs); m.terms > want { // once a case, and once a provider as a whole in each run
		t.Errorf("terms are looked up %d times, for %d cases", m.terms, want)
	}
}
