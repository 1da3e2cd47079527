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
	for name, want := range map[string]string{
		"specs/paytm.yaml":       filepath.ToSlash(dir) + "/specs/paytm.yaml",
		"specs/enkash.yaml":      "specs/enkash.yaml",
		"fixtures/waivers.yaml":  "fixtures/waivers.yaml",
		"elsewhere/waivers.yaml": "elsewhere/waivers.yaml",
	} {
		if got := laid.Path(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}
