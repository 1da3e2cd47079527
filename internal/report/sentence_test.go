package report_test

import (
	"encoding/json"
	"testing"

	"assay/internal/contract"
	"assay/internal/report"
)

func TestSentence(t *testing.T) {
	t.Parallel()
	inner := &contract.Template{ID: "x.inner", Text: "is {got|a}, not {expected|a}"}
	args := []contract.Arg{
		contract.ArgText("code", "324"), contract.ArgPlace("place", "response#/a"), contract.ArgInt("status", 502), contract.ArgNumber("limit", 1e21),
		contract.ArgList("types", []string{"object", "null"}), contract.ArgText("nothing", "null"), contract.ArgJSON("values", json.RawMessage(`["a",1]`)),
		contract.ArgMessage("reason", inner.Says(contract.ArgText("got", "integer"), contract.ArgList("expected", []string{"string", "boolean"}))),
		contract.ArgText("braces", "{code}"), contract.ArgInts("statuses", []int{200, 400}), contract.ArgInt("less", -1), contract.ArgInt("single", 1), contract.ArgText("kind", "provider-reference"),
	}
	for text, want := range map[string]string{
		"code {code} at {place}":         "code 324 at response#/a",
		"HTTP {status}, {limit}":         "HTTP 502, 1e+21",
		"{types}; {types|or}":            "object, null; object or null",
		"{types|and}; {types|space}":     "object and null; object null",
		"says no {types|no}; {less}":     "says no object, no null; -1",
		"{statuses|or} is":               "200 or 400 is",
		"{types|a}, {nothing|a}":         "an object or null, null",
		"one of {values}":                `one of ["a",1]`,
		"{place} {reason}":               "response#/a is an integer, not a string or boolean",
		"{code|quoted}":                  `"324"`,
		"{braces}":                       "{code}",
		"the {kind|words}":               "the provider reference",
		"{single|items}, {less|members}": "1 item, -1 members",
		"{unknown} and {, and {code":     "{unknown} and {, and {code",
		"":                               "",
		"what {no argument} of {status}": "what {no argument} of 502",
	} {
		template := &contract.Template{ID: "x.y", Text: text}
		if got := report.Sentence(template.Says(args...)); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	reason := &contract.Template{ID: "x.z", Text: "code {code} not checked", WayOut: "record HTTP {status}"}
	if got := report.Sentence(reason.Says(args...)); got != "code 324 not checked (record HTTP 502)" {
		t.Errorf("with a way out: %q", got)
	}
	raw, err := json.Marshal(contract.Args(args))
	const want = `{"code":"324","place":"response#/a","status":502,"limit":1e+21,"types":["object","null"],"nothing":"null","values":["a",1],"reason":{"template":"x.inner","args":{"got":"integer","expected":["string","boolean"]}},"braces":"{code}","statuses":[200,400],"less":-1,"single":1,"kind":"provider-reference"}`
	if err != nil || string(raw) != want {
		t.Errorf("%s, %v", raw, err)
	}
}

// Ten digits of ours are a limit or the end of a range, not a telephone number.
func TestNumbersOfOurs(t *testing.T) {
	t.Parallel()
	span := &contract.Template{ID: "x.span", Text: "is {least} to {most}"}
	once := &contract.Template{ID: "x.once", Text: "{what}, at least once"}
	for want, m := range map[string]contract.Message{
		"is 1000000000 to 9999999999":                span.Says(contract.ArgDecimal("least", "1000000000"), contract.ArgDecimal("most", "9999999999")),
		"is -9876543210 to 9876543210.5":             span.Says(contract.ArgDecimal("least", "-9876543210"), contract.ArgDecimal("most", "9876543210.5")),
		"is 4111111111111111 to 9999999999999":       span.Says(contract.ArgInt("least", 4111111111111111), contract.ArgDecimal("most", "9999999999999")),
		"is 1 to 0000000001":                         span.Says(contract.ArgInt("least", 1), contract.ArgText("most", "9876543210")),
		"is 1 to 9876543210, at least once":          once.Says(contract.ArgMessage("what", span.Says(contract.ArgInt("least", 1), contract.ArgDecimal("most", "9876543210")))),
		"is 6543210987 to 9999999999, at least once": once.Says(contract.ArgMessage("what", span.Says(contract.ArgDecimal("least", "6543210987"), contract.ArgDecimal("most", "9999999999")))),
	} {
		if got := report.Sentence(m); got != want {
			t.Errorf("got %q, expected %q", got, want)
		}
		raw, err := json.Marshal(m.Args)
		if err != nil {
			t.Fatal(err)
		}
		read := contract.Message{Template: &contract.Template{ID: "x", Text: want, Finished: true}}
		if err := json.Unmarshal(raw, &read.Args); err != nil {
			t.Fatal(err)
		}
		if got := report.Sentence(read); got != want {
			t.Errorf("read from a report: got %q, expected %q", got, want)
		}
	}
	// a sentence that was stored has no arguments
	if got := report.Errors("is 1000000000 to 9999999999, and the mobile is 9876543210"); got != "is 1000000000 to 9999999999, and the mobile is 0000000001" {
		t.Errorf("got %q", got)
	}
	limited := contract.Value{Notation: "minimum 9876543210", Keywords: []contract.Keyword{{Keyword: "minimum", Limit: "9876543210"}}}
	if got := report.Words(limited); got != "minimum 9876543210" {
		t.Errorf("got %q", got)
	}
}
