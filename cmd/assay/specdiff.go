package main

import (
	"net/url"
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

// compareSpecs gives the differences between two specifications of a provider, and what
// was compared: the operations of both, and the provider if something changed for it as
// a whole.
func compareSpecs(k *catalog.Catalog, older, newer string) (found specComparison, err error) {
	was, err := loadSpec(older)
	if err != nil {
		return found, err
	}
	is, err := loadSpec(newer)
	if err != nil {
		return found, err
	}
	found.digests = map[string]string{"old": "sha256:" + was.SHA256, "new": "sha256:" + is.SHA256}
	was.Provider = providerName(k, was.Spec)
	if err := k.NeedCases(was.Provider); err != nil {
		return found, &exit{exitUsage, err.Error(), ""}
	}
	adapters := impact.New(k)
	if found.changes, err = specdiff.Compare(was, is, adapterUses(k, adapters, was.Provider)); err != nil {
		return found, &exit{exitUsage, err.Error(), "--spec compares two specifications of one provider"}
	}
	if err := adapters.Crashed(); err != nil {
		return found, err
	}
	for _, o := range slices.Concat(is.Operations, was.Operations) {
		found.compared = append(found.compared, was.Provider+"/"+o.ID)
	}
	for _, c := range found.changes {
		found.compared = append(found.compared, c.Operation)
	}
	slices.Sort(found.compared)
	found.compared = slices.Compact(found.compared)
	return found, nil
}

// providerName finds the provider of a specification from its hosts and paths. If they
// match none of our specifications, or several, it is the provider named by the file.
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

// adapterUses finds out what our adapter reads, by having it read the responses that
// its specification documents. If that shows nothing, the impact stays unknown.
func adapterUses(k *catalog.Catalog, adapters *impact.Impact, provider string) specdiff.Uses {
	of := func(o *openapi.Operation) *drift.Uses { // nil: unknown
		s := k.Spec(provider)
		if s == nil {
			return nil
		}
		ours := s.Operation(o.ID)
		if ours == nil {
			ours = s.Match(o.Method, &url.URL{Path: o.Path})
		}
		if ours == nil {
			return nil
		}
		return adapters.Uses(ours)
	}
	s := k.Spec(provider)
	return specdiff.Uses{
		Documented: s != nil && k.Adapter(provider, contract.Setup{}) == nil,
		Member: func(o *openapi.Operation, pointer contract.Pointer) (contract.Impact, contract.Message) {
			uses := of(o)
			if uses == nil || len(uses.Members) == 0 {
				return "", contract.Message{}
			}
			return uses.Impact(uses.Of("", pointer))
		},
		Codes: func(o *openapi.Operation) []string {
			if uses := of(o); uses != nil {
				return uses.Codes
			}
			return nil
		},
	}
}

// loadSpec reads one specification from any path.
func loadSpec(path string) (document specdiff.Document, err error) {
	raw, err := os.ReadFile(path) // once: it may be a pipe
	if err != nil {
		return document, &exit{exitUsage, err.Error(), ""}
	}
	file := filepath.Base(path)
	s, err := openapi.Read(file, raw)
	if err == nil {
		err = s.Compile()
	}
	if err != nil {
		return document, &exit{exitUsage, strings.ReplaceAll(err.Error(), "specs/"+file, path), "both files must be in the dialect that specs/README.md describes"}
	}
	return specdiff.NewDocument(s, path), nil
}
