// Package disk writes files so that nobody ever meets half of one.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Beside begins the names of files that are on their way to their places.
const Beside = ".assay-"

// Replace writes a file beside its place, syncs it and moves it there: after a
// kill at any moment the old bytes stand there or the new ones. What is
// no file, such as a pipe, is written to.
func Replace(path string, raw []byte) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(path, raw, 0o644) // nothing written here is a secret
	}
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, Beside+"*")
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
	return settle(dir)
}

// settle makes a rename last through a loss of power. Not every file system can
// sync a folder; where it cannot, the rename itself is all there is.
func settle(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return nil //nolint:nilerr // as above
	}
	_ = d.Sync() // as above
	return d.Close()
}

// cause leaves out the name of the file beside, which nobody asked for.
func cause(err error) error {
	var inner *fs.PathError
	if errors.As(err, &inner) {
		return inner.Err
	}
	return err
}
