package openapi

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// checkSchemas finds what the JSON Schema of the dialect cannot find in the schemas of a
// document: keywords that could not be enforced.
func checkSchemas(root *yaml.Node) []lineError {
	c := &schemaCheck{root: root}
	c.everything(root, "")
	return c.faults
}

type schemaCheck struct {
	root       *yaml.Node
	onlyCycles bool // looks for nothing else
	faults     []lineError
}

func (c *schemaCheck) fault(n *yaml.Node, text string, args ...any) {
	c.faults = append(c.faults, lineError{line(n), fmt.Sprintf(text, args...)})
}

// everything visits each place where the dialect has a schema.
func (c *schemaCheck) everything(n *yaml.Node, under string) {
	if n = unaliased(n); n == nil {
		return
	}
	switch n.Kind {
	case yaml.SequenceNode:
		for _, item := range n.Content {
			c.everything(item, under)
		}
	case yaml.MappingNode:
		each(n, func(name string, below *yaml.Node) {
			below = unaliased(below)
			switch {
			case name == "schema" || (name == "strict" || name == "lenient") && below.Kind == yaml.MappingNode:
				c.schema(below, nil)
			case name == "schemas" && under == "components":
				each(below, func(_ string, schema *yaml.Node) { c.schema(unaliased(schema), nil) })
			case name == "example" || name == "examples": // data
			default:
				c.everything(below, name)
			}
		})
	}
}

// schema checks a schema and those inside it. above lists the nodes that it is inside of,
// which bounds aliases.
func (c *schemaCheck) schema(n *yaml.Node, above []*yaml.Node) {
	if n == nil || n.Kind != yaml.MappingNode || slices.Contains(above, n) {
		return
	}
	above = append(slices.Clone(above), n)
	if !c.onlyCycles {
		c.format(n)
		c.pattern(n)
		c.limits(n)
	}
	c.cycle(n)
	inside := func(one *yaml.Node) { c.schema(unaliased(one), above) }
	for _, keyword := range []string{"items", "not", "additionalProperties"} {
		inside(child(n, keyword))
	}
	for _, one := range parts(n) {
		inside(one)
	}
	each(unaliased(child(n, "properties")), func(_ string, one *yaml.Node) { inside(one) })
}

// parts returns the schemas of allOf, anyOf and oneOf.
func parts(n *yaml.Node) []*yaml.Node {
	var all []*yaml.Node
	for _, keyword := range []string{"allOf", "anyOf", "oneOf"} {
		all = append(all, items(unaliased(child(n, keyword)))...)
	}
	return all
}

// format finds a format that the type beside it excludes. No value would be checked.
func (c *schemaCheck) format(n *yaml.Node) {
	name, typ := scalar(n, "format"), scalar(n, "type")
	f := jsonschema.FormatOf(name)
	if f == nil || typ == "" { // the dialect's schema lists the formats
		return
	}
	if f.Text != nil && typ != "string" {
		c.fault(child(n, "format"), "the format %s is for strings, not for the type %s", name, typ)
	}
	if f.Text == nil && typ != "integer" && typ != "number" {
		c.fault(child(n, "format"), "the format %s is for the types integer and number, not for %s", name, typ)
	}
}

func (c *schemaCheck) pattern(n *yaml.Node) {
	at := child(n, "pattern")
	if at == nil {
		return
	}
	if _, err := jsonschema.RE2(scalar(n, "pattern")); err != nil {
		c.fault(at, "the pattern '%s' cannot be enforced: %s", scalar(n, "pattern"), err)
	}
}

// countKeywords have a length or a count.
var countKeywords = []string{"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"}

var tooFar = regexp.MustCompile(`[eE][+-]?0*[0-9]{4,}$`)

// limits finds numbers that are too large to be limits, and exclusive limits of nothing.
func (c *schemaCheck) limits(n *yaml.Node) {
	for _, keyword := range countKeywords {
		if text := scalar(n, keyword); text != "" {
			if _, err := strconv.ParseInt(text, 10, 32); err != nil {
				c.fault(child(n, keyword), "%s: %s is not an integer from 0 to 2147483647", keyword, text)
			}
		}
	}
	for _, keyword := range limitKeywords {
		text := scalar(n, keyword)
		if _, err := strconv.ParseFloat(text, 64); text != "" && (err != nil || len(text) > 300 || tooFar.MatchString(text)) {
			c.fault(child(n, keyword), "%s: the number is too large; write one of at most 300 digits", keyword)
		}
	}
	for _, pair := range [][2]string{{"exclusiveMinimum", "minimum"}, {"exclusiveMaximum", "maximum"}} {
		if scalar(n, pair[0]) == "true" && child(n, pair[1]) == nil {
			c.fault(child(n, pair[0]), "%s has no effect without %s", pair[0], pair[1])
		}
	}
	if scalar(n, "type") == "array" && child(n, "items") == nil {
		c.fault(child(n, "type"), "the type array needs items; items: {} allows any")
	}
}

// cycle finds a schema that contains itself for the same value, through $ref, allOf,
// anyOf, oneOf or not. Through properties or items a schema may contain itself.
func (c *schemaCheck) cycle(n *yaml.Node) {
	seen := map[*yaml.Node]bool{}
	var reaches func(from *yaml.Node) bool
	reaches = func(from *yaml.Node) bool {
		for _, next := range c.ofSameValue(from) {
			if next == n {
				return true
			}
			if next != nil && !seen[next] {
				seen[next] = true
				if reaches(next) {
					return true
				}
			}
		}
		return false
	}
	if reaches(n) {
		c.fault(n, "the schema contains itself for the same value, by $ref, allOf, anyOf, oneOf or not; a value could never be checked")
	}
}

// ofSameValue returns the schemas that apply to the same value as a schema.
func (c *schemaCheck) ofSameValue(n *yaml.Node) []*yaml.Node {
	var all []*yaml.Node
	if ref := scalar(n, "$ref"); ref != "" {
		target, _ := at(c.root, contract.TokensOf(contract.Pointer(trimHash(ref))))
		all = append(all, unaliased(target))
	}
	for _, one := range append(parts(n), child(n, "not")) {
		all = append(all, unaliased(one))
	}
	return all
}

// scalar returns a member of a mapping that is a scalar; "": there is none.
func scalar(n *yaml.Node, name string) string {
	return text(unaliased(child(n, name)))
}

// unreadable finds the line of the first byte that YAML does not allow. The decoder
// reports it without a line.
func unreadable(raw string) (lineError, bool) {
	for i, r := range raw {
		what := ""
		switch {
		case r == '\uFFFD' && !strings.HasPrefix(raw[i:], "\uFFFD"):
			what = "is not UTF-8"
		case r < ' ' && r != '\t' && r != '\n' && r != '\r', r == 0x7f, r >= 0x80 && r < 0xa0 && r != 0x85, r == 0xfffe, r == 0xffff:
			what = "has a control character, which YAML does not allow"
		}
		if what != "" {
			return lineError{1 + strings.Count(raw[:i], "\n"), "the line " + what}, true
		}
	}
	return lineError{}, false
}
