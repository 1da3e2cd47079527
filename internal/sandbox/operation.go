package sandbox

import (
	"sync"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/route"
)

// operation is a simulated operation, with everything that is the same for all its
// requests.
type operation struct {
	*openapi.Operation
	of          *openapi.Spec
	credentials map[string]string
	issues      []*openapi.Authorization // the authorizations that use a token of this operation
	repeated    []asked                  // what responses repeat of a request
	templates   map[*openapi.Code]func() *template
	asks        bool               // it makes no order; see asks
	issued      []contract.Pointer // see issuedMembers
	recalls     bool               // its path names an order

	amounts, currencies []asked // see sumPlaces
}

// prepare compiles the operations of a provider. If two share a route, the first one is
// served.
func (s *Sandbox) prepare(specs []*openapi.Spec) *route.Index[*operation] {
	all := &route.Index[*operation]{}
	for _, p := range specs {
		for _, documented := range p.Operations {
			o := s.operation(p, documented)
			for _, path := range p.Paths(documented) {
				all.Add(o.Method, path.Below("/"+p.Provider), o)
			}
		}
	}
	return all
}

func (s *Sandbox) operation(p *openapi.Spec, documented *openapi.Operation) *operation {
	o := &operation{Operation: documented, of: p, credentials: s.Credentials(p), repeated: repeatedPlaces(documented), templates: map[*openapi.Code]func() *template{}, asks: asks(documented), issued: issuedMembers(p, documented), recalls: recalls(documented)}
	o.amounts, o.currencies = sumPlaces(p, o.repeated)
	for _, other := range p.Operations {
		if a := other.Authorization; a != nil && a.IssuedBy == o.ID {
			o.issues = append(o.issues, a)
		}
	}
	for _, row := range o.Codes {
		o.templates[row] = sync.OnceValue(func() *template { return newTemplate(o, row) })
	}
	return o
}

// template returns the response of a code, or nil if the documents print none.
func (o *operation) template(row *openapi.Code) *template { return o.templates[row]() }

// unit returns the documented unit of a time in a response.
func (o *operation) unit(pointer contract.Pointer) string {
	for _, r := range o.Responses {
		for _, m := range r.Timestamps() {
			if m.Pointer == pointer {
				return m.Unit
			}
		}
	}
	return ""
}

// expires reports whether a pointer names the expiry of a token that this operation
// issues.
func (o *operation) expires(pointer contract.Pointer) bool {
	for _, a := range o.issues {
		if a.Expires == pointer {
			return true
		}
	}
	return false
}
