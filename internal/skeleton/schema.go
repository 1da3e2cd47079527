package skeleton

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// schema writes the schema of what was observed. from says how often, for x-doc; "" for the
// body itself, which has no name.
func (v *value) schema(from string) *yaml.Node {
	s := block()
	if len(v.members) == 0 && v.item == nil {
		s = flow()
	}
	kinds := v.kinds()
	if len(kinds) == 1 {
		v.keywords(s, kinds[0])
	} else if len(kinds) > 1 {
		var forms []any
		for _, kind := range kinds {
			form := flow()
			if kind == "object" || kind == "array" {
				form = block()
			}
			v.keywords(form, kind)
			forms = append(forms, form)
		}
		s.put("anyOf", forms)
	}
	if v.types["null"] > 0 {
		switch {
		case len(kinds) == 1:
			s.put("nullable", true)
		case len(kinds) > 1:
			forms := s.Content[1]
			mapping{forms.Content[0]}.put("nullable", true)
		}
	}
	personal, secret := v.hidden()
	s.set("x-secret", secret).set("x-personal", personal)
	if from != "" {
		s.put("x-assumed", true).put("x-doc", from)
	}
	return s.Node
}

// kinds lists the types but null. A number may be whole.
func (v *value) kinds() []string {
	var all []string
	for _, kind := range []string{"object", "array", "string", "number", "integer", "boolean"} {
		if v.types[kind] > 0 && (kind != "integer" || v.types["number"] == 0) {
			all = append(all, kind)
		}
	}
	return all
}

func (v *value) keywords(s mapping, kind string) {
	s.put("type", kind)
	switch kind {
	case "string":
		s.set("format", v.formatOf())
	case "array":
		items := v.item.schema("")
		if v.item.n == 0 {
			items = flow().Node
		}
		s.put("items", items)
	case "object":
		v.properties(s)
	}
}

func (v *value) properties(s mapping) {
	var required []string
	properties := block()
	for _, name := range v.order {
		if v.required(name) {
			required = append(required, name)
		}
		properties.put(name, v.members[name].schema(seenOf(v.members[name].n, v.types["object"])))
	}
	if len(required) > 0 {
		s.put("required", required)
	}
	if len(v.order) > 0 {
		s.put("properties", properties)
	}
	if v.data || len(v.order) == 0 {
		s.put("additionalProperties", true)
	}
}

func seenOf(n, of int) string { return fmt.Sprintf("seen in %d of %d", n, of) }
