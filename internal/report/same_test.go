package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/report"
)

var tag = regexp.MustCompile(`<[^>]*>`)

// shownAs finds a finding in a report: the sentences that stand beside an id. Each format is
// read as its readers do.
var shownAs = map[string]func(t *testing.T, text, id string) []string{
	"text": func(_ *testing.T, text, id string) (all []string) {
		last := ""
		for line := range strings.Lines(text) {
			if line == "    id: "+id+"\n" || strings.HasSuffix(line, "  "+id+"\n") {
				all = append(all, last)
			}
			if strings.HasPrefix(line, "  ") && !strings.HasPrefix(line, "   ") {
				last = strings.TrimSpace(line)
			}
		}
		return all
	},
	"json": func(t *testing.T, text, id string) []string {
		return below(t, text, "fingerprint", id, message)
	},
	"ndjson": func(t *testing.T, text, id string) (all []string) {
		for line := range strings.Lines(text) {
			all = append(all, below(t, line, "id", id, message)...)
		}
		return all
	},
	"junit": func(t *testing.T, text, id string) (all []string) {
		d := xml.NewDecoder(strings.NewReader(text))
		for {
			token, err := d.Token()
			if err != nil {
				return all
			}
			if chars, ok := token.(xml.CharData); ok && strings.Contains(string(chars), id) {
				all = append(all, string(chars))
			}
		}
	},
	"markdown": func(_ *testing.T, text, id string) (all []string) {
		for line := range strings.Lines(text) {
			if strings.Contains(line, id) {
				all = append(all, html.UnescapeString(line))
			}
		}
		return all
	},
	"html": func(_ *testing.T, text, id string) (all []string) {
		_, issues, _ := strings.Cut(text, `<ol id="issues"`)
		issues, _, _ = strings.Cut(issues, "</ol>")
		for _, one := range strings.Split(issues, "<li")[1:] {
			if strings.Contains(one, "id "+id+"</a>") {
				all = append(all, html.UnescapeString(tag.ReplaceAllString(one, "")))
			}
		}
		return all
	},
	"sarif": func(t *testing.T, text, id string) []string {
		return below(t, text, "partialFingerprints", "map[assay/v1:"+id+"]", func(one map[string]any) string { return one["message"].(map[string]any)["text"].(string) })
	},
	"github": func(_ *testing.T, text, id string) (all []string) {
		for line := range strings.Lines(text) {
			if strings.Contains(line, "("+id+")") {
				plain, _ := url.PathUnescape(line)
				all = append(all, plain)
			}
		}
		return all
	},
	"gitlab": func(t *testing.T, text, id string) []string {
		return below(t, text, "fingerprint", id, func(one map[string]any) string { return one["description"].(string) })
	},
	"ctrf": func(t *testing.T, text, id string) []string {
		return below(t, text, "id", id, func(one map[string]any) string { return one["message"].(string) })
	},
}

// message is the sentence of a finding that has its place apart.
func message(one map[string]any) string {
	at, text := one["at"].(string), one["message"].(string)
	return at + ": " + strings.TrimPrefix(text, at+" ")
}

// below finds the objects in a JSON text whose member has a value.
func below(t *testing.T, text, member, value string, sentence func(map[string]any) string) (all []string) {
	t.Helper()
	var whole any
	if err := json.Unmarshal([]byte(text), &whole); err != nil {
		t.Fatal(err)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if found, ok := v[member]; ok && fmt.Sprint(found) == value {
				all = append(all, sentence(v))
			}
			for _, inner := range v {
				walk(inner)
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	walk(whole)
	return all
}

// same has a waived, a repeated and a failing finding, of cases or of traffic.
func same(traffic bool) *contract.Report {
	template := &contract.Template{ID: "x.y", Text: "{at} is <{what}>, 100 % wrong: a|b"}
	finding := func(id, what string, severity contract.Severity) contract.Finding {
		at := contract.Place("response#/" + what)
		return contract.Finding{
			Rule: "code-agrees", Severity: severity, Side: contract.ProviderSide, At: at, Fingerprint: id, Doc: "https://docs.example.com/a",
			Message: template.Says(contract.ArgPlace("at", at), contract.ArgText("what", what)),
		}
	}
	waived := finding("aaaaaaaaaaaaaaaa", "old", contract.Error)
	waived.Waived = &contract.AppliedWaiver{Owner: "Asha", Reason: "agreed", Expires: "2027-01-01"}
	failing, warning := finding("bbbbbbbbbbbbbbbb", "wrong", contract.Error), finding("cccccccccccccccc", "odd", contract.Warning)
	r := &contract.Report{Schema: contract.ReportSchema, Assay: "1", FailOn: contract.Error, Specs: map[string]string{"p": "sha256:" + strings.Repeat("0a", 32)}}
	for _, name := range []string{"p/o/a", "p/o/b"} {
		r.Results = append(r.Results, contract.Result{
			Case: name, Origin: "cassette:" + name, Provider: "p", Operation: "o", Verdict: contract.Fail, Checked: []string{"code-agrees"},
			Findings: []contract.Finding{waived, failing, warning},
		})
	}
	if traffic {
		for i := range r.Results {
			r.Results[i].Case = "p/o"
		}
		r.Traffic = &contract.Traffic{Exchanges: 2, Failing: 2, Operations: map[string]*contract.OperationCount{"p/o": {Exchanges: 2, Failing: 2}}}
		for _, f := range []contract.Finding{failing, warning, waived} {
			r.Traffic.Groups = append(r.Traffic.Groups, contract.Group{Operation: "p/o", Finding: f, Count: 2, Places: []string{"har:a.har#1"}})
		}
	}
	return r
}

// TestSameFinding has every finding of a run, of traffic and of a comparison in every format,
// under its id and with the same sentence. What a waiver tolerates stands in all formats but
// those in which it would be an open problem.
func TestSameFinding(t *testing.T) {
	t.Parallel()
	sentences := map[string]string{"aaaaaaaaaaaaaaaa": "response#/old: is <old>, 100 % wrong: a|b", "bbbbbbbbbbbbbbbb": "response#/wrong: is <wrong>, 100 % wrong: a|b", "cccccccccccccccc": "response#/odd: is <odd>, 100 % wrong: a|b"}
	for _, traffic := range []bool{false, true} {
		for _, one := range report.Runs() {
			read := shownAs[one.Name]
			var b bytes.Buffer
			if err := one.Write(&b, same(traffic), report.How{Command: "assay run"}); err != nil {
				t.Fatal(err)
			}
			for id, sentence := range sentences {
				all := read(t, b.String(), id)
				if silent := id[0] == 'a' && (one.Name == "github" || one.Name == "gitlab"); silent != (len(all) == 0) {
					t.Errorf("traffic %t, %s: %s stands there %d times\n%s", traffic, one.Name, id, len(all), b.String())
				}
				for _, text := range all {
					if !strings.Contains(text, sentence) {
						t.Errorf("traffic %t, %s: %s has %q, want %q", traffic, one.Name, id, text, sentence)
					}
				}
			}
		}
		if text := string(report.Summary(same(traffic), report.How{}, 0)); !strings.Contains(text, "waived by Asha until 2027-01-01") || !strings.Contains(text, "`aaaaaaaaaaaaaaaa`") {
			t.Errorf("the step summary lacks the waived finding: %s", text)
		}
	}
}

// TestSameChange is TestSameFinding for a comparison.
func TestSameChange(t *testing.T) {
	t.Parallel()
	template := &contract.Template{ID: "x.y", Text: "is <{what}>, 100 % wrong: a|b"}
	d := &contract.Drift{Schema: contract.DriftSchema, FailOn: contract.Breaks, Compared: []string{"p/o"}}
	for i, impact := range []contract.Impact{contract.Breaks, contract.Degrades} {
		d.Changes = append(d.Changes, contract.Change{
			ID: strings.Repeat(string(rune('a'+i)), 12), Kind: contract.MemberRetyped, Impact: impact, Operation: "p/o", At: "response#/x", Message: template.Says(contract.ArgText("what", string(impact))),
			Was: contract.Count{N: 1, Of: 1}, Is: contract.Count{N: 1, Of: 1}, Command: "assay drift a b",
		})
	}
	for _, one := range report.Drifts() {
		var b bytes.Buffer
		if err := one.Write(&b, d, report.How{Command: "assay drift a b"}); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		if one.Name == "github" {
			text, _ = url.PathUnescape(text)
		}
		text = html.UnescapeString(text)
		for _, c := range d.Changes {
			sentence := "is <" + string(c.Impact) + ">, 100 % wrong: a|b"
			if !strings.Contains(text, c.ID) || !strings.Contains(text, sentence) {
				t.Errorf("%s lacks %s or %q\n%s", one.Name, c.ID, sentence, text)
			}
		}
	}
}

// TestSARIFLimits has 6,000 findings: the worst 5,000 stand there, and a notification counts the
// others. Every result has a place in a file, an id and a rule with its page; paths are relative
// with forward slashes; a waiver is a suppression.
func TestSARIFLimits(t *testing.T) {
	t.Parallel()
	r := same(false)
	r.Results = r.Results[:1]
	var all []contract.Finding // the mildest first
	for i := range 6000 - len(r.Results[0].Findings) {
		f := r.Results[0].Findings[2]
		f.Severity, f.Fingerprint = contract.Info, fmt.Sprintf("%016x", i)
		f.Locations = []contract.Location{{Kind: contract.SpecificationFile, File: `./my data/p.yaml`, Line: 7}}
		all = append(all, f)
	}
	r.Results[0].Findings = append(all, r.Results[0].Findings...)
	var b bytes.Buffer
	if err := report.SARIF(&b, r, report.How{}); err != nil {
		t.Fatal(err)
	}
	var log struct {
		Runs []struct {
			Tool struct {
				Driver struct {
					Rules []struct{ ID, HelpURI string }
				}
			}
			Invocations []struct {
				Notifications []struct{ Message struct{ Text string } } `json:"toolExecutionNotifications"`
			}
			Results []struct {
				RuleIndex    int
				Level        string
				Fingerprints map[string]string `json:"partialFingerprints"`
				Locations    []struct {
					Physical struct {
						Artifact struct{ URI string } `json:"artifactLocation"`
						Region   struct{ StartLine int }
					} `json:"physicalLocation"`
				}
				Suppressions []struct{ Kind, Status, Justification string }
			}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if len(run.Results) != 5000 || len(run.Invocations[0].Notifications) != 1 || !strings.HasPrefix(run.Invocations[0].Notifications[0].Message.Text, "1000 results left out") {
		t.Errorf("%d results, %v", len(run.Results), run.Invocations)
	}
	levels, waived := "", 0
	for _, one := range run.Results {
		if !strings.HasSuffix(levels, one.Level) {
			levels += " " + one.Level
		}
		for _, s := range one.Suppressions {
			if waived++; s.Status != "accepted" || s.Kind != "external" || !strings.Contains(s.Justification, "Asha") {
				t.Errorf("%+v", s)
			}
		}
		rule := run.Tool.Driver.Rules[one.RuleIndex]
		at := one.Locations[0].Physical
		if rule.ID != "code-agrees" || rule.HelpURI != "https://docs.example.com/a" || one.Fingerprints["assay/v1"] == "" || at.Region.StartLine < 1 || at.Artifact.URI != "my%20data/p.yaml" && at.Artifact.URI != "specs/p.yaml" {
			t.Fatalf("%+v %+v", rule, one)
		}
	}
	if levels != " error warning note" || waived != 1 {
		t.Errorf("the order is%s, %d waived", levels, waived)
	}
}

// TestRelativePaths has files below and outside of the working directory, as --data DIR names
// them.
func TestRelativePaths(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"/home/asha/shop/mine/specs/p.yaml": "mine/specs/p.yaml", "./mine/specs/p.yaml": "mine/specs/p.yaml",
		"/home/asha/shopping/p.yaml": "/home/asha/shopping/p.yaml", "": "specs/p.yaml",
	} {
		r := same(false)
		for i := range r.Results {
			for j := range r.Results[i].Findings {
				if file != "" {
					r.Results[i].Findings[j].Locations = []contract.Location{{Kind: contract.SpecificationFile, File: file, Line: 7}}
				}
			}
		}
		for format, in := range map[string]string{"github": "file=" + want + ",", "gitlab": `"path": "` + want + `"`, "sarif": `"uri": "` + want + `"`} {
			if format == "sarif" && want[0] == '/' {
				in = `"uri": "file://` + want + `"`
			}
			var b bytes.Buffer
			if err := report.Runs().Write(&b, format, r, report.How{Folder: "/home/asha/shop"}); err != nil || !strings.Contains(b.String(), in) {
				t.Errorf("%s of %q lacks %s: %v\n%s", format, file, in, err, b.String())
			}
		}
	}
}
