package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/spec"
	"assay/internal/specdiff"
)

// documents tells what is different in the newer of two specifications, and what
// was looked at: the operations of both, and the provider where something has
// changed of it as a whole. It is the one that the newer file is named after.
func (p *program) documents(older, newer string) (changes []contract.Change, looked []string, err error) {
	was, err := specification(older)
	if err != nil {
		return nil, nil, err
	}
	is, err := specification(newer)
	if err != nil {
		return nil, nil, err
	}
	if changes, err = specdiff.Compare(was, is); err != nil {
		return nil, nil, &exit{exitUsage, err.Error(), ""}
	}
	for _, o := range slices.Concat(is.Operations, was.Operations) {
		looked = append(looked, o.Name())
	}
	for _, c := range changes {
		looked = append(looked, c.Operation)
	}
	slices.Sort(looked)
	return changes, slices.Compact(looked), nil
}

// specification reads one file, wherever it stands.
func specification(path string) (document specdiff.Document, err error) {
	raw, err := os.ReadFile(path) //nolint:gosec // the file that was asked for
	if err != nil {
		return document, &exit{exitUsage, err.Error(), ""}
	}
	dir, file := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	s, err := spec.Load(os.DirFS(dir), file)
	if err != nil {
		return document, &exit{exitUsage, strings.ReplaceAll(err.Error(), "specs/"+file, path), "both have to be in the dialect of specs/README.md"}
	}
	return specdiff.Document{Spec: s, Raw: raw, Name: path}, nil
}
