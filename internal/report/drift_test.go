package report_test

import (
	"encoding/xml"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/report"
)

// TestChangeOf makes the sentences of a change, and gives programs the template id of Why.
func TestChangeOf(t *testing.T) {
	t.Parallel()
	why := &contract.Template{ID: "impact.x", Text: "because {of}"}
	c := report.ChangeOf(contract.Change{Message: why.Says(contract.ArgText("of", "b")), Why: why.Says(contract.ArgText("of", "a"))})
	if c.Message != "because b" || c.Why != "because a" || c.Reason != "impact.x" || len(c.Args) != 1 {
		t.Errorf("%+v", c)
	}
}

// TestWords describes values of every kind.
func TestWords(t *testing.T) {
	t.Parallel()
	span := func(least, most string) *contract.Range { return &contract.Range{Min: least, Max: most} }
	covered := map[string]bool{}
	for want, v := range map[string]contract.Value{
		"":                          {},
		"absent":                    {Absent: true},
		"a header":                  {Present: true},
		"no JSON, HTTP 502, 503, …": {NoJSON: true, HTTP: []int{502, 503}, More: true},
		"integer or string, digits or word, 1 to 7 characters: 0, a, …": {Types: []string{"integer", "string"}, Formats: []string{"digits", "word"}, Length: span("1", "7"), Values: []string{"0", "a"}, More: true},
		"string, empty, 0 characters":                                   {Types: []string{"string"}, Formats: []string{"empty"}, Length: span("0", "0")},
		"string, 1 character":                                           {Types: []string{"string"}, Length: span("1", "1")},
		"array, 2 items":                                                {Types: []string{"array"}, Items: span("2", "2")},
		"array, 1 item":                                                 {Types: []string{"array"}, Items: span("1", "1")},
		"array, 1 to 2 items":                                           {Types: []string{"array"}, Items: span("1", "2")},
		"integer, -1 to 7":                                              {Types: []string{"integer"}, Number: span("-1", "7")},
		"A, B":                                                          {Values: []string{"A", "B"}},
		"no text, S":                                                    {Statuses: []string{"", "S"}},
		"a {…} of it":                                                   {Messages: []contract.MessagePattern{"a {…} of it"}},
		"200, 201":                                                      {HTTP: []int{200, 201}},
		"text/html":                                                     {Media: []string{"text/html"}},
		"1.5s":                                                          {Within: 1500 * time.Millisecond},
		`0x0, status "no text", message "a \"b\"", HTTP 200`: {Codes: []string{"0x0"}, Statuses: []string{""}, Messages: []contract.MessagePattern{`a "b"`}, HTTP: []int{200}},
		"required, maxLength 3":                              {Presence: "required", Keywords: []contract.Keyword{{Keyword: "maxLength", Limit: "3"}}, Notation: "required, maxLength 3"},
	} {
		if got := report.Words(v); got != want {
			t.Errorf("%+v: %q, want %q", v, got, want)
		}
		for _, f := range slices.Collect(reflect.TypeOf(v).Fields()) {
			covered[f.Name] = covered[f.Name] || !reflect.ValueOf(v).FieldByIndex(f.Index).IsZero()
		}
	}
	for f := range reflect.TypeFor[contract.Value]().Fields() {
		if !covered[f.Name] && !slices.Contains([]string{"Many", "Terms", "Rule", "Arguments"}, f.Name) {
			t.Errorf("no value of this test has %s", f.Name)
		}
	}
}

// TestDriftFormats writes one change in the formats for people and pipelines, and compares
// every byte.
func TestDriftFormats(t *testing.T) {
	t.Parallel()
	text := &contract.Template{ID: "x", Text: "is {now}"}
	why := &contract.Template{ID: "impact.x", Text: "it is read"}
	d := &contract.Drift{
		FailOn: contract.Breaks, Compared: []string{"p/a", "p/b"}, Missing: []string{"p/c"},
		Old: contract.DriftSide{Name: "old", Exchanges: 1}, New: contract.DriftSide{Name: "new", Exchanges: 20, Unreadable: 2},
		Changes: []contract.Change{{
			ID: "0123456789ab", Kind: contract.MemberRetyped, Impact: contract.Breaks, Operation: "p/a", Code: "0", At: "response#/a", Status: "new",
			Message: text.Says(contract.ArgText("now", "a <list>")), Why: why.Says(), Was: contract.Count{N: 0, Of: 4}, Is: contract.Count{N: 5, Of: 19},
			Now: contract.Value{Types: []string{"array"}}, First: "f", Last: "l", Doc: "d", Command: "c", Example: []byte(`{"a":[]}`),
		}},
	}
	for format, want := range map[string]string{
		"text": "breaks new p/a  member-retyped  code 0  response#/a  0123456789ab\n  is a <list> (was 0 of 4, is 5 of 19)\n  it is read\n  now: array\n  such as: {\"a\":[]}\n  first f, last l\n  d\n  c\n\n" +
			"not compared: p/c: there is no baseline (--accept without OLD stores one)\nnew (20 exchanges, 2 more could not be read) against old (1 exchange): 1 breaks; what to do: `assay help drift`\n",
		"markdown": "## Drift: 1 breaks\n\nnew (20 exchanges, 2 more could not be read) against old (1 exchange).\n\n- Not compared: p/c: there is no baseline (--accept without OLD stores one).\n\n" +
			"| impact | operation | code | what | where | was | is | why | first seen | last seen | id |\n|---|---|---|---|---|---|---|---|---|---|---|\n" +
			"| **breaks** new | p/a | 0 | member-retyped: is a &lt;list&gt; | `response#/a` | 0 of 4 | 5 of 19 | it is read | f | l | 0123456789ab |\n\n```\nc\n{\"a\":[]}\n```\n",
		"junit": xml.Header + `<testsuites name="assay drift" tests="3" failures="1" errors="0">
  <testsuite name="p/a" tests="1" failures="1" errors="0" skipped="0">
    <testcase classname="p/a" name="member-retyped 0 response#/a 0123456789ab">
      <failure message="breaks: is a &lt;list&gt;" type="member-retyped">breaks new: is a &lt;list&gt; (was 0 of 4, is 5 of 19); it is read&#xA;first f, last l&#xA;c&#xA;such as: {&#34;a&#34;:[]}</failure>
    </testcase>
  </testsuite>
  <testsuite name="p/b" tests="1" failures="0" errors="0" skipped="0">
    <testcase classname="p/b" name="has not drifted"></testcase>
  </testsuite>
  <testsuite name="p/c" tests="1" failures="0" errors="0" skipped="1">
    <testcase classname="p/c" name="is compared">
      <skipped>there is no baseline (--accept without OLD stores one)</skipped>
    </testcase>
  </testsuite>
</testsuites>
`,
	} {
		var b strings.Builder
		if err := report.Drifts().Write(&b, format, d, report.How{}); err != nil || b.String() != want {
			t.Errorf("%s: %v\n%s\nwant\n%s", format, err, b.String(), want)
		}
	}
}
