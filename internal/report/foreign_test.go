package report_test

import (
	"html"
	"strings"
	"testing"
	"unicode"

	"assay/internal/contract"
	"assay/internal/report"
)

// TestText_controls writes names from traffic. No control character reaches the terminal,
// and no line looks like one of the report's own.
func TestText_controls(t *testing.T) {
	t.Parallel()
	bad := "a\x1b[31m\r\u009b\u202eé\nconforms"
	unknown := &contract.Template{ID: "x", Text: "{place} is not documented"}
	finding := contract.Finding{Rule: "request-closed", Severity: contract.Warning, Message: unknown.Says(contract.ArgPlace("place", contract.RequestBody(contract.PointerTo(bad))))}
	r := &contract.Report{FailOn: contract.Error, Results: []contract.Result{{Case: "p/a/b", Code: bad, Verdict: contract.Pass, Findings: []contract.Finding{finding}}}}
	d := &contract.Drift{Compared: []string{"p/a"}, Skipped: []string{bad}, Changes: []contract.Change{{
		Operation: "p/a", Code: bad, At: contract.ResponseBody(contract.PointerTo(bad)), Message: finding.Message, Why: finding.Message,
		Before: contract.Value{Notation: bad}, Now: contract.Value{Notation: bad},
	}}}
	counted := *d
	counted.Changes = []contract.Change{d.Changes[0]}
	counted.Changes[0].Is = contract.Count{N: 1, Of: 1}
	texts := map[string]string{"group": report.Group(contract.Group{Finding: finding})}
	for name, write := range map[string]func(*strings.Builder) error{
		"run":      func(b *strings.Builder) error { return report.Text(b, r, report.How{Verbose: true}) },
		"traffic":  func(b *strings.Builder) error { return report.Text(b, trafficOf(finding), report.How{}) },
		"drift":    func(b *strings.Builder) error { return report.DriftText(b, d, report.How{}) },
		"counted":  func(b *strings.Builder) error { return report.DriftText(b, &counted, report.How{}) },
		"markdown": func(b *strings.Builder) error { return report.DriftMarkdown(b, d, report.How{}) },
	} {
		var b strings.Builder
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		texts[name] = html.UnescapeString(b.String()) // Markdown has references
	}
	for name, text := range texts {
		obeyed := func(r rune) bool {
			return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r))
		}
		if strings.ContainsFunc(text, obeyed) || strings.Contains(text, "\nconforms ") || !strings.Contains(text, `a\x1b[31m\r\u009b\u202eé`) {
			t.Errorf("%s: %q", name, text)
		}
	}
}

// trafficOf is traffic with one finding and one inconclusive rule.
func trafficOf(f contract.Finding) *contract.Report {
	return &contract.Report{
		Results: []contract.Result{{Origin: contract.WholeTraffic, Verdict: contract.Pass, Inconclusive: []contract.Gap{{Rule: "r", Why: f.Message}}}},
		Traffic: &contract.Traffic{Groups: []contract.Group{{Finding: f, Count: 1}}},
	}
}
