package judge_test

import (
	"context"
	"sync/atomic"
	"testing"

	"assay/internal/contract"
	"assay/internal/enginetest"
	"assay/internal/judge"
	"assay/internal/rule"
	"assay/internal/traffic"
)

// TestInterrupted ends the context while traffic is judged, with a rule. What was judged
// before is counted, hardly anything is judged after it, and an exchange that takes for
// ever holds up nothing.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	ex := enginetest.Exchanges(t, e)[e.Fixtures.Case("ipayments/initKyc/accepted")]
	order := enginetest.Exchanges(t, e)[e.Fixtures.Case("paytm/createOrder/accepted")]
	const workers, before = 2, 500
	for name, c := range map[string]struct {
		ex    contract.Exchange
		stuck bool // one exchange is never judged
	}{
		"between exchanges":                  {ex, false},
		"in an exchange":                     {ex, true},
		"in an exchange, with references":    {order, true},
		"between exchanges, with references": {order, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			line, err := traffic.Append(nil, c.ex)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			release := make(chan struct{})
			defer close(release)
			var judged, after atomic.Int64
			j := enginetest.NewJudge(t, e, judge.Options{Recorded: true})
			j.Add(rule.Rule{ID: "interrupts", Family: "response", Side: contract.ProviderSide, Severity: contract.Error, Run: func(*rule.Subject) {
				switch n := judged.Add(1); {
				case n == before:
					cancel()
					if c.stuck {
						<-release
					}
				case ctx.Err() != nil:
					after.Add(1)
				}
			}})
			tally, err := j.Check(ctx, []string{"-"}, &repeated{lines: [][]byte{line}, left: 100 * before}, judge.CheckOptions{FailOn: contract.Error, Workers: workers})
			if err == nil {
				t.Error("there is no error")
			}
			counted := tally.Report(e.Catalog, "", 10).Traffic.Exchanges
			if n := after.Load(); n > workers {
				t.Errorf("%d exchanges were judged after it", n)
			}
			want := judged.Load()
			if c.stuck {
				want-- // its result is unknown
			}
			if counted != want {
				t.Errorf("%d exchanges are counted of %d", counted, want)
			}
		})
	}
}
