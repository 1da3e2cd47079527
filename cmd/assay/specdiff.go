package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/drift"
	"assay/internal/impact"
	"assay/internal/openapi"
	"assay/internal/specdiff"
)

// documents tells what is different in the newer of two specifications, and what
// was looked at: the operations of both, and the provider where something has
// changed of it as a whole. It is the one of ours whose hosts or paths the older
// has; where there is none, or several, it is the one that its file is named
// after.
func compareSpecs(k *catalog.Catalog, older, newer string) (changes []contract.Change, looked []string, err error) {
	was, err := loadSpec(older)
	if err != nil {
		return nil, nil, err
	}
	is, err := loadSpec(newer)
	if err != nil {
		return nil, nil, err
	}
	was.Provider = providerName(k, was.Spec)
	if err := k.NeedCases(was.Provider); err != nil {
		return nil, nil, &exit{exitUsage, err.Error(), ""}
	}
	if changes, err = specdiff.Compare(was, is, adapterUses(k, was.Provider)); err != nil {
		return nil, nil, &exit{exitUsage, err.Error(), "--spec compares two specifications of one provider"}
	}
	for _, o := range slices.Concat(is.Operations, was.Operations) {
		looked = append(looked, was.Provider+"/"+o.ID)
	}
	for _, c := range changes {
		looked = append(looked, c.Operation)
	}
	slices.Sort(looked)
	return changes, slices.Compact(looked), nil
}

// provider names whose a specification is.
func providerName(k *catalog.Catalog, s *openapi.Spec) string {
	var ours []string
	for _, known := range k.Specs {
		if specdiff.Related(known, s) {
			ours = append(ours, known.Provider)
		}
	}
	if len(ours) == 1 {
		return ours[0]
	}
	return s.Provider
}

// reads tells what our adapter of a provider does with members of responses. It is
// found out by having it read what the specification it was written for prints;
// where that says nothing, nobody knows.
func adapterUses(k *catalog.Catalog, provider string) specdiff.Uses {
	adapters := impact.New(k)
	of := func(o *openapi.Operation) *drift.Uses { // nil: nothing is known
		s := k.Spec(provider)
		if s == nil {
			return nil
		}
		ours := s.Operation(o.ID)
		if ours == nil {
			ours = s.Match(o.Method, o.Path)
		}
		if ours == nil {
			return nil
		}
		return adapters.Uses(ours)
	}
	return specdiff.Uses{
		Member: func(o *openapi.Operation, pointer contract.Pointer) (contract.Impact, contract.Message) {
			uses := of(o)
			if uses == nil || len(uses.Members) == 0 {
				return "", contract.Message{}
			}
			return uses.Of("", pointer).Impact()
		},
		Codes: func(o *openapi.Operation) []string {
			if uses := of(o); uses != nil {
				return uses.Codes
			}
			return nil
		},
	}
}

// specification reads one file, wherever it stands.
func loadSpec(path string) (document specdiff.Document, err error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return document, &exit{exitUsage, err.Error(), ""}
	}
	dir, file := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	s, err := openapi.Load(os.DirFS(dir), file)
	if err == nil {
		err = s.Compile()
	}
	if err != nil {
		return document, &exit{exitUsage, strings.ReplaceAll(err.Error(), "specs/"+file, path), "both have to be in the dialect of specs/README.md"}
	}
	return specdiff.Document{Spec: s, Raw: raw, Name: path}, nil
}
