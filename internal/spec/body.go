package spec

import (
	"encoding/json"
	"mime"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"assay/internal/contract"
)

// Body is what one direction of an operation carries.
type Body struct {
	Required bool
	Types    []string // media types, sorted
	usual    []string // ways in which they are mostly written
	Root     *Member
	schema   *openapi3.Schema
	narrow   func() *narrower
}

// Response is a documented answer.
type Response struct {
	*Body
	Assumed bool // the documents list no status; this one is taken for granted
}

// Parameter is one of query, header or path.
type Parameter struct {
	Member
	Name, In string
	schema   *openapi3.Schema
}

func newBody(content openapi3.Content, required bool) *Body {
	b := &Body{Required: required}
	for media, m := range content {
		b.Types = append(b.Types, media)
		b.schema = m.Schema.Value
	}
	sort.Strings(b.Types)
	for _, t := range b.Types {
		if parsed, _, err := mime.ParseMediaType(t); err == nil && parsed == t {
			b.usual = append(b.usual, t, t+"; charset=utf-8", t+";charset=utf-8", t+"; charset=UTF-8", t+";charset=UTF-8")
		}
	}
	b.narrow = sync.OnceValue(func() *narrower { return newNarrower(b.schema, nil) })
	if b.schema != nil {
		b.Root = newMember("", "", []*openapi3.Schema{b.schema}, nil)
		if required {
			b.Root.Constraints = append([]Constraint{{"required", ""}}, b.Root.Constraints...)
		}
		b.Root.Constraints = append(b.Root.Constraints, Constraint{"syntax", ""})
	}
	return b
}

func newParameter(p *openapi3.Parameter) *Parameter {
	m := Member{Types: *p.Schema.Value.Type, Required: p.Required, schemas: []*openapi3.Schema{p.Schema.Value}}
	m.Constraints = textual(constraints(p.Schema.Value), m.Types)
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
		case "x-personal":
			m.Personal = text
		case "x-secret":
			m.Secret = value == true
		}
	}
	return &Parameter{Member: m, Name: p.Name, In: p.In, schema: p.Schema.Value}
}

// Place is where in an exchange the parameter stands.
func (p *Parameter) Place() string {
	if p.In == "header" {
		return "request.header." + strings.ToLower(p.Name)
	}
	return "request." + p.In + "." + p.Name
}

// In gives the parameter's values in a request.
func (p *Parameter) Values(r contract.Request) []string {
	if p.In == "header" {
		return r.Header.Values(p.Name)
	}
	return r.URL.Query()[p.Name]
}

// Accepts tells whether a Content-Type is one of the documented media types.
func (b *Body) Accepts(h http.Header) bool {
	values := h["Content-Type"]
	if len(values) == 0 {
		return false
	}
	if slices.Contains(b.usual, values[0]) {
		return true
	}
	got, _, err := mime.ParseMediaType(values[0])
	return err == nil && slices.Contains(b.Types, got)
}

// Violations tells every way in which a body departs from its schema. One
// that is not JSON has a single violation, with the keyword "syntax".
func (b *Body) Violations(body []byte) []Violation {
	value, err := contract.Decode(body)
	return b.violations(body, value, err)
}

// violations is Violations of a body that is decoded already.
func (b *Body) violations(body []byte, value any, err error) []Violation {
	switch {
	case b == nil || b.schema == nil, len(body) == 0 && !b.Required:
		return nil
	case len(body) == 0:
		return []Violation{{Keyword: "required", Reason: "the body is missing"}}
	case err != nil:
		return []Violation{{Keyword: "syntax", Reason: "the body does not parse: " + err.Error()}}
	}
	return violations(b.schema, value)
}

// narrowly is violations where what satisfies at a glance is not visited.
func (b *Body) narrowly(body []byte, value any, err error) []Violation {
	if b == nil || b.schema == nil || len(body) == 0 || err != nil {
		return b.violations(body, value, err)
	}
	return told(b.narrow().failures(body, value))
}

// Undocumented gives the pointers of members that the documents do not list.
func (b *Body) Undocumented(body []byte) []string {
	value, err := contract.Decode(body)
	return b.undocumented(value, err)
}

func (b *Body) undocumented(value any, err error) []string {
	if b == nil || b.Root == nil || err != nil {
		return nil
	}
	return b.Root.undocumented(value, "")
}

// Member finds the documented member that a pointer names, nil if none.
func (b *Body) Member(pointer string) *Member {
	if b == nil || b.Root == nil {
		return nil
	}
	m, _ := b.Root.find(contract.Tokens(pointer))
	return m
}

// Members lists every documented member, the body itself left out.
func (b *Body) Members() []*Member {
	var all []*Member
	if b == nil || b.Root == nil {
		return nil
	}
	b.Root.walk(func(m *Member) {
		if m.Pointer != "" && !strings.HasSuffix(m.Pointer, "/*") {
			all = append(all, m)
		}
	})
	return all
}

// ParameterViolations tells every way in which the parameters of a request
// depart from their schemas, each with its place.
func (o *Operation) ParameterViolations(r contract.Request) []Violation {
	var all []Violation
	for _, p := range o.Parameters {
		if p.In == "path" {
			continue
		}
		values := p.Values(r)
		if len(values) == 0 {
			if p.Required {
				all = append(all, Violation{At: p.Place(), Keyword: "required", Field: p.Name, Path: p.In + "->" + p.Name, Reason: "is missing"})
			}
			continue
		}
		for _, v := range violations(p.schema, typed(p.schema, values[0])) {
			v.At, v.Field, v.Path = p.Place(), p.Name, p.In+"->"+p.Name
			all = append(all, v)
		}
	}
	return all
}

// typed reads a parameter's text as the type its schema has.
func typed(s *openapi3.Schema, text string) any {
	switch {
	case s.Type.Includes("integer"), s.Type.Includes("number"):
		if json.Valid([]byte(text)) {
			return json.Number(text)
		}
	case s.Type.Includes("boolean"):
		if v, err := strconv.ParseBool(text); err == nil {
			return v
		}
	}
	return text
}

func itoa(i int) string { return strconv.Itoa(i) }

// Doc is the document a place belongs to: the operation's page and where on it.
func (o *Operation) Doc(place string) string {
	return strings.TrimSpace(o.URL + " " + o.where(place))
}

func (o *Operation) where(place string) string {
	side, pointer, body := strings.Cut(place, "#")
	switch {
	case body && side == "request":
		return nearestDoc(o.Request, pointer)
	case body:
		for _, status := range o.Statuses() {
			if doc := nearestDoc(o.Answers[status].Body, pointer); doc != "" {
				return doc
			}
		}
	}
	for _, p := range o.Parameters {
		if p.Place() == place {
			return p.Doc
		}
	}
	if place == "request.header.authorization" && o.Authorization != nil {
		return o.Authorization.Doc
	}
	return ""
}

// nearestDoc climbs from a pointer to the closest member with a doc.
func nearestDoc(b *Body, pointer string) string {
	tokens := contract.Tokens(pointer)
	for ; ; tokens = tokens[:len(tokens)-1] {
		if b != nil && b.Root != nil {
			if m, _ := b.Root.find(tokens); m != nil && m.Doc != "" {
				return m.Doc
			}
		}
		if len(tokens) == 0 {
			return ""
		}
	}
}

// Statuses lists the documented HTTP statuses in order.
func (o *Operation) Statuses() []int {
	var all []int
	for status := range o.Answers {
		all = append(all, status)
	}
	sort.Ints(all)
	return all
}
