package view_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"assay/internal/contract"
	"assay/internal/jsonschema"
	"assay/internal/view"
)

// short is a schema of strings of at most two characters.
func short() *jsonschema.Schema {
	s := jsonschema.Anything()
	s.Types, s.MaxLength = []string{"string"}, 2
	return s
}

// TestStrictInterpretations checks strict interpretations at every kind of place, all
// at once and one by one.
func TestStrictInterpretations(t *testing.T) {
	t.Parallel()
	strict := []*view.StrictInterpretation{
		{At: []contract.Place{"request#/a", "response#/a"}, Schema: short()},
		{At: []contract.Place{"request#/list/*"}, Schema: short()},
		{At: []contract.Place{"request#/list/1"}, Schema: short()},
		{At: []contract.Place{"request.query.q", "request.header.x-key", "response.header.x-key"}, Schema: short()},
		{At: []contract.Place{"request#/a"}, Expression: &view.Expression{Source: `self == "ab"`}},
		{At: []contract.Place{"request#/list/*"}, Expression: &view.Expression{Source: `self != "abc"`}},
		{At: []contract.Place{"response#/none"}, Expression: &view.Expression{Source: `has(response.body.none)`}},
		{At: []contract.Place{"response#/none"}, Schema: short()},
	}
	plan, err := view.Compile(view.Operation{Strict: strict})
	if err != nil {
		t.Fatal(err)
	}
	x := plan.View()
	look := func(value string) {
		body := []byte(fmt.Sprintf(`{"a":%q,"list":["x",%q]}`, value, value))
		header := http.Header{"X-Key": {value}}
		x.Load(contract.Exchange{
			Request: contract.Request{URL: &url.URL{RawQuery: "q=" + value}, Header: header, Body: body}, Response: contract.Response{Header: header, Body: body},
		}, nil, nil)
	}
	for value, want := range map[string][]string{
		"ab": {"6 response#/none"},
		"abc": {
			"0 request#/a", "0 response#/a", "1 request#/list/1", "2 request#/list/1", "3 request.query.q", "3 request.header.x-key", "3 response.header.x-key",
			"4 request#/a", "5 request#/list/1", "6 response#/none",
		},
	} {
		look(value)
		var all, each []string
		x.EachDeparture(func(index int, v jsonschema.Violation) { all = append(all, fmt.Sprintf("%d %s", index, v.At)) })
		for i := range strict {
			for _, v := range x.Departures(i) {
				each = append(each, fmt.Sprintf("%d %s", i, v.At))
			}
		}
		if !slices.Equal(all, want) || !slices.Equal(each, want) {
			t.Errorf("%s: all %q, one by one %q, want %q", value, all, each, want)
		}
	}
}

// TestBodies: nothing violates a body without a schema. A body that is not JSON has one
// violation.
func TestBodies(t *testing.T) {
	t.Parallel()
	documented := view.NewBody("response#", true, short(), nil)
	for raw, want := range map[string]string{`"ab"`: "", `"abc"`: "maxLength", "7": "type", "": "required", "{": "syntax"} {
		plan, err := view.Compile(view.Operation{Responses: map[int]*view.Body{200: documented}})
		if err != nil {
			t.Fatal(err)
		}
		keyword := func(all []jsonschema.Violation) string {
			if len(all) == 0 {
				return ""
			}
			return all[0].Keyword
		}
		x := plan.View()
		x.Load(contract.Exchange{Response: contract.Response{Status: 200, Body: []byte(raw)}}, nil, nil)
		seen, _ := x.ResponseViolations()
		if got := documented.Violations([]byte(raw)); keyword(got) != want || keyword(seen) != want || documented.Conforms([]byte(raw)) != (want == "") {
			t.Errorf("%q: %v by itself and %v in an exchange, want %s", raw, got, seen, want)
		}
		x.Load(contract.Exchange{Response: contract.Response{Status: 500, Body: []byte(raw)}}, nil, nil)
		if seen, more := x.ResponseViolations(); len(seen)+len(more) > 0 || len((*view.Body)(nil).Violations([]byte(raw))) > 0 || !(*view.Body)(nil).Conforms([]byte(raw)) {
			t.Errorf("%q: nothing is documented, but there are violations: %v", raw, seen)
		}
	}
}

// TestFaultyExpression: an expression that does not compile is an error, and never
// applies.
func TestFaultyExpression(t *testing.T) {
	t.Parallel()
	for _, source := range []string{"request.body.a ==", "unknown", `"text"`, "size(request) + 1"} {
		e := &view.Expression{Source: source, Line: 7}
		plan, err := view.Compile(view.Operation{Expressions: []*view.Expression{e}})
		if err == nil || e.Compile() == nil {
			t.Errorf("%s compiles", source)
		}
		x := plan.View()
		x.Load(contract.Exchange{Request: contract.Request{Body: []byte(`{"a":1}`)}}, nil, nil)
		if holds, applies := x.Holds(e); holds || applies || x.True(e, nil) || len(e.Chains())+len(e.Texts())+len(e.Places()) > 0 || e.Names("request") {
			t.Errorf("%s: holds: %t, applies: %t, names %v", source, holds, applies, e.Chains())
		}
	}
}
