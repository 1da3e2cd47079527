package cassette

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"assay/internal/atomicfile"
)

// Kept is a cassette to be written.
type Saved struct {
	Raw   []byte
	Entry Entry // without its SHA256, which follows from Raw
}

// Keep writes cassettes into a folder and its manifest. First the manifest says
// of each what it is and what it will be, then the files are replaced one by
// one, then the manifest says what they are: after a kill at any moment every
// file is whole, and the manifest's. What an earlier kill left beside the files
// is taken away.
func Keep(dir string, cassettes map[string]Saved) error {
	if err := sweep(dir); err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(cassettes))
	for _, under := range []bool{true, false} {
		if !under {
			for _, name := range names {
				file := filepath.Join(dir, filepath.FromSlash(name)+".yaml")
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					return err
				}
				if err := atomicfile.Replace(file, cassettes[name].Raw); err != nil {
					return err
				}
			}
		}
		if err := list(dir, names, cassettes, under); err != nil {
			return err
		}
	}
	return nil
}

// sweep removes files that never came to their places.
func sweep(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(d.Name(), atomicfile.Beside) {
			return err
		}
		return os.Remove(path)
	})
}

// list writes the manifest: with what comes next while the files are being
// replaced, and without once they are.
func list(dir string, names []string, cassettes map[string]Saved, under bool) error {
	shelf, err := Open(os.DirFS(dir))
	if err != nil {
		return err
	}
	entries := map[string]Entry{}
	for name, e := range shelf.entries { // what an earlier kill left under way is settled here
		if e.Next == nil || e.SHA256 != "" || shelf.Has(name) {
			entries[name], _ = shelf.Entry(name)
		}
	}
	for _, name := range names {
		next := cassettes[name].Entry
		next.SHA256, next.Next = Sum(cassettes[name].Raw), nil
		if !under {
			entries[name] = next
			continue
		}
		e := entries[name]
		e.Next = &next
		entries[name] = e
	}
	raw, err := MarshalManifest(entries)
	if err != nil {
		return err
	}
	return atomicfile.Replace(filepath.Join(dir, manifest), raw)
}
