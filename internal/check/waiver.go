package check

import (
	"path"

	"assay/internal/contract"
)

// waive marks a finding that somebody tolerates, for as long as they do.
func (p *Pass) waive(f *contract.Finding) {
	name := p.Spec.Provider
	if p.Case != nil {
		name = p.Case.Name
	}
	for _, w := range p.Waivers {
		if w.Rule != f.Rule || !p.Now.Before(w.Expires) || !globbed(w.Where, name) {
			continue
		}
		if w.At != "" && !globbed(w.At, f.At) && !globbed(w.At, contract.General(f.At)) {
			continue
		}
		f.Waived = &contract.Waived{Owner: w.Owner, Reason: w.Reason, Expires: w.Expires.Format("2006-01-02")}
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
