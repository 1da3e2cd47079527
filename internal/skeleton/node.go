package skeleton

import (
	"encoding/json"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// mapping is a YAML mapping that keeps the order of its keys.
type mapping struct{ *yaml.Node }

func block() mapping { return mapping{&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}} }

func flow() mapping {
	return mapping{&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Style: yaml.FlowStyle}}
}

// set adds a key. It leaves out "", nil and false.
func (m mapping) set(key string, value any) mapping {
	switch value {
	case "", nil, false:
		return m
	}
	return m.put(key, value)
}

// put adds a key, whatever the value.
func (m mapping) put(key string, value any) mapping {
	m.Content = append(m.Content, scalar(key), node(value))
	return m
}

// comment adds a comment above the last key.
func (m mapping) comment(text string) mapping {
	m.Content[len(m.Content)-2].HeadComment = text
	return m
}

// remark adds a comment behind the last value.
func (m mapping) remark(text string) mapping {
	m.Content[len(m.Content)-1].LineComment = text
	return m
}

// scalar is a text, in quotes if YAML would read it as something else.
func scalar(text string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(text)
	return n
}

// quoted is a text that is always in quotes.
func quoted(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: text}
}

// node turns a value into YAML. The names of a map are sorted.
func node(value any) *yaml.Node {
	switch v := value.(type) {
	case *yaml.Node:
		return v
	case mapping:
		return v.Node
	case string:
		return scalar(v)
	case json.Number:
		tag := "!!int"
		if strings.ContainsAny(v.String(), ".eE") {
			tag = "!!float"
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: v.String()}
	case []string:
		n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Style: yaml.FlowStyle}
		for _, text := range v {
			n.Content = append(n.Content, scalar(text))
		}
		return n
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for _, item := range v {
			n.Content = append(n.Content, node(item))
		}
		if len(v) == 0 {
			n.Style = yaml.FlowStyle
		}
		return n
	case map[string]any:
		m := block()
		if len(v) == 0 {
			m = flow()
		}
		for _, name := range sortedNames(v) {
			m.put(name, v[name])
		}
		return m.Node
	case nil:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	}
	n := &yaml.Node{}
	_ = n.Encode(value) // booleans and integers, which always encode
	return n
}

func sortedNames[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
