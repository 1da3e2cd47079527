package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// checkWritable finds out whether the files can be written, before the command does
// anything else. No two may be the same. It is for commands that send requests to a provider or
// change other files: the others write the reports that they can, and say in the end what is
// missing.
func checkWritable(to []output) error {
	if err := checkDistinct(to); err != nil {
		return err
	}
	for _, o := range to {
		if o.path == "" {
			continue
		}
		if err := openOutput(o.path); err != nil {
			code := exitInconclusive
			if o.format == "" { // it is no report
				code = exitUsage
			}
			return &exit{code, "writing " + o.path + ": " + err.Error(), "nothing was read, sent or written"}
		}
	}
	return nil
}

// checkOutputs is checkWritable before something that cannot be taken back, and otherwise
// checkDistinct.
func checkOutputs(to []output, before bool) error {
	if before {
		return checkWritable(to)
	}
	return checkDistinct(to)
}

// checkDistinct finds a file that is given twice.
func checkDistinct(to []output) error {
	seen := map[string]bool{}
	for _, o := range to {
		if o.path == "" {
			continue
		}
		if info, err := os.Stat(o.path); seen[filepath.Clean(o.path)] && (err != nil || info.Mode().IsRegular()) {
			return &exit{exitUsage, o.path + " is given twice to write to", "give each output a path of its own"}
		}
		seen[filepath.Clean(o.path)] = true
	}
	return nil
}

// openOutput opens what a file is written with: a temporary file beside it. A device is
// opened itself. A pipe is not, because opening it would wait for a reader.
func openOutput(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil || info.Mode().IsRegular():
		return openTemporary(filepath.Dir(path))
	case info.IsDir():
		return errors.New("it is a folder")
	case info.Mode()&fs.ModeNamedPipe != 0:
		return nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err == nil {
		err = f.Close()
	}
	return withoutPath(err)
}

// openTemporary makes and removes a file in a folder.
func openTemporary(dir string) error {
	f, err := os.CreateTemp(dir, ".assay-*")
	if err == nil {
		err = errors.Join(f.Close(), os.Remove(f.Name()))
	}
	return withoutPath(err)
}

// withoutPath removes the path of a temporary file from an error.
func withoutPath(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// checkFolders finds out whether files can be written in folders. A folder that does not
// exist yet can be made if the one above it can be written in.
func checkFolders(folders ...string) error {
	for _, dir := range slices.Compact(slices.Sorted(slices.Values(folders))) {
		for above := filepath.Dir(dir); ; dir, above = above, filepath.Dir(above) {
			if _, err := os.Lstat(dir); err == nil || above == dir {
				break
			}
		}
		if err := openTemporary(dir); err != nil {
			return &exit{exitUsage, "writing in " + dir + ": " + err.Error(), "nothing was read, sent or written"}
		}
	}
	return nil
}
