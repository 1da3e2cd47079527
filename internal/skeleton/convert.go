package skeleton

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"assay/internal/jsonschema"
	"assay/internal/lazy"
)

// keptKeywords are the keywords that mean the same in the dialect.
var keptKeywords = []string{
	"title", "enum", "minLength", "maxLength", "multipleOf", "minItems", "maxItems", "uniqueItems",
	"minProperties", "maxProperties", "minimum", "maximum", "required", "nullable", "deprecated",
}

// silent are keywords that say nothing about values.
var silent = []string{"description", "example", "examples", "default", "readOnly", "writeOnly", "discriminator", "xml", "externalDocs", "$comment", "$schema", "$id", "contentMediaType", "contentEncoding"}

// schemaRef converts a schema, and keeps a reference to a shared one.
func (d *document) schemaRef(n *yaml.Node, doc string, level int) *yaml.Node {
	name := d.sharedName(textAt(n, "$ref"))
	switch {
	case name == "":
		return d.schema(d.resolve(n), doc, level).Node
	case doc == "":
		return flow().put("$ref", "#/components/schemas/"+name).Node
	}
	return block().put("allOf", []any{flow().put("$ref", "#/components/schemas/"+name)}).put("x-doc", doc).Node
}

// sharedName returns the name of a shared schema, and remembers to convert it.
func (d *document) sharedName(ref string) string {
	name, ok := strings.CutPrefix(ref, "#/components/schemas/")
	if !ok || strings.ContainsAny(name, "/~%") || d.at(ref) == nil {
		return ""
	}
	if d.shared[ref] == "" {
		d.shared[ref] = name
		d.pending = append(d.pending, ref)
	}
	return name
}

// schemas converts the shared schemas that are used.
func (d *document) schemas() {
	for len(d.pending) > 0 {
		ref := d.pending[0]
		d.pending = d.pending[1:]
		n := d.at(ref)
		var is *yaml.Node
		if textAt(n, "$ref") != "" {
			is = block().put("allOf", []any{d.schemaRef(n, "", 0)}).Node
		} else {
			is = d.schema(n, "", 0).Node
		}
		d.p.Schemas = append(d.p.Schemas, NamedSchema{d.shared[ref], is})
	}
	slices.SortFunc(d.p.Schemas, func(a, b NamedSchema) int { return strings.Compare(a.Name, b.Name) })
}

// schema converts a schema of OpenAPI 3.0 or 3.1. What the dialect cannot say is left out
// and counted.
func (d *document) schema(n *yaml.Node, doc string, level int) mapping {
	s := block()
	if d.made++; n == nil || level > deepest || d.made > mostSchemas || n.Kind != yaml.MappingNode {
		if doc != "" {
			s.put("x-doc", doc)
		}
		return s
	}
	types, null := d.types(n)
	if len(types) == 1 {
		s.put("type", types[0])
	}
	null = null || textAt(n, "nullable") == "true"
	each(n, func(keyword string, value *yaml.Node) { d.keyword(s, n, keyword, value, level) })
	if len(types) > 1 {
		var forms []any
		for i, kind := range types {
			form := flow().put("type", kind)
			if i == 0 && null {
				form.put("nullable", true)
			}
			forms = append(forms, form)
		}
		if valueAt(s.Node, "anyOf") == nil {
			s.put("anyOf", forms)
		} else {
			s.put("allOf", []any{flow().put("anyOf", forms)})
		}
	} else if null && len(types) == 1 && valueAt(s.Node, "nullable") == nil {
		s.put("nullable", true)
	}
	if doc != "" {
		s.put("x-doc", doc)
	}
	return s
}

// types returns the types of a schema but null.
func (d *document) types(n *yaml.Node) (types []string, null bool) {
	t := valueAt(n, "type")
	if t == nil {
		if valueAt(n, "properties") != nil {
			return []string{"object"}, false
		}
		return nil, false
	}
	all := []*yaml.Node{t}
	if t.Kind == yaml.SequenceNode {
		all = t.Content
	}
	for _, one := range all {
		if one.Value == "null" {
			null = true
			continue
		}
		types = append(types, one.Value)
	}
	return types, null
}

func (d *document) keyword(s mapping, of *yaml.Node, keyword string, value *yaml.Node, level int) {
	switch {
	case keyword == "type", keyword == "$ref", slices.Contains(silent, keyword), strings.HasPrefix(keyword, "x-"):
	case keyword == "nullable" && valueAt(s.Node, "type") == nil:
	case slices.Contains(keptKeywords, keyword):
		if len(value.Content) > 0 || value.Kind == yaml.ScalarNode {
			s.put(keyword, inline(value, 0))
		}
	case keyword == "const":
		s.put("enum", []any{inline(value, 0)})
	case keyword == "exclusiveMinimum", keyword == "exclusiveMaximum":
		if value.Tag == "!!bool" {
			s.put(keyword, inline(value, 0))
			return
		}
		s.put(strings.ToLower(strings.TrimPrefix(keyword, "exclusive")), inline(value, 0)).put(keyword, true)
	case keyword == "format":
		if jsonschema.FormatOf(value.Value) != nil {
			s.put("format", value.Value)
			if by := byFormat[value.Value]; by != "" && valueAt(of, "pattern") == nil && valueAt(of, "enum") == nil {
				s.put("example", by) // no sample can be made from a format
			}
			return
		}
		d.lost["format "+value.Value]++
	case keyword == "pattern":
		if _, err := jsonschema.NewPattern(value.Value); err == nil {
			s.put("pattern", value.Value)
			if example := valueAt(of, "example"); example != nil && example.Tag == "!!str" && matches(value.Value, example.Value) {
				s.put("example", inline(example, 0)) // no sample can be made from a pattern
			}
			return
		}
		d.lost["patterns that the dialect does not have"]++
	case keyword == "items":
		s.put("items", d.schemaRef(value, "", level+1))
	case keyword == "properties":
		d.properties(s, value, level)
	case keyword == "additionalProperties":
		if value.Tag == "!!bool" {
			s.put(keyword, inline(value, 0))
			return
		}
		s.put(keyword, d.schemaRef(value, "", level+1))
	case keyword == "allOf", keyword == "anyOf", keyword == "oneOf":
		d.forms(s, keyword, value, level)
	case keyword == "not":
		s.put("not", d.schemaRef(value, "", level+1))
	default:
		d.lost[keyword]++
	}
}

// forms converts alternatives. One that is only null makes the others nullable, which the
// dialect says at the first that has a type.
func (d *document) forms(s mapping, keyword string, value *yaml.Node, level int) {
	var all []any
	null := false
	for _, item := range itemsOf(value) {
		if item = plainNode(item); textAt(item, "type") == "null" {
			null = true
			continue
		}
		all = append(all, d.schemaRef(item, "", level+1))
	}
	if null {
		all = append(all, flow().put("type", "string").put("nullable", true).put("enum", []any{nil}))
	}
	if len(all) > 0 {
		s.put(keyword, all)
	}
}

func (d *document) properties(s mapping, value *yaml.Node, level int) {
	properties := block()
	each(value, func(name string, n *yaml.Node) {
		is := d.schemaRef(n, name, level+1)
		personal, secret := hiddenAs(name)
		if kind := textAt(is, "type"); kind == "string" || kind == "integer" || kind == "number" {
			mapping{is}.set("x-secret", secret).set("x-personal", personal)
		}
		properties.put(name, is)
	})
	if len(properties.Content) > 0 {
		s.put("properties", properties)
	}
}

var commentLike = lazy.Regexp(`[\r\n]`)

// inline copies a value without comments and aliases, to a depth that an alias to
// itself cannot exceed.
func inline(n *yaml.Node, level int) *yaml.Node {
	n = plainNode(n)
	out := &yaml.Node{Kind: n.Kind, Tag: n.Tag, Value: n.Value}
	switch {
	case n.Kind == yaml.ScalarNode && n.Tag == "!!str":
		out.SetString(n.Value)
		if commentLike().MatchString(n.Value) {
			out.Style = yaml.DoubleQuotedStyle
		}
	case n.Kind != yaml.ScalarNode:
		out.Style = yaml.FlowStyle
	}
	for _, item := range n.Content {
		if level >= deepest/4 {
			break
		}
		out.Content = append(out.Content, inline(item, level+1))
	}
	return out
}

// matches reports whether a text has a pattern that the dialect has.
func matches(pattern, text string) bool {
	p, err := jsonschema.NewPattern(pattern)
	return err == nil && p.MatchesText(text)
}
