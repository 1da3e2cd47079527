package judge_test

import (
	"testing"

	"assay/internal/enginetest"
	"assay/internal/judge"
	"assay/internal/testsize"
)

// TestFindingsAgain judges damaged exchanges with a judge that has judged others, twice, and
// with a new one: what a judge remembers of earlier exchanges changes no finding. The short
// form takes one case of each operation.
func TestFindingsAgain(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	used := enginetest.NewJudge(t, e, judge.Options{})
	exchanges := enginetest.Exchanges(t, e)
	n, found, least := 0, 0, 100
	if !testsize.Full() {
		least = 50
	}
	for i, c := range someCases(e) {
		for k, ex := range damagedExchanges(t, e, c, exchanges[c]) {
			if (i+k)%15 != 0 {
				continue
			}
			r, _ := enginetest.NewJudge(t, e, judge.Options{}).Judge(ex)
			want := resultText(t, r)
			for range 2 {
				r, _ := used.Judge(ex)
				if got := resultText(t, r); got != want {
					t.Errorf("%s: %s; a new judge says %s", c.Name, got, want)
				}
			}
			n, found = n+1, found+len(r.Findings)
		}
	}
	if n < least || found < least {
		t.Errorf("only %d exchanges with %d findings", n, found)
	}
}
