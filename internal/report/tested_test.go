package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/report"
)

// ofTraffic is a report of traffic: two rules passed, one failed with two kinds of findings, one
// is an info, and two checked nothing. Each kind has the result of its first exchange.
func ofTraffic() *contract.Report {
	template := &contract.Template{ID: "x.y", Text: "is <{what}>"}
	why := &contract.Template{ID: "x.z", Text: "there was nothing", WayOut: "send more"}
	finding := func(id, rule string, severity contract.Severity) contract.Finding {
		return contract.Finding{
			Rule: rule, Severity: severity, Side: contract.ProviderSide, At: "response#/code", Fingerprint: strings.Repeat(id, 16), Message: template.Says(contract.ArgText("what", id)),
			Locations: []contract.Location{{Kind: contract.SpecificationFile, File: "specs/p.yaml", Line: 7, Embedded: true}},
		}
	}
	one, other, mild := finding("a", "code-documented", contract.Error), finding("b", "code-documented", contract.Error), finding("c", "fields-documented", contract.Info)
	checked, gaps := []string{"code-documented", "fields-documented", "fields-typed", "status-documented"}, []contract.Gap{{Rule: "code-agrees", Why: why.Says()}, {Rule: "response-signed", Why: why.Says()}}
	of := func(origin string, findings ...contract.Finding) contract.Result {
		r := contract.Result{Case: "p/o", Origin: origin, Provider: "p", Operation: "o", Checked: checked, Inconclusive: gaps, Findings: append([]contract.Finding{}, findings...)}
		r.Verdict = r.VerdictAt(contract.Error)
		return r
	}
	whole := of(contract.WholeTraffic)
	whole.Verdict, whole.Why = contract.Inconclusive, "no exchange of this operation passed"
	return &contract.Report{
		Schema: contract.ReportSchema, FailOn: contract.Error, Coverage: map[string]contract.Coverage{}, Specs: map[string]string{},
		Results: []contract.Result{whole, of("ndjson:shop/a.ndjson#3", one, mild), of("har:a.har#9", other, mild)},
		Traffic: &contract.Traffic{
			Exchanges: 1001, Failing: 1001, Operations: map[string]*contract.OperationCount{"p/o": {Exchanges: 1001, Failing: 1001}},
			Groups: []contract.Group{
				{Operation: "p/o", Finding: one, Count: 1000, Places: []string{"ndjson:shop/a.ndjson#3"}},
				{Operation: "p/o", Finding: other, Count: 1, Places: []string{"har:a.har#9"}},
				{Operation: "p/o", Finding: mild, Count: 1001, Places: []string{"ndjson:shop/a.ndjson#3"}},
			},
		},
	}
}

func formatted(t *testing.T, format string, r *contract.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Runs().Write(&b, format, r, report.How{Families: map[string]string{"code-documented": "response", "fields-documented": "response"}}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestSameCounts: every format that counts rules of traffic counts the same, each rule once, and
// no format shows a rule as passed that failed.
func TestSameCounts(t *testing.T) {
	t.Parallel()
	all := ofTraffic()
	cut := ofTraffic()
	cut.Traffic.Limit(0, contract.Error)
	again, err := report.ReadJSON([]byte(formatted(t, "json", ofTraffic())))
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]*contract.Report{"all": all, "all are left out": cut, "read again": again.Run} {
		junit := formatted(t, "junit", r)
		if got := regexp.MustCompile(`<testsuite name="p/o" tests="(\d+)" failures="(\d+)" errors="0" skipped="(\d+)"`).FindStringSubmatch(junit); !slices.Equal(got[min(1, len(got)):], []string{"6", "1", "2"}) {
			t.Errorf("%s: junit counts %v:\n%s", name, got, junit)
		}
		if passes := regexp.MustCompile(`name="p/o code-documented[^"]*">\s*<system-out>`); passes.MatchString(junit) {
			t.Errorf("%s: junit has a passing test of the rule that failed:\n%s", name, junit)
		}
		var c struct {
			Results struct {
				Summary struct{ Tests, Passed, Failed, Skipped int }
			}
		}
		if err := json.Unmarshal([]byte(formatted(t, "ctrf", r)), &c); err != nil || fmt.Sprint(c.Results.Summary) != "{6 3 1 2}" {
			t.Errorf("%s: ctrf counts %v, %v", name, c.Results.Summary, err)
		}
		for format, want := range map[string]string{"markdown": "Checks: 3 passed, 1 failed, 2 not checked, 0 errors", "text": "2 rules inconclusive"} {
			if text := formatted(t, format, r); !strings.Contains(text, want) {
				t.Errorf("%s: %s lacks %q:\n%s", name, format, want, text)
			}
		}
		page := formatted(t, "html", r)
		for label, n := range map[string]int{"checks passed": 3, "checks failed": 1, "not checked": 2} {
			if !regexp.MustCompile(fmt.Sprintf(`<span class="n">%d</span> <span class="label"><span aria-hidden="true">.</span> %s</span>`, n, label)).MatchString(page) {
				t.Errorf("%s: the page does not say %d %s", name, n, label)
			}
		}
	}
}

// TestCountsAndPlaces: a finding of traffic stands with its number and its first exchange in the
// reports for pipelines, at the file of the exchange, which the user has.
func TestCountsAndPlaces(t *testing.T) {
	t.Parallel()
	r := ofTraffic()
	for format, all := range map[string][]string{
		"markdown": {"is &lt;a&gt; (1000 times) |", "is &lt;b&gt; |"},
		"github":   {"file=shop/a.ndjson,line=3,", "is <a> (1000 times, first in ndjson:shop/a.ndjson#3)", "file=a.har,line=1,", "is <b> (har:a.har#9)"},
		"gitlab":   {`"path": "shop/a.ndjson"`, `"begin": 3`, "is <a> (1000 times, first in ndjson:shop/a.ndjson#3)", `"path": "a.har"`},
		"sarif":    {`"uri": "shop/a.ndjson"`, `"startLine": 3`, `"count": "1000"`, `"uri": "specs/p.yaml"`},
		"junit":    {"is &lt;a&gt; (1000 times, first in ndjson:shop/a.ndjson#3)", "is &lt;b&gt;", "1000 times"},
		"ctrf":     {`"count": 1000`},
		"html":     {`<span aria-hidden="true">✗</span> 1001<span`, "s%3aerror", "an exchange can have several"},
	} {
		text := formatted(t, format, r)
		for _, want := range all {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q:\n%s", format, want, text)
			}
		}
	}
	for _, origin := range []string{"proxy#7", "ndjson:-#7", "", "http://x#1", "a:b.ndjson (proxy#1)", "ndjson:b (proxy#1)"} {
		r := ofTraffic()
		r.Traffic.Groups[0].Places = []string{origin}
		if text := formatted(t, "github", r); !strings.Contains(text, "file=specs/p.yaml,line=7,") {
			t.Errorf("%q is in no file, so the place is the specification:\n%s", origin, text)
		}
	}
}
