package openapi

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
	"assay/internal/nearest"
	"assay/specs"
)

// unknownNames returns a fault for each name that a mapping must not have, at the line of
// the name. allowed are the names that it may have.
func unknownNames(n *yaml.Node, where string, names, allowed []string) []lineError {
	var faults []lineError
	for _, name := range names {
		at := line(n)
		for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == name {
				at = n.Content[i].Line
			}
		}
		faults = append(faults, lineError{at, where + ": additional properties '" + name + "' not allowed" + nearest.DidYouMean(name, allowed)})
	}
	return faults
}

// closeValue returns the value of an enumeration that a typo most likely means.
func closeValue(listed *kind.Enum) string {
	got, _ := listed.Got.(string)
	var values []string
	for _, one := range listed.Want {
		if text, ok := one.(string); ok {
			values = append(values, text)
		}
	}
	if got == "" {
		return ""
	}
	return nearest.DidYouMean(got, values)
}

// allowedNames returns the names of the properties that the dialect's schema lists at a
// URL of its own.
func allowedNames(url string) []string {
	_, fragment, _ := strings.Cut(url, "#")
	var at any
	if json.Unmarshal(specs.Dialect, &at) != nil {
		return nil
	}
	for _, token := range contract.TokensOf(contract.Pointer(fragment)) {
		switch n := at.(type) {
		case map[string]any:
			at = n[token]
		default: // a list has schemas for forms, whose names are not suggested
			return nil
		}
	}
	schema, _ := at.(map[string]any)
	properties, _ := schema["properties"].(map[string]any)
	var names []string
	for name := range properties {
		names = append(names, name)
	}
	slices.Sort(names) // of two that are as close, always the same one is suggested
	return names
}
