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

// memory is a source that exists in this test only. It responds with the exchanges of
// cassettes and counts requests.
type memory struct {
	of       *engine.Engine // plays cassettes
	mu       sync.Mutex
	terms    int
	requests map[string]int
}

func (m *memory) Terms(s *openapi.Spec) engine.Terms {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.terms++
	return engine.Terms{Base: s.Servers[0].URL, Credentials: s.TestCredentials()}
}

func (m *memory) Ready(*openapi.Spec) error { return nil }

func (m *memory) Connect(r *engine.Resolved) (engine.Connection, error) {
	if r.Case.Fixed {
		return engine.Connection{Origin: "memory"}, fs.ErrNotExist
	}
	return engine.Connection{Origin: "memory", Send: func(ctx context.Context, request contract.Request) (contract.Exchange, []string, error) {
		m.mu.Lock()
		m.requests[r.Case.Name]++
		m.mu.Unlock()
		play := m.of.Play(ctx, r.Case)
		if play.Err != nil {
			return contract.Exchange{}, nil, play.Err
		}
		return contract.Exchange{Request: request, Response: play.Exchange.Response, Origin: "memory", Evidence: contract.Simulated}, nil, nil
	}}, nil
}

// TestSource plays every case with a source that the engine does not know: each case is
// resolved once and sent once, however often it is used.
func TestSource(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	m := &memory{of: e, requests: map[string]int{}}
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
		if n := m.requests[c.Name]; n != 1 && !c.Fixed {
			t.Errorf("%s was sent %d times", c.Name, n)
		}
	}
	if want := len(responded.Fixtures.Cases) + 2*len(responded.Specs); m.terms > want { // once a case, and once a specification in each run
		t.Errorf("Terms was called %d times, want at most %d", m.terms, want)
	}
}
