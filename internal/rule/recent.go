package rule

import (
	"assay/internal/contract"
	"assay/internal/jsonschema"
	"assay/internal/openapi"
)

// recent holds the last findings of an operation with what they depend on. Traffic repeats
// its findings, and a message with its arguments takes longer than most rules.
type recent struct {
	all  [8]recentFinding
	next int // the index to overwrite
}

// recentFinding is a complete finding, without what its case and waivers add.
type recentFinding struct {
	key     recentKey
	finding contract.Finding
}

// recentKey is what a finding about a schema, a member or a code depends on, within an
// operation.
type recentKey struct {
	rule         string
	at           contract.Place
	keyword, got string
	schema       *jsonschema.Schema
	noForm       bool
	status       int // of the response
}

// again adds the recent finding with a key. It is false if there is none: then the caller
// adds one and calls keep.
func (p *Subject) again(key *recentKey) bool {
	key.rule, key.status = p.rule.ID, p.View.Exchange.Response.Status
	if p.recent == nil {
		return false
	}
	for i := range p.recent.all {
		if one := &p.recent.all[i]; one.key == *key {
			p.addKnown(&one.finding)
			return true
		}
	}
	return false
}

// keep remembers the last finding.
func (p *Subject) keep(key *recentKey) {
	if len(key.at)+len(key.got) > maxCachedPlace {
		return
	}
	if p.recent == nil {
		p.recent = &recent{}
	}
	p.recent.all[p.recent.next] = recentFinding{*key, p.findings[len(p.findings)-1]}
	p.recent.next = (p.recent.next + 1) % len(p.recent.all)
}

// keyOf returns the key of a finding about a violation; ok is false if its message depends
// on more.
func keyOf(v *openapi.Violation) (key recentKey, ok bool) {
	return recentKey{at: v.At, keyword: v.Keyword, got: v.Got, schema: v.Schema(), noForm: v.NoForm()}, v.Why == nil && v.Member() == ""
}
