package traffic

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// pythonBytes returns the bytes of a value of Python. VCR.py writes bodies that the program
// sent from a file or an iterator so, as PyYAML writes such values:
//
//	!!python/object/new:_io.BytesIO {state: [!!binary …, 0, null]}
//	!!python/object/apply:builtins.iter {args: [[!!binary …, !!binary …]], state: 0}
//	!!python/object/apply:builtins.bytearray ['…', latin-1]
//
// https://github.com/kevin1024/vcrpy/blob/master/vcr/request.py
func pythonBytes(node *yaml.Node) ([]byte, error) {
	_, class, _ := strings.Cut(node.ShortTag(), ":")
	switch module, name, _ := strings.Cut(class, "."); {
	case module == "_io" && (name == "BytesIO" || name == "StringIO"):
		state := member(node, "state")
		position := map[string]int{"BytesIO": 1, "StringIO": 2}[name]
		if state == nil || len(state.Content) <= position || state.Content[position].Value != "0" {
			return nil, errBodyForm // it was read in part, and it is not known which part was sent
		}
		return pythonText(state.Content[0])
	case name == "iter":
		args := member(node, "args")
		if at := member(node, "state"); args == nil || len(args.Content) != 1 || at != nil && at.Value != "0" {
			return nil, errBodyForm
		}
		return pythonText(args.Content[0])
	case name == "bytearray":
		return pythonText(node)
	}
	return nil, errBodyForm
}

// pythonText returns the bytes of a string, of a list of strings, or of a bytearray.
func pythonText(node *yaml.Node) ([]byte, error) {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	switch tag := node.ShortTag(); {
	case node.Kind == yaml.ScalarNode:
		return scalarBytes(node)
	case node.Kind != yaml.SequenceNode:
	case strings.HasSuffix(tag, ":builtins.bytearray") && len(node.Content) == 2 && node.Content[1].Value == "latin-1":
		text, err := scalarBytes(node.Content[0])
		return latin1(text), err
	case tag == "!!seq" || tag == "!!python/tuple":
		all := []byte{}
		for _, piece := range node.Content {
			if piece.Kind != yaml.ScalarNode {
				return nil, errBodyForm
			}
			text, err := scalarBytes(piece)
			if err != nil {
				return nil, err
			}
			all = append(all, text...)
		}
		return all, nil
	}
	return nil, errBodyForm
}

// latin1 returns the bytes of a text whose characters stand for bytes.
func latin1(text []byte) []byte {
	var raw []byte
	for _, c := range string(text) {
		raw = append(raw, byte(c))
	}
	return raw
}

// member returns the value of a member of an object, nil if there is none.
func member(node *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(node.Content) && node.Kind == yaml.MappingNode; i += 2 {
		if node.Content[i].Value == name {
			return node.Content[i+1]
		}
	}
	return nil
}
