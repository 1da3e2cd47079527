// Package skeleton writes the beginning of a specification for a new provider, from an
// OpenAPI document, from recorded traffic, from a Postman collection, or from nothing.
//
// Nothing that it infers counts as documented. Every member, parameter, row and operation
// of a skeleton made from traffic has x-assumed: true and its source in x-doc. Every
// result code has the outcome unknown. Rules that compare with such a specification are
// inconclusive until a person removes the marks; see specs/README.md.
//
// A skeleton holds no value of the traffic but result codes and words such as INR. Every
// other value is replaced by one of the same form, and a name that looks like data is not
// written.
//
// The steps are: FromTraffic, FromCollection, FromDocument or Blank make a Provider;
// Files renders it and loads the result, so a skeleton that does not load is an error.
package skeleton

import (
	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
	"assay/internal/lazy"
)

// Provider is what a skeleton says about a provider.
type Provider struct {
	Name        string // of the files and folders: lower-case letters and digits
	Title       string
	Source      string // where it comes from: "traffic.har", or "" for nothing
	Servers     []Server
	Credentials []Credential
	Schemes     []Scheme
	Schemas     []NamedSchema // shared, from a document
	Operations  []*Operation
	// Left lists what the source has and the skeleton does not, for the README.
	Left []string
	// Hosts lists which traffic was left out because it went to another host than most.
	Hosts []string
}

// Server is a base URL.
type Server struct{ URL, About string }

// Credential is something that a request proves who sends it with.
type Credential struct{ Name, About string }

// Scheme is a security scheme: its keywords, in order.
type Scheme struct {
	Name string
	Is   *yaml.Node
}

// NamedSchema is a schema under components.
type NamedSchema struct {
	Name   string
	Schema *yaml.Node
}

// Operation is one endpoint.
type Operation struct {
	ID, Method, Path string
	Summary          string
	Page             string   // an https URL
	Seen             int      // exchanges; 0: not from traffic
	Assumed          bool     // method, path and security were inferred
	Security         []string // the schemes of a request, all together
	Open             bool     // some requests had none of them
	Parameters       []*Parameter
	RequestType      string // a media type; "": no body
	RequestRequired  bool
	Request          *yaml.Node
	Responses        []*Response
	CodeAt           []contract.Pointer // none: the HTTP status is the code
	CodeWhy          string             // why these
	MessageAt        []contract.Pointer
	Codes            []*Code
	Cases            []*Case
}

// Parameter is a parameter of the path, the query or the headers.
type Parameter struct {
	In, Name string
	Required bool
	Assumed  bool
	Schema   *yaml.Node
	Doc      string
	Means    string
	Personal string
	Secret   bool
}

// Response is a response by HTTP status.
type Response struct {
	Status   int
	About    string
	Type     string // a media type; "": no body
	Schema   *yaml.Node
	Examples []Example
}

// Example is a response of one row.
type Example struct {
	Row   string // CODE or CODE/variant
	Value any
}

// Code is a row of the table of codes. Its outcome is always unknown.
type Code struct {
	Code, Variant string
	HTTP          int
	Seen          int // 0: not from traffic
	Doc           string
}

// Name is CODE or CODE/variant.
func (c *Code) Name() string { return contract.CodeName(c.Code, c.Variant) }

// Case is a case that states its request.
type Case struct {
	Name, About, Source string
	Path, Query         map[string]any
	Headers             map[string]any
	Body                any // nil: none
	Code, Variant       string
}

var nameForm = lazy.Regexp(`^[a-z][a-z0-9]{0,31}$`)

// ValidName reports whether a provider can have this name.
func ValidName(name string) bool { return nameForm().MatchString(name) }
