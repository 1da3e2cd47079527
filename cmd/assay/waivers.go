package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/fixture"
	"assay/internal/report"
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

// noteIdleWaivers prints a line for each waiver of --waivers that tolerates nothing: an incomplete
// one, an expired one, and, in a report about traffic, one without a finding in the traffic of its
// provider. In assay run the rules waiver-justified and waiver-used report them.
func noteIdleWaivers(to io.Writer, k *catalog.Catalog, r *contract.Report) {
	used := map[string]bool{}
	use := func(f contract.Finding) {
		if f.Waived != nil {
			used[f.Waived.Source] = true
		}
	}
	if r.Traffic != nil {
		for _, g := range r.Traffic.Groups {
			use(g.Finding)
		}
	}
	for _, one := range r.Results {
		for _, f := range one.Findings {
			use(f)
		}
	}
	whole := r.Traffic != nil && !r.Traffic.Partial && r.Traffic.More == 0
	for _, w := range k.Options.Waivers {
		if why, idle := rule.IdleWaiver(w, k.Options.Now); idle {
			note(to, "assay: warning: %s: %s", w.Source, report.Sentence(why))
		} else if whole && !used[w.Source] && checked(r.Traffic, w) {
			note(to, "assay: warning: %s: the waiver of %s matches no finding of this traffic", w.Source, w.Rule)
		}
	}
}

// checked reports whether traffic has an exchange of a waiver's provider.
func checked(t *contract.Traffic, w contract.Waiver) bool {
	for name := range t.Operations {
		if provider, _, _ := strings.Cut(name, "/"); rule.WaiverOf(w, provider) {
			return true
		}
	}
	return false
}
