package traffic_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"assay/internal/traffic"
)

// TestAnchors reads cassettes in YAML whose items repeat values of earlier ones.
func TestAnchors(t *testing.T) {
	t.Parallel()
	const first = "- request: &r\n    method: &m POST\n    uri: &u 'https://x/?a=1&b=2'\n    headers: &h {A: &l [\"1\", !!binary Mg==], B: [*m]}\n    body: &b \"\\ta &x and *y\\n\"\n  response: &s\n    status: &c {code: 200}\n    body: {string: &t \"#: text\\n\\n- a\"}\n"
	item := func(text string) string { return "interactions:\n" + first + text }
	indented := strings.ReplaceAll(strings.TrimSuffix(first, "\n"), "\n", "\n   ")
	const same = "POST https://x/?a=1&b=2 map[A:[1 2] B:[POST]] \"\\ta &x and *y\\n\" 200 \"#: text\\n\\n- a\""
	for name, c := range map[string]struct{ text, want string }{
		"its own":           {item(""), same},
		"each value":        {item("- request: {method: *m, uri: *u, headers: {A: *l, B: [*m]}, body: *b}\n  response: {status: *c, body: {string: *t}}\n"), same},
		"one value":         {item("- request: {method: *m, uri: 'https://y/'}\n  response: {status: {code: 201}}\n"), `POST https://y/ map[] "" 201 ""`},
		"request, response": {item("- request: *r\n  response: *s\n"), same},
		"a whole item":      {"interactions:\n- &i\n  " + first[2:] + "- *i\n", same},
		"from item to item": {item("- request: &q *r\n  response: {status: *c}\n"), "! this is not YAML"},
		"through an item":   {item("- request: &q {method: *m, uri: *u, headers: *h, body: *b}\n  response: *s\n- request: *q\n  response: *s\n"), same},
		"named again":       {item("- request: {method: &m PUT, uri: *u}\n  response: {status: *c}\n- request: {method: *m, uri: *u}\n  response: {status: *c}\n"), `PUT https://x/?a=1&b=2 map[] "" 200 ""`},
		"indented":          {"interactions:\n   " + indented + "\n   - request: *r\n     response: *s\n", same},
		"a text like one":   {item("- request: {method: GET, uri: 'https://x/', body: \"a *m and *none\"}\n  response: {status: {code: 200}}\n"), `GET https://x/ map[] "a *m and *none" 200 ""`},
		"none":              {item("- request: {method: *none, uri: *u}\n  response: {status: *c}\n"), "! an alias names an anchor that stands in no earlier interaction"},
		"a later one":       {"interactions:\n- request: {method: *m, uri: 'https://x/'}\n  response: {status: {code: 200}}\n", "! an alias names an anchor that stands in no earlier interaction"},
		"of another part":   {item("") + "---\ninteractions:\n- request: {method: *m, uri: 'https://x/'}\n  response: {status: {code: 200}}\n", "! an alias names an anchor that stands in no earlier interaction"},
		"a line behind":     {item("- request: {method: *m, uri: *u}\n  response: {status: *c,\n    headers: 5}\n"), "! a member has another type than in cassettes, see line 12"},
	} {
		last := ""
		err := traffic.Read(t.Context(), []string{"-"}, strings.NewReader(c.text), traffic.Options{}, func(e *traffic.Entry) error {
			ex, err := e.Exchange()
			if last = fmt.Sprintf("%s %s %v %q %d %q", ex.Request.Method, ex.Request.URL, ex.Request.Header, ex.Request.Body, ex.Response.Status, ex.Response.Body); err != nil {
				_, fault, _ := strings.Cut(err.Error(), ": ")
				last = "! " + fault
			}
			return nil
		})
		if err != nil || last != c.want && (c.want[0] != '!' || !strings.HasPrefix(last, c.want)) {
			t.Errorf("%s: %v\ngot  %s\nwant %s", name, err, last, c.want)
		}
	}
}

// TestLargeAnchors: an item that names too much of earlier items cannot be read.
func TestLargeAnchors(t *testing.T) {
	t.Parallel()
	for size, want := range map[int]string{10_000: "", 300_000: "values that are too large"} {
		text := "interactions:\n- request: {method: POST, uri: 'https://x/', body: &b " + strings.Repeat("x", size) + "}\n  response: {status: {code: 200}}\n- request: {method: POST, uri: 'https://x/', body: *b}\n  response: {status: {code: 200}}\n"
		last := error(nil)
		err := traffic.Read(t.Context(), []string{"-"}, strings.NewReader(text), traffic.Options{}, func(e *traffic.Entry) error {
			_, last = e.Exchange()
			return nil
		})
		if err != nil || (last == nil) != (want == "") || last != nil && !strings.Contains(last.Error(), want) {
			t.Errorf("%d bytes: %v, %v; expected %q", size, last, err, want)
		}
	}
}

// TestAnchorsElsewhere: of an item that cannot be read it is known whose it is, although its
// URL is an alias.
func TestAnchorsElsewhere(t *testing.T) {
	t.Parallel()
	text := "interactions:\n- request: {method: &m GET, uri: &u 'https://x/'}\n  response: {status: {code: 200}}\n- request: {method: *m, uri: *u, headers: 5}\n"
	n := 0
	err := traffic.Read(t.Context(), []string{"-"}, strings.NewReader(text), traffic.Options{}, func(e *traffic.Entry) error {
		if _, err := e.Exchange(); err == nil {
			return nil
		}
		n++
		if r, whole, ok := e.Request(); !ok || !whole || r.Method != http.MethodGet || r.URL.String() != "https://x/" {
			t.Errorf("%+v, whole %t, ok %t", r, whole, ok)
		}
		return nil
	})
	if err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
}

// TestAnchorBombs: aliases of aliases, and an anchor that contains itself, cost little.
func TestAnchorBombs(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("interactions:\n- request: {method: GET, uri: 'https://x/'}\n  x: &a0 [" + strings.Repeat("x,", 100) + "x]\n  response: {status: {code: 200}}\n")
	for i := range 30 {
		alias := fmt.Sprintf("*a%d,", i)
		fmt.Fprintf(&b, "- request: {method: GET, uri: 'https://x/'}\n  x: &a%d [%s]\n  response: {status: {code: 200}}\n", i+1, strings.TrimSuffix(strings.Repeat(alias, 10), ","))
	}
	b.WriteString("- request: &own {method: GET, uri: 'https://x/', headers: *own}\n  response: {status: {code: 200}}\n- request: *own\n  response: {status: {code: 200}}\n")
	n, faults := 0, 0
	err := traffic.Read(t.Context(), []string{"-"}, strings.NewReader(b.String()), traffic.Options{}, func(e *traffic.Entry) error {
		n++
		if _, err := e.Exchange(); err != nil {
			faults++
		}
		return nil
	})
	if err != nil || n != 33 || faults < 3 {
		t.Errorf("%d items, %d faults, %v", n, faults, err)
	}
}
