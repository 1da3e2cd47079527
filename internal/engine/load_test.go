package engine_test

import (
	"os"
	"slices"
	"sync"
	"testing"

	"assay/internal/catalog"
	"assay/internal/engine"
)

// disk is what is on disk, not what was embedded when the test was built.
func disk(options catalog.Options) (*catalog.Catalog, error) {
	return catalog.Load(catalog.Data{Specs: os.DirFS("../../specs"), Fixtures: os.DirFS("../../fixtures"), Cassettes: os.DirFS("../../cassettes")}, options)
}

// once reads it once for all tests, with the derived cases and without.
var (
	once        = sync.OnceValues(func() (*catalog.Catalog, error) { return disk(catalog.Options{}) })
	onceDerived = sync.OnceValues(func() (*catalog.Catalog, error) { return disk(catalog.Options{Negative: true}) })
)

// load gives an engine of what is on disk that has played nothing.
func load(t testing.TB) *engine.Engine {
	t.Helper()
	return playing(t, once)
}

// playing gives an engine of what was read, which it may change.
func playing(t testing.TB, read func() (*catalog.Catalog, error)) *engine.Engine {
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

// over plays the cassettes of data.
func over(t testing.TB, data catalog.Data, options catalog.Options) *engine.Engine {
	t.Helper()
	k, err := catalog.Load(data, options)
	if err != nil {
		t.Fatal(err)
	}
	return engine.New(k, engine.Cassettes(k))
}

// asks plays the same cases by asking providers.
func asks(t testing.TB, e *engine.Engine, live engine.Live) *engine.Engine {
	t.Helper()
	source, err := engine.Network(e.Catalog, live)
	if err != nil {
		t.Fatal(err)
	}
	return engine.New(e.Catalog, source)
}
