package openapi

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"assay/internal/nearest"
)

// templateName matches a parameter in a path template, such as {id}.
var templateName = regexp.MustCompile(`\{([^{}/]*)\}`)

// pathTemplateFault is how kin-openapi begins its error about the faults that
// checkPaths finds. It gives no place.
const pathTemplateFault = "must define exactly all path parameters"

// checkPaths finds path templates without the parameters that they name, and path
// parameters that the template does not name.
func checkPaths(root *yaml.Node) []lineError {
	var faults []lineError
	paths := unaliased(child(root, "paths"))
	for i := 0; paths != nil && paths.Kind == yaml.MappingNode && i+1 < len(paths.Content); i += 2 {
		path := paths.Content[i]
		var named []string
		for _, m := range templateName.FindAllStringSubmatch(path.Value, -1) {
			if slices.Contains(named, m[1]) {
				faults = append(faults, lineError{path.Line, "the path " + path.Value + " names {" + m[1] + "} twice"})
			}
			named = append(named, m[1])
		}
		item := unaliased(paths.Content[i+1])
		shared := pathParameters(root, item)
		for j := 0; item != nil && item.Kind == yaml.MappingNode && j+1 < len(item.Content); j += 2 {
			method := item.Content[j]
			if method.Value == "parameters" {
				continue
			}
			declared := append(slices.Clone(shared), pathParameters(root, unaliased(item.Content[j+1]))...)
			var names []string
			for _, one := range declared {
				names = append(names, one.text)
				if !slices.Contains(named, one.text) {
					faults = append(faults, lineError{one.line, "the path " + path.Value + " does not name the path parameter " + one.text + nearest.DidYouMean(one.text, named)})
				}
			}
			for _, name := range named {
				if !slices.Contains(names, name) {
					faults = append(faults, lineError{method.Line, "the path " + path.Value + " names {" + name + "}, but " + strings.ToUpper(method.Value) + " has no parameter " + name + " with in: path" + nearest.DidYouMean(name, names)})
				}
			}
		}
	}
	return faults
}

// pathParameters returns the names of the path parameters of a path or an operation, with
// their lines.
func pathParameters(root, n *yaml.Node) []lineError {
	var all []lineError
	for _, item := range items(unaliased(child(n, "parameters"))) {
		p := unaliased(resolve(root, unaliased(item)))
		if scalar(p, "in") == "path" {
			all = append(all, lineError{line(child(p, "name")), scalar(p, "name")})
		}
	}
	return all
}
