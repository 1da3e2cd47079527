package check

import "assay/internal/contract"

// The cassette family: whether a recording can be believed.
func cassetteRules() []Rule {
	return []Rule{{
		ID: "cassette-intact", Title: "comes from a recording nobody changed", Family: "cassette",
		Side: contract.HarnessSide, Severity: contract.Error, Applies: func(p *Pass) bool { return p.Recording != nil }, Run: cassetteIntact,
		About:  "The manifest holds the sha256 of every cassette; one that was edited by hand proves what somebody wished for.",
		Remedy: "Undo the edit, or make the recording anew so that the manifest is written with it.",
	}}
}

func cassetteIntact(p *Pass) {
	r := p.Recording
	switch {
	case !r.Listed:
		p.found("cassettes/"+r.Name+".yaml", "unlisted", "cassettes/manifest.yaml has no entry for %s", r.Name)
	case r.SHA256 != r.Wanted:
		p.found("cassettes/"+r.Name+".yaml", "sha256", "the sha256 of cassettes/%s.yaml is not the one in cassettes/manifest.yaml", r.Name)
	}
}
