package judge_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/judge"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/testsize"
)

// templated returns a judge of one provider with these operations, METHOD PATH, below the
// base path /base. The ids of its operations are o0, o1 and so on. Parameters have digits.
func templated(t testing.TB, operations ...string) *judge.Judge {
	t.Helper()
	var b strings.Builder
	b.WriteString(`openapi: 3.0.3
info: {title: Parcel, version: "1"}
servers: [{url: "https://api.parcel.example.com/base", description: only}]
x-credentials:
  key: {env: ASSAY_PARCEL_KEY, test: key_test, about: the key}
components:
  x-codes:
    ok: [{code: "200", outcome: succeeded, retry: never, x-doc: OK}]
paths:
`)
	last := ""
	for i, o := range operations {
		method, path, _ := strings.Cut(o, " ")
		if path != last {
			fmt.Fprintf(&b, "  %q:\n", path)
		}
		last = path
		fmt.Fprintf(&b, "    %s:\n      {operationId: o%d, summary: s, description: d, externalDocs: {url: \"https://docs.parcel.example.com\"}, security: [], x-result: {at: {code: [/code]}, codes: {$ref: \"#/components/x-codes/ok\"}},\n      parameters: [", strings.ToLower(method), i)
		for _, part := range strings.Split(path, "{")[1:] {
			name, _, _ := strings.Cut(part, "}")
			fmt.Fprintf(&b, "{name: %s, in: path, required: true, x-doc: Path, schema: {type: string, pattern: \"^[0-9]+$\"}}, ", name)
		}
		b.WriteString("],\n      responses: {\"200\": {description: r, content: {application/json: {schema: {type: object}, examples: {\"200\": {value: {}}}}}}}}\n")
	}
	k, err := catalog.Load(catalog.Data{Specs: fstest.MapFS{"parcel.yaml": {Data: []byte(b.String())}}, Fixtures: fstest.MapFS{}, Cassettes: fstest.MapFS{}}, catalog.Options{Traffic: true})
	if err != nil {
		t.Fatal(err)
	}
	j, err := judge.New(k, judge.Options{Recorded: true})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// TestTemplates judges requests by operations whose paths have parameters: found, nearly
// found, and unknown.
func TestTemplates(t *testing.T) {
	t.Parallel()
	j := templated(t, "POST /v1/orders", "GET /v1/orders/{id}", "GET /v1/orders/latest", "POST /v1/orders/{id}/refunds/{refund}", "GET /{any}", "DELETE /refunds/{refund}")
	for request, want := range map[string]string{
		"POST /base/v1/orders":                 "o0",
		"GET /base/v1/orders/7":                "o1",
		"GET /v1/orders/7":                     "o1",
		"GET /base/v1/orders/latest":           "o2",
		"POST /base/v1/orders/7/refunds/8":     "o3",
		"GET /base/7":                          "o4",
		"GET /7":                               "", // without its base path, it would match anything
		"GET /base/v1/orders/x":                "o1 request.path.id",
		"GET /base/v1/orders/a%2Fb":            "o1 request.path.id",
		"POST /base/v1/orders/7/refunds/x":     "o3 request.path.refund",
		"POST /base/v1/orders/x/refunds/x":     "o3 request.path.id request.path.refund",
		"GET /base/v1/orders/7/":               "o1 slash",
		"GET /base//v1/orders/7":               "o1 slash",
		"GET /BASE/v1/Orders/7":                "o1 case",
		"GET /base/v1/Orders/Latest":           "o2 case",
		"GET /base/v1/Orders/7/":               "o1 slash case",
		"GET /api/v1/orders/7":                 "o1 base",
		"GET /api/base/v1/orders/7":            "o1 base",
		"GET /api/v1/Orders/7":                 "o1 base case",
		"PUT /base/v1/orders/7":                "o1 method",
		"get /base/v1/orders/7":                "o1 case",
		"PUT /base/v1/orders/latest":           "o2 method",
		"PUT /base/v1/orders/7/refunds/8/":     "o3 method slash",
		"DELETE /base/refunds/8":               "o5",
		"DELETE /base/payments/pay/refunds/8":  "", // another operation with the same end
		"GET /base/v1/orders/7/payments":       "",
		"POST /base/v1/orders/a%2Frefunds/8/9": "",
	} {
		method, at, _ := strings.Cut(request, " ")
		r, ok := j.Judge(addressed(t, method, "https://api.parcel.example.com"+at))
		got := []string{}
		if ok {
			got = append(got, r.Operation)
		}
		for _, f := range r.Findings {
			switch f.Rule {
			case "operation-documented":
				got = append(got, f.Detail)
			case "request-documented":
				got = append(got, string(f.At))
			}
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%s: %q, want %q", request, text, want)
		}
	}
}

// TestTemplatesUnknown: of a path that matches nothing, what stands at the place of a
// parameter is not shown, even if it is a word.
func TestTemplatesUnknown(t *testing.T) {
	t.Parallel()
	j := templated(t, "GET /v1/tokens/{token}", "GET /v1/tokens/latest", "GET /v1/files/{name}.json")
	for at, want := range map[string]string{
		"/base/v1/tokens/canary/more":         "/base/v1/tokens/{…}/more",
		"/v1/tokens/canary/more":              "/v1/tokens/{…}/more",
		"/gateway/live/v1/tokens/canary/more": "/gateway/live/v1/tokens/{…}/more",
		"/base/V1/Tokens/canary/more":         "/base/V1/Tokens/{…}/more",
		"/base/v1/tokens/latest/more":         "/base/v1/tokens/latest/more",
		"/base/v1/files/canary":               "/base/v1/files/{…}",
		"/base/v1/more/words":                 "/base/v1/more/words",
	} {
		r, ok := j.Unknown(addressed(t, "GET", "https://api.parcel.example.com"+at).Request, "")
		if !ok || len(r.Findings) == 0 || !strings.HasPrefix(report.Sentence(r.Findings[0].Message), "GET api.parcel.example.com"+want+" is not") {
			t.Errorf("%s: %v, want %s", at, r.Findings, want)
		}
	}
}

// TestTemplateValues: every path that is built from a template is found again, by its
// operation and with the same values, below the base path and without it.
func TestTemplateValues(t *testing.T) {
	t.Parallel()
	j := templated(t, "GET /v1/orders/{id}", "GET /v1/orders/{id}/refunds/{refund}", "GET /v1/files/{name}.json")
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 2).Draw(t, "operation")
		o := []string{"/v1/orders/{id}", "/v1/orders/{id}/refunds/{refund}", "/v1/files/{name}.json"}[n]
		values := map[string]string{}
		for _, name := range []string{"id", "refund", "name"} {
			values[name] = rapid.StringN(1, 12, -1).Draw(t, name)
		}
		made := openapi.Operation{Path: o}
		path, err := made.Template().Path(values)
		if err != nil {
			t.Fatal(err)
		}
		for _, base := range []string{"/base", ""} {
			u, err := url.Parse("https://api.parcel.example.com" + base + path)
			if err != nil {
				t.Fatal(err)
			}
			found := j.Operation(contract.Request{Method: "GET", URL: u})
			if found == nil || found.ID != fmt.Sprintf("o%d", n) {
				t.Fatalf("%s is found as %v", u, found)
			}
			got, _ := found.Template().Values(nil, u)
			for i, name := range found.Template().Names() {
				if got[i] != values[name] {
					t.Fatalf("%s: %q, want %q", u, got, values)
				}
			}
		}
	})
}

// thousand returns a judge of 1,000 operations, half of them with parameters, and requests
// that match each.
func thousand(t testing.TB) (*judge.Judge, []contract.Request) {
	var operations []string
	var requests []contract.Request
	for i := range 1000 {
		path := fmt.Sprintf("/v1/resource%d/list", i)
		if i%2 == 1 {
			path = fmt.Sprintf("/v1/resource%d/{id}/part/{part}", i)
		}
		operations = append(operations, "GET "+path)
		u, err := url.Parse("https://api.parcel.example.com/base" + strings.NewReplacer("{id}", "1", "{part}", "2").Replace(path))
		if err != nil {
			t.Fatal(err)
		}
		requests = append(requests, contract.Request{Method: "GET", URL: u})
	}
	return templated(t, operations...), requests
}

// BenchmarkFind finds the operation of a request among 1,000. The bound is 1 µs.
func BenchmarkFind(b *testing.B) {
	j, requests := thousand(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if j.Operation(requests[i%len(requests)]) == nil {
			b.Fatal("not found")
		}
	}
}

// TestFindAllocates: finding an operation takes no memory.
func TestFindAllocates(t *testing.T) {
	testsize.SkipUnlessFull(t)
	j, requests := thousand(t)
	for _, r := range slices.Concat(requests[:4], requests[996:]) {
		if n := testing.AllocsPerRun(20, func() { j.Operation(r) }); n != 0 {
			t.Errorf("%s: %v allocations", r.URL, n)
		}
	}
}
