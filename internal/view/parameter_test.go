package view

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// TestNumbersInTexts: a parameter is a number if its whole text is one.
func TestNumbersInTexts(t *testing.T) {
	t.Parallel()
	whole := jsonschema.Anything()
	whole.Types, whole.Minimum = []string{"integer"}, "2"
	p := (&Parameter{Place: "request.query.n", In: "query", Name: "n", Schema: whole}).compile()
	for text, keyword := range map[string]string{
		"12": "", "2": "", "-3": "minimum", "1": "minimum", "1.5": "type", "1e1": "", "2e": "type",
		"12 ": "type", "12\n": "type", " 12": "type", "": "type", "twelve": "type", "1 2": "type", "+12": "type", "０": "type",
	} {
		got := ""
		if all := p.violations(text, &jsonschema.ScanState{}); len(all) > 0 {
			got = all[0].Keyword
		}
		if got != keyword {
			t.Errorf("%q: %q, want %q", text, got, keyword)
		}
	}
}

// TestRepeatedParameters: a parameter stands once, unless its schema allows an array or its
// header is a list.
func TestRepeatedParameters(t *testing.T) {
	t.Parallel()
	typed := func(types ...string) *jsonschema.Schema {
		s := jsonschema.Anything()
		s.Types = types
		return s
	}
	either := jsonschema.Anything()
	either.AnyOf = []*jsonschema.Schema{typed("array"), typed("string")}
	json := typed("string")
	json.Enum = []any{"application/json"}
	plan, err := Compile(Operation{Parameters: []*Parameter{
		{Place: "request.query.q", In: "query", Name: "q", Schema: typed("string")},
		{Place: "request.query.any", In: "query", Name: "any", Schema: jsonschema.Anything()},
		{Place: "request.query.list", In: "query", Name: "list", Schema: either},
		{Place: "request.header.x-key", In: "header", Name: "x-key", Schema: typed("string")},
		{Place: "request.header.accept", In: "header", Name: "accept", Schema: json},
	}})
	if err != nil {
		t.Fatal(err)
	}
	x := plan.View()
	for _, c := range []struct {
		query  string
		header http.Header
		want   string
	}{
		{"q=1&any=1&list=1", http.Header{"X-Key": {"a"}, "Accept": {"application/json"}}, ""},
		{"q=1&q=2", nil, "request.query.q repeated"},
		{"q=1&q=1", nil, "request.query.q repeated"},
		{"q=&q=", nil, "request.query.q repeated"},
		{"q=1&Q=2&x=1&x=2", nil, ""},
		{"any=1&any=2", nil, "request.query.any repeated"},
		{"list=1&list=2", nil, ""},
		{"", http.Header{"X-Key": {"a", "a"}}, "request.header.x-key repeated"},
		{"", http.Header{"Accept": {"application/json", "text/html"}}, "request.header.accept enum"},
	} {
		x.Load(contract.Exchange{Request: contract.Request{URL: &url.URL{RawQuery: c.query}, Header: c.header}}, nil, nil)
		var got []string
		for _, v := range x.ParameterViolations() {
			got = append(got, string(v.At)+" "+v.Keyword)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s %v: %q, want %q", c.query, c.header, got, c.want)
		}
	}
}
