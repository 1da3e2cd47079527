package openapi

import "assay/internal/contract"

// Placed is a documented member, and where in an exchange it stands.
type MemberAt struct {
	At contract.Place // with * for any position of an array
	*Member
}

// Places lists every documented parameter and member of request and responses.
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

// FreeText tells whether a member's text can be anything: it stands for no
// reference, amount or time, and is no number and none of a list of values.
func (m *Member) FreeText() bool {
	return m.Means == "" && len(m.Enum) == 0 && !m.Sensitive() && (len(m.Types) == 0 || m.has("string") || m.has("array") || m.has("object"))
}
