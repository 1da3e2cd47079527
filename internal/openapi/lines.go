package openapi

import (
	"strconv"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
)

// source is an operation in the document. Lines are looked up in it when a finding
// needs them, so that loading does not pay for it.
type source struct{ root, operation *yaml.Node }

// LineOf is the line of the specification that documents a place of an exchange. For a
// place without documentation it is the line of the closest documented parent. Status
// is the HTTP status of the response; 0 means any.
func (o *Operation) LineOf(place contract.Place, status int) int {
	s := o.source
	if s.operation == nil {
		return o.Line
	}
	line := 0
	kind, name := place.Named()
	pointer, inBody := place.Pointer()
	switch {
	case inBody && place.Direction() == contract.InRequest:
		line = s.body(s.member(s.operation, "requestBody"), pointer)
	case inBody:
		line = s.response(pointer, status)
	case place == contract.RequestAuthorization:
		line = s.member(s.operation, "security").line
	case place == contract.RequestType:
		line = s.member(s.member(s.operation, "requestBody").value, "content").line
	case place == contract.ResponseStatus, place == contract.ResponseType:
		line = s.response("", status)
	case name != "":
		line = s.parameter(kind, name)
	}
	if line == 0 {
		return o.Line
	}
	return line
}

// entry is a member of a mapping: its value, with references followed, and the line
// of its name.
type entry struct {
	value *yaml.Node
	line  int
}

// member finds a member of a mapping.
func (s source) member(n *yaml.Node, name string) entry {
	if n = s.follow(n); n == nil || n.Kind != yaml.MappingNode {
		return entry{}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return entry{s.follow(n.Content[i+1]), n.Content[i].Line}
		}
	}
	return entry{}
}

// follow follows an alias or a reference.
func (s source) follow(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return resolve(s.root, n)
}

// parameter finds the line of a parameter; 0: there is none.
func (s source) parameter(in, name string) int {
	for _, item := range items(child(s.operation, "parameters")) {
		n := s.follow(item)
		if placeOf(text(child(n, "in")), text(child(n, "name"))) == placeOf(in, name) {
			return line(n)
		}
	}
	return s.member(s.operation, "parameters").line
}

// placeOf is the place of a parameter.
func placeOf(in, name string) contract.Place {
	return contract.Parameter(in, name)
}

// response finds the line of a member of the response with a status, or of the first
// response that documents it.
func (s source) response(pointer contract.Pointer, status int) int {
	all := s.member(s.operation, "responses")
	if one := s.member(all.value, strconv.Itoa(status)); one.value != nil {
		if pointer == "" {
			return one.line
		}
		return s.body(one, pointer)
	}
	if pointer == "" || all.value == nil {
		return all.line
	}
	best, deepest := all.line, 0
	each(all.value, func(name string, n *yaml.Node) {
		if line, depth := s.deep(s.schema(s.follow(n)), pointer); depth > deepest {
			best, deepest = line, depth
		}
	})
	return best
}

// body finds the line of a member of a body; the line of the body, if the member is
// not documented.
func (s source) body(body entry, pointer contract.Pointer) int {
	if line, depth := s.deep(s.schema(body.value), pointer); depth > 0 {
		return line
	}
	return body.line
}

// schema is the schema of the first media type of a request or response.
func (s source) schema(body *yaml.Node) *yaml.Node {
	var schema *yaml.Node
	each(s.member(body, "content").value, func(_ string, media *yaml.Node) {
		if schema == nil {
			schema = s.member(media, "schema").value
		}
	})
	return schema
}

// deep follows a pointer into a schema as far as the schema documents it. It returns
// the line there, and how many tokens it followed.
func (s source) deep(schema *yaml.Node, pointer contract.Pointer) (line, depth int) {
	return s.walk(schema, contract.TokensOf(pointer), 0)
}

// maxNesting bounds the depth of nested schemas, because schemas can refer to
// themselves.
const maxNesting = 64

func (s source) walk(schema *yaml.Node, tokens []string, nested int) (line, depth int) {
	if schema == nil || len(tokens) == 0 || nested > maxNesting {
		return 0, 0
	}
	next := s.member(s.member(schema, "properties").value, tokens[0])
	if _, err := strconv.Atoi(tokens[0]); next.value == nil && (err == nil || tokens[0] == contract.Every) {
		next = s.member(schema, "items")
	}
	if next.value != nil {
		below, more := s.walk(next.value, tokens[1:], nested+1)
		if more == 0 {
			below = next.line
		}
		return below, more + 1
	}
	for _, keyword := range []string{"allOf", "anyOf", "oneOf"} {
		for _, part := range items(s.member(schema, keyword).value) {
			if below, more := s.walk(s.follow(part), tokens, nested+1); more > depth {
				line, depth = below, more
			}
		}
	}
	return line, depth
}
