package watchstore_test

import (
	"flag"
	"path/filepath"
	"testing"

	"assay/internal/testsize"
	"assay/internal/watch"
	"assay/internal/watch/storetest"
	"assay/internal/watchstore"
)

// opened opens a store whose commits do not wait for the disk: no test takes the power away.
func opened(t *testing.T, path string) *watchstore.Store {
	t.Helper()
	s, err := quick(t, path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func quick(t *testing.T, path string) (*watchstore.Store, error) {
	t.Helper()
	s, err := watchstore.Open(t.Context(), path)
	if err == nil {
		set(t, s, "synchronous = OFF")
	}
	return s, err
}

// set sets a pragma of a store.
func set(t *testing.T, s *watchstore.Store, pragma string) {
	t.Helper()
	if _, err := s.Database().ExecContext(t.Context(), "PRAGMA "+pragma); err != nil {
		t.Fatal(err)
	}
}

func TestStore(t *testing.T) {
	if checks := flag.Lookup("rapid.checks"); !testsize.Full() && checks.Value.String() == checks.DefValue {
		if err := checks.Value.Set("30"); err != nil { // no other test of this package has a model
			t.Fatal(err)
		}
	}
	storetest.Run(t, func(t *testing.T) storetest.Open {
		path := filepath.Join(t.TempDir(), "assay.db")
		return func() (watch.Store, error) { return quick(t, path) }
	})
}
