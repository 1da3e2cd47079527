package catalog_test

import (
	"os"
	"path/filepath"
	"testing"

	"assay/internal/catalog"
)

func TestPathOfData(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "specs"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "specs", "paytm.yaml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	laid, err := catalog.Embedded().Over(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]struct {
		path     string
		embedded bool
	}{
		"specs/paytm.yaml":       {filepath.ToSlash(dir) + "/specs/paytm.yaml", false},
		"specs/enkash.yaml":      {"specs/enkash.yaml", true},
		"specs/absent.yaml":      {"specs/absent.yaml", false},
		"elsewhere/waivers.yaml": {"elsewhere/waivers.yaml", false},
	} {
		if got, embedded := laid.Path(name); got != want.path || embedded != want.embedded {
			t.Errorf("%s: got %s, embedded: %t, want %+v", name, got, embedded, want)
		}
	}
}
