package judge_test

import (
	"bytes"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/enginetest"
	"assay/internal/judge"
	"assay/internal/rule"
	"assay/internal/traffic"
)

// planted is a rule that panics for an exchange with the header Planted. It reports a
// finding before.
func planted() rule.Rule {
	return rule.Rule{
		ID: "planted", Title: "is planted", Family: "response", Side: contract.ProviderSide, Severity: contract.Error, Templates: []*contract.Template{tookLong},
		Run: func(p *rule.Subject) {
			if p.View.Exchange.Response.Header.Get("Planted") != "" {
				p.Report(contract.Finding{At: "response.status", Message: tookLong.Says()})
				panic("a value")
			}
		},
	}
}

// TestPanics plants a rule that panics for three of a hundred exchanges. These become
// errors with the rule and the entry; all others are checked. Findings of other rules stay.
func TestPanics(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	ex := enginetest.Exchanges(t, e)[e.Fixtures.Case("ipayments/initKyc/accepted")]
	lines := func(header, value string) []byte {
		one := ex
		one.Response.Header = ex.Response.Header.Clone()
		one.Response.Header.Set(header, value)
		line, err := traffic.Append(nil, one)
		if err != nil {
			t.Fatal(err)
		}
		return line
	}
	good, bad := lines("Other", "yes"), lines("Planted", "yes")
	for name, extra := range map[string]struct {
		rule    rule.Rule
		failing int64
	}{
		"alone": {slow(), 0},
		"beside a finding": {rule.Rule{ID: "other", Family: "response", Side: contract.ProviderSide, Severity: contract.Error, Run: func(p *rule.Subject) {
			if p.View.Exchange.Response.Header.Get("Planted") != "" {
				p.Report(contract.Finding{At: "response.status", Message: tookLong.Says()})
			}
		}}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := enginetest.NewJudge(t, e, judge.Options{Recorded: true})
			j.Add(planted())
			j.Add(extra.rule)
			input := append(append(bytes.Repeat(good, many/2), bytes.Repeat(bad, 3)...), bytes.Repeat(good, many/2)...)
			tally, err := j.Check(t.Context(), []string{"-"}, bytes.NewReader(input), judge.CheckOptions{FailOn: contract.Error, Workers: 2, Shapes: true})
			if err != nil {
				t.Fatal(err)
			}
			r := tally.Report(e.Catalog, "", 10)
			if c := r.Traffic; c.Conforming != many || c.Failing != extra.failing || c.Unreadable != 3-extra.failing {
				t.Errorf("%d conforming, %d failing, %d unreadable", c.Conforming, c.Failing, c.Unreadable)
			}
			errored := 0
			for _, result := range r.Results {
				if result.Verdict != contract.Errored {
					continue
				}
				errored++
				if !strings.HasPrefix(result.Why, "stdin:5") || !strings.Contains(result.Why, "rule planted panicked: a value of type string") || !strings.Contains(result.Why, crash.Report) || len(result.Stack) == 0 {
					t.Errorf("%s %q", result.Why, result.Stack)
				}
			}
			if errored != 3 {
				t.Errorf("%d errors", errored)
			}
		})
	}
}

// TestSettlePanics settles three entries, of which the second panics. The others are
// counted.
func TestSettlePanics(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	line, err := traffic.Append(nil, enginetest.Exchanges(t, e)[e.Fixtures.Case("paytm/createOrder/accepted")])
	if err != nil {
		t.Fatal(err)
	}
	j, tally := enginetest.NewJudge(t, e, judge.Options{Recorded: true}), judge.NewTally(contract.Error)
	err = traffic.Read(t.Context(), []string{"-"}, bytes.NewReader(line), traffic.Options{}, func(entry *traffic.Entry) error {
		judge.SettleWithPanic(j, tally, entry, contract.Result{Case: "paytm/createOrder", Operation: "createOrder", Code: "0000"})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if c := tally.Report(e.Catalog, "", 10).Traffic; c.Conforming != 2 || c.Unreadable != 1 {
		t.Errorf("%d conforming, %d unreadable", c.Conforming, c.Unreadable)
	}
}
