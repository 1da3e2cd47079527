package openapi

import (
	"errors"
	"fmt"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"

	"assay/internal/nearest"
	"assay/internal/route"
)

// pathFaults finds the faults of path templates, with their lines: a template that cannot
// be read, two that match the same paths, and parameters that stand only in the template
// or only in the list of parameters.
func pathFaults(root *yaml.Node) []lineError {
	var faults []lineError
	add := func(n *yaml.Node, format string, args ...any) {
		faults = append(faults, lineError{line(n), fmt.Sprintf(format, args...)})
	}
	paths := unaliased(child(root, "paths"))
	if paths == nil || paths.Kind != yaml.MappingNode {
		return nil
	}
	first := map[string]*yaml.Node{} // by shape
	for i := 0; i+1 < len(paths.Content); i += 2 {
		name := paths.Content[i]
		template, err := route.Parse(name.Value)
		if err != nil {
			add(name, "%s: %v", name.Value, err)
			continue
		}
		if other := first[template.Shape()]; other != nil {
			add(name, "%s and %s in line %d match the same paths; make them one path", name.Value, other.Value, other.Line)
			continue
		}
		first[template.Shape()] = name
		each(unaliased(paths.Content[i+1]), func(_ string, operation *yaml.Node) {
			if operation = unaliased(operation); operation != nil && operation.Kind == yaml.MappingNode {
				faults = append(faults, parameterFaults(root, name, operation, template)...)
			}
		})
	}
	return faults
}

// parameterFaults compares the parameters of an operation with those of its path.
func parameterFaults(root, name, operation *yaml.Node, template route.Template) []lineError {
	var faults []lineError
	var listed []string
	for _, item := range items(unaliased(child(operation, "parameters"))) {
		p := resolve(root, unaliased(item))
		if text(child(p, "in")) != "path" {
			continue
		}
		called := text(child(p, "name"))
		listed = append(listed, called)
		switch {
		case !slices.Contains(template.Names(), called):
			faults = append(faults, lineError{line(item), fmt.Sprintf("the path %s has no {%s}%s; add it to the path or remove the parameter", name.Value, called, nearest.DidYouMean(called, template.Names()))})
		case text(child(p, "required")) != "true":
			faults = append(faults, lineError{line(item), fmt.Sprintf("the parameter %s is in the path, so it needs required: true", called)})
		}
	}
	for _, called := range template.Names() {
		if !slices.Contains(listed, called) {
			faults = append(faults, lineError{name.Line, fmt.Sprintf("%s: the operation in line %d lists no parameter %s with in: path%s", name.Value, line(operation), called, nearest.DidYouMean(called, listed))})
		}
	}
	return faults
}

// aboutPaths reports whether kin-openapi refuses what pathFaults finds with its line.
func aboutPaths(err error) bool {
	var conflict *openapi3.ConflictingPathsError
	var parameters *openapi3.PathParametersError
	return errors.As(err, &conflict) || errors.As(err, &parameters)
}
