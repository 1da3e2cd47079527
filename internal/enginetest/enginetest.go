// Package enginetest makes engines for tests. They use the specifications, fixtures and
// cassettes on disk, not those embedded in the test binary. The package that uses it has to
// be two folders below the root.
package enginetest

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/judge"
	"assay/internal/testheap"
)

// Main runs the tests of a package. A request with Go's default transport panics, so that
// no test reaches a network.
func Main(m *testing.M) {
	http.DefaultTransport = noNetwork{}
	testheap.Grow()
	if err := testheap.Overlap(); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

type noNetwork struct{}

func (noNetwork) RoundTrip(r *http.Request) (*http.Response, error) {
	panic("a test sends a request to " + r.URL.Host)
}

// Disk loads the catalog on disk.
func Disk(options catalog.Options) (*catalog.Catalog, error) {
	return catalog.Load(catalog.Data{Specs: os.DirFS("../../specs"), Fixtures: os.DirFS("../../fixtures"), Cassettes: os.DirFS("../../cassettes")}, options)
}

// The catalogs that the tests of a package share, without and with the derived cases.
var (
	once        = sync.OnceValues(func() (*catalog.Catalog, error) { return Disk(catalog.Options{}) })
	onceDerived = sync.OnceValues(func() (*catalog.Catalog, error) { return Disk(catalog.Options{Negative: true}) })
)

// Load returns a new engine that plays cassettes. A test may add and remove cases, waivers
// and specifications, but must not change one.
func Load(t testing.TB) *engine.Engine {
	t.Helper()
	return newEngine(t, once)
}

// DerivedCases is Load with the derived cases.
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

// LoadData returns an engine that plays the cassettes of data.
func LoadData(t testing.TB, data catalog.Data, options catalog.Options) *engine.Engine {
	t.Helper()
	k, err := catalog.Load(data, options)
	if err != nil {
		t.Fatal(err)
	}
	return engine.New(k, engine.Cassettes(k))
}

// OverNetwork returns an engine with the same catalog that sends requests to providers.
func OverNetwork(t testing.TB, e *engine.Engine, live engine.Live) *engine.Engine {
	t.Helper()
	source, err := engine.Network(e.Catalog, live)
	if err != nil {
		t.Fatal(err)
	}
	return engine.New(e.Catalog, source)
}

// Exchanges plays every case of an engine that plays cassettes, and returns the exchanges. A
// case of the shared catalogs is played once for all tests of a package; each of them gets
// copies.
func Exchanges(t testing.TB, e *engine.Engine) map[*contract.Case]contract.Exchange {
	t.Helper()
	all := map[*contract.Case]contract.Exchange{}
	for _, c := range e.Fixtures.Cases {
		known, _ := played.LoadOrStore(c, sync.OnceValue(func() engine.Play { return e.Play(context.Background(), c) }))
		play, _ := known.(func() engine.Play)
		if play().Err != nil {
			t.Fatal(play().Err)
		}
		all[c] = cloned(*play().Exchange)
	}
	return all
}

var played sync.Map // by case

func cloned(ex contract.Exchange) contract.Exchange {
	u, request, response := *ex.Request.URL, &ex.Request, &ex.Response
	request.URL, request.Header, request.Body, request.Sent = &u, request.Header.Clone(), bytes.Clone(request.Body), bytes.Clone(request.Sent)
	response.Header, response.Body, response.Sent = response.Header.Clone(), bytes.Clone(response.Body), bytes.Clone(response.Sent)
	return ex
}

// NewJudge returns a judge with the published credentials.
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
