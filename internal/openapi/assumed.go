package openapi

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// flagged reports whether a node has x-assumed: true.
func flagged(n *yaml.Node) bool { return text(child(n, "x-assumed")) == "true" }

// partAssumed reports whether a row, parameter or member of the operation has x-assumed.
// An assumed HTTP status is not a part: what the provider says in the body decides.
func (o *Operation) partAssumed() bool {
	return slices.ContainsFunc(o.Codes, func(c *Code) bool { return c.Assumed }) ||
		slices.ContainsFunc(o.Places(), func(m MemberAt) bool { return m.Assumed })
}

// Assumed reports whether a part of an operation has x-assumed. No rule can then prove that
// the provider keeps to its documents.
func (s *Spec) Assumed() bool {
	return slices.ContainsFunc(s.Operations, func(o *Operation) bool { return o.Assumed })
}
