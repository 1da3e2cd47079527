package traffic

import (
	"bytes"
	"errors"
	"slices"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
)

// jsonCassette reads every item of interactions or http_interactions in a cassette that
// VCR.py, Ruby VCR or Betamax wrote in JSON, and every item of a list that PHP-VCR wrote.
func (f *file) jsonCassette(s *stream) error {
	found := false
	items := func(by string) error {
		found = true
		return s.list(func() error {
			raw, err := s.value(f.options.largest)
			switch {
			case errors.Is(err, errLarge):
				return f.large(0, raw)
			case err != nil:
				return err
			}
			return f.entry(0, bytes.Clone(raw), interaction{by: by}.parseJSON)
		})
	}
	var err error
	if c, _ := s.next(); c == '[' {
		err = items(byPHP)
	} else {
		err = s.object(func(name string) error {
			switch name {
			case `"interactions"`:
				return items("")
			case `"http_interactions"`:
				return items(byRuby)
			}
			return s.skip()
		})
	}
	if err == nil && !found {
		err = s.errorAt(0, errNoInteractions)
	}
	if err == nil {
		err = s.nothing()
	}
	if err == nil {
		return nil
	}
	return f.rest(err, 0)
}

// parseJSON reads an item in JSON. Its values become nodes of YAML, not text of YAML, which
// cannot hold every string.
func (i interaction) parseJSON(raw []byte, _ *Scratch) (contract.Exchange, error) {
	if !utf8.Valid(raw) {
		return contract.Exchange{}, errors.New("this is not UTF-8; record the body in base64")
	}
	d := jsontext.NewDecoder(bytes.NewBuffer(raw),
		jsontext.AllowDuplicateNames(true), // nodeOf says which
		jsontext.AllowInvalidUTF8(true))    // an unpaired surrogate becomes U+FFFD, as in the other formats
	item, err := nodeOf(d)
	switch {
	case errors.Is(err, errTwice):
		return contract.Exchange{}, errTwice
	case err != nil:
		return contract.Exchange{}, wrong(err)
	}
	var r recorded
	if err := item.Decode(&r); err != nil {
		return contract.Exchange{}, i.notRead(err, "")
	}
	return i.exchange(&r)
}

// standsTwice is the error of a repeated member. It names only members that the recorder
// named: other names may come from anywhere.
func standsTwice(at jsontext.Pointer) error {
	own := []string{"request", "response", "method", "uri", "url", "headers", "body", "string", "base64_string", "status", "code"}
	for name := range at.Tokens() {
		if !slices.Contains(own, name) {
			return errTwice
		}
	}
	return &json.SemanticError{JSONPointer: at, Err: memberError(" stands twice")}
}

var errTwice = errors.New("a name stands twice in an object")

// nodeOf reads a value. A repeated member is an error.
func nodeOf(d *jsontext.Decoder) (*yaml.Node, error) {
	switch d.PeekKind() {
	case '{':
		node, met := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}, map[string]bool{}
		err := members(d, func(name string) error {
			if met[name] {
				return standsTwice(d.StackPointer())
			}
			met[name] = true
			value, err := nodeOf(d)
			node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name}, value)
			return err
		})
		return node, err
	case '[':
		node := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		err := items(d, func() error {
			value, err := nodeOf(d)
			node.Content = append(node.Content, value)
			return err
		})
		return node, err
	}
	token, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	node := &yaml.Node{Kind: yaml.ScalarNode, Value: token.String()} // a number, true, false or null
	if token.Kind() == '"' {
		node.Tag = "!!str"
	}
	return node, nil
}
