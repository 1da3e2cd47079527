package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
)

// The dialect's extensions are read from the YAML nodes, not from kin-openapi's maps:
// nodes have lines and an order.

// child returns a member of a mapping, or nil.
func child(n *yaml.Node, name string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

// each visits the members of a mapping in the order of the document.
func each(n *yaml.Node, visit func(name string, value *yaml.Node)) {
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		visit(n.Content[i].Value, n.Content[i+1])
	}
}

// at returns the node at a path of tokens, and the closest node on the way to it.
func at(n *yaml.Node, tokens []string) (found, closest *yaml.Node) {
	for _, token := range tokens {
		closest = n
		if n.Kind != yaml.SequenceNode {
			if n = child(n, token); n == nil {
				return nil, closest
			}
			continue
		}
		i, err := strconv.Atoi(token)
		if err != nil || i < 0 || i >= len(n.Content) {
			return nil, closest
		}
		n = n.Content[i]
	}
	return n, n
}

// resolve follows a $ref within the document.
func resolve(root, n *yaml.Node) *yaml.Node {
	for range 32 {
		ref := child(n, "$ref")
		if ref == nil {
			return n
		}
		n, _ = at(root, contract.TokensOf(contract.Pointer(trimHash(ref.Value))))
	}
	return n
}

func trimHash(ref string) string {
	if ref != "" && ref[0] == '#' {
		return ref[1:]
	}
	return ref
}

func text(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	return n.Value
}

// integers returns an integer or a list of integers.
func integers(n *yaml.Node) []int {
	var all []int
	for _, one := range texts(n) {
		i, _ := strconv.Atoi(one) // the dialect's schema allows only integers
		all = append(all, i)
	}
	return all
}

// texts returns a scalar or a list of scalars.
func texts(n *yaml.Node) []string {
	if n == nil {
		return nil
	}
	if n.Kind == yaml.ScalarNode {
		return []string{n.Value}
	}
	var list []string
	for _, item := range n.Content {
		list = append(list, item.Value)
	}
	return list
}

// pointer returns a JSON pointer; the dialect's schema has checked it.
func pointer(n *yaml.Node) contract.Pointer { return contract.Pointer(text(n)) }

func pointers(n *yaml.Node) []contract.Pointer {
	var all []contract.Pointer
	for _, one := range texts(n) {
		all = append(all, contract.Pointer(one))
	}
	return all
}

// places returns places of an exchange; the dialect's schema has checked them.
func places(n *yaml.Node) []contract.Place {
	var all []contract.Place
	for _, one := range texts(n) {
		all = append(all, contract.Place(one))
	}
	return all
}

func line(n *yaml.Node) int {
	if n == nil {
		return 0
	}
	return n.Line
}

// maxExpandedBytes is the maximum size of a document once its aliases are expanded.
const maxExpandedBytes = 64 << 20

// toJSON writes a node as JSON. Members keep the order of the document, and numbers
// their text.
func toJSON(n *yaml.Node) ([]byte, error) {
	w := &writer{openAliases: map[*yaml.Node]bool{}}
	if err := w.node(n); err != nil {
		return nil, err
	}
	return w.b.Bytes(), nil
}

// tags are the YAML tags of the types of JSON. A date, and a name that YAML would merge, are texts.
var tags = []string{"!!map", "!!seq", "!!str", "!!int", "!!float", "!!bool", "!!null", "!!timestamp", "!!merge"}

type writer struct {
	b           bytes.Buffer
	openAliases map[*yaml.Node]bool // the aliases that are being expanded
}

func (w *writer) node(n *yaml.Node) error {
	if w.b.Len() > maxExpandedBytes {
		return lineError{n.Line, fmt.Sprintf("the document has more than %d MB when its aliases are expanded", maxExpandedBytes>>20)}
	}
	if n.Kind != yaml.AliasNode && !slices.Contains(tags, n.Tag) {
		return lineError{n.Line, fmt.Sprintf("the tag %s gives a value a type that JSON does not have; remove it", n.Tag)}
	}
	switch n.Kind {
	case yaml.MappingNode:
		twice := repeated(n)
		return w.list('{', '}', len(n.Content)/2, func(i int) error {
			name := n.Content[2*i]
			if i == twice {
				return lineError{name.Line, "the name " + strconv.Quote(name.Value) + " is there twice"}
			}
			if err := w.text(name.Value); err != nil {
				return err
			}
			w.b.WriteByte(':')
			return w.node(n.Content[2*i+1])
		})
	case yaml.SequenceNode:
		return w.list('[', ']', len(n.Content), func(i int) error { return w.node(n.Content[i]) })
	case yaml.AliasNode:
		if w.openAliases[n.Alias] {
			return lineError{n.Line, fmt.Sprintf("the alias *%s is inside its own anchor", n.Value)}
		}
		w.openAliases[n.Alias] = true
		defer delete(w.openAliases, n.Alias)
		return w.node(n.Alias)
	}
	switch n.Tag {
	case "!!int", "!!float":
		if json.Valid([]byte(n.Value)) {
			w.b.WriteString(n.Value)
			return nil
		}
		return lineError{n.Line, fmt.Sprintf("%s is not a JSON number; quote it if it is a string", n.Value)}
	case "!!bool", "!!null":
		if n.Tag == "!!bool" && (n.Value == "true" || n.Value == "false") {
			w.b.WriteString(n.Value)
			return nil
		}
		var v any
		if err := n.Decode(&v); err != nil {
			return lineError{n.Line, fmt.Sprintf("%s", err)}
		}
		return w.scalar(v)
	}
	return w.text(n.Value)
}

// repeated returns the first member of a mapping whose name an earlier one has; -1 if
// there is none.
func repeated(n *yaml.Node) int {
	if len(n.Content) > 32 { // a map costs more than comparing a few names
		names := make(map[string]bool, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			if names[n.Content[i].Value] {
				return i / 2
			}
			names[n.Content[i].Value] = true
		}
		return -1
	}
	for i := 2; i+1 < len(n.Content); i += 2 {
		for before := 0; before < i; before += 2 {
			if n.Content[before].Value == n.Content[i].Value {
				return i / 2
			}
		}
	}
	return -1
}

func (w *writer) list(open, closing byte, n int, item func(int) error) error {
	w.b.WriteByte(open)
	for i := range n {
		if i > 0 {
			w.b.WriteByte(',')
		}
		if err := item(i); err != nil {
			return err
		}
	}
	w.b.WriteByte(closing)
	return nil
}

// text writes a string. Most strings are written as they are, without an encoder.
func (w *writer) text(s string) error {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' {
			return w.scalar(s)
		}
	}
	w.b.WriteByte('"')
	w.b.WriteString(s)
	w.b.WriteByte('"')
	return nil
}

func (w *writer) scalar(v any) error {
	e := json.NewEncoder(&w.b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	w.b.Truncate(w.b.Len() - 1) // the encoder appends a newline
	return nil
}
