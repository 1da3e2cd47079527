package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"assay/internal/contract"
	"assay/internal/spec"
	"assay/internal/specdiff"
)

// documents tells what is different in the newer of two specifications. The
// provider is the one that the newer file is named after.
func (p *program) documents(older, newer string) ([]contract.Change, error) {
	was, err := specification(older)
	if err != nil {
		return nil, err
	}
	is, err := specification(newer)
	if err != nil {
		return nil, err
	}
	changes, err := specdiff.Compare(was, is)
	if err != nil {
		return nil, &exit{exitUsage, err.Error(), ""}
	}
	return changes, nil
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

// specDiff prints what documents finds, for scripts: people have `assay drift`.
func (p *program) specDiff() *cobra.Command {
	return &cobra.Command{
		Use:     "spec-diff OLD NEW",
		Short:   "compare two specifications of one provider",
		Example: "  assay spec-diff old/paytm.yaml new/paytm.yaml",
		Hidden:  true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return &exit{exitUsage, "spec-diff takes two specifications", ""}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			changes, err := p.documents(args[0], args[1])
			if err != nil {
				return err
			}
			out := json.NewEncoder(p.stdout)
			out.SetEscapeHTML(false)
			out.SetIndent("", "  ")
			return out.Encode(append([]contract.Change{}, changes...))
		},
	}
}
