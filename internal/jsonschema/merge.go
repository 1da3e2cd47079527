package jsonschema

import (
	"maps"
	"slices"

	"assay/internal/contract"
)

// alias reports whether a schema is only another name for a schema.
func (s *Schema) alias() bool { return len(s.AllOf) == 1 && s.nothingBut(&Schema{AllOf: s.AllOf}) }

// onlyForms reports whether anyOf or oneOf is the only keyword of a schema.
func (s *Schema) onlyForms() bool {
	return len(s.AnyOf) > 0 && s.nothingBut(&Schema{AnyOf: s.AnyOf}) || len(s.OneOf) > 0 && s.nothingBut(&Schema{OneOf: s.OneOf})
}

// owners maps each member to the index of the subschema of allOf that lists it, or that
// requires it. The schema itself has the last index.
type owners struct {
	named, required map[string]int
	itself          int
}

// merged returns one schema that lists the members of all subschemas of allOf and of
// the schema itself. It returns nil if a subschema has other keywords, or if two of
// them list the same member.
func (s *Schema) merged() (*Schema, *owners) {
	own := *s
	own.AllOf = nil
	all := Anything()
	all.Properties = map[string]*Schema{}
	o := &owners{named: map[string]int{}, required: map[string]int{}, itself: len(s.AllOf)}
	for i, part := range append(slices.Clone(s.AllOf), &own) {
		names := *part
		names.Types, names.Properties, names.Required = nil, nil, nil
		if !names.nothingBut(&Schema{}) || part.Types != nil && !slices.Equal(part.Types, []string{"object"}) {
			return nil, nil
		}
		for name, member := range part.Properties {
			if all.Properties[name] != nil {
				return nil, nil
			}
			all.Properties[name], o.named[name] = member, i
		}
		for _, name := range part.Required {
			if _, known := o.required[name]; !known {
				o.required[name] = i
			}
		}
		all.Required = append(all.Required, part.Required...)
	}
	return all, o
}

// partOf returns the index of the subschema that a violation below the place of the object
// comes from.
func (o *owners) partOf(v *Violation, object contract.Place) int {
	name, deep := "", 0
	below, _ := v.At.Under(object)
	for token := range below.Tokens() {
		if deep++; deep == 1 {
			name = token
		}
	}
	if v.Keyword == "required" && deep == 1 {
		return o.required[name]
	}
	return o.named[name]
}

// nothingBut reports whether a schema has no keywords except nullable and as many of
// allOf, anyOf and oneOf as other.
func (s *Schema) nothingBut(other *Schema) bool {
	return s.Types == nil && s.Enum == nil && s.MinLength == 0 && s.MaxLength < 0 && s.Pattern == "" && s.Format == nil && s.Minimum == "" && s.Maximum == "" && s.MultipleOf == "" &&
		s.Items == nil && s.MinItems == 0 && s.MaxItems < 0 && !s.UniqueItems && len(s.Properties)+len(s.Required) == 0 && !s.Closed && s.Additional == nil &&
		s.MinProperties == 0 && s.MaxProperties < 0 && s.Not == nil &&
		len(s.AllOf) == len(other.AllOf) && len(s.AnyOf) == len(other.AnyOf) && len(s.OneOf) == len(other.OneOf)
}

// parts splits a schema that only describes members, and requires or forbids some, into
// schemas that are checked while the object is scanned. Another schema is one part.
func (l StrictSchema) parts() []StrictSchema {
	s, rest := l.Schema, Anything()
	only := *s
	only.Properties, only.Required, only.Not = nil, nil, nil
	rest.Required, rest.Not = s.Required, s.Not
	if len(s.Properties) == 0 || s.Properties[contract.Every] != nil || !only.nothingBut(&Schema{}) || rest.presence() == nil {
		return []StrictSchema{l}
	}
	all := []StrictSchema{{l.Pointer, rest}}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		all = append(all, StrictSchema{l.Pointer.AppendToken(name), s.Properties[name]})
	}
	return all
}

// presence returns which members a schema requires or forbids; nil: it demands anything
// else.
func (s *Schema) presence() *presence {
	only := *s
	only.Required, only.Not = nil, nil
	if !only.nothingBut(&Schema{}) {
		return nil
	}
	switch not := s.Not; {
	case not == nil && len(s.Required) > 0:
		return &presence{names: s.Required}
	case not == nil || len(s.Required) > 0:
		return nil
	default:
		return not.absence()
	}
}

// absence returns the members that must be absent if s is the schema under not: s
// requires one member, or is an anyOf of such schemas.
func (s *Schema) absence() *presence {
	only := *s
	only.Required, only.AnyOf = nil, nil
	if !only.nothingBut(&Schema{}) || len(s.Required)+len(s.AnyOf) != max(1, len(s.AnyOf)) {
		return nil
	}
	if len(s.Required) == 1 {
		return &presence{forbidden: true, names: s.Required}
	}
	all := &presence{forbidden: true}
	for _, option := range s.AnyOf {
		one := option.absence()
		if one == nil || len(option.Required) != 1 {
			return nil
		}
		all.names = append(all.names, one.names...)
	}
	return all
}

// presence lists members that an object must have, or must not have.
type presence struct {
	forbidden bool
	names     []string
}
