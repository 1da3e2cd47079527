package openapi

import (
	"slices"

	"assay/internal/contract"
)

// RequestFaults lists everything in a request that the documents exclude: violations by
// its parameters and its body, and violated conditions of severity error.
func (x *View) RequestFaults() []RequestViolation {
	var all []RequestViolation
	for _, v := range x.ParameterViolations() {
		all = append(all, RequestViolation{At: v.At, Keyword: v.Keyword, Field: v.At.Field(), Path: v.At.Path()})
	}
	violations, _ := x.RequestViolations()
	for _, v := range violations {
		pointer, _ := v.At.Pointer()
		value, _ := contract.Lookup(x.RequestBody(), pointer)
		text, _ := contract.Text(value)
		all = append(all, RequestViolation{At: v.At, Keyword: v.Keyword, Field: v.At.Field(), Path: v.At.Path(), Value: text})
	}
	for _, r := range x.plan.conditions {
		if holds, applies := x.Holds(r.Rule); applies && !holds {
			at := contract.RequestBody(r.At)
			all = append(all, RequestViolation{At: at, Keyword: "rule", Field: at.Field(), Path: at.Path()})
		}
	}
	return all
}

// Forgives reports whether the lenient schema of an ambiguity accepts a value that the
// schema refuses. A violated condition is not a schema violation, and an absent member
// has no value, so neither can be forgiven.
func (x *View) Forgives(fault RequestViolation, ambiguities []*Ambiguity) bool {
	if len(ambiguities) == 0 || fault.Keyword == "rule" {
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
