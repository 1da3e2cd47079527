package openapi

import (
	"maps"
	"math"
	"regexp"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"assay/internal/jsonschema"
)

// convertSchema converts kin-openapi's schema to a jsonschema.Schema.
func convertSchema(s *openapi3.Schema) *jsonschema.Schema {
	return (&converter{converted: map[*openapi3.Schema]*jsonschema.Schema{}}).schema(s)
}

// converter converts each schema once.
type converter struct {
	converted map[*openapi3.Schema]*jsonschema.Schema
}

func (p *converter) refs(all openapi3.SchemaRefs) []*jsonschema.Schema {
	var made []*jsonschema.Schema
	for _, one := range all {
		made = append(made, p.schema(one.Value))
	}
	return made
}

func (p *converter) ref(one *openapi3.SchemaRef) *jsonschema.Schema {
	if one == nil {
		return nil
	}
	return p.schema(one.Value)
}

func (p *converter) schema(s *openapi3.Schema) *jsonschema.Schema {
	if made := p.converted[s]; made != nil {
		return made
	}
	made := &jsonschema.Schema{
		Nullable: s.Nullable, Empty: s.IsEmpty() && !containsNot(s, nil), Enum: s.Enum, Pattern: pattern(s.Pattern), MinLength: int(s.MinLength), MaxLength: limit(s.MaxLength),
		Minimum: s.Min, Maximum: s.Max, ExclusiveMinimum: s.ExclusiveMin.IsTrue(), ExclusiveMaximum: s.ExclusiveMax.IsTrue(), MultipleOf: s.MultipleOf,
		MinItems: int(s.MinItems), MaxItems: limit(s.MaxItems), UniqueItems: s.UniqueItems,
		Required: s.Required, MinProperties: int(s.MinProps), MaxProperties: limit(s.MaxProps),
		Format: format(s),
	}
	p.converted[s] = made
	if s.Type != nil {
		made.Types = *s.Type
	}
	if len(s.Properties) > 0 {
		made.Properties = map[string]*jsonschema.Schema{}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		made.Properties[name] = p.schema(s.Properties[name].Value)
	}
	free := s.AdditionalProperties
	made.Closed = free.Has != nil && !*free.Has
	if !made.Closed {
		made.Additional = p.ref(free.Schema)
	}
	made.Items, made.Not = p.ref(s.Items), p.ref(s.Not)
	made.AllOf, made.AnyOf, made.OneOf = p.refs(s.AllOf), p.refs(s.AnyOf), p.refs(s.OneOf)
	return made
}

// containsNot reports whether a schema, or one below it, has a not. kin-openapi's
// IsEmpty treats {"not": {}}, which allows nothing, as an empty schema.
func containsNot(s *openapi3.Schema, above []*openapi3.Schema) bool {
	if s.Not != nil || slices.Contains(above, s) {
		return s.Not != nil
	}
	above = append(slices.Clone(above), s)
	below := slices.Concat(s.AllOf, s.AnyOf, s.OneOf, openapi3.SchemaRefs{s.Items, s.AdditionalProperties.Schema}, slices.Collect(maps.Values(s.Properties)))
	return slices.ContainsFunc(below, func(ref *openapi3.SchemaRef) bool { return ref != nil && containsNot(ref.Value, above) })
}

func limit(n *uint64) int {
	if n == nil {
		return -1
	}
	return int(*n)
}

var codePoint = regexp.MustCompile(`\\u([0-9A-F]{4})`)

// pattern converts a regular expression of JSON Schema to Go's syntax.
func pattern(expression string) string { return codePoint.ReplaceAllString(expression, `\x{$1}`) }

// format returns what a schema's format demands of strings and integers; nil if the
// format is unknown.
func format(s *openapi3.Schema) *jsonschema.Format {
	f := &jsonschema.Format{Name: s.Format}
	switch known, ok := openapi3.SchemaStringFormats[s.Format]; {
	case s.Format == "email":
		f.Sure, f.Text = isSimpleEmail, func(text string) bool { return email(text) == nil }
	case s.Format == "uri":
		f.Sure, f.Text = isSimpleURI, func(text string) bool { return uri(text) == nil }
	case ok:
		f.Text = func(text string) bool { return known.Validate(text) == nil }
	}
	whole, ok := openapi3.SchemaIntegerFormats[s.Format]
	if ok && s.Type.Includes(openapi3.TypeInteger) && !s.Type.Includes(openapi3.TypeNumber) {
		f.Number = func(value float64) bool {
			switch {
			case value == math.MaxInt64: // a float64 rounds MaxInt64 up to 2⁶³
				return whole.Validate(math.MaxInt64) == nil
			case value < math.MinInt64 || value > math.MaxInt64:
				return false
			}
			return whole.Validate(int64(value)) == nil
		}
	}
	if f.Text == nil && f.Number == nil {
		return nil
	}
	return f
}

// place returns what is documented of a member and of the members below it.
func (m *Member) place() *jsonschema.Place {
	p := &jsonschema.Place{Members: map[string]*jsonschema.Place{}, Strict: !m.Free && (len(m.children) > 0 || m.has("object"))}
	for name, child := range m.children {
		p.Members[name] = child.place()
	}
	if m.items != nil {
		p.Items = m.items.place()
	}
	return p
}

// isSimpleEmail accepts the usual addresses fast: plain words with dots, an @ and a
// host. Others need the full check.
func isSimpleEmail(text []byte) bool {
	at, word := -1, false
	for i, c := range text {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
			word = true
		case (c == '_' || c == '-' || c == '+') && at < 0:
			word = true
		case c == '-' && word:
		case c == '.' && word:
			word = false
		case c == '@' && word && at < 0:
			at, word = i, false
		default:
			return false
		}
	}
	return at > 0 && word
}

// isSimpleURI accepts the usual URIs fast: http or https, a host, and a path and query
// of plain characters. Others need the full check.
func isSimpleURI(text []byte) bool {
	rest, ok := cut(text, "https://")
	if !ok {
		if rest, ok = cut(text, "http://"); !ok {
			return false
		}
	}
	host := true
	for i, c := range rest {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '-':
		case c == '/' && i > 0:
			host = false
		case !host && (c == '_' || c == '~' || c == '=' || c == '&' || c == '?' || c == '+' || c == ','):
		default:
			return false
		}
	}
	return len(rest) > 0
}

func cut(text []byte, prefix string) ([]byte, bool) {
	if len(text) < len(prefix) || string(text[:len(prefix)]) != prefix {
		return nil, false
	}
	return text[len(prefix):], true
}
