package cassette_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"assay/cassettes"
	"assay/internal/cassette"
)

// entriesOf gives what a manifest says of the cassettes of some providers.
func entriesOf(t *testing.T, s *cassette.Library, providers ...string) map[string]cassette.Entry {
	t.Helper()
	all := map[string]cassette.Entry{}
	for _, name := range s.Names() {
		if provider, _, _ := strings.Cut(name, "/"); slices.Contains(providers, provider) {
			all[name], _ = s.Entry(name)
		}
	}
	return all
}

// TestOpen_some opens a shelf for some providers: what it says of their cassettes is
// what it says when it is opened for all.
func TestOpen_some(t *testing.T) {
	t.Parallel()
	whole, err := cassette.Open(cassettes.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, providers := range [][]string{{"paytm"}, {"enkash", "paytring"}, {"ipayments"}, {"other"}} {
		some, err := cassette.Open(cassettes.Files, providers...)
		if err != nil {
			t.Fatal(err)
		}
		want := entriesOf(t, whole, providers...)
		if !maps.Equal(entriesOf(t, some, providers...), want) || len(some.Names()) != len(want) {
			t.Errorf("%v: %d entries, want %d", providers, len(some.Names()), len(want))
		}
	}
}

// TestOpen_forms opens manifests that a person wrote, for one provider.
func TestOpen_forms(t *testing.T) {
	t.Parallel()
	const p, q = "p/o/c:\n  evidence: simulated\n", "q/o/c:\n  evidence: simulated\n"
	for title, c := range map[string]struct {
		text string
		want string // an entry, or the beginning of an error
	}{
		"as it is written":    {"---\n" + q + p, "p/o/c"},
		"no mark":             {q + p, "p/o/c"},
		"a remark":            {"# other\n" + q + p, "p/o/c"},
		"in quotes":           {q + "\"p/o/c\":\n  evidence: simulated\n", "p/o/c"},
		"in one line":         {q + "p/o/c: {evidence: simulated}\n", "p/o/c"},
		"an anchor":           {"q/o/c: &e\n  evidence: simulated\np/o/c: *e\n", "p/o/c"},
		"only of others":      {q, ""},
		"a fault":             {q + "p/o/c:\n  evidenc: simulated\n", "cassettes/manifest.yaml:4: "},
		"no evidence":         {q + "p/o/c:\n  evidence: none\n", "cassettes/manifest.yaml: p/o/c: expected evidence"},
		"a fault of another":  {"q/o/c:\n  evidenc: simulated\n" + p, "p/o/c"},
		"a document too many": {"---\n" + p + "---\n" + q, "p/o/c"},
	} {
		shelf, err := cassette.Open(fstest.MapFS{"manifest.yaml": {Data: []byte(c.text)}}, "p")
		if err != nil {
			if !strings.HasPrefix(err.Error(), c.want) || c.want == "" {
				t.Errorf("%s: %v, want %q", title, err, c.want)
			}
			continue
		}
		if _, there := shelf.Entry("p/o/c"); there != (c.want == "p/o/c") {
			t.Errorf("%s: there: %t, of %v", title, there, shelf.Names())
		}
	}
}
