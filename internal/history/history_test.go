package history_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/history"
)

var message = &contract.Template{ID: "m", Text: "is wrong"}

// finding is a finding of the rule r with a fingerprint made of one digit.
func finding(digit string, s contract.Severity) contract.Finding {
	return contract.Finding{Rule: "r", Severity: s, Fingerprint: strings.Repeat(digit, 16), At: "response.status", Message: message.Says()}
}

func waived(f contract.Finding) contract.Finding {
	f.Waived = &contract.AppliedWaiver{Owner: "Asha"}
	return f
}

func expected(f contract.Finding) contract.Finding {
	f.Expected = true
	return f
}

// played is the result of the case p/o/name.
func played(name string, findings ...contract.Finding) contract.Result {
	r := contract.Result{Case: "p/o/" + name, Provider: "p", Operation: "o", Checked: []string{"r"}, Findings: findings}
	r.Verdict = r.VerdictAt(contract.Error)
	return r
}

func run(results ...contract.Result) *contract.Report {
	return &contract.Report{FailOn: contract.Error, Results: results}
}

// status lists the case, the digit and the status of each finding, and the fixed ones.
func status(r *contract.Report) string {
	var all []string
	for _, result := range r.Results {
		for _, f := range result.Findings {
			all = append(all, strings.TrimPrefix(result.Case, "p/o/")+f.Fingerprint[:1]+" "+f.Status+" "+string(result.Verdict))
		}
	}
	for _, f := range r.Baseline.Fixed {
		all = append(all, strings.TrimPrefix(f.Case, "p/o/")+f.ID[:1]+" fixed")
	}
	if r.Baseline.Unchecked > 0 {
		all = append(all, fmt.Sprint(r.Baseline.Unchecked, " unchecked"))
	}
	return strings.Join(all, ", ")
}

func TestMark(t *testing.T) {
	t.Parallel()
	one, two, mild := finding("1", contract.Error), finding("2", contract.Error), finding("1", contract.Warning)
	errored := played("a")
	errored.Verdict = contract.Errored
	silent := played("a")
	silent.Verdict, silent.Checked = contract.Inconclusive, nil
	crashed := played("a", one).Crashed("panic", nil)
	fixedEarlier := run(played("a"))
	fixedEarlier.Baseline = &contract.Baseline{Fixed: []contract.FixedFinding{{ID: one.Fingerprint, Case: "p/o/a", Operation: "p/o"}}}
	for name, c := range map[string]struct {
		now  *contract.Report
		old  []*contract.Report
		want string
	}{
		"known":                               {run(played("a", one)), []*contract.Report{run(played("a", one))}, "a1 known pass"},
		"new":                                 {run(played("a", one)), []*contract.Report{run(played("a"))}, "a1 new fail"},
		"known and new":                       {run(played("a", one, two)), []*contract.Report{run(played("a", one))}, "a1 known fail, a2 new fail"},
		"of another case":                     {run(played("a", one), played("b", one)), []*contract.Report{run(played("a", one))}, "a1 known pass, b1 new fail"},
		"twice":                               {run(played("a", one, one)), []*contract.Report{run(played("a", one))}, "a1 known pass, a1 known pass"},
		"fixed":                               {run(played("a")), []*contract.Report{run(played("a", one))}, "a1 fixed"},
		"not played":                          {run(played("b")), []*contract.Report{run(played("a", one))}, "1 unchecked"},
		"not checked":                         {run(silent), []*contract.Report{run(played("a", one))}, "1 unchecked"},
		"in error":                            {run(errored), []*contract.Report{run(played("a", one))}, "1 unchecked"},
		"an error stays one":                  {run(crashed), []*contract.Report{run(played("a", one))}, "a1 known error"},
		"back":                                {run(played("a", one)), []*contract.Report{run(played("a", one)), run(played("a"))}, "a1 back fail"},
		"known in both":                       {run(played("a", one)), []*contract.Report{run(played("a", one)), run(played("a", one))}, "a1 known pass"},
		"back after fixed":                    {run(played("a", one)), []*contract.Report{fixedEarlier}, "a1 back fail"},
		"worse than before":                   {run(played("a", one)), []*contract.Report{run(played("a", mild))}, "a1 new fail"},
		"milder than before":                  {run(played("a", mild)), []*contract.Report{run(played("a", one))}, "a1 known pass"},
		"a waiver expired":                    {run(played("a", one)), []*contract.Report{run(played("a", waived(one)))}, "a1 new fail"},
		"expected no longer":                  {run(played("a", one)), []*contract.Report{run(played("a", expected(one)))}, "a1 new fail"},
		"waived now":                          {run(played("a", waived(one))), []*contract.Report{run(played("a", one))}, "a1  pass"},
		"waived before, and gone":             {run(played("a")), []*contract.Report{run(played("a", waived(one)))}, ""},
		"waived in one place, not in another": {run(played("a", one)), []*contract.Report{run(played("a", waived(one), one))}, "a1 known pass"},
	} {
		var earlier []history.Earlier
		for i, old := range c.old {
			earlier = append(earlier, history.Earlier{File: fmt.Sprint(i), Report: old})
		}
		if err := history.NewMarker(earlier...).Report(c.now); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := status(c.now); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func traffic(groups ...contract.Finding) *contract.Report {
	r := &contract.Report{FailOn: contract.Error, Traffic: &contract.Traffic{Exchanges: 9, Failing: int64(len(groups))}, Results: []contract.Result{
		{Case: "p/o", Provider: "p", Operation: "o", Origin: contract.WholeTraffic, Verdict: contract.Pass, Checked: []string{"r"}},
	}}
	for _, f := range groups {
		r.Traffic.Groups = append(r.Traffic.Groups, contract.Group{Operation: "p/o", Finding: f, Count: 1})
	}
	return r
}

func TestMarkTraffic(t *testing.T) {
	t.Parallel()
	one, two := finding("1", contract.Error), finding("2", contract.Error)
	now := traffic(one, two)
	if err := history.NewMarker(history.Earlier{Report: traffic(one)}).Report(now); err != nil || !now.TrafficFails() || now.Baseline.New != 1 || now.Baseline.Known != 1 {
		t.Errorf("new: %v, %+v", err, now.Baseline)
	}
	if g := now.Traffic.Groups[0]; g.Finding.Status != contract.StatusNew {
		t.Errorf("first comes %s", g.Finding.Status)
	}
	now = traffic(one)
	if err := history.NewMarker(history.Earlier{Report: traffic(one, two)}).Report(now); err != nil || now.TrafficFails() || len(now.Baseline.Fixed) != 1 {
		t.Errorf("known: %v, %+v", err, now.Baseline)
	}
	for name, change := range map[string]func(*contract.Report){
		"partial":    func(r *contract.Report) { r.Traffic.Partial = true },
		"unreadable": func(r *contract.Report) { r.Traffic.Unreadable = 1 },
		"no traffic": func(r *contract.Report) { r.Results = nil },
	} {
		now = traffic(one)
		change(now)
		if err := history.NewMarker(history.Earlier{Report: traffic(one, two)}).Report(now); err != nil || len(now.Baseline.Fixed) != 0 || now.Baseline.Unchecked != 1 {
			t.Errorf("%s: %v, %+v", name, err, now.Baseline)
		}
	}
	now = traffic(one)
	now.Traffic.More = 1
	if err := history.NewMarker(history.Earlier{Report: traffic(one)}).Report(now); err == nil {
		t.Error("kinds that fail are left out of the report, and nothing says so")
	}
	if err := history.NewMarker(history.Earlier{Report: run()}).Report(traffic(one)); err == nil {
		t.Error("a run of cases is compared with traffic")
	}
}

func TestMarkDrift(t *testing.T) {
	t.Parallel()
	change := func(id string, i contract.Impact) contract.Change {
		return contract.Change{ID: id, Operation: "p/o", Kind: contract.MemberAdded, Impact: i, Message: message.Says()}
	}
	of := func(all ...contract.Change) *contract.Drift {
		return &contract.Drift{FailOn: contract.Breaks, Compared: []string{"p/o"}, Changes: all}
	}
	acknowledged := change("5", contract.Breaks)
	acknowledged.Status = contract.Acknowledged
	now := of(change("1", contract.Breaks), change("2", contract.Breaks), change("3", contract.Breaks), change("6", contract.Breaks), acknowledged)
	gone := change("7", contract.Breaks)
	gone.Operation = "p/other"
	history.MarkDrift(now, history.EarlierDrift{Drift: of(change("3", contract.Breaks))}, history.EarlierDrift{Drift: of(change("1", contract.Breaks), change("4", contract.Breaks), change("6", contract.Minor), gone)})
	var got []string
	for _, c := range now.Changes {
		got = append(got, fmt.Sprint(c.ID, " ", c.Status, " ", now.Fails(c)))
	}
	if want := []string{"1 known false", "2 new true", "3 back true", "6 new true", "5 acknowledged false"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if b := now.Baseline; len(b.Fixed) != 1 || b.Fixed[0].ID != "4" || b.Unchecked != 1 {
		t.Errorf("%+v", b)
	}
}
