// Package spec reads what a provider promises: an OpenAPI 3.0.3 document in
// the dialect that specs/README.md describes. It alone knows kin-openapi and
// the JSON Schema of the dialect; what it hands out are values. Of an operation
// it makes plain schemas, pointers and expressions, and package view looks at
// exchanges with them.
//
// A document that cannot be read at all is an error that names file and line.
// One that can be read but contradicts itself (an expression that names a
// member no schema has, an example its own schema refuses) has Faults, which
// the rule spec-sound reports.
package openapi

import (
	"net/url"
	"slices"
	"strings"
	"sync"

	"assay/internal/contract"
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
	FreshDays   int             // for how many days a recording counts; 0: nobody says
	Operations  []*Operation
	Ambiguities []*Ambiguity // those of the provider as a whole
	// Faults looks for contradictions in the document, once: examples are held to their
	// schemas for it.
	Faults func() []Fault
}

// Server is a base URL, and what a response from there proves.
type Server struct {
	URL, About string
	Evidence   contract.Evidence
}

// Credential is one thing a merchant needs to speak to the provider.
type Credential struct {
	Name   string
	Env    string // the environment variable that holds the real one
	Test   string // an obviously fake one
	Secret bool
	About  string
	// Optional ones may be empty: the documents disagree on whether they are needed.
	Optional bool
}

// Fault is a document that contradicts itself at a line.
type Fault struct {
	Operation string // "" for the document as a whole
	Detail    string // what kind of fault
	Line      int
	Message   contract.Message
}

// Operation is one documented endpoint.
type Operation struct {
	Provider string
	ID       string
	Method   string
	Path     string
	Summary  string
	URL      string // the page it was read from
	Line     int

	Authorization *Authorization // nil: none
	Parameters    []*Parameter
	Sign          Signatures
	Rules         []*Rule
	Result        ResultAt
	Equivalent    [][]string
	Codes         []*Code // in order of precedence
	Ambiguities   []*Ambiguity
	Request       *Body // nil: none
	Responses     map[int]*Response

	name        string
	source      source
	resultAt    []contract.Place // of the pointers of Result
	example     map[string]Example
	messages    map[string]codeMessages
	ambiguities func() []*Ambiguity // its own, and those of the provider
	docs        func() map[contract.Place]string
	viewPlan    func() *viewPlan // compiled once somebody looks at an exchange
	cache       *sync.Map        // see Remember
}

// Authorization is how an operation wants to be called.
type Authorization struct {
	Scheme   string // "basic" or "bearer"
	User     string // of Basic: the credential's name
	Password string
	IssuedBy string           // of Bearer: the operation that hands out the token
	Token    contract.Pointer // into its response, as Expires
	Expires  contract.Pointer
	Bare     bool // of Bearer: the token alone is accepted as well
	Doc      string
}

// Signatures says what is signed in each direction; nil: nothing.
type Signatures struct{ Request, Response *Signature }

// Signature says where a signature stands and what it covers.
type Signature struct {
	Scheme   string
	At, Over contract.Pointer // into the body
	Key      string           // the credential's name
	Required *Expression      // nil: always
	Instead  []string         // texts accepted in place of a signature
}

// Demanded tells whether a body of an exchange has to be signed, or may be sent
// without a signature.
func (s *Signature) RequiredIn(x *View) bool {
	if s.Required == nil {
		return true
	}
	required, applies := x.Holds(s.Required)
	return applies && required
}

// Rule is a condition that JSON Schema cannot say.
type Rule struct {
	ID       string
	On       contract.Direction
	Rule     *Expression
	At       contract.Pointer // what a finding names; "": the whole body
	Message  string
	Severity contract.Severity
	Doc      string
}

// ResultAt says where in a response's body the result stands, each a list of
// which the first that is present counts.
type ResultAt struct{ Code, Status, Message []contract.Pointer }

// pointers are all of them, in this order.
func (at ResultAt) pointers() []contract.Pointer {
	return slices.Concat(at.Code, at.Status, at.Message)
}

// Code is one row of a table of result codes.
type Code struct {
	Code     string
	Status   string
	Messages []string // the documented texts; holes are {field}, {path}, {value}
	HTTP     int
	State    contract.State
	Retry    contract.Retry
	When     *Expression // nil: the documents do not say
	SeenIn   string      // the reading that met it in the wild; "": it is documented
	Doc      string
	Line     int
}

// Ambiguity is a contradiction, and the side taken.
type Ambiguity struct {
	Provider  string
	Operation string // "": the provider as a whole
	ID        string
	At        []contract.Place
	Sources   []AmbiguitySource
	Chosen    string
	Why       string
	Strict    *Strict  // nil: nothing that can be checked
	Lenient   *Strict  // what the side not taken accepts besides; nil: nothing
	Held      []string // rules and cases that hold to what is taken, where Strict does not
	Severity  contract.Severity
	Line      int
}

// Says is what one source says.
type AmbiguitySource struct{ Source, Text string }

// Example is a response for a code, as the documents print it.
type Example struct {
	HTTP int
	Body []byte // JSON, members in the order of the document
}

// Operation finds an operation by its id.
func (s *Spec) Operation(id string) *Operation {
	for _, o := range s.Operations {
		if o.ID == id {
			return o
		}
	}
	return nil
}

// Credential finds a credential by its name.
func (s *Spec) Credential(name string) *Credential {
	for i := range s.Credentials {
		if s.Credentials[i].Name == name {
			return &s.Credentials[i]
		}
	}
	return nil
}

// TestCredentials gives every credential's obviously fake value.
func (s *Spec) TestCredentials() map[string]string {
	values := map[string]string{}
	for _, c := range s.Credentials {
		values[c.Name] = c.Test
	}
	return values
}

// Match finds the operation that a method and path belong to, with or without
// the base path of one of the servers.
func (s *Spec) Match(method, path string) *Operation {
	for _, o := range s.Operations {
		if o.Method == method && (o.Path == path || slices.Contains(s.Paths(o), path)) {
			return o
		}
	}
	return nil
}

// Paths lists where an operation may be served: at its path, and below the base path
// of each server.
func (s *Spec) Paths(o *Operation) []string {
	all := []string{o.Path}
	for _, server := range s.Servers {
		if base, err := url.Parse(server.URL); err == nil {
			all = append(all, strings.TrimSuffix(base.Path, "/")+o.Path)
		}
	}
	return all
}

// AllAmbiguities gives the operation's ambiguities and those of its provider.
func (s *Spec) AllAmbiguities(o *Operation) []*Ambiguity { return o.ambiguities() }

// Name is "provider/operation".
func (o *Operation) Name() string { return o.name }

// Remember gives what was made of the operation under a key, and makes it where nobody
// has. It lasts as long as the operation, which may be shared, so the key has to tell
// everything else that it depends on.
func (o *Operation) Memoize(key string, make func() any) any {
	if o.cache == nil { // it was not read from a document
		return make()
	}
	type of struct {
		o   *Operation // a copy is another one
		key string
	}
	made, _ := o.cache.LoadOrStore(of{o, key}, sync.OnceValue(make))
	once, _ := made.(func() any)
	return once()
}

// Code finds a row of the table, nil if the documents list no such code.
func (o *Operation) Code(code string) *Code {
	for _, c := range o.Codes {
		if c.Code == code {
			return c
		}
	}
	return nil
}

// Success is the row of a request with which nothing is wrong: the first that
// succeeds. nil: there is none.
func (o *Operation) Success() *Code {
	for _, c := range o.Codes {
		if c.State == contract.Succeeded {
			return c
		}
	}
	return nil
}

// Equal tells whether two codes satisfy the same expectation.
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

// Example gives the response that the documents print for a code.
func (o *Operation) Example(code string) (Example, bool) {
	e, ok := o.example[code]
	return e, ok
}

// Hides tells whether the value at a place of a request or response is secret or
// personal, or part of something that is. A place nobody documents hides its
// value as well: nobody knows what stands there.
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

// hides tells whether a body documents a member, and whether that, or what it
// is part of, or what is part of it, is secret or personal.
func (b *Body) redacts(pointer contract.Pointer) (known, hidden bool) {
	if b == nil || b.Root == nil {
		return false, false
	}
	m := b.Root
	for token := range pointer.Tokens() {
		next, _ := m.find([]string{token})
		if next == nil { // nobody knows what stands in a free map
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
