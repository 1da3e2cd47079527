package report_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/report"
)

// TestChangeOf gives a change its sentences, and programs the id of why.
func TestChangeOf(t *testing.T) {
	t.Parallel()
	why := &contract.Template{ID: "impact.x", Text: "because {of}"}
	c := report.ChangeOf(contract.Change{Message: why.Says(contract.ArgText("of", "b")), Why: why.Says(contract.ArgText("of", "a"))})
	if c.Message != "because b" || c.Why != "because a" || c.Reason != "impact.x" || len(c.Args) != 1 {
		t.Errorf("%+v", c)
	}
}

// TestWords says what a value is, of every kind that there is.
func TestWords(t *testing.T) {
	t.Parallel()
	span := func(least, most string) *contract.Range { return &contract.Range{Min: least, Max: most} }
	said := map[string]bool{}
	for want, v := range map[string]contract.Value{
		"":                          {},
		"absent":                    {Absent: true},
		"a header":                  {Present: true},
		"no JSON, HTTP 502, 503, …": {NoJSON: true, HTTP: []int{502, 503}, More: true},
		"integer or string, digits or word, 1 to 7 characters: 0, a, …": {Types: []string{"integer", "string"}, Formats: []string{"digits", "word"}, Length: span("1", "7"), Values: []string{"0", "a"}, More: true},
		"string, empty, 0 characters":                                   {Types: []string{"string"}, Formats: []string{"empty"}, Length: span("0", "0")},
		"array, 2 to 2 items":                                           {Types: []string{"array"}, Items: span("2", "2")},
		"integer, -1 to 7":                                              {Types: []string{"integer"}, Number: span("-1", "7")},
		"A, B":                                                          {Values: []string{"A", "B"}},
		"no text, S":                                                    {Statuses: []string{"", "S"}},
		"a {…} of it":                                                   {Messages: []contract.Form{"a {…} of it"}},
		"200, 201":                                                      {HTTP: []int{200, 201}},
		"text/html":                                                     {Media: []string{"text/html"}},
		"1.5s":                                                          {Within: 1500 * time.Millisecond},
		`0x0, status "no text", message "a \"b\"", HTTP 200`: {Codes: []string{"0x0"}, Statuses: []string{""}, Messages: []contract.Form{`a "b"`}, HTTP: []int{200}},
		"required, maxLength 3":                              {Presence: "required", Keywords: []contract.Keyword{{Keyword: "maxLength", Limit: "3"}}, Notation: "required, maxLength 3"},
	} {
		if got := report.Words(v); got != want {
			t.Errorf("%+v: %q, want %q", v, got, want)
		}
		for _, f := range slices.Collect(reflect.TypeOf(v).Fields()) {
			said[f.Name] = said[f.Name] || !reflect.ValueOf(v).FieldByIndex(f.Index).IsZero()
		}
	}
	for f := range reflect.TypeFor[contract.Value]().Fields() {
		if !said[f.Name] && !slices.Contains([]string{"Many", "Terms", "Rule", "Arguments"}, f.Name) {
			t.Errorf("no value here has %s", f.Name)
		}
	}
}
