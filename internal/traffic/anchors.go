package traffic

import (
	"bytes"
	"errors"
	"regexp"

	"go.yaml.in/yaml/v3"
)

// anchors are the values of a cassette in YAML that later items may repeat by an alias. PyYAML
// writes aliases for headers that requests share, and Psych for shared strings.
//
// Items are read apart, so an item gets the values that its aliases name as items before it.
type anchors struct {
	values map[string][]byte // by name: the value in one line, without aliases
	size   int               // of all values in bytes
	given  int               // bytes of values before items
}

const (
	mostAnchored = 256 << 10 // the size in bytes of the values of an item
	mostAnchors  = 8 << 20   // the size in bytes of the values of a cassette
	mostGiven    = 256 << 20 // the bytes of values before items, so that short items cost little
)

var (
	anchorMark = regexp.MustCompile(`(?m)(?:^|[\s\[{,])&([^\s\[\]{},]+)`)
	aliasMark  = regexp.MustCompile(`(?m)(?:^|[\s\[{,])\*([^\s\[\]{},]+)`)
)

// with returns the item after the values that its aliases name, and their number. They stand
// on a line each. It notes the anchors of the item.
func (a *anchors) with(raw []byte, indent int) (text []byte, before int) {
	met := map[string]bool{}
	if len(a.values) > 0 {
		for _, m := range aliasMark.FindAllSubmatch(raw, -1) {
			name := string(m[1])
			value, there := a.values[name]
			if !there || met[name] {
				continue
			}
			met[name] = true
			if a.given += len(value); a.given > mostGiven || len(text)+indent+len(value) > mostAnchored {
				return bytes.Clone(raw), 0
			}
			text = append(append(text, bytes.Repeat([]byte(" "), indent)...), "- "...)
			text = append(append(text, value...), '\n')
		}
	}
	text, before = append(text, raw...), len(met)
	if anchorMark.Match(raw) {
		a.note(text, before)
	}
	return text, before
}

// note keeps the values of the anchors of the last item of a text. The mark of an anchor may
// also be a part of a string.
func (a *anchors) note(text []byte, before int) {
	var all []yaml.Node
	if yaml.Unmarshal(text, &all) != nil || len(all) <= before {
		return // the item cannot be read, and says so itself
	}
	if a.values == nil {
		a.values = map[string][]byte{}
	}
	a.noteNode(&all[before])
}

func (a *anchors) noteNode(node *yaml.Node) {
	if node.Kind == yaml.AliasNode {
		return
	}
	if node.Anchor != "" {
		left := mostAnchored
		delete(a.values, node.Anchor) // it may be another value from here on
		if plain := withoutAliases(node, &left); plain != nil {
			plain.Anchor = node.Anchor
			if text, err := yaml.Marshal(plain); err == nil && bytes.Count(text, []byte("\n")) == 1 && a.size+len(text) <= mostAnchors {
				a.values[node.Anchor], a.size = bytes.TrimSpace(text), a.size+len(text)
			}
		}
	}
	for _, child := range node.Content {
		a.noteNode(child)
	}
}

// withoutAliases copies a node in one line, with what its aliases stand for. It returns nil if
// the copy is larger than left, which an anchor that contains itself always is.
func withoutAliases(node *yaml.Node, left *int) *yaml.Node {
	const each = 16 // bytes of a node besides its text
	if *left -= len(node.Value) + len(node.Tag) + each; *left < 0 {
		return nil
	}
	if node.Kind == yaml.AliasNode {
		return withoutAliases(node.Alias, left)
	}
	plain := &yaml.Node{Kind: node.Kind, Tag: node.Tag, Value: node.Value, Style: node.Style & yaml.TaggedStyle}
	switch {
	case node.Kind != yaml.ScalarNode:
		plain.Style |= yaml.FlowStyle
	case node.Style&^yaml.TaggedStyle != 0 || node.ShortTag() == "!!str":
		plain.Style |= yaml.DoubleQuotedStyle
	}
	for _, child := range node.Content {
		inner := withoutAliases(child, left)
		if inner == nil {
			return nil
		}
		plain.Content = append(plain.Content, inner)
	}
	return plain
}

var errAnchor = errors.New("an alias names an anchor that stands in no earlier interaction, or values that are too large; record without aliases")
