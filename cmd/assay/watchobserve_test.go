package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/watch"
)

// TestObserved holds what a run says about an operation to its results. What is unknown is
// never ok.
func TestObserved(t *testing.T) {
	t.Parallel()
	one := func(verdict contract.Verdict, severities ...contract.Severity) contract.Result {
		r := contract.Result{Case: "paytm/createOrder/x", Provider: "paytm", Operation: "createOrder", Verdict: verdict, Code: "0000", Why: "the reason\nmore", Took: 1500 * time.Millisecond}
		for i, s := range severities {
			r.Findings = append(r.Findings, contract.Finding{Rule: "r", Severity: s, Side: contract.ProviderSide, Fingerprint: fmt.Sprint(i), Message: contract.Message{}})
		}
		return r
	}
	lost, waived, expected := one(contract.Errored), one(contract.Pass, contract.Error), one(contract.Pass, contract.Error)
	lost.NoResponse = true
	waived.Findings[0].Waived = &contract.AppliedWaiver{Owner: "asha"}
	expected.Findings[0].Expected = true
	undocumentedCode := one(contract.Pass)
	undocumentedCode.Code = ""
	elsewhere := one(contract.Pass)
	elsewhere.Operation = ""
	for name, test := range map[string]struct {
		results []contract.Result
		state   watch.State
		why     string
		codes   map[string]int
	}{
		"conforming":                         {[]contract.Result{one(contract.Pass), one(contract.Pass)}, watch.OK, "2 responses conform", map[string]int{"0000": 2}},
		"an info is no problem":              {[]contract.Result{one(contract.Pass, contract.Info)}, watch.OK, "1 response conforms", map[string]int{"0000": 1}},
		"a warning degrades":                 {[]contract.Result{one(contract.Pass, contract.Warning), one(contract.Pass)}, watch.Degraded, "r: ", map[string]int{"0000": 2}},
		"an error fails":                     {[]contract.Result{one(contract.Pass), one(contract.Fail, contract.Error)}, watch.Failing, "r: ", map[string]int{"0000": 2}},
		"no response fails":                  {[]contract.Result{one(contract.Pass), lost}, watch.Failing, "the reason", map[string]int{"0000": 1, "no response": 1}},
		"waived is no problem":               {[]contract.Result{waived}, watch.OK, "1 response conforms", map[string]int{"0000": 1}},
		"provoked is no problem":             {[]contract.Result{expected}, watch.OK, "1 response conforms", map[string]int{"0000": 1}},
		"an error of assay is no data":       {[]contract.Result{one(contract.Pass), one(contract.Errored)}, watch.NoData, "the reason", map[string]int{"0000": 1}},
		"inconclusive alone is no data":      {[]contract.Result{one(contract.Inconclusive)}, watch.NoData, "the reason", map[string]int{}},
		"inconclusive beside a pass is ok":   {[]contract.Result{one(contract.Pass), one(contract.Inconclusive)}, watch.OK, "1 response conforms", map[string]int{"0000": 1}},
		"a failure counts more than no data": {[]contract.Result{one(contract.Errored), one(contract.Fail, contract.Error)}, watch.Failing, "r: ", map[string]int{"0000": 1}},
		"an undocumented code has no name":   {[]contract.Result{undocumentedCode}, watch.OK, "1 response conforms", map[string]int{"undocumented": 1}},
		"of no operation":                    {[]contract.Result{elsewhere}, "", "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := &observed{job: "live", failOn: contract.Error}
			for _, r := range test.results {
				o.result(r)
			}
			all := o.observations()
			if test.state == "" {
				if len(all) > 0 {
					t.Errorf("%+v", all)
				}
				return
			}
			if len(all) != 1 || all[0].Thing != "live paytm/createOrder" || all[0].State != test.state || !strings.HasPrefix(all[0].Why, test.why) || fmt.Sprint(all[0].Codes) != fmt.Sprint(test.codes) {
				t.Fatalf("%+v", all)
			}
			if total := len(all[0].Latencies); total > 0 && all[0].Latencies[0] != 1500 {
				t.Errorf("latencies %v, in milliseconds", all[0].Latencies)
			}
		})
	}
}

// TestObserved_change holds what a change of the ledger means for the state.
func TestObserved_change(t *testing.T) {
	t.Parallel()
	d := &contract.Drift{FailOn: contract.Breaks}
	for name, test := range map[string]struct {
		c    contract.Change
		want watch.State
	}{
		"breaks":       {contract.Change{Impact: contract.Breaks}, watch.Failing},
		"degrades":     {contract.Change{Impact: contract.Degrades}, watch.Degraded},
		"minor":        {contract.Change{Impact: contract.Minor}, watch.OK},
		"acknowledged": {contract.Change{Impact: contract.Breaks, Status: contract.Acknowledged}, watch.OK},
	} {
		o := &observed{job: "live", failOn: contract.Error}
		o.result(contract.Result{Provider: "paytm", Operation: "createOrder", Verdict: contract.Pass, Code: "0000"})
		test.c.Operation, test.c.ID = "paytm/createOrder", "id"
		o.change(d, test.c)
		all := o.observations()
		if len(all) != 1 || all[0].State != test.want || (len(all[0].Findings) == 1) != (name != "acknowledged") {
			t.Errorf("%s: %+v", name, all)
		}
	}
}

// TestWorseExit: 2 before 1 before 3 before 0.
func TestWorseExit(t *testing.T) {
	t.Parallel()
	order := []int{exitUsage, exitFindings, exitInconclusive, exitConforms}
	for i, a := range order {
		for _, b := range order[i:] {
			if worseExit(a, b) != a || worseExit(b, a) != a {
				t.Errorf("of %d and %d, %d", a, b, worseExit(a, b))
			}
		}
	}
}
