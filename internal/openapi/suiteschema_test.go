//go:build suites

package openapi

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// asOpenAPI writes a schema of draft 4 or 6 with the keywords of OpenAPI 3.0, which mean
// the same. It returns the keyword that OpenAPI 3.0 cannot express.
func asOpenAPI(schema, root any, depth int) (made any, why string) {
	switch schema {
	case true:
		return map[string]any{}, ""
	case false:
		return map[string]any{"not": map[string]any{}}, ""
	}
	from, ok := schema.(map[string]any)
	if !ok {
		return nil, "a schema that is none"
	}
	if depth > 8 {
		return nil, "$ref to itself"
	}
	if ref, has := from["$ref"].(string); has {
		if !strings.HasPrefix(ref, "#") || hasID(root) {
			return nil, "$ref to another document"
		}
		target, found := contract.Lookup(root, contract.Pointer(ref[1:]))
		if !found {
			return nil, "$ref to another document"
		}
		return asOpenAPI(target, root, depth+1)
	}
	s := map[string]any{}
	for _, keyword := range slices.Sorted(maps.Keys(from)) {
		if why := keep(s, keyword, from[keyword], root, depth); why != "" {
			return nil, why
		}
	}
	if _, has := s["items"]; s["type"] == "array" && !has {
		s["items"] = map[string]any{}
	}
	return s, ""
}

// hasID reports whether a document changes what its references mean.
func hasID(root any) bool {
	found := false
	contract.Visit(root, "", func(at contract.Pointer, value any) {
		object, ok := value.(map[string]any)
		_, id := object["id"].(string)
		_, newer := object["$id"].(string)
		found = found || ok && (id || newer)
	})
	return found
}

// keep adds a keyword to a schema of OpenAPI 3.0.
func keep(s map[string]any, keyword string, value, root any, depth int) (why string) {
	one := func(value any) any {
		made, reason := asOpenAPI(value, root, depth)
		if why == "" {
			why = reason
		}
		return made
	}
	switch keyword {
	case "$schema", "id", "$id", "definitions", "$comment", "title", "description", "default":
	case "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties":
		s[keyword] = json.Number(strings.TrimSuffix(value.(json.Number).String(), ".0"))
	case "minimum", "maximum", "multipleOf", "uniqueItems", "enum", "pattern":
		s[keyword] = value
	case "required":
		if list, ok := value.([]any); ok && len(list) > 0 { // an empty list demands nothing
			s[keyword] = value
		}
	case "exclusiveMinimum", "exclusiveMaximum":
		limit := map[string]string{"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}[keyword]
		if _, ok := value.(bool); ok {
			s[keyword] = value
			break
		}
		beside(s, map[string]any{limit: value, keyword: true})
	case "const":
		beside(s, map[string]any{"enum": []any{value}})
	case "format":
		if jsonschema.FormatOf(value.(string)) == nil {
			return "a load error: the format " + value.(string)
		}
		s[keyword] = value
	case "type":
		return types(s, value)
	case "not":
		s[keyword] = one(value)
	case "items":
		if _, tuple := value.([]any); tuple {
			return "items for each position"
		}
		s[keyword] = one(value)
	case "additionalProperties":
		if s[keyword] = value; value != true && value != false {
			s[keyword] = one(value)
		}
	case "allOf", "anyOf", "oneOf":
		var list []any
		for _, part := range value.([]any) {
			list = append(list, one(part))
		}
		if _, has := s[keyword]; has {
			beside(s, map[string]any{keyword: list})
			break
		}
		s[keyword] = list
	case "properties":
		members := map[string]any{}
		for name, member := range value.(map[string]any) {
			members[name] = one(member)
		}
		s[keyword] = members
	default:
		return keyword
	}
	return why
}

// beside adds a schema for the same value.
func beside(s, other map[string]any) {
	list, _ := s["allOf"].([]any)
	s["allOf"] = append(slices.Clone(list), other)
}

// types keeps a type. Several types are alternatives, and null is the only value of its
// type.
func types(s map[string]any, value any) string {
	list, many := value.([]any)
	if !many {
		if value != "null" {
			s["type"] = value
			return ""
		}
		list = []any{value}
	}
	var all []any
	for _, typ := range list {
		if typ == "null" {
			all = append(all, map[string]any{"enum": []any{nil}})
			continue
		}
		one := map[string]any{"type": typ}
		if typ == "array" {
			one["items"] = map[string]any{}
		}
		all = append(all, one)
	}
	beside(s, map[string]any{"anyOf": all})
	return ""
}
