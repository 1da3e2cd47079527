package route_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"assay/internal/route"
)

func parse(t testing.TB, text string) route.Template {
	t.Helper()
	made, err := route.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return made
}

func address(t testing.TB, path string) *url.URL {
	t.Helper()
	u, err := url.Parse("https://api.example.com" + path)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"v1/orders":            "does not begin with a slash",
		"/v1/{id":              "no counterpart",
		"/v1/id}":              "no counterpart",
		"/v1/a}{b":             "no counterpart",
		"/v1/{}":               "no name",
		"/v1/{{id}}":           "A-Z, a-z",
		"/v1/{id*}":            "A-Z, a-z",
		"/v1/{a}-{b}":          "share a segment",
		"/v1/{a}}":             "share a segment",
		"/v1/{id}/x/{id}":      "{id} twice",
		"/":                    "",
		"/v1/{id}.json":        "",
		"/v1/{id}/refunds/{r}": "",
	} {
		_, err := route.Parse(text)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// TestFind compares the index with what servers do: the most specific template wins, and
// one without the method leaves the path to the next.
func TestFind(t *testing.T) {
	var x route.Index[string]
	for _, at := range []string{
		"POST /v1/orders", "GET /v1/orders/{id}", "GET /v1/orders/latest", "PATCH /v1/orders/{id}", "POST /v1/orders/{id}/refunds/{refund}",
		"GET /v1/files/{name}", "GET /v1/files/{name}.json", "GET /v1/files/report-{name}.json", "GET /t/{name}xx", "GET /t/yy{name}", "GET /{any}/orders/x/y", "GET /a/{b}/c", "GET /a/x/d", "GET /trailing/{id}/", "DELETE /",
	} {
		method, text, _ := strings.Cut(at, " ")
		if !x.Add(method, parse(t, text), text) {
			t.Errorf("%s was not added", at)
		}
	}
	if x.Add("GET", parse(t, "/v1/orders/{other}"), "again") {
		t.Error("a template of the same shape was added")
	}
	for request, want := range map[string]string{
		"POST /v1/orders":                     "/v1/orders",
		"GET /v1/orders":                      "",
		"GET /v1/orders/":                     "",
		"GET /v1/orders//":                    "",
		"GET /v1/orders/latest":               "/v1/orders/latest",
		"PATCH /v1/orders/latest":             "/v1/orders/{id}",
		"DELETE /v1/orders/latest":            "",
		"GET /v1/orders/Latest":               "/v1/orders/{id}",
		"GET /v1/orders/a%2Fb":                "/v1/orders/{id}",
		"GET /v1/orders/a%20b":                "/v1/orders/{id}",
		"GET /v1/orders/l%61test":             "/v1/orders/latest",
		"GET /v1/orders/x/":                   "",
		"POST /v1/orders/o/refunds/r":         "/v1/orders/{id}/refunds/{refund}",
		"POST /v1/orders/o%2Frefunds/r":       "",
		"POST /v1/orders/a%2Fb/refunds/c%2Fd": "/v1/orders/{id}/refunds/{refund}",
		"GET /v1/files/a.json":                "/v1/files/{name}.json",
		"GET /v1/files/.json":                 "/v1/files/{name}",
		"GET /v1/files/report-a.json":         "/v1/files/report-{name}.json",
		"GET /t/yyaxx":                        "/t/yy{name}",
		"GET /t/yaxx":                         "/t/{name}xx",
		"GET /a/x/c":                          "/a/{b}/c",
		"GET /trailing/x/":                    "/trailing/{id}/",
		"GET /trailing/x":                     "",
		"GET /v1/orders/x/y":                  "/{any}/orders/x/y",
		"DELETE /":                            "/",
	} {
		method, path, _ := strings.Cut(request, " ")
		if got, _ := x.Find(method, address(t, path)); got != want {
			t.Errorf("%s: %q, want %q", request, got, want)
		}
	}
	if got := x.Methods(address(t, "/v1/orders/latest")); !slices.Equal(got, []string{"GET", "PATCH"}) {
		t.Errorf("methods: %v", got)
	}
}

// TestRoundTrip builds paths from templates with any values: each is found again, with the
// same values, below any base path, and by a more specific template only if that one matches
// too.
func TestRoundTrip(t *testing.T) {
	words := rapid.SampledFrom([]string{"v1", "orders", "refunds", "latest", "a b", "é", "x.json", "p%q"})
	part := rapid.Custom(func(t *rapid.T) string {
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			return words.Draw(t, "before") + "-{name}"
		case 1:
			return "{name}"
		}
		return words.Draw(t, "word")
	})
	values := rapid.OneOf(rapid.StringN(1, 8, -1), rapid.SampledFrom([]string{"/", "..", ".", "%2F", "a/b", "latest", "?", "#", ";", "é", "\x00", "{id}", "+", "a b"}))
	rapid.Check(t, func(t *rapid.T) {
		var x route.Index[route.Template]
		var all []route.Template
		for range rapid.IntRange(1, 6).Draw(t, "templates") {
			text := ""
			for i, p := range rapid.SliceOfN(part, 1, 4).Draw(t, "parts") {
				text += "/" + strings.Replace(p, "{name}", fmt.Sprintf("{p%d}", i), 1)
			}
			made, err := route.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			if x.Add("GET", made, made) {
				all = append(all, made)
			}
		}
		one := rapid.SampledFrom(all).Draw(t, "template")
		given, want := map[string]string{}, []string{}
		for _, name := range one.Names() {
			given[name] = values.Draw(t, name)
			want = append(want, given[name])
		}
		path, err := one.Path(given)
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse("https://h" + path)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		found, ok := x.Find("GET", u)
		if !ok {
			t.Fatalf("%s of %s is not found", path, one.Text())
		}
		if found.Text() != one.Text() && !found.Literal() {
			if _, also := found.Values(nil, u); !also {
				t.Fatalf("%s: found %s, which does not match", path, found.Text())
			}
		}
		based, err := url.Parse("https://h/base" + path)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []*url.URL{u, based} {
			got, ok := one.Values(nil, at)
			if !one.Literal() && (!ok || !slices.Equal(got, want)) {
				t.Fatalf("%s of %s: %q, want %q", path, one.Text(), got, want)
			}
		}
		if one.Literal() {
			return
		}
		rewritten, ok := one.Rewrite(based, func(_, value string) string { return value }, func(text string) string { return text })
		if !ok || rewritten.Path != based.Path || rewritten.EscapedPath() != "/base"+path {
			t.Fatalf("%s was rewritten as %s", based, rewritten)
		}
	})
}

func TestFill(t *testing.T) {
	for _, c := range []struct{ template, path, want string }{
		{"/v1/orders/{id}", "/v1/Orders/7", "/v1/orders/7"},
		{"/v1/orders/{id}", "/v2/v1/orders/7", "/v1/orders/7"},
		{"/v1/orders/{id}.json", "/v1/orders/7.JSON", "/v1/orders/7.json"},
		{"/v1/orders/{id}", "/7", "/v1/orders/7"},
		{"/v1/orders/{id}/x", "/v1", "/v1/orders/{id}/x"},
	} {
		if got := parse(t, c.template).Fill(c.path); got != c.want {
			t.Errorf("%s with %s: %s, want %s", c.template, c.path, got, c.want)
		}
	}
}

func TestFindAllocates(t *testing.T) {
	x, addresses := large(t)
	for _, u := range addresses {
		if n := testing.AllocsPerRun(10, func() { x.Find("GET", u) }); n != 0 {
			t.Errorf("%s: %v allocations", u, n)
		}
	}
}

// large returns an index of 1,000 operations, half of them with parameters, and addresses
// that match each.
func large(t testing.TB) (*route.Index[int], []*url.URL) {
	x, addresses := &route.Index[int]{}, []*url.URL{}
	for i := range 1000 {
		text := fmt.Sprintf("/v1/resource%d/{id}/part/{part}", i)
		if i%2 == 0 {
			text = fmt.Sprintf("/v1/resource%d/list", i)
		}
		x.Add("GET", parse(t, text), i)
		addresses = append(addresses, address(t, strings.NewReplacer("{id}", "order_1", "{part}", "p").Replace(text)))
	}
	return x, addresses
}

// BenchmarkFind finds requests among 1,000 operations.
func BenchmarkFind(b *testing.B) {
	x, addresses := large(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, ok := x.Find("GET", addresses[i%len(addresses)]); !ok {
			b.Fatal("not found")
		}
	}
}

// FuzzFind parses any template and any path: what is found matches, and its values build a
// path with the same values.
func FuzzFind(f *testing.F) {
	f.Add("/v1/orders/{id}", "/v1/orders/a%2Fb")
	f.Add("/{a}/x", "/../x")
	f.Add("/f/{a}.json", "/f/b.json")
	f.Fuzz(func(t *testing.T, text, path string) {
		made, err := route.Parse(text)
		if err != nil {
			return
		}
		u, err := url.Parse("https://h/" + strings.TrimPrefix(path, "/"))
		if err != nil {
			return
		}
		var x route.Index[bool]
		x.Add("GET", made, true)
		values, ok := made.Values(nil, u)
		if _, found := x.Find("GET", u); found && !made.Literal() && !ok {
			t.Fatalf("%s is found by %s, and has no values", u, text)
		}
		if !ok {
			return
		}
		given := map[string]string{}
		for i, name := range made.Names() {
			given[name] = values[i]
		}
		built, err := made.Path(given)
		if err != nil {
			t.Fatal(err)
		}
		again, err := url.Parse("https://h" + built)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := made.Values(nil, again); !slices.Equal(got, values) {
			t.Fatalf("%s: %q, then %q", u, values, got)
		}
		_, _ = made.EndsFolded(route.Clean(u))
		_ = made.Fill(route.Clean(u))
	})
}
