package sandbox

import (
	"strings"
	"sync"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// route is where an operation is served.
type route struct{ method, provider, path string }

// operation is one that is simulated, with what is the same for all its requests.
type operation struct {
	*openapi.Operation
	of          *openapi.Spec
	credentials map[string]string
	references  []contract.Pointer       // pointers into requests
	rules       []*openapi.Rule          // of requests, if breaking one is an error
	issues      []*openapi.Authorization // of operations that want a token which this one hands out
	templates   map[*openapi.Code]func() *template
}

// prepare makes what is served. Of two operations in one place the first is.
func (s *Sandbox) prepare(specs []*openapi.Spec) map[route]*operation {
	all := map[route]*operation{}
	for _, p := range specs {
		for _, documented := range p.Operations {
			o := s.operation(p, documented)
			for _, path := range p.Paths(documented) {
				at := route{o.Method, p.Provider, strings.TrimPrefix(path, "/")}
				if all[at] == nil {
					all[at] = o
				}
			}
		}
	}
	return all
}

func (s *Sandbox) operation(p *openapi.Spec, documented *openapi.Operation) *operation {
	o := &operation{Operation: documented, of: p, credentials: s.Credentials(p), templates: map[*openapi.Code]func() *template{}}
	for _, m := range o.Request.Members() {
		if m.Means == "reference" {
			o.references = append(o.references, m.Pointer)
		}
	}
	for _, r := range o.Rules {
		if r.On == contract.InRequest && r.Severity == contract.Error {
			o.rules = append(o.rules, r)
		}
	}
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

// template is the response of a code, nil if the documents print none.
func (o *operation) template(row *openapi.Code) *template { return o.templates[row]() }

// reference is the merchant's own in a request, "" where none is documented or
// sent.
func (o *operation) reference(x *openapi.View) string {
	for _, pointer := range o.references {
		if text, there := x.RequestText(pointer); there {
			return text
		}
	}
	return ""
}

// expires tells whether a pointer is the end of a token that this operation
// hands out.
func (o *operation) expires(pointer contract.Pointer) bool {
	for _, a := range o.issues {
		if a.Expires == pointer {
			return true
		}
	}
	return false
}
