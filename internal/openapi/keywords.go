package openapi

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// ofForms is the name under which Keywords has anyOf and oneOf.
const ofForms = "anyOf or oneOf"

// Keywords returns what the schemas of a member say about its value: the value of each
// keyword as JSON. The schemas of allOf count as the member's own. Members and items have
// places of their own, so their schemas are left out; so is what is written for readers.
func (m *Member) Keywords() map[string]string { return describe(m.schemas, false) }

// Keywords returns what the schema of a parameter says about its value, with the schemas
// of members and items.
func (p *Parameter) Keywords() map[string]string {
	return describe([]*openapi3.Schema{p.schema}, true)
}

// ExclusiveForms reports whether no value satisfies two alternatives of anyOf or oneOf,
// because each alternative allows other types.
func (m *Member) ExclusiveForms() bool {
	for _, s := range m.schemas {
		seen := map[string]bool{}
		for _, one := range slices.Concat(s.AnyOf, s.OneOf) {
			types := one.Value.Type.Slice()
			if one.Value.Nullable {
				types = append(slices.Clone(types), "null")
			}
			for _, typ := range types {
				if typ == "integer" {
					typ = "number"
				}
				if seen[typ] {
					return false
				}
				seen[typ] = true
			}
			if len(types) == 0 {
				return false
			}
		}
	}
	return true
}

// Below returns the member and every place below it that has schemas of its own, such as
// members, items and the values of maps.
func (m *Member) Below() []*Member {
	var all []*Member
	if m != nil {
		m.walk(func(one *Member) { all = append(all, one) })
	}
	return all
}

// describe joins the keywords of several schemas of one value.
func describe(schemas []*openapi3.Schema, deep bool) map[string]string {
	return describeWith(&description{deep: deep}, schemas)
}

func describeWith(d *description, schemas []*openapi3.Schema) map[string]string {
	joined := map[string][]string{}
	for _, s := range schemas {
		d.flat(s, func(keyword, text string) {
			if !slices.Contains(joined[keyword], text) {
				joined[keyword] = append(joined[keyword], text)
			}
		})
	}
	all := map[string]string{}
	for keyword, texts := range joined {
		slices.Sort(texts)
		all[keyword] = strings.Join(texts, " and ")
	}
	return all
}

type description struct {
	deep  bool               // with the schemas of members and items
	above []*openapi3.Schema // the schemas that it is inside of

	without func(keyword string) bool // the keywords that are left out; nil: none
}

// Forms returns what anyOf and oneOf say about a value, as Keywords does, without some
// keywords.
func (m *Member) Forms(without func(keyword string) bool) string {
	return describeWith(&description{without: without}, m.schemas)[ofForms]
}

// Forms does the same for a parameter.
func (p *Parameter) Forms(without func(keyword string) bool) string {
	return describeWith(&description{deep: true, without: without}, []*openapi3.Schema{p.schema})[ofForms]
}

// flat visits the keywords of a schema and of its allOf.
func (d *description) flat(s *openapi3.Schema, add func(keyword, text string)) {
	if slices.Contains(d.above, s) {
		add("allOf", "itself")
		return
	}
	d.above = append(d.above, s)
	defer func() { d.above = d.above[:len(d.above)-1] }()
	d.own(s, add)
	for _, part := range s.AllOf {
		d.flat(part.Value, add)
	}
	for keyword, list := range map[string]openapi3.SchemaRefs{"anyOf": s.AnyOf, "oneOf": s.OneOf} {
		if len(list) > 0 {
			var texts []string
			for _, one := range list {
				text, whole := d.text(one.Value), description{deep: d.deep, above: d.above}
				if d.without == nil || text != "{}" || whole.text(one.Value) == "{}" { // else nothing is left of the form
					texts = append(texts, text)
				}
			}
			slices.Sort(texts)
			add(ofForms, keyword+" ["+strings.Join(texts, ", ")+"]")
		}
	}
	if s.Not != nil {
		whole := description{deep: true, above: d.above}
		add("not", whole.text(s.Not.Value))
	}
}

// text writes a schema as JSON with sorted names.
func (d *description) text(s *openapi3.Schema) string {
	all := map[string]string{}
	d.flat(s, func(keyword, text string) {
		if d.without != nil && d.without(keyword) {
			return
		}
		if all[keyword] != "" {
			text = all[keyword] + " and " + text
		}
		all[keyword] = text
	})
	parts := make([]string, 0, len(all))
	for _, keyword := range slices.Sorted(maps.Keys(all)) {
		parts = append(parts, keyword+": "+all[keyword])
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// own visits the keywords of a schema that have no other schema for the same value.
func (d *description) own(s *openapi3.Schema, add func(keyword, text string)) {
	for _, c := range constraints(s) {
		switch c.Keyword {
		case "null", "enum", "not", "additionalProperties":
		case "exclusiveMinimum", "exclusiveMaximum":
			add(c.Keyword, "true") // the limit is that of minimum or maximum
		default:
			add(c.Keyword, orTrue(c.Limit))
		}
	}
	flag := func(set bool, keyword string) {
		if set {
			add(keyword, "true")
		}
	}
	flag(s.Nullable && s.Type != nil, "nullable")
	flag(s.Deprecated, "deprecated")
	flag(s.Extensions["x-secret"] == true, "x-secret")
	flag(s.Extensions["x-keep"] == true, "x-keep")
	flag(s.Extensions["x-assumed"] == true, "x-assumed")
	for _, name := range []string{"x-means", "x-personal", "x-unit"} {
		if text, ok := s.Extensions[name].(string); ok {
			add(name, text)
		}
	}
	if len(s.Enum) > 0 {
		add("enum", sortedJSON(s.Enum))
	}
	if s.Default != nil {
		raw, _ := json.Marshal(s.Default) // it was read from JSON
		add("default", string(raw))
	}
	if len(s.Required) > 0 {
		names := slices.Clone(s.Required)
		slices.Sort(names)
		add("required", strings.Join(names, ", "))
	}
	d.inside(s, add)
}

// inside visits the schemas of other values: whole if deep, otherwise that they are there.
func (d *description) inside(s *openapi3.Schema, add func(keyword, text string)) {
	text := func(ref *openapi3.SchemaRef) string {
		if d.deep {
			return d.text(ref.Value)
		}
		return "a schema"
	}
	if s.Items != nil {
		add("items", text(s.Items))
	}
	switch has, schema := s.AdditionalProperties.Has, s.AdditionalProperties.Schema; { // true and {} are the default
	case schema != nil && d.text(schema.Value) != "{}":
		add("additionalProperties", text(schema))
	case has != nil && !*has:
		add("additionalProperties", "false")
	}
	var members []string
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		if d.deep {
			name += " " + text(s.Properties[name])
		}
		members = append(members, name)
	}
	if len(members) > 0 {
		add("properties", strings.Join(members, ", "))
	}
}

func orTrue(limit string) string {
	if limit == "" {
		return "true"
	}
	return limit
}

// sortedJSON writes values as JSON, in an order that does not depend on theirs.
func sortedJSON(values []any) string {
	var texts []string
	for _, one := range values {
		raw, _ := json.Marshal(one) // it was read from JSON
		texts = append(texts, string(raw))
	}
	slices.Sort(texts)
	return "[" + strings.Join(texts, ", ") + "]"
}
