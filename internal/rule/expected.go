package rule

import (
	"slices"

	"assay/internal/contract"
)

// ExpectByTest does for the test that sent a request what a case does: it marks the
// findings that the test expects, and adds a finding for each that did not come.
func (p *Subject) ExpectByTest(test *contract.Test, r *contract.Result) {
	var done []string
	for _, e := range test.Findings {
		known, ok := Find(e.Rule)
		if !ok || slices.Contains(done, e.Rule) {
			continue
		}
		done = append(done, e.Rule)
		of := func(f contract.Finding) bool { return f.Rule == e.Rule }
		others := slices.DeleteFunc(slices.Clone(r.Findings), of)
		p.findings = slices.DeleteFunc(slices.Clone(r.Findings), func(f contract.Finding) bool { return !of(f) })
		came := len(p.findings)
		p.rule = &known
		p.expect(test.Findings, 0)
		for i := range p.findings[came:] {
			p.waive(&p.findings[came+i])
		}
		if len(p.findings) > came && !slices.Contains(r.Checked, e.Rule) { // the lists are shared
			r.Checked = append(slices.Clone(r.Checked), e.Rule)
			r.Inconclusive = slices.DeleteFunc(slices.Clone(r.Inconclusive), func(g contract.Gap) bool { return g.Rule == e.Rule })
		}
		r.Findings = append(others, p.findings...)
	}
}
