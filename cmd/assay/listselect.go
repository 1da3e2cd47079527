package main

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/rule"
)

// listSelection is the arguments after the name of a list: a provider,
// provider/operation or, for cases, provider/operation/case. The character * stands
// for any characters except a slash. No argument selects everything.
type listSelection struct{ patterns [][]string }

// selection reads the arguments of a list. depth is the most parts that its names have.
func selection(k *catalog.Catalog, name string, depth int, args []string) (*listSelection, error) {
	want := &listSelection{}
	for _, arg := range args {
		parts := strings.Split(strings.TrimSuffix(arg, "/"), "/")
		if len(parts) > depth {
			return nil, &exit{exitUsage, "list " + name + " does not take " + arg, "give " + []string{"a provider", "a provider or provider/operation", "a provider, provider/operation or provider/operation/case"}[depth-1]}
		}
		if err := checkExists(k, parts); err != nil {
			return nil, err
		}
		want.patterns = append(want.patterns, parts)
	}
	return want, nil
}

// existing checks each part of a selection. A provider or operation may have no rows,
// but it has to exist.
func checkExists(k *catalog.Catalog, parts []string) error {
	specs := slices.DeleteFunc(slices.Clone(k.Specs), func(s *openapi.Spec) bool { return !contract.MatchGlob(parts[0], s.Provider) })
	if len(specs) == 0 {
		return unknownName("provider", parts[0], k.Providers(), "assay list providers")
	}
	if len(parts) == 1 {
		return nil
	}
	one := &listSelection{patterns: [][]string{parts[:2]}}
	if len(one.operations(k)) == 0 {
		var names []string
		for _, s := range specs {
			for _, o := range s.Operations {
				names = append(names, o.ID)
			}
		}
		return unknownPart("operation", parts[:1], parts[1], names)
	}
	if len(parts) == 2 {
		return nil
	}
	var names []string
	full := &listSelection{patterns: [][]string{parts}}
	for _, c := range k.Fixtures.Cases {
		if full.matches(c.Name) {
			return nil
		}
		if one.matches(c.Name) {
			names = append(names, path.Base(c.Name))
		}
	}
	return unknownPart("case", parts[:2], parts[2], names)
}

// unknownPart is the error for the last part of a selection. Only this part is
// compared with the names: the parts before it are right.
func unknownPart(kind string, before []string, part string, names []string) error {
	prefix := path.Join(before...) + "/"
	text := "there is no " + kind + " " + strconv.Quote(prefix+part)
	if near := catalog.Nearest(part, names); near != "" {
		text += "; did you mean " + prefix + near + "?"
	}
	return &exit{exitUsage, text, catalog.Choices(part, names, "assay list "+kind+"s "+path.Join(before...))}
}

// matches reports whether the selection has the provider, operation or case.
func (want *listSelection) matches(name string) bool {
	parts := strings.Split(name, "/")
	return len(want.patterns) == 0 || slices.ContainsFunc(want.patterns, func(pattern []string) bool {
		for i := range min(len(pattern), len(parts)) {
			if !contract.MatchGlob(pattern[i], parts[i]) {
				return false
			}
		}
		return true
	})
}

// specs gives the specifications of which the selection has something.
func (want *listSelection) specs(k *catalog.Catalog) []*openapi.Spec {
	return slices.DeleteFunc(slices.Clone(k.Specs), func(s *openapi.Spec) bool { return !want.matches(s.Provider) })
}

func (want *listSelection) operations(k *catalog.Catalog) []*openapi.Operation {
	var all []*openapi.Operation
	for _, s := range want.specs(k) {
		for _, o := range s.Operations {
			if want.matches(o.Name()) {
				all = append(all, o)
			}
		}
	}
	return all
}

// waiver reports whether a waiver can apply to a selected operation.
func (want *listSelection) waiver(k *catalog.Catalog, w contract.Waiver) bool {
	if len(want.patterns) == 0 {
		return true
	}
	_, operation, _ := strings.Cut(w.Where, "/")
	operation, _, _ = strings.Cut(operation, "/")
	return slices.ContainsFunc(want.operations(k), func(o *openapi.Operation) bool {
		return rule.WaiverOf(w, o.Provider) && (operation == "" || contract.MatchGlob(operation, o.ID))
	})
}
