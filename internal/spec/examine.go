package spec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"assay/internal/contract"
)

// examine looks for what a JSON Schema of the dialect cannot see: places,
// names and examples in which the document contradicts itself.
func (r *reader) examine() []Fault {
	for _, o := range r.spec.Operations {
		x := &examiner{reader: r, o: o}
		x.requirements()
		x.docs()
		x.codes()
		x.examples()
		x.expressions()
		x.signatures()
		x.authorization()
		x.readings(o.Readings)
	}
	for _, reading := range r.spec.Readings {
		r.everywhere(reading)
		r.leniency(reading)
	}
	r.ids()
	return r.faults
}

func (r *reader) fault(operation, detail string, line int, format string, args ...any) {
	r.faults = append(r.faults, Fault{operation, detail, line, fmt.Sprintf(format, args...)})
}

// ids finds names that stand for two things.
func (r *reader) ids() {
	operations := map[string]bool{}
	for _, o := range r.spec.Operations {
		if operations[o.ID] {
			r.fault(o.ID, "operationId", o.Line, "operationId %s stands twice", o.ID)
		}
		operations[o.ID] = true
		seen := map[string]bool{}
		for _, reading := range r.spec.AllReadings(o) {
			if seen[reading.ID] {
				r.fault(o.ID, "x-readings", reading.Line, "reading %s stands twice", reading.ID)
			}
			seen[reading.ID] = true
		}
	}
}

// held finds readings that nothing holds anybody to.
func (r *reader) held(reading *Reading) {
	if reading.Strict == nil && len(reading.Held) == 0 {
		r.fault(reading.Operation, "x-readings", reading.Line, "reading %s has neither strict nor held: nothing holds anybody to what is taken", reading.ID)
	}
}

// everywhere holds a reading of the provider as a whole to at least one of the
// operations.
func (r *reader) everywhere(reading *Reading) {
	r.held(reading)
	for _, place := range reading.At {
		if !slices.ContainsFunc(r.spec.Operations, func(o *Operation) bool { return o.knowsPlace(place) }) {
			r.fault("", "x-readings", reading.Line, "reading %s stands at %s, which no operation documents", reading.ID, place)
		}
	}
}

// leniency finds a lenient that forgives nobody: only requests are accepted or
// refused.
func (r *reader) leniency(reading *Reading) {
	asked := func(place string) bool { return strings.HasPrefix(place, "request") }
	if reading.Lenient != nil && !slices.ContainsFunc(reading.At, asked) {
		r.fault(reading.Operation, "x-readings", reading.Line, "reading %s has a lenient and no place in a request to accept it at", reading.ID)
	}
}

type examiner struct {
	*reader
	o *Operation
}

func (x *examiner) found(detail string, line int, format string, args ...any) {
	x.fault(x.o.ID, detail, line, format, args...)
}

func (x *examiner) bodies(visit func(side string, b *Body)) {
	if x.o.Request != nil {
		visit("request", x.o.Request)
	}
	for _, status := range x.o.Statuses() {
		if b := x.o.Answers[status].Body; b.Root != nil {
			visit("answer", b)
		}
	}
}

// requirements finds required names that no property has.
func (x *examiner) requirements() {
	x.bodies(func(side string, b *Body) {
		seen := map[*openapi3.Schema]bool{}
		var visit func(s *openapi3.Schema, m *Member)
		visit = func(s *openapi3.Schema, m *Member) {
			if seen[s] || m == nil {
				return
			}
			seen[s] = true
			for _, name := range s.Required {
				if m.children[name] == nil {
					x.found("required", x.o.Line, "%s#%s is required and no property has that name", side, m.Pointer+contract.Pointer(name))
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

// docs finds members without the place they were read from.
func (x *examiner) docs() {
	x.bodies(func(side string, b *Body) {
		for _, m := range b.Members() {
			if m.own == "" {
				x.found("x-doc", x.o.Line, "%s#%s has no x-doc", side, m.Pointer)
			}
		}
	})
}

func (x *examiner) codes() {
	seen := map[string]bool{}
	for _, c := range x.o.Codes {
		if seen[c.Code] {
			x.found("x-result", c.Line, "code %s stands twice", c.Code)
		}
		seen[c.Code] = true
		if _, ok := x.o.example[c.Code]; !ok {
			x.found("examples", c.Line, "code %s has no example answer", c.Code)
		}
		if _, ok := x.o.Answers[c.HTTP]; !ok {
			x.found("x-result", c.Line, "code %s comes with HTTP %d, which is not among the responses", c.Code, c.HTTP)
		}
		if c.Seen != "" && !slices.ContainsFunc(x.spec.AllReadings(x.o), func(r *Reading) bool { return r.ID == c.Seen }) {
			x.found("x-result", c.Line, "code %s was seen in %s, and there is no such reading", c.Code, c.Seen)
		}
	}
	for _, code := range slices.Concat(x.o.Equivalent...) {
		if !seen[code] {
			x.found("x-result", x.o.Line, "equivalent names code %s, which the table does not list", code)
		}
	}
	for _, pointer := range slices.Concat(x.o.Result.Code, x.o.Result.Status, x.o.Result.Message) {
		if !x.o.knowsPlace(contract.AnswerBody(pointer)) {
			x.found("x-result", x.o.Line, "the result stands at answer#%s, which no answer documents", pointer)
		}
	}
}

// examples holds every example to its schema, and the answers to their codes.
func (x *examiner) examples() {
	for code, e := range x.o.example {
		body := x.o.Answers[e.HTTP].Body
		for _, v := range body.Violations(e.Body) {
			x.found("examples", x.o.Line, "the example for %s: %s %s", code, v.At, v.Reason())
		}
		for _, pointer := range body.Undocumented(e.Body) {
			x.found("examples", x.o.Line, "the example for %s: %s is not documented", code, pointer)
		}
		met, _ := x.o.Met(contract.Answer{Status: e.HTTP, Body: e.Body})
		switch {
		case met.Row == nil:
			x.found("examples", x.o.Line, "the example for %s: no code of the table stands in it", code)
		case met.Code != code:
			x.found("examples", x.o.Line, "the example for %s carries the code %s", code, met.Code)
		case !met.Agrees(contract.Answer{Status: e.HTTP}):
			x.found("examples", x.o.Line, "the example for %s: its status is not that of the table", code)
		}
	}
	x.values()
}

// values holds the example and default of every schema and parameter to it.
func (x *examiner) values() {
	seen := map[*openapi3.Schema]bool{}
	var visit func(s *openapi3.Schema, name string)
	visit = func(s *openapi3.Schema, name string) {
		if s == nil || seen[s] {
			return
		}
		seen[s] = true
		for kind, value := range map[string]any{"example": s.Example, "default": s.Default} {
			if value == nil {
				continue
			}
			for _, v := range violations(s, value) {
				x.found("example", x.o.Line, "the %s of %s%s %s", kind, name, v.At, v.Reason())
			}
		}
		for child, p := range s.Properties {
			visit(p.Value, name+contract.Pointer(child))
		}
		if s.Items != nil {
			visit(s.Items.Value, name+"/*")
		}
		for _, part := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf) {
			visit(part.Value, name)
		}
	}
	x.bodies(func(side string, b *Body) { visit(b.schema, side+"#") })
	operation := x.doc.Paths.Value(x.o.Path).GetOperation(x.o.Method)
	for _, p := range operation.Parameters {
		if p.Value.Example == nil {
			continue
		}
		for _, v := range violations(p.Value.Schema.Value, p.Value.Example) {
			x.found("example", x.o.Line, "the example of %s %s %s", p.Value.In, p.Value.Name, v.Reason())
		}
	}
}

func (x *examiner) expressions() {
	for _, rule := range x.o.Rules {
		x.names(rule.Rule, "rule "+rule.ID)
	}
	for _, c := range x.o.Codes {
		x.names(c.When, "the when of code "+c.Code)
	}
	for _, s := range []*Signature{x.o.Sign.Request, x.o.Sign.Answer} {
		if s != nil {
			x.names(s.Required, "the required of x-signature")
		}
	}
	for _, reading := range x.spec.AllReadings(x.o) {
		if reading.Strict != nil {
			x.names(reading.Strict.expression, "the strict of reading "+reading.ID)
		}
	}
}

// names finds members that an expression names and nothing documents, so that
// a typo is never taken for a member that is merely absent.
func (x *examiner) names(e *Expression, where string) {
	if e == nil {
		return
	}
	for _, chain := range e.names {
		if !x.known(chain) {
			x.found("expression", e.Line, "%s names %s, which nothing documents", where, strings.Join(chain, "."))
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
	case "request", "answer":
		return x.knownMember(chain[0], rest)
	}
	return true // signature, authentication, self, and names of CEL's own
}

func (x *examiner) knownMember(side string, rest []string) bool {
	if len(rest) == 0 {
		return true
	}
	kinds := map[string][]string{"request": {"method", "query", "headers", "body"}, "answer": {"status", "headers", "body"}}
	switch {
	case !slices.Contains(kinds[side], rest[0]):
		return false
	case len(rest) == 1:
		return true
	case rest[0] == "body":
		return x.o.knowsPlace(side + "#" + contract.Pointer(rest[1:]...))
	case rest[0] == "headers" && side == "answer":
		return true // answers' headers are not documented one by one
	case rest[0] == "headers":
		return rest[1] == "content-type" || rest[1] == "authorization" || x.o.knowsPlace("request.header."+rest[1])
	}
	return x.o.knowsPlace("request.query." + rest[1])
}

// knowsPlace tells whether a place is documented.
func (o *Operation) knowsPlace(place string) bool {
	side, pointer, body := strings.Cut(place, "#")
	if !body {
		switch place {
		case "request.method", "answer.status", "answer.header.content-type", "request.header.content-type":
			return true
		case "request.header.authorization":
			return o.Authorization != nil
		}
		return slices.ContainsFunc(o.Parameters, func(p *Parameter) bool { return p.Place() == place })
	}
	knows := func(b *Body) bool {
		if b == nil || b.Root == nil {
			return false
		}
		m, free := b.Root.find(contract.Tokens(pointer))
		return m != nil || free
	}
	if side == "request" {
		return knows(o.Request)
	}
	return slices.ContainsFunc(o.Statuses(), func(status int) bool { return knows(o.Answers[status].Body) })
}

func (x *examiner) signatures() {
	for side, s := range map[string]*Signature{"request": x.o.Sign.Request, "answer": x.o.Sign.Answer} {
		if s == nil {
			continue
		}
		for _, pointer := range []string{s.At, s.Over} {
			if !x.o.knowsPlace(side + "#" + pointer) {
				x.found("x-signature", x.o.Line, "x-signature names %s#%s, which nothing documents", side, pointer)
			}
		}
		if x.spec.Credential(s.Key) == nil {
			x.found("x-signature", x.o.Line, "x-signature is keyed by %s, which x-credentials does not list", s.Key)
		}
	}
}

func (x *examiner) authorization() {
	a := x.o.Authorization
	if a == nil {
		return
	}
	for _, name := range []string{a.User, a.Password} {
		if name != "" && x.spec.Credential(name) == nil {
			x.found("security", x.o.Line, "x-pair names %s, which x-credentials does not list", name)
		}
	}
	if a.IssuedBy == "" {
		return
	}
	issuer := x.spec.Operation(a.IssuedBy)
	if issuer == nil {
		x.found("security", x.o.Line, "x-issued-by names the operation %s, and there is none", a.IssuedBy)
		return
	}
	for _, pointer := range []string{a.Token, a.Expires} {
		if pointer != "" && !issuer.knowsPlace(contract.AnswerBody(pointer)) {
			x.found("security", x.o.Line, "x-issued-by names answer#%s, which %s does not document", pointer, issuer.ID)
		}
	}
}

func (x *examiner) readings(readings []*Reading) {
	for _, reading := range readings {
		x.held(reading)
		x.leniency(reading)
		if reading.Strict != nil && len(reading.At) == 0 {
			x.found("x-readings", reading.Line, "reading %s has a strict and no place to hold it at", reading.ID)
		}
		for _, place := range reading.At {
			if !x.o.knowsPlace(place) {
				x.found("x-readings", reading.Line, "reading %s stands at %s, which nothing documents", reading.ID, place)
			}
		}
	}
}
