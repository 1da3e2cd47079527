package report_test

import (
	"bytes"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/report"
)

var cut = &contract.Template{ID: "t.cut", Text: "after assay cut the body to {n} of {of} bytes, the client reads {state}"}

// faulty is the result of a case in which a client reads responses that were cut.
func faulty(name string, states ...string) contract.Result {
	r := contract.Result{Case: "p/o/" + name, Provider: "p", Operation: "o", Verdict: contract.Fail, Checked: []string{"damage-survived"}}
	for _, state := range states {
		r.Findings = append(r.Findings, contract.Finding{
			Rule: "damage-survived", Severity: contract.Error, Side: contract.ClientSide, At: contract.ResponseRoot,
			Message: cut.Says(contract.ArgInt("n", int64(len(name))), contract.ArgInt("of", 100), contract.ArgText("state", state)),
		})
	}
	return r
}

// TestRepeated writes a finding that repeats that of an earlier case once, and names the other
// cases. What is new in a case is written, and --verbose writes everything. A run without a
// client under test folds nothing.
func TestRepeated(t *testing.T) {
	t.Parallel()
	written := func(client, verbose bool) string {
		r := &contract.Report{FailOn: contract.Error, Results: []contract.Result{faulty("a", "success"), faulty("bb", "success"), faulty("ccc", "success", "pending")}}
		if client {
			r.Client = &contract.ClientReport{}
		}
		var b bytes.Buffer
		if err := report.Text(&b, r, report.How{Verbose: verbose}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for _, c := range []struct {
		client, verbose  bool
		success, pending int
		others           bool
	}{{true, false, 1, 1, true}, {true, true, 3, 1, false}, {false, false, 3, 1, false}} {
		text := written(c.client, c.verbose)
		success, pending := strings.Count(text, "reads success"), strings.Count(text, "reads pending")
		if others := strings.Contains(text, "also in 2 cases: bb, ccc\n"); success != c.success || pending != c.pending || others != c.others {
			t.Errorf("client %t, verbose %t: %d and %d findings, other cases %t\n%s", c.client, c.verbose, success, pending, others, text)
		}
	}
}
