package spec

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"assay/internal/contract"
	"assay/internal/sift"
)

// Check compiles the body's schema into one that goes over raw bytes. It is not
// ok where the schema has not what is asked for. A body without schema is never
// accepted.
// The letter of a reading, given by the pointer of its place, has to be kept too.
func (b *Body) Check(asked sift.Asked, letters map[string][]*Strict) (*sift.Check, bool) {
	if b == nil || b.schema == nil {
		return nil, false
	}
	plain := (&plainer{known: map[*openapi3.Schema]*sift.Schema{}}).schema(b.schema)
	for _, pointer := range slices.Sorted(maps.Keys(letters)) {
		for _, strict := range letters[pointer] {
			with, ok := beside(plain, contract.Tokens(pointer), plainly(strict.schema))
			if !ok {
				return nil, false
			}
			plain = with
		}
	}
	return sift.Compile(plain, asked)
}

func plainly(s *openapi3.Schema) *sift.Schema {
	return (&plainer{known: map[*openapi3.Schema]*sift.Schema{}}).schema(s)
}

// beside gives the schema with another one beside that of a member, which is not
// ok where no schema of such a member is found. Schemas that others share are
// left as they are.
func beside(s *sift.Schema, tokens []string, more *sift.Schema) (*sift.Schema, bool) {
	if s == nil {
		return nil, false
	}
	own := *s
	if len(tokens) == 0 {
		own.Besides = append(slices.Clone(own.Besides), more)
		return &own, true
	}
	found := false
	if tokens[0] == "*" {
		if items, ok := beside(own.Items, tokens[1:], more); ok {
			own.Items, found = items, true
		}
	} else if member, ok := beside(own.Properties[tokens[0]], tokens[1:], more); ok {
		own.Properties, found = maps.Clone(own.Properties), true
		own.Properties[tokens[0]] = member
	}
	for _, parts := range []*[]*sift.Schema{&own.AllOf, &own.AnyOf, &own.OneOf} {
		*parts = slices.Clone(*parts)
		for i, part := range *parts {
			if with, ok := beside(part, tokens, more); ok && len(tokens) > 0 {
				(*parts)[i], found = with, true
			}
		}
	}
	return &own, found
}

// Check compiles the parameter's schema, to be asked with AcceptsText. It is not
// ok where a text alone does not say what the value is.
func (p *Parameter) Check() (*sift.Check, bool) {
	if p.schema.Type == nil || !slices.Equal(*p.schema.Type, []string{openapi3.TypeString}) {
		return nil, false
	}
	return sift.Compile(plainly(p.schema), sift.Asked{})
}

// plainer turns schemas into plain values, each once.
type plainer struct {
	known map[*openapi3.Schema]*sift.Schema
}

func (p *plainer) refs(all openapi3.SchemaRefs) []*sift.Schema {
	var made []*sift.Schema
	for _, one := range all {
		made = append(made, p.schema(one.Value))
	}
	return made
}

func (p *plainer) schema(s *openapi3.Schema) *sift.Schema {
	if s == nil {
		return &sift.Schema{Opaque: true, MaxLength: -1, MaxItems: -1, MaxProperties: -1}
	}
	if made := p.known[s]; made != nil {
		return made
	}
	made := &sift.Schema{
		Nullable: s.Nullable, Enum: s.Enum, Pattern: s.Pattern, MinLength: int(s.MinLength), MaxLength: limit(s.MaxLength), //nolint:gosec // of a document
		Minimum: s.Min, Maximum: s.Max, ExclusiveMinimum: s.ExclusiveMin.IsTrue(), ExclusiveMaximum: s.ExclusiveMax.IsTrue(), MultipleOf: s.MultipleOf,
		MinItems: int(s.MinItems), MaxItems: limit(s.MaxItems), UniqueItems: s.UniqueItems, //nolint:gosec // of a document
		Required: s.Required, MinProperties: int(s.MinProps), MaxProperties: limit(s.MaxProps), //nolint:gosec // of a document
		Opaque: s.Always != nil || s.Discriminator != nil || len(s.PrefixItems) > 0 || s.ExclusiveMin.Value != nil || s.ExclusiveMax.Value != nil,
	}
	p.known[s] = made
	if s.Not != nil {
		made.Opaque = made.Opaque || !refused(made, s.Not.Value)
	}
	if s.Type != nil {
		made.Types = *s.Type
	}
	made.Format, made.Opaque = format(s, made.Opaque)
	if s.Format == "int32" && s.Type.Is(openapi3.TypeInteger) {
		made.Opaque = made.Opaque || s.Min != nil || s.Max != nil
		least, most := float64(math.MinInt32), float64(math.MaxInt32)
		made.Minimum, made.Maximum = &least, &most
	}
	if s.Items != nil {
		made.Items = p.schema(s.Items.Value)
	}
	if len(s.Properties) > 0 {
		made.Properties = map[string]*sift.Schema{}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		made.Properties[name] = p.schema(s.Properties[name].Value)
	}
	free := s.AdditionalProperties
	switch {
	case free.Schema != nil:
		made.Free, made.Additional = true, p.schema(free.Schema.Value)
	case free.Has != nil:
		made.Free, made.Closed = *free.Has, !*free.Has
	}
	made.AllOf, made.AnyOf, made.OneOf = p.refs(s.AllOf), p.refs(s.AnyOf), p.refs(s.OneOf)
	return made
}

// refused says in plain values what a not refuses, if it is one of these: that a
// member is there, one of several members, texts of a list, texts of a pattern.
func refused(made *sift.Schema, not *openapi3.Schema) bool {
	switch {
	case len(not.Required) == 1 && says(not, &openapi3.Schema{Required: not.Required}):
		made.Without = append(made.Without, not.Required...)
	case not.Pattern != "" && says(not, &openapi3.Schema{Pattern: not.Pattern}):
		made.Unlike = not.Pattern
	case len(not.Enum) > 0 && says(not, &openapi3.Schema{Enum: not.Enum}):
		for _, value := range not.Enum {
			text, ok := value.(string)
			if !ok {
				return false
			}
			made.Except = append(made.Except, text)
		}
	case len(not.AnyOf) > 0 && says(not, &openapi3.Schema{AnyOf: not.AnyOf}):
		for _, option := range not.AnyOf {
			if len(option.Value.Required) != 1 || !refused(made, option.Value) {
				return false
			}
		}
	default:
		return false
	}
	return true
}

// says tells whether a schema says what another one does, and no more.
func says(s, other *openapi3.Schema) bool {
	one, err := json.Marshal(s)
	if err != nil {
		return false
	}
	two, err := json.Marshal(other)
	return err == nil && bytes.Equal(one, two)
}

func limit(n *uint64) int {
	if n == nil {
		return -1
	}
	return int(*n) //nolint:gosec // of a document
}

// format gives what kin-openapi would ask of a text's format. One of numbers is
// left to it.
func format(s *openapi3.Schema, opaque bool) (*sift.Format, bool) {
	switch s.Format {
	case "":
		return nil, opaque
	case "email":
		return &sift.Format{Sure: plainEmail, Is: func(text string) bool { return email(text) == nil }}, opaque
	case "uri":
		return &sift.Format{Sure: plainURI, Is: func(text string) bool { return uri(text) == nil }}, opaque
	}
	if known, ok := openapi3.SchemaStringFormats[s.Format]; ok {
		return &sift.Format{Is: func(text string) bool { return known.Validate(text) == nil }}, opaque
	}
	if (s.Format == "int64" || s.Format == "int32") && s.Type.Is(openapi3.TypeInteger) { // see there; numbers that are judged at all have fewer digits than int64
		return nil, opaque
	}
	_, whole := openapi3.SchemaIntegerFormats[s.Format]
	_, any := openapi3.SchemaNumberFormats[s.Format]
	return nil, opaque || whole || any
}

// plainEmail accepts what is an address at a glance: plain words with dots
// between them, an @, and a host.
func plainEmail(text []byte) bool {
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

// plainURI accepts what is an absolute address at a glance: http or https, a
// host, and a path and query of plain characters.
func plainURI(text []byte) bool {
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
