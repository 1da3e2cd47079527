package openapi

import "assay/internal/contract"

// MemberAt is a documented member and its place.
type MemberAt struct {
	At contract.Place // with * for any position in an array
	*Member
}

// Places returns every documented parameter, and every member of request and responses.
func (o *Operation) Places() []MemberAt {
	var all []MemberAt
	for _, p := range o.Parameters {
		all = append(all, MemberAt{p.Place(), &p.Member})
	}
	for _, m := range o.Request.Members() {
		all = append(all, MemberAt{contract.RequestBody(m.Pointer), m})
	}
	for _, status := range o.Statuses() {
		for _, m := range o.Responses[status].Members() {
			all = append(all, MemberAt{contract.ResponseBody(m.Pointer), m})
		}
	}
	return all
}

// FreeText reports whether the member can have any text: it is not a reference, amount,
// time or number, and has no list of values.
func (m *Member) FreeText() bool {
	return m.Means == "" && len(m.Enum) == 0 && !m.Sensitive() && (len(m.Types) == 0 || m.has("string") || m.has("array") || m.has("object"))
}

// OpenText reports whether a client can write any text at the place: in the body of a
// request, without a meaning, a list of values, a pattern or a format. Recordings keep
// such a text only with x-keep.
func (m MemberAt) OpenText() bool {
	if _, inBody := m.At.Pointer(); !inBody || m.At.Direction() != contract.InRequest || m.Keep || !m.FreeText() || !m.has("string") {
		return false
	}
	for _, c := range m.Constraints {
		if c.Keyword == "pattern" || c.Keyword == "format" {
			return false
		}
	}
	return !m.has("number") && !m.has("integer") && !m.has("boolean") && !m.has("array")
}
