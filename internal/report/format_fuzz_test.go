package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"assay/internal/contract"
	"assay/internal/report"
	"assay/internal/testsize"
)

// unseen is what no output may have.
func unseen(r rune) bool {
	return r != '\n' && (unicode.Is(unicode.C, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r))
}

// foreignReport has a text wherever a run can have one from outside.
func foreignReport(v string, ofTraffic bool) *contract.Report {
	template := &contract.Template{ID: "x", Text: "{a} and {b|quoted} and {c|or} and {d}"}
	inner := (&contract.Template{ID: "y", Text: "{e}"}).Says(contract.ArgText("e", v))
	message := template.Says(contract.ArgPlace("a", contract.RequestBody(contract.PointerTo(v))), contract.ArgText("b", v), contract.ArgList("c", []string{v, v}), contract.ArgMessage("d", inner))
	location := contract.Location{Kind: contract.FixtureFile, File: v, Line: 1}
	all := []contract.Finding{
		{Rule: "r", Severity: contract.Error, Message: message, At: contract.RequestBody(contract.PointerTo(v, "1", v)), Locations: []contract.Location{location}, Doc: v},
		{Rule: "r", Severity: contract.Warning, Message: message, At: contract.ResponseHeader(v), Waived: &contract.AppliedWaiver{Owner: v, Reason: v, Expires: v, Source: v}},
		{Rule: "s", Severity: contract.Info, Message: message, At: contract.Query(v), Expected: true},
	}
	result := contract.Result{Case: v, Origin: v, Provider: "p", Operation: "o", Code: v, Verdict: contract.Fail, Checked: []string{"r", "s"}, Findings: all, Inconclusive: []contract.Gap{{Rule: "t", Why: message}}}
	without := contract.Result{Case: v, Origin: v, Provider: "p", Operation: "o", Verdict: contract.Errored, Why: v}
	r := &contract.Report{FailOn: contract.Error, Results: []contract.Result{result, without, without}, Coverage: map[string]contract.Coverage{"p/o": {Undocumented: map[string]contract.Evidence{v: contract.Sandbox}, Missing: []string{v}}}}
	if ofTraffic {
		r.Results[0].Origin = contract.WholeTraffic
		r.Traffic = &contract.Traffic{Exchanges: 1, Operations: map[string]*contract.OperationCount{"p/o": {Exchanges: 1, Codes: map[string]int64{v: 1}}}, Groups: []contract.Group{{Operation: "p/o", Finding: all[0], Count: 1, Places: []string{v, v}}}}
	}
	return r
}

// foreignDrift has a text wherever a comparison can have one from outside.
func foreignDrift(v string, counted bool) *contract.Drift {
	finding := foreignReport(v, false).Results[0].Findings[0]
	example, _ := contract.Encode(map[string]any{v: []any{v, map[string]any{v: v}}})
	of := contract.Value{Values: []string{v}, Media: []string{v}}
	c := contract.Change{
		ID: "d-1", Kind: contract.MemberAdded, Impact: contract.Breaks, Operation: "p/o", Code: v, At: finding.At, Message: finding.Message, Why: finding.Message, First: v, Last: v, Example: example, Doc: v, Command: v,
		Before: contract.Value{Codes: []string{v}, Statuses: []string{v}, Messages: []contract.MessagePattern{contract.MessagePattern(v)}}, Now: of, Got: contract.Value{Notation: v},
	}
	if counted {
		c.Is = contract.Count{N: 1, Of: 1}
	}
	other := c
	other.At = contract.ResponseHeader(v)
	return &contract.Drift{Old: contract.DriftSide{Name: v}, New: contract.DriftSide{Name: v, Exchanges: 1}, Compared: []string{"p/o"}, Missing: []string{v}, Skipped: []string{v, v}, Changes: []contract.Change{c, other}, Timeline: []contract.TimelineEntry{{ID: "d-1", Operation: "p/o", Kind: contract.MemberAdded, Impact: contract.Breaks, At: finding.At, Sentence: v, By: v}}}
}

// foreignTexts are texts that somebody may send to control a reader.
func foreignTexts() []string {
	return []string{
		"plain", "", ":", "#", "x\n\nconforms\n::error::x\n\x1b[2J", "::error::x", "##[error]x", "\u202e\u2066\u200b\ufeff\u2028\u2029\u00ad", "\xff\x00\ufffe", "a|b\\|c", "`|`", "|", "```", "a```\n````", "[x](http://h.test)", "<img src=x>", "]]>&amp;", strings.Repeat("a|\x1b", 100),
		"4111111111111111", "kanary.vogel@mail.test", "x\n9876501234", "BQZPV1234K/9876501234",
	}
}

// FuzzFormats writes a text at every place of a report in every format, and reads it back. The
// short form starts with a third of the texts.
func FuzzFormats(f *testing.F) {
	for _, text := range testsize.Some(foreignTexts(), 7) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, v string) {
		if len(v) > 4096 {
			return // longer texts are cut first
		}
		for _, flag := range []bool{false, true} {
			for _, one := range report.Runs() {
				var b bytes.Buffer
				if err := one.Write(&b, foreignReport(v, flag), report.How{Verbose: true, Command: "assay run " + v, Seed: v}); err != nil {
					t.Fatal(err)
				}
				check(t, one.Name, b.String(), 8)
			}
			for _, one := range report.Drifts() {
				var b bytes.Buffer
				if err := one.Write(&b, foreignDrift(v, flag), report.How{Command: "assay drift " + v, Seed: v}); err != nil {
					t.Fatal(err)
				}
				check(t, one.Name, b.String(), 12)
			}
		}
	})
}

func people() []string {
	return []string{"4111111111111111", "kanary.vogel@mail.test", "x 9876501234", "x\n9876501234", "BQZPV1234K/9876501234"}
}

// person finds the data of people.
var person = regexp.MustCompile(`4111111111111111|kanary\.vogel|9876501234|BQZPV1234K`)

// workflowCommand is a command whose properties and message are escaped.
var workflowCommand = regexp.MustCompile(`^::(error|warning|notice) (([a-z]+=([^%:,\r\n]|%(25|0D|0A|3A|2C))*)(,|::))+([^%\r\n]|%(25|0D|0A))*\n$`)

var escapedPair = regexp.MustCompile(`\\.`)

// check reads an output back. columns is how many | a row of a table has.
func check(t *testing.T, format, text string, columns int) {
	t.Helper()
	if i := strings.IndexFunc(text, unseen); i >= 0 || !utf8.ValidString(text) || strings.Contains(text, "##[") {
		t.Fatalf("%s: %q", format, text)
	}
	fence, blocks := "", 0 // of the block of code around the line
	for line := range strings.Lines(text) {
		if format != "github" && strings.HasPrefix(strings.TrimSpace(line), "::") {
			t.Fatalf("%s: the command %q", format, line)
		}
		if format != "markdown" {
			continue
		}
		ticks := line[:len(line)-len(strings.TrimLeft(line, "`"))]
		switch whole := len(ticks) >= 3 && ticks+"\n" == line; {
		case whole && fence == "":
			fence, blocks = ticks, blocks+1
		case whole && len(ticks) >= len(fence):
			fence = ""
		case fence == "" && strings.HasPrefix(line, "|") && strings.Count(escapedPair.ReplaceAllString(line, ""), "|") != columns:
			t.Fatalf("markdown: %q", line)
		}
	}
	if format == "markdown" && (fence != "" || blocks != 2 && columns == 12) { // a block for each change
		t.Fatalf("markdown: %d blocks of code: %s", blocks, text)
	}
	switch format {
	case "html":
		checkPage(t, text)
	case "json", "sarif", "gitlab", "ctrf":
		if !json.Valid([]byte(text)) {
			t.Fatalf("%s: %s", format, text)
		}
	case "ndjson":
		for line := range strings.Lines(text) {
			if !json.Valid([]byte(line)) || !strings.HasPrefix(line, `{"event":`) {
				t.Fatalf("ndjson: %q", line)
			}
		}
		if !strings.Contains(text, `{"event":"summary"`) {
			t.Fatalf("ndjson: no summary: %s", text)
		}
	case "github":
		for line := range strings.Lines(text) {
			if !workflowCommand.MatchString(line) {
				t.Fatalf("github: %q", line)
			}
		}
	case "junit":
		d := xml.NewDecoder(strings.NewReader(text))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("junit: %v: %s", err, text)
			}
		}
	}
}

// TestFormats_people has a person at every place. No format shows one.
func TestFormats_people(t *testing.T) {
	t.Parallel()
	for _, v := range people() {
		for _, flag := range []bool{false, true} {
			for _, one := range report.Runs() {
				var b bytes.Buffer
				if err := one.Write(&b, foreignReport(v, flag), report.How{Verbose: true, Command: "assay run " + v, Seed: v}); err != nil || person.MatchString(b.String()+unpacked(t, b.String())) {
					t.Errorf("%s: %v: %s", one.Name, err, b.String())
				}
			}
			for _, one := range report.Drifts() {
				var b bytes.Buffer
				if err := one.Write(&b, foreignDrift(v, flag), report.How{Command: "assay drift " + v, Seed: v}); err != nil || person.MatchString(b.String()+unpacked(t, b.String())) {
					t.Errorf("%s: %v: %s", one.Name, err, b.String())
				}
			}
		}
	}
}
