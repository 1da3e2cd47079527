package check

import (
	"path"
	"strings"
	"time"

	"assay/internal/contract"
)

// waive marks a finding that somebody tolerates, for as long as they do.
func (p *Pass) waive(f *contract.Finding) {
	name := p.Spec.Provider
	if p.Case != nil {
		name = p.Case.Name
	}
	for _, w := range p.Waivers {
		if w.Rule != f.Rule || !w.Holds(p.Now) || !globbed(w.Where, name) {
			continue
		}
		if w.At != "" && !globbed(w.At, f.At) && !globbed(w.At, contract.General(f.At)) {
			continue
		}
		f.Waived = &contract.Waived{Owner: w.Owner, Reason: w.Reason, Expires: w.Expires.Format(time.DateOnly), Source: w.Source}
		return
	}
}

func globbed(pattern, name string) bool {
	if pattern == name {
		return true
	}
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}

// WaiverOf tells whether a waiver is about a provider.
func WaiverOf(w contract.Waiver, provider string) bool {
	first, _, _ := strings.Cut(w.Where, "/")
	return globbed(first, provider)
}

func waiverJustified(p *Pass) {
	for _, w := range p.Waivers {
		if !WaiverOf(w, p.Spec.Provider) {
			continue
		}
		if lacks := w.Lacks(); len(lacks) > 0 {
			p.found(w.Source, "lacks "+w.Rule, "the waiver of %s says no %s, and tolerates nothing", w.Rule, strings.Join(lacks, ", no "))
		} else if !w.Holds(p.Now) {
			p.found(w.Source, "expired "+w.Rule, "the waiver of %s by %s expired on %s, and tolerates nothing", w.Rule, w.Owner, w.Expires.Format(time.DateOnly))
		}
	}
}

func waiverUsed(p *Pass) {
	for _, w := range p.Waivers {
		if WaiverOf(w, p.Spec.Provider) && w.Holds(p.Now) && !p.Waived[w.Source] {
			p.found(w.Source, "unused "+w.Rule, "the waiver of %s by %s tolerates nothing: there is no such finding", w.Rule, w.Owner)
		}
	}
}
