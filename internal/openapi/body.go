package openapi

import (
	"net/http"
	"slices"
	"sort"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"assay/internal/contract"
	"assay/internal/media"
	"assay/internal/route"
	"assay/internal/view"
)

// Body is the documented body of one direction.
type Body struct {
	Required    bool
	Types       []string // media types, sorted
	commonTypes []string // frequent spellings of them
	Root        *Member
	schema      *openapi3.Schema
	direction   contract.Direction
	timestamps  []*Member
	sensitive   []*Member
	media       *view.Media // nil: it is JSON

	viewBody func() *view.Body // for package view; nil: nothing is documented
}

// Response is a documented response.
type Response struct {
	*Body
	Assumed bool // the documents list no status; this one is assumed
}

// Empty reports whether the response is documented without content: it has no body. Where
// no member of a body has the result code, the HTTP status is the code.
func (r *Response) Empty() bool { return r != nil && len(r.Types) == 0 }

// Parameter is a documented parameter of the query, the headers or the path.
type Parameter struct {
	Member
	Name, In string
	Implied  bool // it is an API key or a signature, which the operation lists elsewhere
	place    contract.Place
	schema   *openapi3.Schema
	path     route.Template // of the operation
	header   string         // the name as net/http writes it
}

func newBody(of contract.Direction, content openapi3.Content, required bool) *Body {
	b := &Body{Required: required, direction: of}
	for name := range content {
		b.Types = append(b.Types, name)
	}
	sort.Strings(b.Types)
	for _, name := range b.Types {
		b.schema = content[name].Schema.Value
	}
	for _, t := range b.Types {
		if parsed, _, err := contract.MediaType(t); err == nil && parsed == t {
			b.commonTypes = append(b.commonTypes, t, t+"; charset=utf-8", t+";charset=utf-8", t+"; charset=UTF-8", t+";charset=UTF-8")
		}
	}
	b.viewBody = sync.OnceValue(func() *view.Body {
		if b.schema == nil {
			return nil
		}
		return view.NewBody(of.Body(""), required, convertSchema(b.schema), b.Root.place()).As(b.media)
	})
	if b.schema != nil {
		b.Root = newMember("", "", []*openapi3.Schema{b.schema}, nil)
		if required {
			b.Root.Constraints = append([]Constraint{{"required", ""}}, b.Root.Constraints...)
		}
		b.Root.Constraints = append(b.Root.Constraints, Constraint{"syntax", ""})
	}
	if b.schema != nil {
		b.media = b.listedMedia()
	}
	for _, m := range b.Members() {
		if m.Means == "timestamp" {
			b.timestamps = append(b.timestamps, m)
		}
		if m.Sensitive() {
			b.sensitive = append(b.sensitive, m)
		}
	}
	return b
}

func newParameter(p *openapi3.Parameter, path route.Template) *Parameter {
	m := Member{Types: p.Schema.Value.Type.Slice(), Required: p.Required, schemas: []*openapi3.Schema{p.Schema.Value}}
	m.Constraints = textConstraints(constraints(p.Schema.Value), m.Types)
	if p.Required {
		m.Constraints = append([]Constraint{{"required", ""}}, m.Constraints...)
	}
	for name, value := range p.Extensions {
		text, _ := value.(string)
		switch name {
		case "x-doc":
			m.Doc = text
		case "x-means":
			m.Means = text
		case "x-unit":
			m.Unit = unitName(text)
		case "x-personal":
			m.Personal = text
		case "x-secret":
			m.Secret = value == true
		case "x-keep":
			m.Keep = value == true
		case "x-assumed":
			m.Assumed = value == true
		}
	}
	return &Parameter{Member: m, Name: p.Name, In: p.In, place: contract.Parameter(p.In, p.Name), schema: p.Schema.Value, path: path, header: http.CanonicalHeaderKey(p.Name)}
}

// Place returns the place of the parameter.
func (p *Parameter) Place() contract.Place { return p.place }

// Values returns the parameter's values in a request.
func (p *Parameter) Values(r contract.Request) []string {
	switch p.In {
	case "header":
		return r.Header[p.header]
	case "path":
		if value, ok := p.path.Value(p.Name, r.URL); ok {
			return []string{value}
		}
		return nil
	}
	return r.URL.Query()[p.Name]
}

// Accepts reports whether the Content-Type is a documented media type. A message has one:
// recipients of several differ in which they take.
// https://www.rfc-editor.org/rfc/rfc9110#section-8.3
func (b *Body) Accepts(h http.Header) bool {
	values := h["Content-Type"]
	if len(values) != 1 {
		return false
	}
	if slices.Contains(b.commonTypes, values[0]) {
		return true
	}
	got, _, err := contract.MediaType(values[0])
	return err == nil && slices.ContainsFunc(b.Types, func(t string) bool { return media.Matches(t, got) })
}

// Violations returns every violation of the schema. A body that is not JSON has one
// violation, with the keyword "syntax".
func (b *Body) Violations(body []byte) []Violation {
	if b == nil {
		return nil
	}
	return b.viewBody().Violations(body)
}

// Undocumented returns the places of members that the documents do not list.
func (b *Body) Undocumented(body []byte) []contract.Place {
	if b == nil {
		return nil
	}
	return b.viewBody().Undocumented(body)
}

// Conforms reports whether a body satisfies its schema and has no undocumented member.
func (b *Body) Conforms(body []byte) bool { return b.viewBody().Conforms(body) }

// Member returns the documented member at a pointer, or nil.
func (b *Body) Member(pointer contract.Pointer) *Member {
	if b == nil || b.Root == nil {
		return nil
	}
	m, _ := b.Root.find(contract.TokensOf(pointer))
	return m
}

// Members returns every documented member, without the body itself.
func (b *Body) Members() []*Member {
	var all []*Member
	if b == nil || b.Root == nil {
		return nil
	}
	b.Root.walk(func(m *Member) {
		if m.Pointer != "" && m.Pointer.LastToken() != contract.Every {
			all = append(all, m)
		}
	})
	return all
}

// Timestamps returns the documented members with x-means: timestamp.
func (b *Body) Timestamps() []*Member {
	if b == nil {
		return nil
	}
	return b.timestamps
}

// SensitiveMembers returns the documented members whose values are never shown, without the body
// itself.
func (b *Body) SensitiveMembers() []*Member {
	if b == nil {
		return nil
	}
	return b.sensitive
}

// Doc returns the page that documents a place, and where on the page. For an
// undocumented place it is that of the closest documented parent.
func (o *Operation) Doc(place contract.Place) string {
	docs := o.docs()
	at := place.General()
	for {
		if doc, known := docs[at]; known {
			return doc
		}
		above, part := at.Above()
		if !part {
			return o.URL
		}
		at = above
	}
}

// docsByPlace returns the documents of all places that have their own.
func (o *Operation) docsByPlace() map[contract.Place]string {
	docs := map[contract.Place]string{}
	add := func(place contract.Place, doc string) {
		if doc != "" && docs[place] == "" {
			docs[place] = o.URL + " " + doc
		}
	}
	for _, p := range o.Parameters {
		add(p.Place(), p.Doc)
	}
	for _, a := range o.Authorizations() {
		add(a.Place(), a.Doc)
	}
	bodies := []*Body{o.Request}
	for _, status := range o.Statuses() {
		bodies = append(bodies, o.Responses[status].Body)
	}
	for _, b := range bodies {
		if b != nil && b.Root != nil {
			b.Root.walk(func(m *Member) { add(b.direction.Body(m.Pointer), m.Doc) })
		}
	}
	return docs
}

// Statuses returns the documented HTTP statuses in order.
func (o *Operation) Statuses() []int {
	var all []int
	for status := range o.Responses {
		all = append(all, status)
	}
	sort.Ints(all)
	return all
}
