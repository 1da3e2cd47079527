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
	"math/rand/v2"
	"os"
	"path/filepath"
)

// TempPrefix begins the names of the temporary files. A process that is killed while
// it writes leaves one behind.
const TempPrefix = ".assay-"

// Replace writes raw to a temporary file in the same folder, syncs it and renames it
// to path. If the process is killed, path holds either the old bytes or the new ones.
// If path is not a regular file, such as a pipe, Replace writes to it directly.
//
// A new file has the permissions that the umask allows; a file that is replaced keeps its
// own. Replace also removes the temporary files that killed processes left in the folder.
func Replace(path string, raw []byte) error {
	replaced, err := os.Stat(path)
	if err == nil && !replaced.Mode().IsRegular() {
		return os.WriteFile(path, raw, 0o644) // it exists, so the mode is not used
	}
	if err != nil {
		replaced = nil
	}
	dir := filepath.Dir(path)
	Sweep(dir)
	for range attempts - 1 {
		// A process that cannot see this one, such as one in another container, may sweep
		// the temporary file away.
		if err := replace(path, raw, replaced); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return replace(path, raw, replaced)
}

// attempts is how often Replace writes a temporary file that disappears.
const attempts = 3

func replace(path string, raw []byte, replaced fs.FileInfo) error {
	dir := filepath.Dir(path)
	f, err := create(dir)
	if err != nil {
		return fmt.Errorf("%s: %w", path, cause(err))
	}
	_, err = f.Write(raw)
	if replaced != nil {
		err = errors.Join(err, f.Chmod(replaced.Mode().Perm()))
	}
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		removed := os.Remove(f.Name())
		if errors.Is(removed, fs.ErrNotExist) {
			removed = nil
		}
		return errors.Join(fmt.Errorf("%s: %w", path, cause(err)), removed)
	}
	return syncFolder(dir)
}

// create makes a temporary file. Its name has the id of this process, see Sweep.
func create(dir string) (*os.File, error) {
	for {
		name := fmt.Sprintf("%s%d-%d", TempPrefix, os.Getpid(), rand.Uint32()) // the name needs no secure randomness
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
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
	var rename *os.LinkError
	if errors.As(err, &rename) {
		return rename.Err
	}
	return err
}
