package lint

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// source finds columns in a file.
type source struct {
	lines []string
	nodes map[int][]*yaml.Node // by line, in the order of the document
}

func newSource(raw []byte) *source {
	s := &source{lines: strings.Split(string(raw), "\n"), nodes: map[int][]*yaml.Node{}}
	var document yaml.Node
	if yaml.Unmarshal(raw, &document) == nil {
		s.add(&document)
	}
	return s
}

// add notes the nodes of a document. It does not follow aliases, which have their own
// place.
func (s *source) add(n *yaml.Node) {
	if n.Line > 0 && n.Kind != yaml.DocumentNode {
		s.nodes[n.Line] = append(s.nodes[n.Line], n)
	}
	for _, one := range n.Content {
		s.add(one)
	}
}

// column returns the column, from 1, of what a text is about in a line: of the longest
// name or value that the text mentions, otherwise of the first one in the line.
func (s *source) column(line int, text string) int {
	best, longest := 0, 0
	for _, n := range s.nodes[line] {
		switch {
		case n.Kind == yaml.ScalarNode && len(n.Value) > max(1, longest) && strings.Contains(text, n.Value):
			best, longest = n.Column, len(n.Value)
		case best == 0:
			best = n.Column
		}
	}
	if best > 0 {
		return best
	}
	if line < 1 || line > len(s.lines) {
		return 1
	}
	whole := s.lines[line-1]
	return 1 + utf8.RuneCountInString(whole) - utf8.RuneCountInString(strings.TrimLeft(whole, " \t-"))
}
