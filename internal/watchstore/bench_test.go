package watchstore_test

import (
	"path/filepath"
	"testing"

	"assay/internal/watchstore"
)

// BenchmarkRun stores a run: its beginning and its end, each on the disk.
func BenchmarkRun(b *testing.B) {
	s, err := watchstore.Open(b.Context(), filepath.Join(b.TempDir(), "assay.db"))
	if err != nil {
		b.Fatal(err)
	}
	for n := 0; b.Loop(); n++ {
		if err := store(b, s, n); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}
