package impact_test

import (
	"net/http"
	"os"
	"testing"

	"assay/internal/catalog"
	"assay/internal/engine"
)

// TestMain lets no test reach a network: whoever tries panics.
func TestMain(m *testing.M) {
	http.DefaultTransport = nobody{}
	os.Exit(m.Run())
}

type nobody struct{}

func (nobody) RoundTrip(r *http.Request) (*http.Response, error) {
	panic("a test asks " + r.URL.Host)
}

// load plays the cassettes on disk, not what was embedded when the test was built.
func load(t testing.TB) *engine.Engine {
	t.Helper()
	data := catalog.Data{Specs: os.DirFS("../../specs"), Fixtures: os.DirFS("../../fixtures"), Cassettes: os.DirFS("../../cassettes")}
	k, err := catalog.Load(data, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return engine.New(k, engine.Cassettes(k))
}
