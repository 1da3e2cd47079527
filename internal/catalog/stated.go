package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"assay/internal/client"
	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/rule"
)

// speaks reports whether an adapter has the operation.
func (k *Catalog) speaks(s *openapi.Spec, operation string) bool {
	return k.Adapter(s.Provider, contract.Setup{}).Speaks(operation)
}

// withRequest returns a case with the request that it states as its input, and other cases
// as they are. If no adapter has the operation, a case without any input states an empty
// request. The case itself may be shared, so it is copied.
func (k *Catalog) withRequest(c *contract.Case) *contract.Case {
	s := k.Spec(c.Provider())
	if s == nil {
		return c
	}
	o := s.Operation(c.Operation())
	if o == nil || c.Request == nil && (c.Input != nil || len(c.Options) > 0 || k.speaks(s, o.ID)) {
		return c
	}
	bound := *c
	if bound.Request == nil {
		bound.Request = &contract.StatedRequest{}
	}
	bound.Input = client.NewInput(o, bound.Request, aboutRefusal(o, c))
	return &bound
}

// aboutRefusal reports whether a case is about a request that the specification refuses:
// it expects the code for that, or a finding about the request.
func aboutRefusal(o *openapi.Operation, c *contract.Case) bool {
	row := o.Code(c.Want.Code)
	return row != nil && (row.State == contract.Invalid || row.State == contract.Unauthorized) ||
		slices.ContainsFunc(c.Want.Findings, func(f contract.ExpectedFinding) bool {
			r, ok := rule.Find(f.Rule)
			return ok && r.Family == "request"
		})
}

// stating checks what a case states about its request.
type stating struct {
	c      *contract.Case
	o      *openapi.Operation
	faults []error
}

// memberOf returns the name of a member of the request that a case states.
func memberOf(names ...string) string {
	return strings.Join(append([]string{"request"}, names...), ".")
}

// fault adds a fault at a member of the case, or at the closest member above it that the
// file has.
func (s *stating) fault(member, format string, args ...any) {
	for s.c.Lines[member] == 0 && strings.Contains(member, ".") {
		member = member[:strings.LastIndex(member, ".")]
	}
	s.faults = append(s.faults, fmt.Errorf("%s: %s", s.c.Where(member), fmt.Sprintf(format, args...)))
}

// checkStated checks the names in the request that a case states. speaks says whether an
// adapter has the operation: else the case has to state its request.
func (k *Catalog) checkStated(o *openapi.Operation, c *contract.Case, speaks bool) []error {
	if c.Request == nil {
		if speaks {
			return nil
		}
		member := "order"
		for _, name := range []string{"options", "kyc", "order"} {
			if c.Lines[name] > 0 {
				member = name
			}
		}
		return []error{fmt.Errorf("%s: no adapter has %s, and %s is for an adapter; state the request instead (request: {body: …}, see fixtures/README.md)", c.Where(member), o.Name(), member)}
	}
	check := &stating{c: c, o: o}
	check.path()
	check.parameters("query", c.Request.Query)
	check.parameters("headers", c.Request.Headers)
	check.body()
	k.checkLater(check)
	return check.faults
}

// path checks the parameters of the path.
func (s *stating) path() {
	var names []string
	for _, part := range strings.Split(s.o.Path, "{")[1:] {
		name, _, _ := strings.Cut(part, "}")
		names = append(names, name)
		if _, stated := s.c.Request.Path[name]; !stated {
			s.fault(memberOf("path"), "expected request.path.%s: the path of %s is %s", name, s.o.Name(), s.o.Path)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.c.Request.Path)) {
		if !slices.Contains(names, name) {
			s.fault(memberOf("path", name), "request.path: the path of %s has no parameter %s%s", s.o.Name(), name, DidYouMean(name, names))
		}
	}
}

// parameters checks the names of parameters of the query or of the headers.
func (s *stating) parameters(member string, stated map[string][]contract.StatedText) {
	in, names := strings.TrimSuffix(member, "s"), []string{}
	for _, p := range s.o.Parameters {
		if p.In == in {
			names = append(names, p.Name)
		}
	}
	if in == "header" {
		names = append(names, "Content-Type")
	}
	for _, name := range slices.Sorted(maps.Keys(stated)) {
		known := func(documented string) bool {
			return contract.Parameter(in, documented) == contract.Parameter(in, name)
		}
		if !slices.ContainsFunc(names, known) {
			s.fault(memberOf(member, name), "request.%s: %s documents no %s %s (send adds what no document lists)%s", member, s.o.Name(), in, name, DidYouMean(name, names))
		}
	}
}

// body checks the names of the members of the body.
func (s *stating) body() {
	body := s.o.Request
	switch {
	case len(s.c.Request.Body) == 0:
		return
	case body == nil:
		s.fault(memberOf("body"), "request.body: %s documents no request body", s.o.Name())
		return
	case body.Root == nil:
		return
	}
	for _, place := range body.Undocumented(s.c.Request.Body) {
		pointer, _ := place.Pointer()
		var names []string
		for _, m := range body.Members() {
			if m.Pointer.Parent() == contract.GeneralPointer(pointer.Parent()) {
				names = append(names, m.Pointer.LastToken())
			}
		}
		member := memberOf(append([]string{"body"}, contract.TokensOf(pointer)...)...)
		s.fault(member, "request.body: %s documents no member %s (send adds what no document lists)%s", s.o.Name(), pointer, DidYouMean(pointer.LastToken(), names))
	}
}

// checkLater checks the places that a request takes from the exchange before.
func (k *Catalog) checkLater(s *stating) {
	parts := strings.Split(s.c.After, "/")
	before := k.Spec(parts[0])
	if before == nil || len(parts) < 2 || before.Operation(parts[1]) == nil {
		return // reported, or of a provider that is not loaded yet
	}
	o := before.Operation(parts[1])
	later := map[contract.Place]string{}
	for at, place := range s.c.Request.Later {
		later[place] = memberOf(append([]string{"body"}, contract.TokensOf(at)...)...)
	}
	for name, text := range s.c.Request.Path {
		later[text.After] = memberOf("path", name)
	}
	for member, all := range map[string]map[string][]contract.StatedText{"query": s.c.Request.Query, "headers": s.c.Request.Headers} {
		for name, values := range all {
			for _, text := range values {
				later[text.After] = memberOf(member, name)
			}
		}
	}
	delete(later, "")
	for _, place := range slices.Sorted(maps.Keys(later)) {
		var names []string
		known := false
		for _, m := range o.Places() {
			if _, inBody := m.At.Pointer(); inBody {
				names = append(names, string(m.At))
			}
			known = known || m.At == place.General()
		}
		if !known {
			s.fault(later[place], "!after: %s documents no %s in a body%s", o.Name(), place, DidYouMean(string(place), names))
		}
	}
}
