package openapi

import (
	"context"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"
)

// locate finds the lines of what kin-openapi refuses in a document. kin-openapi names
// the place in words, if at all, so locate asks it about each part: the innermost parts
// that are refused by themselves have the fault. doc is nil if it was not read.
func locate(root *yaml.Node, doc *openapi3.T, err error) []lineError {
	l := &locator{}
	if doc != nil {
		l.document(root, doc)
	}
	if len(l.faults) > 0 {
		return l.faults
	}
	// What concerns several parts, such as a name that is used twice.
	where, longest := root, 0
	for _, parent := range []string{"paths", "components"} {
		l.named(child(root, parent), err.Error(), func(name string, n *yaml.Node) {
			if len(name) > longest {
				where, longest = n, len(name)
			}
		})
	}
	return []lineError{{line(where), oneLine(err)}}
}

// others returns the faults at lines that have no known fault. If there are known faults,
// a fault at the first line is left out: it has no place, and most likely repeats one.
func others(faults, known []lineError, first int) []lineError {
	return slices.DeleteFunc(faults, func(f lineError) bool {
		return len(known) > 0 && f.line == first || slices.ContainsFunc(known, func(k lineError) bool { return k.line == f.line })
	})
}

// locator asks about the schemas, then about what has schemas.
type locator struct {
	faults []lineError
	later  []func() // about parameters and operations
}

// valid is what kin-openapi's types have in common.
type valid interface {
	Validate(context.Context, ...openapi3.ValidationOption) error
}

func refused(part valid) error {
	return part.Validate(context.Background(), openapi3.DisableExamplesValidation())
}

// ask records a part that is refused.
func (l *locator) ask(n *yaml.Node, part valid) {
	if err := refused(part); err != nil {
		l.faults = append(l.faults, lineError{line(n), oneLine(err)})
	}
}

func (l *locator) document(root *yaml.Node, doc *openapi3.T) {
	if doc.Components != nil {
		each(child(child(root, "components"), "schemas"), func(name string, n *yaml.Node) {
			l.schema(n, doc.Components.Schemas[name])
		})
	}
	each(child(root, "paths"), func(path string, methods *yaml.Node) {
		each(methods, func(method string, n *yaml.Node) {
			if item := doc.Paths.Value(path); item != nil && item.GetOperation(strings.ToUpper(method)) != nil {
				l.operation(n, item.GetOperation(strings.ToUpper(method)))
			}
		})
	})
	for _, about := range l.later {
		if len(l.faults) == 0 {
			about()
		}
	}
}

func (l *locator) operation(n *yaml.Node, o *openapi3.Operation) {
	for i, p := range items(unaliased(child(n, "parameters"))) {
		if i < len(o.Parameters) && o.Parameters[i].Value != nil {
			l.schema(child(unaliased(p), "schema"), o.Parameters[i].Value.Schema)
			l.later = append(l.later, func() { l.ask(p, o.Parameters[i].Value) })
		}
	}
	if o.RequestBody != nil && o.RequestBody.Value != nil {
		l.content(child(n, "requestBody"), o.RequestBody.Value.Content)
	}
	each(unaliased(child(n, "responses")), func(status string, one *yaml.Node) {
		if response := o.Responses.Value(status); response != nil && response.Value != nil {
			l.content(one, response.Value.Content)
		}
	})
	l.later = append(l.later, func() { l.ask(n, o) })
}

func (l *locator) content(n *yaml.Node, all openapi3.Content) {
	each(unaliased(child(unaliased(n), "content")), func(name string, media *yaml.Node) {
		if m := all[name]; m != nil {
			l.schema(child(unaliased(media), "schema"), m.Schema)
		}
	})
}

// schema records a schema that is refused, unless one inside it is. It does not follow a
// $ref: the target has a node of its own.
func (l *locator) schema(n *yaml.Node, ref *openapi3.SchemaRef) {
	if n = unaliased(n); n == nil || ref == nil || ref.Value == nil || child(n, "$ref") != nil {
		return
	}
	deeper := false
	inner(n, ref.Value, func(below *yaml.Node, one *openapi3.SchemaRef) {
		deeper = deeper || one != nil && one.Value != nil && refused(one.Value) != nil
		l.schema(below, one)
	})
	if !deeper {
		l.ask(n, ref.Value)
	}
}

// named visits the members of the members of a mapping whose names a text has.
func (l *locator) named(n *yaml.Node, in string, visit func(name string, n *yaml.Node)) {
	each(unaliased(n), func(name string, below *yaml.Node) {
		if strings.Contains(in, name) {
			visit(name, below)
		}
		each(unaliased(below), func(name string, below *yaml.Node) {
			if strings.Contains(in, name) {
				visit(name, below)
			}
		})
	})
}

// oneLine returns the first line of an error: kin-openapi appends schema and value.
func oneLine(err error) string {
	first, _, _ := strings.Cut(err.Error(), "\n")
	return strings.TrimSpace(first)
}
