package openapi

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"assay/internal/contract"
	"assay/specs"
)

var dialect = sync.OnceValues(func() (*jsonschema.Schema, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(specs.Dialect))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	const name = "file:///dialect.schema.json" // a name without a folder would be one of the folder that assay runs in
	if err := c.AddResource(name, document); err != nil {
		return nil, err
	}
	return c.Compile(name)
})

// validateDialect validates a document against the JSON Schema of the dialect, and checks
// that every $ref has a target and that every schema can be enforced. raw is the document
// as JSON, noJSON why there is none.
func validateDialect(root *yaml.Node, raw []byte, noJSON error) []lineError {
	schema, err := dialect()
	if err != nil {
		return []lineError{located(root, fmt.Errorf("the schema of the dialect: %w", err))}
	}
	if noJSON != nil {
		return []lineError{located(root, noJSON)}
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return []lineError{located(root, err)}
	}
	var faults []lineError
	var invalid *jsonschema.ValidationError
	if errors.As(schema.Validate(value), &invalid) {
		faults = append(faults, leaves(root, invalid)...)
	}
	faults = append(faults, danglingRefs(root, root)...)
	faults = append(faults, checkSchemas(root)...)
	faults = append(faults, pathFaults(root)...)
	return faults
}

// lineError is a fault of a document at a line.
type lineError struct {
	line int
	text string
}

func (e lineError) Error() string { return "line " + strconv.Itoa(e.line) + ": " + e.text }

// located gives an error the line of a node, unless it has its own.
func located(n *yaml.Node, err error) lineError {
	at := lineError{line(n), err.Error()}
	errors.As(err, &at)
	return at
}

// joinErrors makes one error of all faults, in the order of their lines, without
// duplicates.
func joinErrors(file string, faults []lineError) error {
	slices.SortStableFunc(faults, func(a, b lineError) int { return a.line - b.line })
	var all []error
	for i, f := range faults {
		if i == 0 || f != faults[i-1] {
			all = append(all, fmt.Errorf("%s:%d: %s", file, f.line, f.text))
		}
	}
	return errors.Join(all...)
}

// leaves returns the innermost faults. Of alternatives it returns those that got
// furthest into the document.
func leaves(root *yaml.Node, e *jsonschema.ValidationError) []lineError {
	if len(e.Causes) == 0 {
		_, n := at(root, e.InstanceLocation)
		where := string(contract.PointerTo(e.InstanceLocation...))
		if where == "" {
			where = "the document"
		}
		if names, unknown := e.ErrorKind.(*kind.AdditionalProperties); unknown {
			return unknownNames(n, where, names.Properties, allowedNames(e.SchemaURL))
		}
		text := e.ErrorKind.LocalizedString(message.NewPrinter(language.English))
		if listed, ok := e.ErrorKind.(*kind.Enum); ok {
			text += closeValue(listed)
		}
		return []lineError{{line(n), where + ": " + text}}
	}
	var found []lineError
	deepest := 0
	for _, cause := range e.Causes {
		deepest = max(deepest, depth(cause))
	}
	alternatives := strings.Contains(fmt.Sprintf("%T", e.ErrorKind), "Of")
	for _, cause := range e.Causes {
		if !alternatives || depth(cause) == deepest {
			found = append(found, leaves(root, cause)...)
		}
	}
	return found
}

func depth(e *jsonschema.ValidationError) int {
	d := len(e.InstanceLocation)
	for _, cause := range e.Causes {
		d = max(d, depth(cause))
	}
	return d
}

func danglingRefs(root, n *yaml.Node) []lineError {
	var found []lineError
	if ref := child(n, "$ref"); ref != nil {
		target, _ := at(root, contract.TokensOf(contract.Pointer(trimHash(ref.Value))))
		if !strings.HasPrefix(ref.Value, "#/") || target == nil {
			found = append(found, lineError{ref.Line, "$ref " + ref.Value + " has no target in this document"})
		}
	}
	for _, c := range n.Content {
		found = append(found, danglingRefs(root, c)...)
	}
	return found
}
