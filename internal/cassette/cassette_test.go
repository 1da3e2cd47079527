package cassette_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	vcr "github.com/dnaeon/go-vcr/v2/cassette"

	"assay/cassettes"
	"assay/internal/cassette"
	"assay/internal/contract"
	"assay/internal/route"
)

const host = "https://pay.example.com"

func exchange(path, body, response string) contract.Exchange {
	u, err := url.Parse(host + path)
	if err != nil {
		panic(err)
	}
	return contract.Exchange{
		Request:  contract.Request{Method: http.MethodPost, URL: u, Header: http.Header{"X-Any": {"1"}}, Body: []byte(body)},
		Response: contract.Response{Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(response)},
	}
}

func shelf(t testing.TB, exchanges ...contract.Exchange) *cassette.Library {
	t.Helper()
	raw, err := cassette.Marshal(exchanges)
	if err != nil {
		t.Fatal(err)
	}
	manifest := fmt.Sprintf("p/o/c: {sha256: %s, evidence: documented, source: a page, date: \"2026-01-01\"}\n", cassette.Sum(raw))
	s, err := cassette.Open(fstest.MapFS{"p/o/c.yaml": {Data: raw}, "manifest.yaml": {Data: []byte(manifest)}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func cassetteOf(t testing.TB, exchanges ...contract.Exchange) *cassette.Cassette {
	t.Helper()
	loaded, err := shelf(t, exchanges...).Load("p/o/c")
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

func ask(t testing.TB, over http.RoundTripper, path, body string) (string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, host+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := over.RoundTrip(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	return string(raw), err
}

func TestReplay(t *testing.T) {
	t.Parallel()
	loaded := cassetteOf(t,
		exchange("/order?b=2&a=1", `{"id":"1","sig":"s1","list":[{"at":"5","n":1}]}`, `{"ok":1}`),
		exchange("/order?b=2&a=1", `{"id":"2","sig":"s2","list":[]}`, `{"ok":2}`),
		exchange("/order?b=2&a=1", `not json`, `{"ok":3}`),
	)
	if loaded.Entry.Evidence != contract.Documented || !loaded.Listed || loaded.SHA256 != loaded.Entry.SHA256 {
		t.Errorf("the cassette's entry is %+v, its sha256 %s", loaded.Entry, loaded.SHA256)
	}
	player := loaded.Replay(cassette.Matching{Ignored: []contract.Pointer{"/sig", "/list/*/at"}})
	for _, step := range []struct{ path, body, want string }{
		{"/order?a=1&b=2", `{"list":[],"id":"2","sig":"other"}`, `{"ok":2}`}, // order, members and query in any order
		{"/order?a=1&b=2", `not json`, `{"ok":3}`},
		{"/order?a=1&b=2", `{"id":"1","list":[{"n":1,"at":"9"}]}`, `{"ok":1}`},
	} {
		if got, err := ask(t, player, step.path, step.body); err != nil || got != step.want {
			t.Errorf("%s %s responded %s, %v; want %s", step.path, step.body, got, err, step.want)
		}
	}
	if got := player.Origin(); got != "cassette:p/o/c#1" {
		t.Errorf("the last one played is %s", got)
	}
}

func TestMiss(t *testing.T) {
	t.Parallel()
	recorded := exchange("/order?a=1", `{"id":"1","pan":"ABCDE1234F","n":1.0,"deep":{"x":[1,2]}}`, `{}`)
	hidden := func(place contract.Place) bool { return place == "request#/pan" }
	for name, c := range map[string]struct {
		path, body string
		want       []string
	}{
		"a value":          {"/order?a=1", `{"id":"2","pan":"ABCDE1234F","n":1.0,"deep":{"x":[1,2]}}`, []string{`request#/id: sent "2", recorded "1"`}},
		"a number's text":  {"/order?a=1", `{"id":"1","pan":"ABCDE1234F","n":1,"deep":{"x":[1,2]}}`, []string{`request#/n: sent 1, recorded 1.0`}},
		"a personal value": {"/order?a=1", `{"id":"1","pan":"ZZZZZ9999Z","n":1.0,"deep":{"x":[1,2]}}`, []string{`request#/pan: sent (a value not shown), recorded (a value not shown)`}},
		"a member more":    {"/order?a=1", `{"id":"1","pan":"ABCDE1234F","n":1.0,"deep":{"x":[1,2],"y":{}}}`, []string{`request#/deep/y: sent {}, recorded without it`}},
		"a member less":    {"/order?a=1", `{"id":"1","pan":"ABCDE1234F","n":1.0,"deep":{"x":[1]}}`, []string{`request#/deep/x/1: sent without it, recorded 2`}},
		"the query":        {"/order?a=2", `{"id":"1","pan":"ABCDE1234F","n":1.0,"deep":{"x":[1,2]}}`, []string{`request.query.a: sent 2, recorded 1`}},
		"the path":         {"/orders?a=1", `{"id":"1","pan":"ABCDE1234F","n":1.0,"deep":{"x":[1,2]}}`, []string{`request.path: sent /orders, recorded /order`}},
	} {
		_, err := ask(t, cassetteOf(t, recorded).Replay(cassette.Matching{Hidden: hidden}), c.path, c.body)
		var miss *cassette.MissError
		if !errors.As(err, &miss) {
			t.Errorf("%s: %v is no miss", name, err)
			continue
		}
		if strings.Join(miss.Differences, "|") != strings.Join(c.want, "|") {
			t.Errorf("%s: the differences are %q", name, miss.Differences)
		}
		if strings.Contains(err.Error(), "ABCDE1234F") || strings.Contains(err.Error(), "ZZZZZ9999Z") {
			t.Errorf("%s: the error shows a personal value: %v", name, err)
		}
	}
}

// TestPathParameters finds a request by the values in its path, and names their places.
func TestPathParameters(t *testing.T) {
	t.Parallel()
	path, err := route.Parse("/orders/{id}/tokens/{token}")
	if err != nil {
		t.Fatal(err)
	}
	how := cassette.Matching{Path: path, Hidden: func(place contract.Place) bool { return place == "request.path.token" }}
	play := func(at string) error {
		_, err := ask(t, cassetteOf(t, exchange("/orders/a%2Fb/tokens/canary", `{}`, `{}`)).Replay(how), at, `{}`)
		return err
	}
	if err := play("/orders/a%2Fb/tokens/canary"); err != nil {
		t.Error(err)
	}
	for at, want := range map[string]string{
		"/orders/a/tokens/canary":        "request.path.id: sent a, recorded a/b",
		"/orders/a%2Fb/tokens/canary2":   "request.path.token: sent (a value not shown), recorded (a value not shown)",
		"/orders/a%2Fb/tokens%2Fcanary3": "request.path: sent /orders/a/b/tokens/canary3, recorded /orders/{id}/tokens/{token}",
	} {
		err := play(at)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "canary2") {
			t.Errorf("%s: %v, want %s", at, err, want)
		}
	}
}

func TestPlaysOnce(t *testing.T) {
	t.Parallel()
	player := cassetteOf(t, exchange("/order", `{}`, `{}`)).Replay(cassette.Matching{})
	if _, err := ask(t, player, "/order", `{}`); err != nil {
		t.Fatal(err)
	}
	_, err := ask(t, player, "/order", `{}`)
	var miss *cassette.MissError
	if !errors.As(err, &miss) || !miss.Used {
		t.Errorf("the second time: %v", err)
	}
}

func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"not YAML":         {"version: [", "cassettes/p/o/c.yaml:1: "},
		"another version":  {"version: 2\ninteractions: []\n", "cassettes/p/o/c.yaml:1: expected a go-vcr cassette of version 1; this file has version 2"},
		"empty":            {"", "version 1; this file has version 0"},
		"no interactions":  {"version: 1\ninteractions: []\n", "at least one interaction"},
		"no response":      {"version: 1\ninteractions:\n- request: {method: POST, url: 'https://x/'}\n", "cassettes/p/o/c.yaml:3: interaction 1"},
		"a null":           {"version: 1\ninteractions:\n-\n", "cassettes/p/o/c.yaml:3: interaction 1"},
		"a url that isn't": {"version: 1\ninteractions:\n- request: {method: POST, url: '%zz'}\n  response: {code: 200}\n", "url does not parse"},
		"another shape":    {"version: 1\ninteractions: {a: b}\n", "cassettes/p/o/c.yaml:2: "},
	} {
		s, err := cassette.Open(fstest.MapFS{"p/o/c.yaml": {Data: []byte(c.text)}, "manifest.yaml": {Data: []byte("{}")}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Load("p/o/c"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q in it", name, err, c.want)
		}
	}
	for text, want := range map[string]string{
		"a: {sha: x}\n": "cassettes/manifest.yaml:1: there is no member sha here", "a: {evidence: certain}\n": "expected evidence to be one of", "[]": "cassettes/manifest.yaml:1: ",
	} {
		if _, err := cassette.Open(fstest.MapFS{"manifest.yaml": {Data: []byte(text)}}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("manifest %q: %v, want %q in it", text, err, want)
		}
	}
	if _, err := cassette.Open(fstest.MapFS{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no manifest: %v", err)
	}
}

// TestFormat holds the committed cassettes to go-vcr's own reader.
func TestFormat(t *testing.T) {
	t.Parallel()
	s, err := cassette.Open(cassettes.Files)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range s.Names() {
		raw, err := fs.ReadFile(cassettes.Files, name+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, strings.ReplaceAll(name, "/", "-"))
		if err := os.WriteFile(file+".yaml", raw, 0o600); err != nil {
			t.Fatal(err)
		}
		theirs, err := vcr.Load(file)
		if err != nil {
			t.Fatalf("%s: go-vcr: %v", name, err)
		}
		ours, err := s.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		exchanges := ours.Exchanges()
		if len(exchanges) != len(theirs.Interactions) {
			t.Fatalf("%s: %d interactions, go-vcr reads %d", name, len(exchanges), len(theirs.Interactions))
		}
		for i, in := range theirs.Interactions {
			if in.Request.Body != string(exchanges[i].Request.Body) || in.Response.Body != string(exchanges[i].Response.Body) || in.Code != exchanges[i].Response.Status {
				t.Errorf("%s#%d is another to go-vcr", name, i+1)
			}
		}
	}
}

func TestBytesSurvive(t *testing.T) {
	t.Parallel()
	body := "half a character \xe2\x82 and \x00 and \r\n and ₹"
	got := cassetteOf(t, exchange("/order", body, body)).Exchanges()[0]
	if string(got.Request.Body) != body || string(got.Response.Body) != body {
		t.Errorf("%q became %q and %q", body, got.Request.Body, got.Response.Body)
	}
}

// BenchmarkLookup compares a lookup in a cassette of 10 interactions with one
// in a cassette of 5,000, asked in random order: the two alternate, and their
// medians and the ratio of them are reported.
func BenchmarkLookup(b *testing.B) {
	small, large := lookups(b, 10), lookups(b, 5000)
	times := map[string][]time.Duration{}
	for b.Loop() {
		times["10"] = append(times["10"], small())
		times["5000"] = append(times["5000"], large())
	}
	median := func(name string) float64 {
		slices.Sort(times[name])
		return float64(times[name][len(times[name])/2].Nanoseconds())
	}
	b.ReportMetric(median("10"), "ns/lookup-in-10")
	b.ReportMetric(median("5000"), "ns/lookup-in-5000")
	b.ReportMetric(median("5000")/median("10"), "ratio")
}

// lookups gives a function that asks for the next of n interactions in random
// order, and tells how long the response took.
func lookups(b *testing.B, n int) func() time.Duration {
	body := `{"head":{"sig":"x"},"body":{"id":"%d","amount":{"value":"1.00"}}}`
	var all []contract.Exchange
	for i := range n {
		all = append(all, exchange("/order?id="+fmt.Sprint(i), fmt.Sprintf(body, i), `{}`))
	}
	loaded := cassetteOf(b, all...)
	order := rand.New(rand.NewPCG(1, 2)).Perm(n)
	var player *cassette.Player
	next := n
	return func() time.Duration {
		if next == n {
			player, next = loaded.Replay(cassette.Matching{Ignored: []contract.Pointer{"/head/sig"}}), 0
		}
		i := order[next]
		next++
		path, text := "/order?id="+fmt.Sprint(i), fmt.Sprintf(body, i)
		began := time.Now()
		if _, err := ask(b, player, path, text); err != nil {
			b.Fatal(err)
		}
		return time.Since(began)
	}
}
