package openapi

import (
	"sort"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"assay/internal/contract"
)

// Member is a documented member of a body, or a parameter.
type Member struct {
	Pointer  contract.Pointer // with * for any position in an array; "" for the body itself
	Types    []string
	Required bool
	Enum     []string
	Examples []string // texts that its schemas print
	Doc      string   // where on the page, from the top
	Means    string
	Unit     string // of a timestamp that is a number: seconds, milliseconds or microseconds; "": any
	Secret   bool
	Keep     bool // recordings keep its text and its addresses
	Personal string
	Assumed  bool // it was inferred, not read in the documents
	Free     bool // a map with any members
	// Constraints are the constraints that the schema sets on the value.
	Constraints []Constraint

	own      string // its own x-doc
	children map[string]*Member
	items    *Member
	values   *Member // of a free map whose values have a schema
	schemas  []*openapi3.Schema
	nullable bool
}

// Sensitive reports whether the values of the member must never be shown.
func (m *Member) Sensitive() bool { return m != nil && (m.Secret || m.Personal != "") }

// newMember turns schemas into a tree of members. The members in allOf, anyOf and oneOf
// are joined into one set. A recursive schema is cut.
func newMember(pointer contract.Pointer, doc string, schemas []*openapi3.Schema, seen map[*openapi3.Schema]bool) *Member {
	m := &Member{Pointer: pointer, children: map[string]*Member{}, schemas: schemas}
	properties := map[string][]*openapi3.Schema{}
	required := map[string]bool{}
	var items, values []*openapi3.Schema
	var flatten func(s *openapi3.Schema, optional bool)
	flatten = func(s *openapi3.Schema, optional bool) {
		m.addSchema(s)
		for name, p := range s.Properties {
			properties[name] = append(properties[name], p.Value)
		}
		for _, name := range s.Required {
			required[name] = required[name] || !optional
		}
		if s.Items != nil {
			items = append(items, s.Items.Value)
		}
		if free := s.AdditionalProperties.Schema; free != nil {
			values = append(values, free.Value)
		}
		for _, part := range s.AllOf {
			flatten(part.Value, optional)
		}
		for _, part := range append(append(openapi3.SchemaRefs{}, s.AnyOf...), s.OneOf...) {
			flatten(part.Value, true)
		}
	}
	for _, s := range schemas {
		if seen[s] {
			m.cut(doc)
			return m
		}
		flatten(s, false)
	}
	m.Doc = joinDoc(doc, m.own)
	inner := map[*openapi3.Schema]bool{}
	for s := range seen {
		inner[s] = true
	}
	for _, s := range schemas {
		inner[s] = true
	}
	for name, p := range properties {
		c := newMember(pointer.AppendToken(name), m.Doc, p, inner)
		c.Required = required[name]
		if _, somewhere := required[name]; somewhere { // in one of several forms, if not in all
			c.Constraints = append([]Constraint{{"required", ""}}, c.Constraints...)
		}
		m.children[name] = c
	}
	if items != nil {
		m.items = newMember(pointer.AppendToken(contract.Every), m.Doc, items, inner)
	}
	if values != nil {
		m.values = newMember(pointer.AppendToken(contract.Every), m.Doc, values, inner)
	}
	return m
}

// unitName returns the word for a text of x-unit.
func unitName(unit string) string {
	return map[string]string{"s": "seconds", "ms": "milliseconds", "us": "microseconds"}[unit]
}

func (m *Member) addSchema(s *openapi3.Schema) {
	m.addConstraints(s)
	if s.Type != nil {
		m.Types = append(m.Types, *s.Type...)
	}
	if text, ok := s.Example.(string); ok {
		m.Examples = append(m.Examples, text)
	}
	for _, v := range s.Enum {
		if t, ok := contract.ResultText(v); ok {
			m.Enum = append(m.Enum, t)
		}
	}
	if s.AdditionalProperties.Schema != nil || (s.AdditionalProperties.Has != nil && *s.AdditionalProperties.Has) {
		m.Free = true
	}
	if doc, ok := s.Extensions["x-doc"].(string); ok {
		m.own = doc
	}
	if means, ok := s.Extensions["x-means"].(string); ok {
		m.Means = means
	}
	if unit, ok := s.Extensions["x-unit"].(string); ok {
		m.Unit = unitName(unit)
	}
	if personal, ok := s.Extensions["x-personal"].(string); ok {
		m.Personal = personal
	}
	if secret, ok := s.Extensions["x-secret"].(bool); ok {
		m.Secret = secret
	}
	if keep, ok := s.Extensions["x-keep"].(bool); ok {
		m.Keep = keep
	}
	if assumed, ok := s.Extensions["x-assumed"].(bool); ok {
		m.Assumed = assumed
	}
}

// cut reads x-doc of a member whose schema contains itself.
func (m *Member) cut(doc string) {
	for _, s := range m.schemas {
		if own, ok := s.Extensions["x-doc"].(string); ok {
			m.own = own
		}
	}
	m.Doc = joinDoc(doc, m.own)
}

func joinDoc(parent, own string) string {
	if parent == "" || own == "" {
		return parent + own
	}
	return parent + " / " + own
}

// find follows tokens into the tree. free reports that the path ended in a free map.
func (m *Member) find(tokens []string) (found *Member, free bool) {
	for _, token := range tokens {
		switch next := m.children[token]; {
		case next != nil:
			m = next
		case m.items != nil && (token == contract.Every || strings.Trim(token, "0123456789") == ""):
			m = m.items
		case m.values != nil && token == contract.Every:
			m = m.values
		default:
			return nil, m.Free
		}
	}
	return m, false
}

// walk visits the member and all members below it, in the order of their names.
func (m *Member) walk(visit func(*Member)) {
	visit(m)
	names := make([]string, 0, len(m.children))
	for name := range m.children {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		m.children[name].walk(visit)
	}
	for _, below := range []*Member{m.items, m.values} {
		if below != nil {
			below.walk(visit)
		}
	}
}

func (m *Member) has(typ string) bool {
	for _, t := range m.Types {
		if t == typ {
			return true
		}
	}
	return false
}

// Nullable reports whether the documents allow null for the member.
func (m *Member) Nullable() bool { return m.nullable }
