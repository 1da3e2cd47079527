package sandbox

import (
	"slices"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// The meanings of a parameter in the path that names an order.
const (
	merchants = "reference"
	providers = "provider-reference"
)

// pathOf returns the parameter of the path with a name and a meaning, or nil.
func pathOf(o *openapi.Operation, means, name string) *openapi.Parameter {
	for _, p := range o.Parameters {
		if p.In == "path" && p.Means == means && (name == "" || p.Name == name) {
			return p
		}
	}
	return nil
}

// asks reports whether an operation asks about an order that another one made: the
// merchant's reference stands only in its path.
func asks(o *openapi.Operation) bool {
	return pathOf(o, merchants, "") != nil && !slices.ContainsFunc(o.Request.Members(), func(m *openapi.Member) bool { return m.Means == merchants })
}

// issuedMembers returns the members of responses that name what the operation made, if
// another operation of the provider asks for it in its path.
func issuedMembers(p *openapi.Spec, o *openapi.Operation) []contract.Pointer {
	var all []contract.Pointer
	if !slices.ContainsFunc(p.Operations, func(other *openapi.Operation) bool { return pathOf(other, providers, "") != nil }) {
		return nil
	}
	for _, status := range o.Statuses() {
		for _, m := range o.Responses[status].Members() {
			if m.Means == providers && !contract.HasWildcard(m.Pointer) && !slices.Contains(all, m.Pointer) {
				all = append(all, m.Pointer)
			}
		}
	}
	return all
}

// issuedKey is the key of a reference that the provider issued.
func issuedKey(o *operation, reference string) key {
	return keyOf(o.of.Provider+" issued", reference)
}

// remember remembers the references that a response issued.
func (s *Sandbox) remember(o *operation, body []byte) {
	for _, pointer := range o.issued {
		raw, _ := contract.Raw(body, pointer)
		if text, ok := contract.String(raw); ok && text != "" {
			s.orders.first(issuedKey(o, text))
		}
	}
}

// knows returns the references of a request that the provider knows.
func (s *Sandbox) knows(q *question) []string {
	known := []string{}
	switch {
	case q.reference == "":
	case q.o.asks:
		if slices.ContainsFunc(q.o.of.Operations, func(other *openapi.Operation) bool { return s.orders.holds(keyOf(other.Name(), q.reference)) }) {
			known = append(known, q.reference)
		}
	case s.orders.holds(q.key):
		known = append(known, q.reference)
	}
	for _, p := range q.o.Parameters {
		if p.In != "path" || p.Means != providers {
			continue
		}
		if value, _ := q.PathParameter(p.Name); s.orders.holds(issuedKey(q.o, value)) {
			known = append(known, value)
		}
	}
	return known
}
