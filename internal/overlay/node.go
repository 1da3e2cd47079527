package overlay

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
)

// path is the path of a node in the document.
type path []string

// selector returns the JSONPath of a node, in a form that RFC 9535 and older dialects
// read alike.
func (p path) selector(n *yaml.Node) string {
	var b strings.Builder
	b.WriteByte('$')
	for _, token := range p {
		if n != nil && n.Kind == yaml.SequenceNode {
			b.WriteString("[" + token + "]")
		} else {
			b.WriteString("['" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(token) + "']")
		}
		n = child(n, token)
	}
	return b.String()
}

// to returns the path of a descendant, in a slice of its own.
func (p path) to(tokens ...string) path { return append(p[:len(p):len(p)], tokens...) }

// node returns the node at the path, or nil.
func (p path) node(n *yaml.Node) *yaml.Node {
	for _, token := range p {
		if n = child(n, token); n == nil {
			return nil
		}
	}
	return n
}

func (p path) remove(root *yaml.Node) {
	n, last := p[:len(p)-1].node(root), p[len(p)-1]
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == last {
			n.Content = append(n.Content[:i:i], n.Content[i+2:]...)
			return
		}
	}
}

// child returns a member of a mapping or an item of a sequence, or nil.
func child(n *yaml.Node, name string) *yaml.Node {
	if n == nil {
		return nil
	}
	if n.Kind == yaml.SequenceNode {
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i]
		}
		return nil
	}
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

// names returns the names of a mapping in document order.
func names(n *yaml.Node) (all []string) {
	for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		all = append(all, n.Content[i].Value)
	}
	return all
}

func texts(n *yaml.Node) (all []string) {
	for i := 0; n != nil && n.Kind == yaml.SequenceNode && i < len(n.Content); i++ {
		all = append(all, n.Content[i].Value)
	}
	return all
}

// merge applies an update as overlays do: objects merge, lists grow, everything else is
// replaced.
func merge(into, update *yaml.Node) {
	switch {
	case into.Kind != update.Kind || into.Kind == yaml.ScalarNode:
		*into = *clone(update)
	case into.Kind == yaml.SequenceNode:
		into.Content = append(into.Content, clone(update).Content...)
	default:
		for i := 0; i+1 < len(update.Content); i += 2 {
			if old := child(into, update.Content[i].Value); old != nil {
				merge(old, update.Content[i+1])
				continue
			}
			into.Content = append(into.Content, clone(update.Content[i]), clone(update.Content[i+1]))
		}
	}
}

func clone(n *yaml.Node) *yaml.Node {
	c := *n
	c.Content = nil
	for _, below := range n.Content {
		c.Content = append(c.Content, clone(below))
	}
	return &c
}

// resolve follows $ref within the document.
func (d *draft) resolve(p path) path {
	for range 32 {
		ref := child(p.node(d.root), "$ref")
		if ref == nil {
			break
		}
		p = contract.TokensOf(contract.Pointer(strings.TrimPrefix(ref.Value, "#")))
	}
	return p
}

// mapping makes a mapping from alternating names and nodes.
func mapping(pairs ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, p := range pairs {
		if name, ok := p.(string); ok {
			n.Content = append(n.Content, scalar(name))
		} else if below, ok := p.(*yaml.Node); ok {
			n.Content = append(n.Content, below)
		}
	}
	return n
}

func list(items ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Content: items}
}

// scalar returns a text node, quoted where YAML would read another type.
func scalar(text string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(text)
	return n
}

func quoted(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Style: yaml.DoubleQuotedStyle}
}

func yes() *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true"}
}

func null() *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"} }
