package rule

import "assay/internal/contract"

// factsAssumed is why a rule proves nothing, even if it has findings: it compares with what
// was inferred from an earlier exchange, not with what the provider documents.
var factsAssumed = &contract.Template{ID: "facts.assumed", Text: "nothing proved: the specification assumes facts (x-assumed) that the provider's documents may not state", WayOut: "compare each x-assumed with the documents, correct it, and remove the mark"}

// assumed reports whether the specification assumes something about the operation, or
// about any operation for a rule about the provider as a whole.
func (p *Subject) assumed() bool {
	if p.Operation != nil {
		return p.Operation.Assumed
	}
	return p.Spec != nil && p.Spec.Assumed()
}

// Assumes returns why no rule proves anything about a subject of which the specification
// assumes facts.
func Assumes(p *Subject) (why contract.Message, assumed bool) {
	return factsAssumed.Says(), p.assumed()
}

// ProvesNothing reports whether a rule proved nothing because the specification assumes
// facts.
func ProvesNothing(gap contract.Gap) bool { return gap.Why.Template == factsAssumed }
