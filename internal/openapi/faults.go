package openapi

import (
	"slices"

	"assay/internal/contract"
)

// RequestFaults lists everything in a request that the documents exclude: violations by
// its parameters and its body, and violated conditions of severity error. Value is
// filled in if withValues is true, or if the condition of a result code names it.
func (x *View) RequestFaults(withValues bool) []RequestViolation {
	withValues = withValues || x.plan.valued
	var all []RequestViolation
	for _, v := range x.ParameterViolations() {
		all = append(all, RequestViolation{At: v.At, Keyword: v.Keyword})
	}
	violations, _ := x.RequestViolations()
	for _, v := range violations {
		text := ""
		if pointer, _ := v.At.Pointer(); withValues && v.Keyword != "required" {
			text, _ = x.RequestText(pointer)
		}
		all = append(all, RequestViolation{At: v.At, Keyword: v.Keyword, Value: text})
	}
	for _, r := range x.plan.conditions {
		if holds, applies := x.Holds(r.Rule); applies && !holds {
			all = append(all, RequestViolation{At: contract.RequestBody(r.At), Keyword: "rule"})
		}
	}
	return all
}

// Forgives reports whether the lenient schema of an ambiguity accepts a value that the
// schema refuses. A violated condition is not a schema violation, and an absent member
// has no value, so neither can be forgiven.
func (x *View) Forgives(fault RequestViolation, ambiguities []*Ambiguity) bool {
	if len(ambiguities) == 0 || fault.Keyword == "rule" || fault.Keyword == "required" {
		return false
	}
	return slices.ContainsFunc(x.Occurrences(fault.At), func(at Occurrence) bool {
		return slices.ContainsFunc(ambiguities, func(r *Ambiguity) bool { return r.LenientAccepts(at) })
	})
}

// Reference returns the merchant's reference in the request, or "" if none is documented
// or sent.
func (x *View) Reference() string {
	for _, pointer := range x.plan.references {
		if text, present := x.RequestText(pointer); present {
			return text
		}
	}
	return ""
}
