package cassette

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"assay/internal/atomicfile"
)

// Saved is a cassette to write.
type Saved struct {
	Raw   []byte
	Entry Entry // without SHA256, which is computed from Raw
}

// Save writes cassettes and their manifest entries below a folder. It first writes the
// old and the new entry of each cassette, then replaces the files, then writes the
// manifest with the new entries only. After a kill at any moment every file is whole and
// matches one of its entries. Save removes temporary files of an earlier kill. It locks
// the folder; the error is a *LockedError if another process writes to it for LockWait.
func Save(dir string, cassettes map[string]Saved) error {
	unlock, err := Lock(dir, LockWait)
	if err != nil {
		return err
	}
	defer unlock()
	return SaveLocked(dir, cassettes)
}

// Create makes a folder with an empty manifest, unless there is one. The error is a
// *LockedError if another process writes to it for LockWait.
func Create(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, manifest)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	unlock, err := Lock(dir, LockWait)
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := os.Stat(filepath.Join(dir, manifest)); err == nil {
		return nil // another process made it meanwhile
	}
	raw, err := MarshalManifest(map[string]Entry{})
	if err != nil {
		return err
	}
	return atomicfile.Replace(filepath.Join(dir, manifest), raw)
}

// SaveLocked is Save for a folder that the caller has locked.
func SaveLocked(dir string, cassettes map[string]Saved) error {
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
		if err := writeManifest(dir, names, cassettes, under); err != nil {
			return err
		}
	}
	return nil
}

// sweep removes the temporary files of a killed process.
func sweep(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(d.Name(), atomicfile.TempPrefix) {
			return err
		}
		return os.Remove(path)
	})
}

// writeManifest writes the manifest, with the new entries as next while the files are
// being replaced, and as the entries afterwards.
func writeManifest(dir string, names []string, cassettes map[string]Saved, under bool) error {
	shelf, err := Open(os.DirFS(dir))
	if err != nil {
		return err
	}
	entries := map[string]Entry{}
	for name, e := range shelf.entries { // finishes a replacement that an earlier kill interrupted
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
