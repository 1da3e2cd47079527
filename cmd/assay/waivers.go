package main

import (
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"assay/internal/contract"
	"assay/internal/fixture"
	"assay/internal/rule"
)

// readWaivers reads the files of --waivers.
func readWaivers(files []string) ([]contract.Waiver, error) {
	var all []contract.Waiver
	for _, file := range files {
		list, err := fixture.Waivers(os.DirFS(filepath.Dir(file)), filepath.Base(file), file)
		if err != nil {
			return nil, &exit{exitUsage, "--waivers: " + err.Error(), "fixtures/README.md, which `assay export DIR` writes too, lists the members of a waiver"}
		}
		all = append(all, list...)
	}
	return all, nil
}

// noteIdleWaivers prints a line for each waiver that tolerates nothing in traffic: an incomplete
// one, an expired one, and one without a finding in the traffic of its provider. In runs of cases the
// rules waiver-justified and waiver-used report them.
func noteIdleWaivers(to io.Writer, all []contract.Waiver, now time.Time, r *contract.Report) {
	used := map[string]bool{}
	for _, g := range r.Traffic.Groups {
		if w := g.Finding.Waived; w != nil {
			used[w.Source] = true
		}
	}
	for _, one := range r.Results {
		for _, f := range one.Findings {
			if f.Waived != nil {
				used[f.Waived.Source] = true
			}
		}
	}
	whole := !r.Traffic.Partial && r.Traffic.More == 0
	for _, w := range all {
		switch lacks := w.MissingFields(); {
		case len(lacks) > 0:
			note(to, "assay: warning: %s: the waiver of %s has no %s, so it tolerates nothing", w.Source, w.Rule, strings.Join(lacks, ", no "))
		case !w.Holds(now):
			note(to, "assay: warning: %s: the waiver of %s expired on %s, so it tolerates nothing", w.Source, w.Rule, w.Expires.Format(time.DateOnly))
		case whole && !used[w.Source] && checked(r.Traffic, w):
			note(to, "assay: warning: %s: the waiver of %s matches no finding of this traffic", w.Source, w.Rule)
		}
	}
}

// checked reports whether traffic has an exchange of a waiver's provider.
func checked(t *contract.Traffic, w contract.Waiver) bool {
	for name := range maps.Keys(t.Operations) {
		if provider, _, _ := strings.Cut(name, "/"); rule.WaiverOf(w, provider) {
			return true
		}
	}
	return false
}
