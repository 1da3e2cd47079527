package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
)

// The dialect's extensions are read from the YAML nodes, not from
// kin-openapi's maps: nodes know their lines and their order.

// child finds a member of a mapping, nil if there is none.
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

// each walks the members of a mapping in the order of the document.
func each(n *yaml.Node, visit func(name string, value *yaml.Node)) {
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		visit(n.Content[i].Value, n.Content[i+1])
	}
}

// at finds what a path of tokens names, and the closest node on the way to it.
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
		n, _ = at(root, contract.Tokens(trimHash(ref.Value)))
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

// texts reads a scalar or a list of scalars.
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

func line(n *yaml.Node) int {
	if n == nil {
		return 0
	}
	return n.Line
}

// toJSON writes a node as JSON with members in the order of the document and
// numbers by the text that stands there.
func toJSON(n *yaml.Node) ([]byte, error) {
	var b bytes.Buffer
	if err := writeJSON(&b, n); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func writeJSON(b *bytes.Buffer, n *yaml.Node) error {
	switch n.Kind {
	case yaml.MappingNode:
		return writeList(b, '{', '}', len(n.Content)/2, func(i int) error {
			if err := writeScalar(b, n.Content[2*i].Value); err != nil {
				return err
			}
			b.WriteByte(':')
			return writeJSON(b, n.Content[2*i+1])
		})
	case yaml.SequenceNode:
		return writeList(b, '[', ']', len(n.Content), func(i int) error { return writeJSON(b, n.Content[i]) })
	case yaml.AliasNode:
		return writeJSON(b, n.Alias)
	}
	switch n.Tag {
	case "!!int", "!!float":
		if json.Valid([]byte(n.Value)) {
			b.WriteString(n.Value)
			return nil
		}
		return fmt.Errorf("line %d: %s is not a JSON number; quote it if it is a text", n.Line, n.Value)
	case "!!bool", "!!null":
		var v any
		if err := n.Decode(&v); err != nil {
			return fmt.Errorf("line %d: %w", n.Line, err)
		}
		return writeScalar(b, v)
	}
	return writeScalar(b, n.Value)
}

func writeList(b *bytes.Buffer, open, closing byte, n int, item func(int) error) error {
	b.WriteByte(open)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := item(i); err != nil {
			return err
		}
	}
	b.WriteByte(closing)
	return nil
}

func writeScalar(b *bytes.Buffer, v any) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // the encoder ends with a newline
	return nil
}
