package openapi

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Constraint is one thing that a schema demands of the value at a place.
type Constraint struct {
	// Keyword is JSON Schema's. Besides, "null" stands where null is no value, and
	// "syntax" of a body as a whole.
	Keyword string
	Limit   string // as the document has it: "50", "^[0-9]*$", "email", `["INR"]`; "" where the keyword says it all
}

// Constrained lists every place of a body of which something is demanded, in
// order: the body itself (with an empty pointer), its members, the items of
// arrays and the values of open maps (with * for any of them).
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

// constraints lists what a schema demands by itself, in a fixed order.
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
	number := func(n *float64, keyword string) {
		if n != nil {
			add(true, keyword, strconv.FormatFloat(*n, 'f', -1, 64))
		}
	}
	if s.Type != nil {
		add(true, "type", strings.Join(*s.Type, " or "))
		add(!s.Nullable, "null", "")
	}
	allowed, _ := json.Marshal(s.Enum) // read from JSON
	add(len(s.Enum) > 0, "enum", string(allowed))
	add(s.Pattern != "", "pattern", s.Pattern)
	add(s.Format != "", "format", s.Format)
	add(s.MinLength > 0, "minLength", strconv.FormatUint(s.MinLength, 10))
	count(s.MaxLength, "maxLength")
	number(s.Min, "minimum")
	if s.ExclusiveMin.IsTrue() {
		number(s.Min, "exclusiveMinimum")
	}
	number(s.Max, "maximum")
	if s.ExclusiveMax.IsTrue() {
		number(s.Max, "exclusiveMaximum")
	}
	number(s.MultipleOf, "multipleOf")
	add(s.MinItems > 0, "minItems", strconv.FormatUint(s.MinItems, 10))
	count(s.MaxItems, "maxItems")
	add(s.UniqueItems, "uniqueItems", "")
	add(s.MinProps > 0, "minProperties", strconv.FormatUint(s.MinProps, 10))
	count(s.MaxProps, "maxProperties")
	add(s.AdditionalProperties.Has != nil && !*s.AdditionalProperties.Has, "additionalProperties", "")
	add(s.Not != nil, "not", "")
	return all
}

// demand adds what one more schema demands of a member. Of alternatives each
// demands a type: together they demand one of them, and null is no value unless
// one of them takes it.
func (m *Member) addConstraints(s *openapi3.Schema) {
	m.nullable = m.nullable || s.Nullable
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

// textual leaves out what no text can break: parameters are always texts.
func textConstraints(all []Constraint, types []string) []Constraint {
	return slices.DeleteFunc(all, func(c Constraint) bool {
		return c.Keyword == "null" || c.Keyword == "type" && slices.Contains(types, "string")
	})
}
