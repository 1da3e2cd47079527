// Package enginetest gives tests engines of what is on disk, not of what was embedded
// when the test was built. It is for tests of packages two folders below the root.
package enginetest

import (
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/judge"
)

// Main runs the tests of a package, none of which may reach a network over Go's
// default transport: whoever tries panics.
func Main(m *testing.M) {
	http.DefaultTransport = noNetwork{}
	os.Exit(m.Run())
}

type noNetwork struct{}

func (noNetwork) RoundTrip(r *http.Request) (*http.Response, error) {
	panic("a test asks " + r.URL.Host)
}

// Disk loads what is on disk.
func Disk(options catalog.Options) (*catalog.Catalog, error) {
	return catalog.Load(catalog.Data{Specs: os.DirFS("../../specs"), Fixtures: os.DirFS("../../fixtures"), Cassettes: os.DirFS("../../cassettes")}, options)
}

// Each is read once for all tests of a package, with the derived cases and without.
var (
	once        = sync.OnceValues(func() (*catalog.Catalog, error) { return Disk(catalog.Options{}) })
	onceDerived = sync.OnceValues(func() (*catalog.Catalog, error) { return Disk(catalog.Options{Negative: true}) })
)

// Load gives an engine that plays cassettes, and has played nothing. What it knows the
// test may add to and take from, but neither a case nor a specification may be changed.
func Load(t testing.TB) *engine.Engine {
	t.Helper()
	return newEngine(t, once)
}

// Derived is Load with the derived cases.
func DerivedCases(t testing.TB) *engine.Engine {
	t.Helper()
	return newEngine(t, onceDerived)
}

func newEngine(t testing.TB, read func() (*catalog.Catalog, error)) *engine.Engine {
	t.Helper()
	shared, err := read()
	if err != nil {
		t.Fatal(err)
	}
	own, set := *shared, *shared.Fixtures
	set.Cases, set.Waivers = slices.Clone(set.Cases), slices.Clone(set.Waivers)
	own.Specs, own.Fixtures = slices.Clone(own.Specs), &set
	return engine.New(&own, engine.Cassettes(&own))
}

// Over plays the cassettes of data.
func LoadData(t testing.TB, data catalog.Data, options catalog.Options) *engine.Engine {
	t.Helper()
	k, err := catalog.Load(data, options)
	if err != nil {
		t.Fatal(err)
	}
	return engine.New(k, engine.Cassettes(k))
}

// Asks plays the cases of an engine by asking providers.
func OverNetwork(t testing.TB, e *engine.Engine, live engine.Live) *engine.Engine {
	t.Helper()
	source, err := engine.Network(e.Catalog, live)
	if err != nil {
		t.Fatal(err)
	}
	return engine.New(e.Catalog, source)
}

// Played gives the exchange of every case.
func Exchanges(t testing.TB, e *engine.Engine) map[*contract.Case]contract.Exchange {
	t.Helper()
	all := map[*contract.Case]contract.Exchange{}
	for _, c := range e.Fixtures.Cases {
		play := e.Play(t.Context(), c)
		if play.Err != nil {
			t.Fatal(play.Err)
		}
		all[c] = *play.Exchange
	}
	return all
}

// Judging gives a judge that knows the published credentials.
func NewJudge(t testing.TB, e *engine.Engine, how judge.Options) *judge.Judge {
	t.Helper()
	how.Keys = map[string]map[string]string{}
	for _, s := range e.Specs {
		how.Keys[s.Provider] = s.TestCredentials()
	}
	j, err := judge.New(e.Catalog, how)
	if err != nil {
		t.Fatal(err)
	}
	return j
}
