// Package atomicfile replaces files in one step: a reader sees the old content or the
// new one, never a part of it.
//
// It is on the lowest floor because package cassette and the command both replace
// files and may not import each other.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// TempPrefix begins the names of the temporary files. A process that is killed while
// it writes leaves one behind.
const TempPrefix = ".assay-"

// Replace writes raw to a temporary file in the same folder, syncs it and renames it
// to path. If the process is killed, path holds either the old bytes or the new ones.
// If path is not a regular file, such as a pipe, Replace writes to it directly.
func Replace(path string, raw []byte) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(path, raw, 0o644) // none of these files holds a secret
	}
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, TempPrefix+"*")
	if err != nil {
		return fmt.Errorf("%s: %w", path, cause(err))
	}
	_, err = f.Write(raw)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("%s: %w", path, cause(err)), os.Remove(f.Name()))
	}
	return syncFolder(dir)
}

// syncFolder makes a rename survive a loss of power, on file systems that can sync a
// folder. Errors of the sync are ignored: the rename is done.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return nil //nolint:nilerr // the rename is done
	}
	_ = d.Sync() // see above
	return d.Close()
}

// cause drops the name of the temporary file from an error: it means nothing to users.
func cause(err error) error {
	var inner *fs.PathError
	if errors.As(err, &inner) {
		return inner.Err
	}
	return err
}
