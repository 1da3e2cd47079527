package engine_test

import (
	"context"
	"io/fs"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
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
	if want := len(responded.Fixtures.Cases) + 2*2*len(responded.Specs); m.terms > want { // once a case, and twice a specification in each run
		t.Errorf("Terms was called %d times, want at most %d", m.terms, want)
	}
}

// slowFirst is a source whose first case of a provider ends last, if others are played beside it.
type slowFirst struct {
	engine.Source
	recorded bool
	first    string
	others   sync.WaitGroup // the cases that are played beside the first
	reported atomic.Int64   // results
	sent     atomic.Int64
	early    atomic.Int64 // cases that were sent before the result of the one before was reported
}

func (s *slowFirst) Terms(of *openapi.Spec) engine.Terms {
	terms := s.Source.Terms(of)
	terms.Recorded = s.recorded
	return terms
}

func (s *slowFirst) Connect(r *engine.Resolved) (engine.Connection, error) {
	if s.sent.Add(1)-1 != s.reported.Load() {
		s.early.Add(1)
	}
	if s.recorded && r.Case.Name == s.first {
		s.others.Wait()
	} else if s.recorded {
		s.others.Done()
	}
	return s.Source.Connect(r)
}

// TestRunInOrder plays recorded cases beside each other, and reports them in order. Cases that are
// sent to somebody are played one after the other, each when the one before was reported.
func TestRunInOrder(t *testing.T) {
	t.Parallel()
	if runtime.GOMAXPROCS(0) < 2 {
		t.Skip("needs two cores")
	}
	e := enginetest.Load(t)
	cases := slices.DeleteFunc(slices.Clone(e.Fixtures.Cases), func(c *contract.Case) bool {
		return c.Provider() != "paytring" || c.Operation() != "createOrder"
	})[:5]
	for _, recorded := range []bool{true, false} {
		s := &slowFirst{Source: engine.Cassettes(e.Catalog), recorded: recorded, first: cases[0].Name}
		s.others.Add(len(cases) - 1)
		var order []string
		engine.New(e.Catalog, s).Run(t.Context(), cases, contract.Error, "test", func(r contract.Result) {
			order = append(order, r.Case)
			s.reported.Add(1)
		})
		for i, c := range cases {
			if order[i] != c.Name {
				t.Errorf("recorded %t: result %d is of %s, want %s", recorded, i, order[i], c.Name)
			}
		}
		if !recorded && s.early.Load() > 0 {
			t.Errorf("%d cases were sent too early", s.early.Load())
		}
	}
}
