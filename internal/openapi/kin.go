package openapi

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"

	"assay/internal/crash"
)

// OpenAPI returns the standard part of the document for a library that needs kin-openapi's
// type. References to schemas are replaced by the schemas. Each call makes another value,
// which the caller may change.
func (s *Spec) OpenAPI() (*openapi3.T, error) { return inlined(s.written) }

// OpenAPI does the same for a document that need not be in the dialect.
func OpenAPI(raw []byte) (*openapi3.T, error) { return inlined(written{raw: raw}) }

func inlined(w written) (*openapi3.T, error) {
	doc, err := w.decode()
	if err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	inline(doc)
	return doc, nil
}

// written is a document as kin-openapi reads it.
type written struct {
	raw      []byte // as written
	standard []byte // what standardJSON returns
}

// parse decodes and validates the document in the background; wait returns the result.
func (w written) parse() (wait func() (*openapi3.T, error)) {
	var doc *openapi3.T
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		if crashed := crash.Contain("reading a specification", func() {
			if doc, err = w.decode(); err == nil {
				err = doc.Validate(context.Background(), openapi3.DisableExamplesValidation())
			}
		}); crashed != nil {
			err = crashed
		}
	}()
	return func() (*openapi3.T, error) {
		<-done
		return doc, err
	}
}

// decode has kin-openapi read the JSON of the standard part. It reads the document as
// written if there is no such JSON, and if there is an error, whose text must be about
// what is written.
func (w written) decode() (*openapi3.T, error) {
	if w.standard != nil {
		if doc, err := openapi3.NewLoader().LoadFromData(w.standard); err == nil {
			return doc, nil
		}
	}
	return openapi3.NewLoader().LoadFromData(w.raw)
}

// standardJSON returns the standard part of a document as JSON, for kin-openapi: it would
// decode the extensions of the document and of its operations several times, and no code
// asks it for them. It is nil if the JSON would not mean the same as the YAML.
func standardJSON(root *yaml.Node) []byte {
	if !plain(root) {
		return nil
	}
	raw, err := toJSON(standardPart(root))
	if err != nil {
		return nil
	}
	return raw
}

// standardPart returns the document without its extensions and those of its operations.
func standardPart(root *yaml.Node) *yaml.Node {
	operation := func(_ string, n *yaml.Node) *yaml.Node { return members(n, unextended) }
	methods := func(_ string, n *yaml.Node) *yaml.Node { return members(n, operation) }
	return members(root, func(name string, n *yaml.Node) *yaml.Node {
		if name == "paths" {
			return members(n, methods)
		}
		return unextended(name, n)
	})
}

// unextended returns the value of a member; nil if the member is an extension.
func unextended(name string, n *yaml.Node) *yaml.Node {
	if strings.HasPrefix(name, "x-") {
		return nil
	}
	return n
}

// members returns a copy of a mapping with other values; a member whose value becomes
// nil is left out. What is no mapping stays as it is.
func members(n *yaml.Node, value func(name string, n *yaml.Node) *yaml.Node) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return n
	}
	made := *n
	made.Content = make([]*yaml.Node, 0, len(n.Content))
	for i := 0; i+1 < len(n.Content); i += 2 {
		if below := value(n.Content[i].Value, n.Content[i+1]); below != nil {
			made.Content = append(made.Content, n.Content[i], below)
		}
	}
	return &made
}

// plain reports whether the JSON of a node means the same as its YAML: there are no aliases,
// tags and merged mappings, and names and integers are as JSON has them.
func plain(n *yaml.Node) bool {
	switch {
	case n.Kind == yaml.AliasNode, n.Style&yaml.TaggedStyle != 0, n.Tag == "!!merge":
		return false
	case n.Tag == "!!int" && n.Style == 0 && n.Value == "-0": // 0 in YAML
		return false
	}
	for i, below := range n.Content {
		if name := n.Kind == yaml.MappingNode && i%2 == 0; name && !plainName(below) || !plain(below) {
			return false
		}
	}
	return true
}

// plainName reports whether a name of a member means its text.
func plainName(n *yaml.Node) bool {
	if n.Kind != yaml.ScalarNode {
		return false
	}
	if n.Tag == "!!int" {
		i, err := strconv.Atoi(n.Value)
		return err == nil && strconv.Itoa(i) == n.Value
	}
	return n.Tag == "!!str"
}
