package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Name is the name of the file.
const Name = "assay.yaml"

// Find returns the path of the nearest assay.yaml: the one in dir or in a folder above it.
// It does not search above the folder that has .git, so that a repository is complete in
// itself. Without a .git it searches up to the root of the file system, but not in folders
// above dir in which everybody can write, such as /tmp: anybody could put hosts there. It
// returns "" if there is none. The path is relative to dir.
func Find(dir string) (string, error) {
	up := "."
	for {
		here := filepath.Join(dir, up)
		exists, err := isThere(filepath.Join(here, Name))
		if err == nil && exists && up != "." && anybodyWrites(here) {
			exists, err = inRepository(here)
		}
		if exists || err != nil {
			return filepath.Join(up, Name), err
		}
		if repository, err := isThere(filepath.Join(here, ".git")); repository || err != nil {
			return "", err
		}
		if top, err := isRoot(here); top || err != nil {
			return "", err
		}
		up = filepath.Join(up, "..")
	}
}

// anybodyWrites reports whether every user of the machine can write into a folder.
func anybodyWrites(dir string) bool {
	info, err := os.Stat(dir)
	return err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o002 != 0
}

// inRepository reports whether a folder or one above it has .git.
func inRepository(dir string) (bool, error) {
	for {
		if found, err := isThere(filepath.Join(dir, ".git")); found || err != nil {
			return found, err
		}
		if top, err := isRoot(dir); top || err != nil {
			return false, err
		}
		dir = filepath.Join(dir, "..")
	}
}

func isRoot(dir string) (bool, error) {
	absolute, err := filepath.Abs(dir)
	return absolute == filepath.Dir(absolute), err
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
