package specdiff_test

import (
	"slices"
	"strings"
	"testing"
)

// TestServers: a server is the same whatever the case of its host, and requests go to the
// first one.
func TestServers(t *testing.T) {
	t.Parallel()
	document := put(documentWith("parameter", `SCHEMA`), `{type: string}`)
	with := func(servers string) string {
		return strings.Replace(document, `[{url: "https://shop.example.com", description: d}]`, servers, 1)
	}
	const (
		stage = `{url: "https://stage.example.com/api", description: d, x-evidence: sandbox}`
		live  = `{url: "https://live.example.com/api", description: d}`
		old   = `{url: "https://old.example.com/api", description: d}`
		first = "server-first  servers"
	)
	for name, c := range map[string]struct{ older, newer, want string }{
		"the host in another case": {"[" + live + "]", "[" + strings.Replace(live, "live.example.com", "LIVE.Example.com", 1) + "]", ""},
		"a slash at the end":       {"[" + live + "]", "[" + strings.Replace(live, "/api", "/api/", 1) + "]", ""},
		"the port of https":        {"[" + live + "]", "[" + strings.Replace(live, ".com", ".com:443", 1) + "]", ""},
		"another path":             {"[" + live + "]", "[" + strings.Replace(live, "/api", "/API", 1) + "]", "breaks server-gone  servers.https://live.example.com/api; minor server-new  servers.https://live.example.com/API"},
		"production first":         {"[" + stage + ", " + live + "]", "[" + live + ", " + stage + "]", "breaks " + first},
		"the sandbox first":        {"[" + live + ", " + stage + "]", "[" + stage + ", " + live + "]", "degrades " + first},
		"another production first": {"[" + old + ", " + live + "]", "[" + live + ", " + old + "]", "degrades " + first},
		"a new one first":          {"[" + stage + "]", "[" + live + ", " + stage + "]", "breaks " + first + "; minor server-new  servers.https://live.example.com/api"},
		"the next one moves up":    {"[" + stage + ", " + live + "]", "[" + live + "]", "breaks " + first + "; breaks server-gone  servers.https://stage.example.com/api"},
		"replaced":                 {"[" + old + "]", "[" + live + "]", "breaks server-gone  servers.https://old.example.com/api; minor server-new  servers.https://live.example.com/api"},
		"the sandbox replaced":     {"[" + stage + "]", "[" + live + "]", "breaks " + first + "; breaks server-gone  servers.https://stage.example.com/api; minor server-new  servers.https://live.example.com/api"},
		"a new one last":           {"[" + stage + "]", "[" + stage + ", " + live + "]", "minor server-new  servers.https://live.example.com/api"},
	} {
		changes, err := compareDocuments(with(c.older), with(c.newer))
		got := summaries(changes)
		slices.Sort(got)
		if err != nil || strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %q, want %q, %v", name, got, c.want, err)
		}
	}
}
