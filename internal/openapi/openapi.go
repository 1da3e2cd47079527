// Package openapi reads a provider's OpenAPI 3.0.3 document, written in the dialect
// that specs/README.md describes. It alone knows kin-openapi and the JSON Schema of the
// dialect; callers get plain values.
//
// Documents are loaded with kin-openapi, but requests and responses are not validated
// with openapi3filter. Parameters, media types and statuses are checked here and bodies
// by package jsonschema. So each violation has a place, a keyword and a reason without
// the value. Package view receives schemas, pointers and expressions as plain values.
//
// Expressions and schemas are compiled on first use. Code that plays, judges, simulates
// or compares an operation calls Compile first. A fault is then an error with file and
// line, and no request is sent.
//
// Load returns an error with file and line for a document that cannot be read. A
// document that contradicts itself can be read: an expression may name an undocumented
// member, or an example may violate its schema. Such faults are in Spec.Faults, and the
// rule spec-sound reports them.
//
// In tests kin-openapi is the oracle: TestDifferential and FuzzDifferential compare
// both validators on random schemas.
package openapi

import (
	"net/url"
	"slices"
	"sync"

	"assay/internal/contract"
	"assay/internal/route"
)

// Spec is one provider's document.
type Spec struct {
	Provider    string
	File        string
	Title       string
	SHA256      string // of the bytes read, in hex
	Servers     []Server
	Credentials []Credential
	Merchant    map[string]bool // what the provider can switch on, with its default
	FreshDays   int             // the number of days for which a recording counts; 0: not specified
	Operations  []*Operation
	Ambiguities []*Ambiguity // the ambiguities of the whole provider
	// Faults returns the contradictions in the document. The first call looks for them
	// and checks examples against their schemas.
	Faults func() []Fault

	routes  func() *route.Index[*Operation] // made on first use
	written written
}

// Server is a base URL, and the evidence that its responses give.
type Server struct {
	URL, About string
	Evidence   contract.Evidence
}

// Credential is something that a merchant needs to call the provider.
type Credential struct {
	Name   string
	Env    string // the environment variable with the real value
	Test   string // an obviously fake value
	Secret bool
	About  string
	// Optional credentials may be empty: the documents disagree on whether they are
	// needed.
	Optional bool
	Bytes    []int // the lengths that the value can have; empty: any
}

// Fault is a contradiction in a document, at a line.
type Fault struct {
	Operation string // "" for the document as a whole
	Detail    string // the part of the document: "x-result"
	Line      int
	Message   contract.Message
	Close     string // the name that a typo most likely means; "": none is close
}

// Operation is one documented endpoint.
type Operation struct {
	Provider string
	ID       string
	Method   string
	Path     string
	Summary  string
	URL      string // the page that documents it
	Line     int

	// Security lists the ways to authorize a request, each with the schemes that it needs
	// together. An empty one means that no credentials are needed.
	Security      [][]*Authorization
	Authorization *Authorization // the first of them, or the one with an issued token; nil: none
	Parameters    []*Parameter
	Sign          Signatures
	Rules         []*Rule
	Result        ResultAt
	Equivalent    [][]string
	Codes         []*Code // in order of precedence
	Assumed       bool    // a part of it has x-assumed: it was inferred, not read in the documents
	Ambiguities   []*Ambiguity
	Request       *Body        // nil: none
	Idempotency   *Idempotency // nil: the documents do not say how a repeat is safe
	Responses     map[int]*Response

	name        string
	template    route.Template
	source      source
	resultAt    []contract.Place // the places of the pointers of Result
	example     map[string]Example
	messages    map[string]codeMessages
	ambiguities func() []*Ambiguity // its own and the provider's
	docs        func() map[contract.Place]string
	viewPlan    func() *viewPlan // compiled on first use
	cache       *sync.Map        // see Memoize
}

// Rule is a condition that JSON Schema cannot express.
type Rule struct {
	ID       string
	On       contract.Direction
	Rule     *Expression
	At       contract.Pointer // the place of the finding; "": the whole body
	Message  string
	Severity contract.Severity
	Doc      string
}

// ResultAt says where a response's body has the result. In each list, the first pointer
// that is present counts.
type ResultAt struct{ Code, Status, Message []contract.Pointer }

// pointers returns all of them, in this order.
func (at ResultAt) pointers() []contract.Pointer {
	return slices.Concat(at.Code, at.Status, at.Message)
}

// Code is a row of a table of result codes.
type Code struct {
	Code     string
	Variant  string      // tells the rows of one code apart; "": the code has one row
	If       *Expression // which responses with the code the row is about; nil: all that no row above takes
	Status   string
	Messages []string // the documented texts, with the placeholders {field}, {path} and {value}
	HTTP     int
	State    contract.State
	Retry    contract.Retry
	When     *Expression // nil: the documents do not say
	SeenIn   string      // the ambiguity that records an observed, undocumented code; "": the documents list the code
	Assumed  bool        // the row was inferred, not read in the documents
	Doc      string
	Line     int

	documented codeMessages // of the operation, by the name of the row
}

// Documented reports whether the provider's documents list the code. A code that was only
// observed or inferred is not documented.
func (c *Code) Documented() bool { return c.SeenIn == "" && !c.Assumed }

// Ambiguity is a contradiction in or between documents, and the interpretation chosen.
type Ambiguity struct {
	Provider  string
	Operation string // "": the provider as a whole
	ID        string
	At        []contract.Place
	Sources   []AmbiguitySource
	Chosen    string
	Why       string
	Message   string   // what a departure from the strict interpretation means; "" if there is none
	Strict    *Strict  // nil: it cannot be checked
	Lenient   *Strict  // what the other interpretation also accepts; nil: nothing
	Held      []string // rules and cases that check the chosen interpretation where Strict cannot
	Severity  contract.Severity
	Line      int
}

// Name returns provider/operation/id, or provider/id for the provider as a whole.
func (a *Ambiguity) Name() string {
	if a.Operation == "" {
		return a.Provider + "/" + a.ID
	}
	return a.Provider + "/" + a.Operation + "/" + a.ID
}

// AmbiguitySource is a source and its text.
type AmbiguitySource struct{ Source, Text string }

// Example is the response that the documents print for a code.
type Example struct {
	HTTP int
	Body []byte // members in the order of the document
}

// Operation returns the operation with an id, or nil.
func (s *Spec) Operation(id string) *Operation {
	for _, o := range s.Operations {
		if o.ID == id {
			return o
		}
	}
	return nil
}

// Credential returns the credential with a name, or nil.
func (s *Spec) Credential(name string) *Credential {
	for i := range s.Credentials {
		if s.Credentials[i].Name == name {
			return &s.Credentials[i]
		}
	}
	return nil
}

// TestCredentials returns the fake value of every credential.
func (s *Spec) TestCredentials() map[string]string {
	values := map[string]string{}
	for _, c := range s.Credentials {
		values[c.Name] = c.Test
	}
	return values
}

// Match returns the operation for a method and the path of a URL, or nil. The path may
// start with the base path of a server.
func (s *Spec) Match(method string, u *url.URL) *Operation {
	routes := s.routes
	if routes == nil { // the specification was not read from a document
		routes = s.index
	}
	o, _ := routes().Find(method, u)
	return o
}

// index makes the index of all paths at which operations are served.
func (s *Spec) index() *route.Index[*Operation] {
	x := &route.Index[*Operation]{}
	for _, o := range s.Operations {
		for _, path := range s.Paths(o) {
			x.Add(o.Method, path, o)
		}
	}
	return x
}

// Paths returns the paths at which an operation may be served: its own, and the same
// path below the base path of each server.
func (s *Spec) Paths(o *Operation) []route.Template {
	own := o.Template()
	all := []route.Template{own}
	for _, server := range s.Servers {
		if base, err := url.Parse(server.URL); err == nil {
			all = append(all, own.Below(base.Path))
		}
	}
	return all
}

// AllAmbiguities returns the ambiguities of the operation and of its provider.
func (s *Spec) AllAmbiguities(o *Operation) []*Ambiguity { return o.ambiguities() }

// Name is "provider/operation".
func (o *Operation) Name() string { return o.name }

// Template returns the path with its parameters.
func (o *Operation) Template() route.Template {
	if o.template.Text() == o.Path {
		return o.template
	}
	made, _ := route.Parse(o.Path) // it does not come from a document, which would not load with a wrong path
	return made
}

// Memoize returns the value for a key; the first call makes it. The value lives as long
// as the operation, which may be shared. So the key must contain everything else that
// the value depends on.
func (o *Operation) Memoize(key string, make func() any) any {
	if o.cache == nil { // the operation was not read from a document
		return make()
	}
	type of struct {
		o   *Operation // a copy of an operation has its own values
		key string
	}
	made, _ := o.cache.LoadOrStore(of{o, key}, sync.OnceValue(make))
	once, _ := made.(func() any)
	return once()
}

// Code returns the row with a name, CODE or CODE/variant, or nil if the documents do not
// list it. The code alone does not name a row with a variant.
func (o *Operation) Code(name string) *Code {
	for _, c := range o.Codes {
		if c.named(name) {
			return c
		}
	}
	return nil
}

// Success is the row for a valid request: the first that succeeds without a when, else the
// first that succeeds. It is nil if there is none.
func (o *Operation) Success() *Code {
	var first *Code
	for _, c := range o.Codes {
		switch {
		case c.State != contract.Succeeded:
		case c.When == nil:
			return c
		case first == nil:
			first = c
		}
	}
	return first
}

// Equal reports whether two codes, each by the name of its row, satisfy the same expectation.
func (o *Operation) Equal(a, b string) bool {
	if a == b {
		return true
	}
	for _, class := range o.Equivalent {
		var hasA, hasB bool
		for _, c := range class {
			hasA, hasB = hasA || c == a, hasB || c == b
		}
		if hasA && hasB {
			return true
		}
	}
	return false
}

// Example returns the response that the documents print for the row with a name.
func (o *Operation) Example(code string) (Example, bool) {
	e, ok := o.example[code]
	return e, ok
}

// Redacts reports whether the value at a place is secret or personal, or part of such a
// value. The values of undocumented members are redacted too: they may be personal.
func (o *Operation) Redacts(place contract.Place) bool {
	pointer, inBody := place.Pointer()
	if !inBody {
		for _, p := range o.Parameters {
			if p.Place() == place {
				return p.Sensitive()
			}
		}
		return !slices.Contains([]contract.Place{contract.RequestMethod, contract.RequestPath, contract.ResponseStatus, contract.ResponseType}, place)
	}
	if place.Direction() == contract.InRequest {
		known, hidden := o.Request.redacts(pointer)
		return !known || hidden
	}
	documented := false
	for _, a := range o.Responses {
		known, hidden := a.redacts(pointer)
		if hidden {
			return true
		}
		documented = documented || known
	}
	return !documented
}

// redacts reports whether the body documents a member, and whether the member, a parent
// or a part of it is secret or personal.
func (b *Body) redacts(pointer contract.Pointer) (known, hidden bool) {
	if b == nil || b.Root == nil {
		return false, false
	}
	m := b.Root
	for token := range pointer.Tokens() {
		next, _ := m.find([]string{token})
		if next == nil { // the members of a free map are unknown
			return false, false
		}
		if next.Sensitive() {
			return true, true
		}
		m = next
	}
	m.walk(func(below *Member) { hidden = hidden || below.Sensitive() })
	return true, hidden
}
