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

// TestForeign shows texts from outside: escaped, redacted and cut.
func TestForeign(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"plain", "orderId", "orderId"},
		{"any script", "ordre-é-订单-आदेश", "ordre-é-订单-आदेश"},
		{"lines", "a\r\nb\tc", `a\r\nb\tc`},
		{"terminal sequences", "\x1b[2J\u009b31m\x00", `\x1b[2J\u009b31m\x00`},
		{"direction", "\u202ea\u2066b\u200f", `\u202ea\u2066b\u200f`},
		{"zero width", "a\u200bb\ufeff\u2060\u00ad\u3164\ufe0f", `a\u200bb\ufeff\u2060\u00ad\u3164\ufe0f`},
		{"line separators", "a\u2028b\u2029", `a\u2028b\u2029`},
		{"bytes that are not UTF-8", "a\xffb\xc0", `a\xffb\xc0`},
		{"a replacement character", "a\ufffdb", "a\ufffdb"},
		{"beyond the first plane", "\U000e0041", `\U000e0041`},
		{"a command of GitHub", "::error::x", `\x3a:error::x`},
		{"an indented one", " ::error::x", ` \x3a:error::x`},
		{"colons within", "a::b", "a::b"},
		{"commands of other pipelines", "x ##[error] ##vso[y]", `x #\x23[error] #\x23vso[y]`},
	} {
		got := report.Foreign(c.text)
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	if got := report.Foreign(strings.Repeat("é", 100000) + "end"); len([]rune(got)) > 250 || !strings.HasSuffix(got, "end") || !strings.Contains(got, " more)…") {
		t.Errorf("a long text: %q", got)
	}
	for _, v := range people() {
		for _, text := range []string{v, "user " + v, contract.RequestBody(contract.PointerTo(v, "a/"+v)).Path(), string(contract.RequestBody(contract.PointerTo(v, "a/"+v)))} {
			if got := report.Foreign(text); person.MatchString(got) {
				t.Errorf("%q is shown as %q", text, got)
			}
		}
	}
	if got := report.Errors("one\ntwo \x1b 9876501234\n::three"); got != "one\ntwo \\x1b "+report.Foreign("9876501234")+"\n\\x3a:three" {
		t.Errorf("an error: %q", got)
	}
}
