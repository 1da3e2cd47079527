package openapi

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"assay/internal/contract"
	"assay/internal/nearest"
	"assay/internal/view"
)

// examine finds contradictions that the dialect's JSON Schema cannot find: in places,
// names and examples.
func (r *reader) examine() []Fault {
	for _, o := range r.spec.Operations {
		x := &examiner{reader: r, o: o}
		x.requirements()
		x.docs()
		x.keeps()
		x.codes()
		x.rows()
		x.impossible()
		x.examples()
		x.expressions()
		x.signatures()
		x.idempotency()
		x.authorization()
		x.ambiguities(o.Ambiguities)
	}
	for _, ambiguity := range r.spec.Ambiguities {
		r.checkProviderAmbiguity(ambiguity)
		r.checkLenient(ambiguity)
	}
	r.ids()
	return r.faults
}

func (r *reader) fault(operation, detail string, line int, t *contract.Template, args ...contract.Arg) {
	r.faults = append(r.faults, Fault{Operation: operation, Detail: detail, Line: line, Message: t.Says(args...)})
}

// near adds the name that a typo most likely means to the fault that was reported last.
func (r *reader) near(name string, names []string) {
	if last := &r.faults[len(r.faults)-1]; name != "" {
		last.Close = nearest.Name(name, names)
	}
}

// ids finds operation ids and ambiguity ids that are used twice.
func (r *reader) ids() {
	operations := map[string]bool{}
	for _, o := range r.spec.Operations {
		if operations[o.ID] {
			r.fault(o.ID, "operationId", o.Line, operationTwice, contract.ArgText("operation", o.ID))
		}
		operations[o.ID] = true
		seen := map[string]bool{}
		for _, ambiguity := range r.spec.AllAmbiguities(o) {
			if seen[ambiguity.ID] {
				r.fault(o.ID, "x-ambiguities", ambiguity.Line, ambiguityTwice, contract.ArgText("ambiguity", ambiguity.ID))
			}
			seen[ambiguity.ID] = true
		}
	}
}

// checkHeld finds ambiguities whose chosen interpretation is not checked.
func (r *reader) checkHeld(ambiguity *Ambiguity) {
	if ambiguity.Strict == nil && len(ambiguity.Held) == 0 {
		r.fault(ambiguity.Operation, "x-ambiguities", ambiguity.Line, ambiguityUnchecked, contract.ArgText("ambiguity", ambiguity.ID))
	}
}

// checkProviderAmbiguity checks that at least one operation documents each place of a
// provider's ambiguity.
func (r *reader) checkProviderAmbiguity(ambiguity *Ambiguity) {
	r.checkHeld(ambiguity)
	for _, place := range ambiguity.At {
		if !slices.ContainsFunc(r.spec.Operations, func(o *Operation) bool { return o.documentsPlace(place) }) {
			r.fault("", "x-ambiguities", ambiguity.Line, ambiguityUnplaced, contract.ArgText("ambiguity", ambiguity.ID), contract.ArgPlace("place", place))
		}
	}
}

// checkLenient finds a lenient without a place in a request: only requests are accepted
// or rejected.
func (r *reader) checkLenient(ambiguity *Ambiguity) {
	asked := func(place contract.Place) bool { return place.Direction() == contract.InRequest }
	if ambiguity.Lenient != nil && !slices.ContainsFunc(ambiguity.At, asked) {
		r.fault(ambiguity.Operation, "x-ambiguities", ambiguity.Line, lenientUnplaced, contract.ArgText("ambiguity", ambiguity.ID))
	}
}

type examiner struct {
	*reader
	o *Operation
}

func (x *examiner) report(detail string, line int, t *contract.Template, args ...contract.Arg) {
	x.fault(x.o.ID, detail, line, t, args...)
}

func (x *examiner) bodies(visit func(of contract.Direction, b *Body)) {
	if x.o.Request != nil {
		visit(contract.InRequest, x.o.Request)
	}
	for _, status := range x.o.Statuses() {
		if b := x.o.Responses[status].Body; b.Root != nil {
			visit(contract.InResponse, b)
		}
	}
}

// requirements finds required names without a property.
func (x *examiner) requirements() {
	x.bodies(func(of contract.Direction, b *Body) {
		seen := map[*openapi3.Schema]bool{}
		var visit func(s *openapi3.Schema, m *Member)
		visit = func(s *openapi3.Schema, m *Member) {
			if seen[s] || m == nil {
				return
			}
			seen[s] = true
			for _, name := range s.Required {
				if m.children[name] == nil {
					x.report("required", x.o.LineOf(of.Body(m.Pointer), 0), requiredNowhere, contract.ArgPlace("place", of.Body(m.Pointer.AppendToken(name))))
					x.near(name, slices.Sorted(maps.Keys(m.children)))
				}
			}
			for name, p := range s.Properties {
				visit(p.Value, m.children[name])
			}
			if s.Items != nil {
				visit(s.Items.Value, m.items)
			}
			for _, part := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf) {
				visit(part.Value, m)
			}
		}
		visit(b.schema, b.Root)
	})
}

// docs finds members without x-doc.
func (x *examiner) docs() {
	x.bodies(func(of contract.Direction, b *Body) {
		for _, m := range b.Members() {
			if m.own == "" {
				x.report("x-doc", x.o.LineOf(of.Body(m.Pointer), 0), withoutDoc, contract.ArgPlace("place", of.Body(m.Pointer)))
			}
		}
	})
}

// keeps finds x-keep where it contradicts another extension or has no effect.
func (x *examiner) keeps() {
	for _, m := range x.o.Places() {
		switch {
		case !m.Keep:
		case m.Sensitive():
			x.report("x-keep", x.o.LineOf(m.At, 0), keepHidden, contract.ArgPlace("place", m.At))
		case !m.FreeText():
			x.report("x-keep", x.o.LineOf(m.At, 0), keepNothing, contract.ArgPlace("place", m.At))
		}
	}
}

func (x *examiner) codes() {
	seen := map[string]bool{}
	x.variants()
	for _, c := range x.o.Codes {
		seen[c.Name()] = true
		x.rowExample(c)
		if _, ok := x.o.Responses[c.HTTP]; !ok {
			x.report("x-result", c.Line, codeStatusless, contract.ArgText("code", c.Name()), contract.ArgInt("status", int64(c.HTTP)))
		}
		if c.SeenIn != "" && !slices.ContainsFunc(x.spec.AllAmbiguities(x.o), func(r *Ambiguity) bool { return r.ID == c.SeenIn }) {
			x.report("x-result", c.Line, seenNowhere, contract.ArgText("code", c.Name()), contract.ArgText("ambiguity", c.SeenIn))
			x.near(c.SeenIn, x.ambiguityIDs())
		}
	}
	for _, code := range slices.Concat(x.o.Equivalent...) {
		if !seen[code] {
			x.report("x-result", x.o.lineIn("x-result", "equivalent"), equivalentUnlisted, contract.ArgText("code", code))
			x.near(code, slices.Sorted(maps.Keys(seen)))
		}
	}
	for _, pointer := range slices.Concat(x.o.Result.Code, x.o.Result.Status, x.o.Result.Message) {
		if !x.o.documentsPlace(contract.ResponseBody(pointer)) {
			x.report("x-result", x.o.lineIn("x-result", "at"), resultUnplaced, contract.ArgPlace("place", contract.ResponseBody(pointer)))
			x.near(string(pointer), x.pointers(contract.InResponse))
		}
	}
}

// examples checks every example against its schema, and its result against the table of
// codes.
func (x *examiner) examples() {
	for code, e := range x.o.example {
		body := x.o.Responses[e.HTTP].Body
		for _, v := range body.Violations(e.Body) {
			x.report("examples", x.o.exampleLine(code, v.At), exampleViolates, contract.ArgText("code", code), contract.ArgMessage("violation", view.ReasonWithPlace(&v)))
		}
		for _, pointer := range body.Undocumented(e.Body) {
			x.report("examples", x.o.exampleLine(code, pointer), exampleUndocumented, contract.ArgText("code", code), contract.ArgPlace("place", pointer))
		}
		row := x.o.Code(code)
		met, _ := x.o.ResultCode(contract.Response{Status: e.HTTP, Body: e.Body})
		switch {
		case row.varies() && met.Code == row.Code && met.Row != row: // see rowExample
		case met.Row == nil:
			x.report("examples", x.o.exampleLine(code, ""), exampleCodeless, contract.ArgText("code", code))
		case met.Name() != code:
			x.report("examples", x.o.exampleLine(code, ""), exampleOtherCode, contract.ArgText("code", code), contract.ArgText("got", met.Name()))
		case !met.Agrees(contract.Response{Status: e.HTTP}):
			x.report("examples", x.o.exampleLine(code, ""), exampleOtherStatus, contract.ArgText("code", code))
		}
	}
	x.values()
}

// values checks the example and default of every schema and parameter.
func (x *examiner) values() {
	seen := map[*openapi3.Schema]bool{}
	var visit func(s *openapi3.Schema, at contract.Place)
	visit = func(s *openapi3.Schema, at contract.Place) {
		if s == nil || seen[s] {
			return
		}
		seen[s] = true
		for kind, value := range map[string]any{"example": s.Example, "default": s.Default} {
			if value == nil {
				continue
			}
			for _, v := range violations(s, value) {
				below, _ := v.At.Under("")
				x.report("example", x.o.LineOf(at.Below(below), 0), valueViolates, contract.ArgText("kind", kind), contract.ArgPlace("place", at.Below(below)), contract.ArgMessage("violation", view.Reason(&v)))
			}
		}
		for child, p := range s.Properties {
			visit(p.Value, at.Member(child))
		}
		if s.Items != nil {
			visit(s.Items.Value, at.Items())
		}
		for _, part := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf) {
			visit(part.Value, at)
		}
	}
	x.bodies(func(of contract.Direction, b *Body) { visit(b.schema, of.Body("")) })
	operation := x.doc.Paths.Value(x.o.Path).GetOperation(x.o.Method)
	for _, p := range operation.Parameters {
		if p.Value.Example == nil {
			continue
		}
		for _, v := range violations(p.Value.Schema.Value, p.Value.Example) {
			x.report("example", x.o.LineOf(contract.Parameter(p.Value.In, p.Value.Name), 0), parameterViolates, contract.ArgText("in", p.Value.In), contract.ArgText("name", p.Value.Name), contract.ArgMessage("violation", view.Reason(&v)))
		}
	}
}

func (x *examiner) expressions() {
	for _, rule := range x.o.Rules {
		x.names(rule.Rule, inRule.Says(contract.ArgText("rule", rule.ID)))
	}
	for _, c := range x.o.Codes {
		x.names(c.When, inWhen.Says(contract.ArgText("code", c.Name())))
		x.names(c.If, inIf.Says(contract.ArgText("code", c.Name())))
	}
	for _, s := range []*Signature{x.o.Sign.Request, x.o.Sign.Response} {
		if s != nil {
			x.names(s.Required, inSignature.Says())
		}
	}
	for _, ambiguity := range x.spec.AllAmbiguities(x.o) {
		if ambiguity.Strict != nil {
			x.names(ambiguity.Strict.expression, inStrict.Says(contract.ArgText("ambiguity", ambiguity.ID)))
		}
	}
}

// names finds members that an expression names but no document lists. Without it a typo
// would look like an absent member.
func (x *examiner) names(e *Expression, where contract.Message) {
	if e == nil {
		return
	}
	if err := e.Compile(); err != nil {
		x.report("expression", e.Line, doesNotCompile, contract.ArgMessage("where", where), contract.ArgText("error", err.Error()))
	}
	x.comparisons(e, where)
	for _, chain := range e.Chains() {
		if !x.known(chain) {
			x.report("expression", e.Line, namesNothing, contract.ArgMessage("where", where), contract.ArgText("name", strings.Join(chain, ".")))
			x.near(strings.Join(chain, "."), x.variables())
		}
	}
}

func (x *examiner) known(chain []string) bool {
	rest := chain[1:]
	switch chain[0] {
	case "credentials":
		return len(rest) == 0 || x.spec.Credential(rest[0]) != nil
	case "merchant":
		if len(rest) == 0 {
			return true
		}
		_, ok := x.spec.Merchant[rest[0]]
		return ok
	case "violation":
		return len(rest) == 0 || slices.Contains([]string{"at", "keyword", "field", "path", "value"}, rest[0])
	case "request", "response":
		return x.knownMember(contract.Direction(chain[0]), rest)
	}
	return true // signature, authentication, self, and CEL's own names
}

func (x *examiner) knownMember(of contract.Direction, rest []string) bool {
	if len(rest) == 0 {
		return true
	}
	kinds := map[contract.Direction][]string{contract.InRequest: {"method", "path", "query", "headers", "body"}, contract.InResponse: {"status", "headers", "body"}}
	switch {
	case !slices.Contains(kinds[of], rest[0]):
		return false
	case len(rest) == 1:
		return rest[0] != "path" || !x.o.Template().Literal()
	case rest[0] == "body":
		return x.o.documentsPlace(of.Body(contract.PointerTo(rest[1:]...)))
	case rest[0] == "headers" && of == contract.InResponse:
		return true // the headers of responses are not documented one by one
	case rest[0] == "headers":
		return rest[1] == "content-type" || rest[1] == "authorization" || strings.ToLower(rest[1]) == rest[1] && x.o.documentsPlace(contract.RequestHeader(rest[1]))
	}
	return x.o.documentsPlace(contract.Parameter(rest[0], rest[1]))
}

// documentsPlace reports whether a place is documented.
func (o *Operation) documentsPlace(place contract.Place) bool {
	pointer, body := place.Pointer()
	if !body {
		switch place {
		case contract.RequestMethod, contract.RequestPath, contract.ResponseStatus, contract.ResponseType, contract.RequestType:
			return true
		case contract.RequestAuthorization:
			return slices.ContainsFunc(o.Authorizations(), func(a *Authorization) bool { return a.Place() == place })
		}
		return slices.ContainsFunc(o.Parameters, func(p *Parameter) bool { return p.Place() == place })
	}
	knows := func(b *Body) bool {
		if b == nil || b.Root == nil {
			return false
		}
		m, free := b.Root.find(contract.TokensOf(pointer))
		return m != nil || free
	}
	if place.Direction() == contract.InRequest {
		return knows(o.Request)
	}
	return slices.ContainsFunc(o.Statuses(), func(status int) bool { return knows(o.Responses[status].Body) })
}

func (x *examiner) signatures() {
	for of, s := range map[contract.Direction]*Signature{contract.InRequest: x.o.Sign.Request, contract.InResponse: x.o.Sign.Response} {
		if s == nil {
			continue
		}
		for _, pointer := range s.pointers() {
			if pointer == "" && s.Outside != "" { // it covers the body as sent, if there is one
				continue
			}
			if !x.o.documentsPlace(of.Body(pointer)) {
				x.report("x-signature", x.o.lineIn("x-signature", string(of)), signatureUnplaced, contract.ArgPlace("place", of.Body(pointer)))
				x.near(string(pointer), x.pointers(of))
			}
		}
		x.signatureParts(s)
		if x.spec.Credential(s.Key) == nil {
			x.report("x-signature", x.o.lineIn("x-signature", string(of), "key"), keyUnlisted, contract.ArgText("credential", s.Key))
			x.near(s.Key, x.credentialNames())
		}
	}
}

// signatureParts finds members of x-signature that have no effect, and places that it names
// and nothing documents. The headers of responses are not documented one by one.
func (x *examiner) signatureParts(s *Signature) {
	lacks := func(member, needed string) {
		x.report("x-signature", x.o.Line, signatureLacks, contract.ArgText("member", member), contract.ArgText("needed", needed))
	}
	kind, _ := s.Outside.Named()
	timed := s.Time != "" || s.TimeNamed != ""
	switch {
	case s.Named != "" && kind != "header":
		lacks("named", "a header in at")
	case s.TimeNamed != "" && s.Named == "":
		lacks("the name in timestamp", "named; write a place")
	case s.Tolerance > 0 && !timed:
		lacks("tolerance", "timestamp")
	case !timed && slices.ContainsFunc(s.Template, func(part SignedPart) bool { return part.Name == "timestamp" }):
		lacks("{timestamp} in over", "timestamp")
	}
	for _, place := range s.places() {
		kind, _ := place.Named()
		if pointer, inBody := place.Pointer(); inBody && place.Direction() == s.Of && pointer != "" {
			continue // reported as one of its members
		}
		if place.Direction() == contract.InResponse && kind == "header" || x.o.documentsPlace(place) {
			continue
		}
		x.report("x-signature", x.o.lineIn("x-signature", string(s.Of)), signatureNames, contract.ArgPlace("place", place))
	}
}

func (x *examiner) authorization() {
	for _, a := range x.o.Authorizations() {
		x.credentials(a)
	}
}

func (x *examiner) credentials(a *Authorization) {
	for _, name := range a.Credentials() {
		if x.spec.Credential(name) == nil {
			unlisted := pairUnlisted
			if name == a.Credential {
				unlisted = credentialUnlisted
			}
			x.report("security", x.o.lineIn("security"), unlisted, contract.ArgText("credential", name))
			x.near(name, x.credentialNames())
		}
	}
	if a.IssuedBy == "" {
		return
	}
	issuer := x.spec.Operation(a.IssuedBy)
	if issuer == nil {
		x.report("security", x.o.lineIn("security"), issuerUnknown, contract.ArgText("operation", a.IssuedBy))
		x.near(a.IssuedBy, x.operationIDs())
		return
	}
	for _, pointer := range []contract.Pointer{a.Token, a.Expires, a.ExpiresIn} {
		if pointer != "" && !issuer.documentsPlace(contract.ResponseBody(pointer)) {
			x.report("security", x.o.lineIn("security"), issuerUnplaced, contract.ArgPlace("place", contract.ResponseBody(pointer)), contract.ArgText("operation", issuer.ID))
		} else if pointer != "" && pointer == a.Expires && !issuer.timestamp(pointer) {
			x.report("security", x.o.lineIn("security"), issuerTimeless, contract.ArgPlace("place", contract.ResponseBody(pointer)))
		}
	}
}

// timestamp reports whether a member of a response is a time.
func (o *Operation) timestamp(pointer contract.Pointer) bool {
	return slices.ContainsFunc(o.Statuses(), func(status int) bool {
		return slices.ContainsFunc(o.Responses[status].Timestamps(), func(m *Member) bool { return m.Pointer == pointer })
	})
}

func (x *examiner) ambiguities(ambiguities []*Ambiguity) {
	for _, ambiguity := range ambiguities {
		x.checkHeld(ambiguity)
		x.checkLenient(ambiguity)
		if ambiguity.Strict != nil && len(ambiguity.At) == 0 {
			x.report("x-ambiguities", ambiguity.Line, strictUnplaced, contract.ArgText("ambiguity", ambiguity.ID))
		}
		for _, place := range ambiguity.At {
			if !x.o.documentsPlace(place) {
				x.report("x-ambiguities", ambiguity.Line, ambiguityUndocumented, contract.ArgText("ambiguity", ambiguity.ID), contract.ArgPlace("place", place))
				x.near(string(place), x.placeNames())
			}
		}
	}
}
