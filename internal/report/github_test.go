package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/report"
)

// TestAnnotations has more errors, warnings and unreadable exchanges than GitHub shows. The
// annotations are the worst ten of each level, a notice counts the others, and the step summary
// has all.
func TestAnnotations(t *testing.T) {
	t.Parallel()
	for _, n := range []struct{ errors, warnings, unread, left int }{{3, 2, 4, 0}, {12, 15, 3, 10}, {7, 0, 8, 5}} {
		r := same(false)
		failing, warning := r.Results[0].Findings[1], r.Results[0].Findings[2]
		r.Results = r.Results[:1]
		r.Results[0].Findings = nil
		for i := range n.errors + n.warnings {
			f := warning
			if i >= n.warnings {
				f = failing
			}
			f.Fingerprint = fmt.Sprintf("%016x", i)
			r.Results[0].Findings = append(r.Results[0].Findings, f)
		}
		for i := range n.unread {
			r.Results = append(r.Results, contract.Result{Case: fmt.Sprintf("p/o/lost%d", i), Provider: "p", Operation: "o", Verdict: contract.Errored, Why: fmt.Sprintf("cassette %d is cut", i)})
		}
		var b bytes.Buffer
		if err := report.GitHub(&b, r, report.How{}); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		errors, warnings := strings.Count(text, "::error "), strings.Count(text, "::warning ")
		if errors != min(10, n.errors+n.unread) || warnings != min(10, n.warnings) {
			t.Errorf("%+v: %d errors, %d warnings\n%s", n, errors, warnings, text)
		}
		if left := fmt.Sprintf("::%d more findings in the step summary", n.left); strings.Contains(text, " more finding") != (n.left > 0) || n.left > 0 && !strings.Contains(text, left) {
			t.Errorf("%+v: no %q\n%s", n, left, text)
		}
		summary := string(report.Summary(r, report.How{}, 0))
		for i := range n.errors + n.warnings {
			if id := fmt.Sprintf("`%016x`", i); !strings.Contains(summary, id) {
				t.Errorf("%+v: the step summary lacks %s", n, id)
			}
		}
		for i := range n.unread {
			if why := fmt.Sprintf("not checked: cassette %d is cut", i); !strings.Contains(summary, why) {
				t.Errorf("%+v: the step summary lacks %q", n, why)
			}
		}
	}
}
