package report_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/report"
	"assay/internal/testsize"
)

// TestSummaryFits has more rows than the step summary of GitHub has room for, in an empty file
// and in one that is nearly full. Whole rows stand there, the worst first, a line counts the
// others, and the way to reproduce it is not lost.
func TestSummaryFits(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	const most, all = 1 << 20, 8000
	r := same(false)
	finding := r.Results[0].Findings[2]
	r.Results = r.Results[:1]
	r.Results[0].Findings = nil
	for i := range all {
		finding.Severity = []contract.Severity{contract.Info, contract.Warning, contract.Error}[i%3]
		finding.Fingerprint = fmt.Sprintf("%016x", i)
		r.Results[0].Findings = append(r.Results[0].Findings, finding)
	}
	how := report.How{Command: "assay run p --report github"}
	row := regexp.MustCompile(`(?m)^\| \*\*(error|warning|info)\*\* .*` + "`[0-9a-f]{16}` \\|$")
	left := regexp.MustCompile(`(?m)^(\d+) rows left out here; the other reports have all\.$`)
	for _, used := range []int64{0, 700_000, most - 40_000} {
		text := string(report.Summary(r, how, used))
		rows := row.FindAllStringSubmatch(text, -1)
		said := left.FindStringSubmatch(text)
		if int64(len(text))+used > most || len(rows) < 50 || len(rows) != strings.Count(text, "\n| **") {
			t.Errorf("%d bytes used: %d more, %d whole rows of %d", used, len(text), len(rows), strings.Count(text, "\n| **"))
		}
		if said == nil || said[1] != fmt.Sprint(all-len(rows)) || !strings.Contains(text, how.Command) {
			t.Errorf("%d bytes used: %d rows, %q are left out, or the command is lost", used, len(rows), said)
		}
		for i, one := range rows {
			if i > 0 && one[1] == "error" && rows[i-1][1] != "error" {
				t.Errorf("%d bytes used: row %d is an error, and the one before is not", used, i)
			}
		}
	}
}
