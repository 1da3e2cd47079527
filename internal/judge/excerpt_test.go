package judge_test

import (
	"fmt"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/enginetest"
	"assay/internal/judge"
)

// TestExcerpts checks that the first exchange with a finding of a kind needs excerpts, in
// the order of reading, and that a repetition does not.
func TestExcerpts(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	j := enginetest.NewJudge(t, e, judge.Options{})
	play := e.Play(t.Context(), e.Fixtures.Case("enkash/createOrder/accepted"))
	if play.Err != nil {
		t.Fatal(play.Err)
	}
	ex := *play.Exchange
	ex.Response.Body = []byte(strings.Replace(string(ex.Response.Body), `"orderId":"`, `"orderId":1,"more":"`, 1))
	tally := judge.NewTally(contract.Error)
	for i, step := range []struct {
		n      int64
		needed bool
	}{{5, true}, {7, false}, {3, true}, {4, false}, {5, false}} {
		r, ok := j.Judge(ex)
		if !ok {
			t.Fatal("it matches no operation")
		}
		needed := tally.NeedsExcerpts(step.n, r.Findings)
		if needed != step.needed {
			t.Errorf("step %d, exchange %d: needs excerpts: %t", i, step.n, needed)
		}
		if needed {
			j.Excerpts(ex, r.Findings)
		}
		for _, f := range r.Findings {
			if (f.Excerpt != nil) != (needed && f.GetsExcerpt()) {
				t.Errorf("step %d: %s has the excerpt %+v", i, f.Rule, f.Excerpt)
			}
		}
		r.Origin = fmt.Sprint(step.n)
		tally.Add(step.n, r)
	}
	shown := 0
	for _, g := range tally.Report(e.Catalog, "test", 10).Traffic.Groups {
		if !g.Finding.GetsExcerpt() {
			continue
		}
		if shown++; g.Finding.Excerpt == nil || g.Count != 5 || g.Places[0] != "3" {
			t.Errorf("%+v", g)
		}
	}
	if shown == 0 {
		t.Error("nothing is found")
	}
}

// TestMaxExcerpts checks that a tally asks for a limited number of excerpts.
func TestMaxExcerpts(t *testing.T) {
	t.Parallel()
	const limit = 1000
	tally := judge.NewTally(contract.Error)
	for n := range int64(limit + 10) {
		f := contract.Finding{Severity: contract.Error, At: contract.ResponseStatus, Fingerprint: fmt.Sprint(n)}
		if needed := tally.NeedsExcerpts(n, []contract.Finding{f}); needed != (n < limit) {
			t.Fatalf("finding %d: needs an excerpt: %t", n, needed)
		} else if needed {
			f.Excerpt = &contract.Excerpt{}
		}
		tally.Add(n, contract.Result{Findings: []contract.Finding{f}})
	}
}
