package rule

import (
	"assay/internal/contract"
	"assay/internal/crash"
)

// Applied is the result of one rule for one subject.
type Applied struct {
	Findings     []contract.Finding
	Inconclusive *contract.Template // why the rule could prove nothing; nil: it did
}

// Apply runs one rule on one pass. A finding that the case means to provoke is
// marked; one it means to provoke and that does not come is a finding itself,
// on the side of the test data. Unlike Each it does not recover from a panic.
func Apply(r Rule, p *Subject) Applied {
	mine := *p
	mine.findings, mine.cache, mine.explained, mine.recent = nil, nil, nil, nil
	mine.forgetUndecoded()
	gap := mine.apply(&r)
	return Applied{mine.findings, gap}
}

// Outcome is the result of several rules. Findings stay valid; the rest is overwritten
// when the subject is used again.
type Outcome struct {
	Findings     []contract.Finding
	Checked      []byte               // for each rule inconclusive, checked or crashed
	Inconclusive []*contract.Template // the reasons of the inconclusive rules, in order
	Crashes      []*crash.Error       // of the rules that panicked, in order
	provider     string
}

// What a rule did, in Outcome.Checked.
const (
	inconclusive byte = iota
	checked
	crashed
)

// Each runs rules on a subject. It runs all of them, whatever the others find. A rule that
// panics has no findings; the others go on.
func Each(rules []Rule, p *Subject) Outcome {
	p.findings, p.checked, p.gaps, p.covered = nil, p.checked[:0], p.gaps[:0], nil
	p.forgetUndecoded()
	var crashes []*crash.Error
	for len(p.checked) < len(rules) {
		before := len(p.findings)
		failed := crash.Contain("", func() { // once for all rules: it costs time
			for len(p.checked) < len(rules) {
				before = len(p.findings)
				p.record(p.apply(&rules[len(p.checked)]), before)
			}
		})
		if failed != nil {
			failed.What = "rule " + rules[len(p.checked)].ID
			crashes, p.findings, p.checked = append(crashes, failed), p.findings[:before], append(p.checked, crashed)
			p.forgetUndecoded()
		}
	}
	return Outcome{p.findings, p.checked, p.gaps, crashes, p.Spec.Provider}
}

// record notes what a rule did. before is the number of findings of the rules before it.
func (p *Subject) record(gap *contract.Template, before int) {
	if gap == nil || gap != factsAssumed && len(p.findings) > before {
		p.checked = append(p.checked, checked)
	} else {
		p.checked, p.gaps = append(p.checked, inconclusive), append(p.gaps, gap)
	}
}

// Lists returns the ids of the rules that checked, and the inconclusive ones with their
// reasons.
func (o Outcome) Lists(rules []Rule) (ids []string, gaps []contract.Gap) {
	ids, gaps = []string{}, []contract.Gap{}
	for i := range rules {
		switch o.Checked[i] {
		case checked:
			ids = append(ids, rules[i].ID)
		case inconclusive:
			gaps = append(gaps, contract.Gap{Rule: rules[i].ID, Why: ReasonOf(o.Inconclusive[len(gaps)], o.provider)})
		}
	}
	return ids, gaps
}

// ReasonOf returns the message of a reason why a rule could not check a provider.
func ReasonOf(t *contract.Template, provider string) contract.Message {
	if t == clientAbsent {
		return NoClient(provider)
	}
	return t.Says()
}

// apply runs one rule, adds its findings, and returns why it could not check, or nil.
func (p *Subject) apply(r *Rule) (gap *contract.Template) {
	before := len(p.findings)
	p.rule, p.gap = r, nil
	r.Run(p)
	if p.View != nil && p.View.Undecoded() { // a member that is present seemed absent, so the findings mean nothing
		p.findings, p.gap = p.findings[:before], bodyUndecoded
		return p.gap
	}
	found := len(p.findings) > before
	if found {
		if gap := p.excuse(before); gap != nil {
			p.gap = gap
		}
	}
	if p.gap == nil && p.assumed() {
		p.gap = factsAssumed
	}
	if found || p.Case != nil {
		p.hideCredentials(before)
		p.complete(before)
	}
	return p.gap
}

// complete adds to the findings of a rule, beginning with index from, what their case,
// the request and the waivers say about them.
func (p *Subject) complete(from int) {
	if p.Case != nil {
		p.expect(p.Case.Want.Findings, from)
	}
	for i := range p.findings[from:] {
		p.blame(&p.findings[from+i])
		p.waive(&p.findings[from+i])
	}
	if p.Case != nil {
		p.Excerpts(p.findings[from:])
	}
	p.forgetUndecoded()
}

// forgetUndecoded makes the next rule start anew: what was too large to decode for anybody
// else does not count against it.
func (p *Subject) forgetUndecoded() {
	if p.View != nil {
		p.View.Undecoded()
	}
}
