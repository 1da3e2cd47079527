package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Name is the name of the file.
const Name = "assay.yaml"

// Find returns the path of the nearest assay.yaml: the one in dir or in a folder above it.
// It does not search above the folder that has .git, so that a repository is complete in
// itself. Without a .git it searches up to the root of the file system. It returns "" if
// there is none. The path is relative to dir.
func Find(dir string) (string, error) {
	up := "."
	for {
		here := filepath.Join(dir, up)
		if exists, err := isThere(filepath.Join(here, Name)); exists || err != nil {
			return filepath.Join(up, Name), err
		}
		if repository, err := isThere(filepath.Join(here, ".git")); repository || err != nil {
			return "", err
		}
		absolute, err := filepath.Abs(here)
		if err != nil || absolute == filepath.Dir(absolute) {
			return "", err
		}
		up = filepath.Join(up, "..")
	}
}

// isThere reports whether a file or folder exists. A folder that may not be read has
// nothing for us.
func isThere(path string) (bool, error) {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return false, nil
	}
	return err == nil, err
}
