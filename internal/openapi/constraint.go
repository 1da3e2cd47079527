package openapi

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Constraint is a constraint that a schema sets on the value at a place.
type Constraint struct {
	// Keyword is a keyword of JSON Schema, "null" if null is not allowed, or "syntax"
	// for a whole body.
	Keyword string
	Limit   string // as in the document: "50", "^[0-9]*$", "email", `["INR"]`; "" if the keyword has no value
}

// MembersWithConstraints returns every place of a body that has constraints, in order.
// These are the body (with an empty pointer), its members, the items of arrays and the
// values of open maps (both with *).
func (b *Body) MembersWithConstraints() []*Member {
	if b == nil || b.Root == nil {
		return nil
	}
	var all []*Member
	b.Root.walk(func(m *Member) {
		if len(m.Constraints) > 0 {
			all = append(all, m)
		}
	})
	return all
}

// constraints returns the constraints of one schema, in a fixed order.
func constraints(s *openapi3.Schema) []Constraint {
	var all []Constraint
	add := func(demanded bool, keyword, limit string) {
		if demanded {
			all = append(all, Constraint{keyword, limit})
		}
	}
	count := func(n *uint64, keyword string) {
		if n != nil {
			add(true, keyword, strconv.FormatUint(*n, 10))
		}
	}
	number := func(name, keyword string) {
		limit := exactLimit(s, name)
		add(limit != "", keyword, limit.String())
	}
	if s.Type != nil {
		add(true, "type", strings.Join(*s.Type, " or "))
		add(!s.Nullable, "null", "")
	}
	allowed, _ := json.Marshal(s.Enum) // no error: it was read from JSON
	add(len(s.Enum) > 0, "enum", string(allowed))
	add(s.Pattern != "", "pattern", s.Pattern)
	add(s.Format != "", "format", s.Format)
	add(s.MinLength > 0, "minLength", strconv.FormatUint(s.MinLength, 10))
	count(s.MaxLength, "maxLength")
	number("minimum", "minimum")
	if s.ExclusiveMin.IsTrue() {
		number("minimum", "exclusiveMinimum")
	}
	number("maximum", "maximum")
	if s.ExclusiveMax.IsTrue() {
		number("maximum", "exclusiveMaximum")
	}
	number("multipleOf", "multipleOf")
	add(s.MinItems > 0, "minItems", strconv.FormatUint(s.MinItems, 10))
	count(s.MaxItems, "maxItems")
	add(s.UniqueItems, "uniqueItems", "")
	add(s.MinProps > 0, "minProperties", strconv.FormatUint(s.MinProps, 10))
	count(s.MaxProps, "maxProperties")
	add(s.AdditionalProperties.Has != nil && !*s.AdditionalProperties.Has, "additionalProperties", "")
	add(s.Not != nil, "not", "")
	return all
}

// addConstraints adds the constraints of another schema. The types of alternatives are
// joined, and null is allowed if one alternative allows it.
func (m *Member) addConstraints(s *openapi3.Schema) {
	m.nullable = m.nullable || s.Nullable && s.Type != nil // without a type it has no effect
	for _, c := range constraints(s) {
		i := slices.IndexFunc(m.Constraints, func(known Constraint) bool { return known.Keyword == c.Keyword })
		switch {
		case i >= 0 && c.Keyword == "type" && !slices.Contains(strings.Split(m.Constraints[i].Limit, " or "), c.Limit):
			m.Constraints[i].Limit += " or " + c.Limit
		case i < 0 || m.Constraints[i].Limit != c.Limit && c.Keyword != "type":
			m.Constraints = append(m.Constraints, c)
		}
	}
	if m.nullable {
		m.Constraints = slices.DeleteFunc(m.Constraints, func(c Constraint) bool { return c.Keyword == "null" })
	}
}

// textConstraints removes constraints that no text can violate: parameters are always
// texts.
func textConstraints(all []Constraint, types []string) []Constraint {
	return slices.DeleteFunc(all, func(c Constraint) bool {
		return c.Keyword == "null" || c.Keyword == "type" && slices.Contains(types, "string")
	})
}
