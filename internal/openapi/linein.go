package openapi

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
)

// lineIn returns the line of a member of the operation, or of the closest member above
// it that the document has: "x-signature", "request", "key".
func (o *Operation) lineIn(path ...string) int {
	found, n := o.Line, o.source.operation
	for _, name := range path {
		next := o.source.member(n, name)
		if next.value == nil {
			break
		}
		found, n = next.line, next.value
	}
	return found
}

// SignatureLine returns the line of the scheme that signs a direction.
func (o *Operation) SignatureLine(of contract.Direction) int {
	return o.lineIn("x-signature", string(of), "scheme")
}

// exampleLine returns the line of the example response of a code, or of a member in it.
func (o *Operation) exampleLine(code string, place contract.Place) int {
	found := o.Line
	each(o.source.member(o.source.operation, "responses").value, func(status string, _ *yaml.Node) {
		response := o.source.member(o.source.member(o.source.operation, "responses").value, status)
		each(o.source.member(response.value, "content").value, func(media string, _ *yaml.Node) {
			examples := o.source.member(o.source.member(o.source.member(response.value, "content").value, media).value, "examples")
			if one := o.source.member(examples.value, code); one.value != nil {
				found = one.line
				pointer, _ := place.Pointer()
				if n, closest := at(child(one.value, "value"), contract.TokensOf(pointer)); pointer != "" && child(one.value, "value") != nil {
					found = max(found, line(n), line(closest))
				}
			}
		})
	})
	return found
}

// The names that a typo may have meant.

func (x *examiner) ambiguityIDs() []string {
	var all []string
	for _, a := range x.spec.AllAmbiguities(x.o) {
		all = append(all, a.ID)
	}
	return all
}

func (x *examiner) credentialNames() []string {
	var all []string
	for _, c := range x.spec.Credentials {
		all = append(all, c.Name)
	}
	return all
}

func (x *examiner) operationIDs() []string {
	var all []string
	for _, o := range x.spec.Operations {
		all = append(all, o.ID)
	}
	return all
}

func (x *examiner) placeNames() []string {
	var all []string
	for _, m := range x.o.Places() {
		all = append(all, string(m.At))
	}
	return all
}

// pointers returns the documented members of the bodies of a direction.
func (x *examiner) pointers(of contract.Direction) []string {
	var all []string
	x.bodies(func(direction contract.Direction, b *Body) {
		if direction == of {
			for _, m := range b.Members() {
				all = append(all, string(m.Pointer))
			}
		}
	})
	return all
}

// variables returns what an expression can name, as it names it: request.body.orderId.
func (x *examiner) variables() []string {
	all := []string{
		string(contract.RequestMethod), "request.query", "request.headers", "request.body", string(contract.ResponseStatus), "response.headers", "response.body",
		"violation.at", "violation.keyword", "violation.field", "violation.path", "violation.value",
	}
	for _, of := range []contract.Direction{contract.InRequest, contract.InResponse} {
		for _, one := range x.pointers(of) {
			all = append(all, string(of)+".body."+strings.Join(contract.TokensOf(contract.Pointer(one)), "."))
		}
	}
	if !x.o.Template().Literal() {
		all = append(all, string(contract.RequestPath))
	}
	for _, p := range x.o.Parameters {
		kind := map[string]string{"header": "headers"}[p.In]
		if kind == "" {
			kind = p.In
		}
		name := p.Name
		if kind == "headers" {
			name = strings.ToLower(name)
		}
		all = append(all, "request."+kind+"."+name)
	}
	for _, name := range x.credentialNames() {
		all = append(all, "credentials."+name)
	}
	for name := range x.spec.Merchant {
		all = append(all, "merchant."+name)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
