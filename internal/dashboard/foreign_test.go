package dashboard_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/net/html"

	"assay/internal/contract"
	"assay/internal/dashboard"
	"assay/internal/dashboard/month"
	"assay/internal/watch"
)

// TestForeign puts a text from outside at every place of the pages, and reads them back:
// there are no elements and attributes but those of the templates.
func TestForeign(t *testing.T) {
	t.Parallel()
	for _, v := range []string{
		"<script>alert(1)</script>", "</style><img src=x onerror=alert(1)>", `" onclick="alert(1)`, "'+alert(1)+'", "{{.}}", "javascript:alert(1)", "\x00\x1b[31mred", "a\u202eb\u2066c\ufeff", "\xff\xfe", "::error::x", "jane.doe@mail.test",
	} {
		d := dashboard.New(foreign(v))
		for target, want := range map[string]int{
			"/": 200, "/thing?" + url.Values{"name": {v}}.Encode(): 200, "/thing?" + url.Values{"name": {"no " + v}}.Encode(): 404, "/report?" + url.Values{"job": {v}}.Encode(): 404, "/thing?" + url.Values{"name": {v}, "step": {v}}.Encode(): 400,
		} {
			page := text(t, get(t, d, target), want)
			// Links keep the names of things and jobs, which come from the configuration.
			if shown := links.ReplaceAllString(page, ""); strings.Contains(shown, "jane.doe") {
				t.Errorf("%s: the page shows %s", target, v)
			}
			readBack(t, v, page)
		}
		for _, target := range []string{"/api/things", "/api/history?" + url.Values{"name": {v}}.Encode()} {
			if raw := text(t, get(t, d, target), http.StatusOK); strings.ContainsFunc(raw, unseen) {
				t.Errorf("%q: %s has what cannot be seen: %q", v, target, raw)
			}
		}
	}
}

var links = regexp.MustCompile(`href="[^"]*"`)

// foreign are options in which everything is a text from outside.
func foreign(v string) dashboard.Options {
	finding := watch.Finding{ID: v, Rule: v, Side: v, Severity: v, Sentence: v, New: true}
	s := foreignStore{Store: month.New(), v: v, things: []watch.Thing{{Name: v, Job: v, Provider: v, State: watch.State(v), Why: v, Since: month.Now(), Seen: month.Now(), RowState: watch.OK, Findings: []watch.Finding{finding}}}}
	o := options(s.Store)
	o.Store, o.Version = s, v
	o.Jobs = append(o.Jobs, watch.Job{Name: v, Provider: v, Kind: watch.Kind(v), Schedule: o.Jobs[0].Schedule})
	o.Ledger = func(context.Context) ([]contract.TimelineEntry, error) {
		return []contract.TimelineEntry{{ID: v, Operation: v, Kind: contract.Kind(v), Impact: contract.Impact(v), At: contract.Place(v), Sentence: v, By: v, FirstSeen: month.Now(), LastSeen: month.Now()}}, nil
	}
	o.Status = func() dashboard.Status {
		return dashboard.Status{Started: month.Now(), Offline: dashboard.Trouble{Why: v}, Store: dashboard.Trouble{Why: v}, Next: []dashboard.Run{{Job: v}}}
	}
	return o
}

type foreignStore struct {
	*month.Store
	v      string
	things []watch.Thing
}

func (s foreignStore) Things(context.Context) ([]watch.Thing, error) {
	return slices.Clone(s.things), nil
}

func (s foreignStore) Windows(context.Context, time.Time) ([]watch.Window, error) {
	return []watch.Window{{ID: s.v, Provider: s.v, From: month.Now(), To: month.Now().Add(time.Hour), Why: s.v, By: s.v}}, nil
}

func (s foreignStore) Events(context.Context, time.Time, int) ([]watch.Event, error) {
	return []watch.Event{{ID: s.v, Kind: watch.EventKind(s.v), Thing: s.v, From: watch.State(s.v), To: watch.State(s.v), Time: month.Now(), Why: s.v}}, nil
}

func (s foreignStore) History(context.Context, string, watch.Step, time.Time, time.Time) ([]watch.Point, error) {
	n := map[string]int{s.v: 3}
	return []watch.Point{{Time: month.Now().Add(-time.Hour), States: map[watch.State]int{watch.State(s.v): 1, watch.OK: 1}, Codes: n, Findings: n, Responses: 1, Latency: 5, Slowest: 5}}, nil
}

// readBack fails if a page has an element or attribute that the templates do not have.
func readBack(t *testing.T, v, page string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	elements := strings.Fields("html head meta title link style body a header main section nav footer p h1 h2 h3 span ul ol li dl div dt dd code table thead tbody tr th td svg rect path circle time script")
	attributes := strings.Fields(`class id lang charset content name rel href role scope tabindex colspan viewbox viewBox d x y width height cx cy r transform preserveAspectRatio datetime data-revision`)
	scripts := 0
	for node := range root.Descendants() {
		if node.Type == html.TextNode && node.Parent.Data != "script" && node.Parent.Data != "style" && strings.ContainsFunc(node.Data, unseen) {
			t.Errorf("%q: the page has what cannot be seen: %q", v, node.Data)
		}
		if node.Type != html.ElementNode {
			continue
		}
		if node.Data == "script" || node.Data == "style" {
			scripts++
		}
		if !slices.Contains(elements, node.Data) {
			t.Errorf("%q: the element %s", v, node.Data)
		}
		for _, a := range node.Attr {
			if !slices.Contains(attributes, a.Key) && !strings.HasPrefix(a.Key, "aria-") {
				t.Errorf("%q: the attribute %s of %s", v, a.Key, node.Data)
			}
			if a.Key == "href" && a.Val != "data:," && !strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "#") {
				t.Errorf("%q: a link to %s", v, a.Val)
			}
		}
	}
	if scripts > 2 {
		t.Errorf("%q: %d scripts and styles", v, scripts)
	}
}

// unseen reports whether a reader could not see a character.
func unseen(r rune) bool {
	return r != '\n' && r != ' ' && (r == unicode.ReplacementChar || !unicode.IsPrint(r))
}
