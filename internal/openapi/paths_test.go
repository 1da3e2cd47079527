package openapi_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/report"
)

// parcels is a document with paths that have parameters.
const parcels = `openapi: 3.0.3
info: {title: Parcels, version: "1"}
servers: [{url: "https://api.parcel.example.com/base", description: only}]
x-credentials:
  key: {env: ASSAY_PARCEL_KEY, test: key_test, about: the key}
paths:
  /orders/{id}:
    get:
      operationId: getOrder
      summary: s
      description: d
      externalDocs: {url: "https://docs.parcel.example.com"}
      security: []
      x-rules:
        - {id: no-zero, on: request, rule: 'request.path.id != "0" && has(request.path.id)', message: there is no order 0, x-doc: Path}
      x-result: {at: {code: [/code]}, codes: {$ref: "#/components/x-codes/ok"}}
      parameters:
        - {name: id, in: path, required: true, x-means: reference, x-doc: Path / id, schema: {type: string, maxLength: 5}}
      responses: {"200": {description: r, content: {application/json: {schema: {type: object}, examples: {"200": {value: {}}}}}}}
  /shelves/{number}/{open}:
    get:
      operationId: getShelf
      summary: s
      description: d
      externalDocs: {url: "https://docs.parcel.example.com"}
      security: []
      x-result: {at: {code: [/code]}, codes: {$ref: "#/components/x-codes/ok"}}
      parameters:
        - {name: number, in: path, required: true, x-doc: Path / number, schema: {type: integer, minimum: 1}}
        - {name: open, in: path, required: true, x-doc: Path / open, x-secret: true, schema: {type: boolean}}
      responses: {"200": {description: r, content: {application/json: {schema: {type: object}, examples: {"200": {value: {}}}}}}}
components:
  x-codes:
    ok: [{code: "200", outcome: succeeded, retry: never, x-doc: OK}]
`

// TestPathFaults: a path that does not fit its parameters is refused with file and line.
func TestPathFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, replacement, line, want string }{
		"two names for one path":   {"  /shelves/{number}/{open}:", "  /orders/{number}:", "/orders/{number}:", "/orders/{number} and /orders/{id} in line 7 match the same paths"},
		"no parameter":             {"{id}", "{id}/x/{other}", "/orders/{id}/x/{other}", "lists no parameter other with in: path"},
		"no place":                 {"{id}", "7", "{name: id", "the path /orders/7 has no {id}"},
		"not required":             {"in: path, required: true, x-means", "in: path, x-means", "{name: id", "id is in the path, so it needs required: true"},
		"twice":                    {"{open}", "{number}", "/shelves/", "the path has the parameter {number} twice"},
		"two in a segment":         {"{number}/{open}", "{number}-{open}", "/shelves/", "two parameters share a segment"},
		"a brace":                  {"/orders/{id}", "/orders/{id", "/orders/{id", "a brace in the path has no counterpart"},
		"a pattern instead":        {"/orders/{id}", "'/orders/{id:[0-9]+}'", "/orders/{id:", "may have A-Z, a-z, 0-9, - and _ only"},
		"a parameter of the query": {"name: id, in: path", "name: id, in: query", "/orders/{id}", "lists no parameter id with in: path"},
	} {
		document := with(t, parcels, c.old, c.replacement)
		_, err := load(document)
		if want := "specs/paytm.yaml:" + lineOf(document, c.line) + ": "; err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %s%s", name, err, want, c.want)
		} else if strings.Count(err.Error(), "\n") > 1 {
			t.Errorf("%s: more than the fault is reported: %v", name, err)
		}
	}
}

// TestPathNames: an expression that names a parameter which the path has not is a fault.
func TestPathNames(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]string{
		`request.path.id != "0"`:     "",
		`request.path.order != "0"`:  "names request.path.order, which is not documented",
		`response.path.id != "0"`:    "names response.path.id, which is not documented",
		`request.query.id != "0"`:    "names request.query.id, which is not documented",
		`request.path["id"] != "0"`:  "",
		`request.path["id2"] != "0"`: "names request.path.id2, which is not documented",
	} {
		s, err := load(with(t, parcels, `'request.path.id != "0" && has(request.path.id)'`, "'"+rule+"'"))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, f := range s.Faults() {
			if text := report.Sentence(f.Message); strings.HasPrefix(text, "rule ") {
				got += text
			}
		}
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", rule, got, want)
		}
	}
}

// TestPathParameters checks values in paths by their schemas, and what expressions see.
func TestPathParameters(t *testing.T) {
	t.Parallel()
	s, err := load(parcels)
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{
		"/orders/7":               "getOrder",
		"/base/orders/7":          "getOrder",
		"/orders/%37":             "getOrder",
		"/orders/a%2Fb":           "getOrder",
		"/orders/123456":          "getOrder request.path.id:maxLength",
		"/orders/a%2Fb%2Fcd":      "getOrder request.path.id:maxLength",
		"/orders/0":               "getOrder request#:rule",
		"/orders/%30":             "getOrder request#:rule",
		"/shelves/1/true":         "getShelf",
		"/shelves/0/true":         "getShelf request.path.number:minimum",
		"/shelves/one/true":       "getShelf request.path.number:type",
		"/shelves/1.5/perhaps":    "getShelf request.path.number:type request.path.open:type",
		"/shelves/1/true/":        "",
		"/shelves//true":          "",
		"/base/base/shelves/1/no": "",
	} {
		u, err := url.Parse("https://api.parcel.example.com" + at)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if o := s.Match(http.MethodGet, u); o != nil {
			got = o.ID
			x := openapi.NewView(o, contract.Exchange{Request: contract.Request{Method: http.MethodGet, URL: u, Header: http.Header{}}}, nil, nil)
			for _, f := range x.RequestFaults(true) {
				got += " " + string(f.At) + ":" + f.Keyword
			}
			if want, _ := url.PathUnescape(strings.TrimPrefix(strings.TrimPrefix(u.EscapedPath(), "/base"), "/orders/")); o.ID == "getOrder" && x.Reference() != want {
				t.Errorf("%s: the reference is %q", at, x.Reference())
			}
			x.Done()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", at, got, want)
		}
	}
	o := s.Operation("getShelf")
	if !o.Redacts("request.path.open") || o.Redacts("request.path.number") || strconv.Itoa(o.LineOf("request.path.open", 0)) != lineOf(parcels, "{name: open") {
		t.Errorf("the secret parameter is shown, or in line %d", o.LineOf("request.path.open", 0))
	}
	if places := o.Places(); !slices.ContainsFunc(places, func(m openapi.MemberAt) bool { return m.At == "request.path.number" }) {
		t.Error("the parameter has no place")
	}
}
