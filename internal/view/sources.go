package view

import (
	"net/http"
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"assay/internal/jsonschema"
)

// side is the variable request or response.
type side struct {
	m        *memo
	response bool
}

func (h side) find(name string) (ref.Val, bool) {
	v := &h.m.variables
	switch ex := &h.m.view.Exchange; {
	case name == "body":
		return h.body()
	case name == "headers" && h.response:
		return &v.responseHeaders, true
	case name == "headers":
		return &v.requestHeaders, true
	case name == "status" && h.response:
		return types.Int(ex.Response.Status), true
	case name == "method" && !h.response:
		return v.textValue(ex.Request.Method), true
	case name == "query" && !h.response:
		return &v.query, true
	case name == "path" && !h.response && !h.m.plan.path.Literal():
		return &v.path, true
	}
	return nil, false
}

// scan returns the body of this side.
func (h side) scan() *bodyScan { return h.m.body(h.response) }

func (h side) body() (ref.Val, bool) {
	b := h.scan()
	if !b.hasValue() {
		return nil, false
	}
	return b.value(&h.m.variables, b.plan.root, 0)
}

func (h side) native() map[string]any {
	all := map[string]any{}
	for _, name := range []string{"body", "headers", "status", "method", "query", "path"} {
		if value, present := h.find(name); present {
			all[name] = value
		}
	}
	return all
}

// hasValue reports whether the body is JSON other than null.
func (b *bodyScan) hasValue() bool {
	if !b.scan().parsed {
		return false
	}
	raw := b.state.Spans[0].Of(b.raw)
	return raw[0] != 'n'
}

// value returns the value of a node, if it is present.
func (b *bodyScan) value(v *variables, at *node, span int) (ref.Val, bool) {
	s := b.state.Spans[span]
	if !s.Here() {
		return nil, false
	}
	raw := s.Of(b.raw)
	if raw[0] != '{' {
		return v.value(raw), true
	}
	o := &b.objects[span]
	o.at, o.raw = at, raw
	return &o.mapping, true
}

// bodyObject is an object in a body. Members that the check observes are found by their
// spans.
type bodyObject struct {
	mapping
	m        *memo
	response bool
	at       *node
	raw      []byte
}

func objects(m *memo, response bool, n int) []bodyObject {
	all := make([]bodyObject, n)
	for i := range all {
		all[i].m, all[i].response = m, response
		all[i].of = &all[i]
	}
	return all
}

func (o *bodyObject) find(name string) (ref.Val, bool) {
	if at := o.at.child(name); at != nil {
		return o.m.body(o.response).value(&o.m.variables, at, at.span)
	}
	return rawObject{&o.m.variables, o.raw}.find(name)
}

func (o *bodyObject) native() map[string]any { return rawObject{&o.m.variables, o.raw}.native() }

// rawObject is an object that is searched for each member.
type rawObject struct {
	v   *variables
	raw []byte
}

// rawMapping is a rawObject as a CEL map.
type rawMapping struct {
	mapping
	rawObject
}

func (o rawObject) find(name string) (ref.Val, bool) {
	raw, present := jsonschema.Find(o.raw, name)
	if !present {
		return nil, false
	}
	return o.v.value(raw), true
}

func (o rawObject) native() map[string]any {
	all, _ := o.v.decoded(o.raw).(map[string]any)
	return all
}

// headers are the headers of one side: names in lower case, the first value of each.
type headers struct {
	m        *memo
	response bool
}

func (h headers) all() http.Header {
	if h.response {
		return h.m.view.Exchange.Response.Header
	}
	return h.m.view.Exchange.Request.Header
}

func (h headers) find(name string) (ref.Val, bool) {
	if strings.ToLower(name) != name {
		return nil, false
	}
	return h.byKey(http.CanonicalHeaderKey(name))
}

// byKey is find for a canonical name.
func (h headers) byKey(key string) (ref.Val, bool) {
	all := h.all()
	if values := all[key]; len(values) > 0 {
		return h.m.variables.textValue(values[0]), true
	}
	for written, values := range all { // a recording may have names in any case
		if len(values) > 0 && len(written) == len(key) && strings.EqualFold(written, key) {
			return h.m.variables.textValue(values[0]), true
		}
	}
	return nil, false
}

func (h headers) native() map[string]any {
	lower := map[string]any{}
	for name, values := range h.all() {
		if len(values) > 0 {
			lower[strings.ToLower(name)] = values[0]
		}
	}
	return lower
}

type query struct{ m *memo }

func (q query) find(name string) (ref.Val, bool) {
	value, n := q.m.queryParameter(name)
	if n == 0 {
		return nil, false
	}
	return q.m.variables.textValue(value), true
}

func (q query) native() map[string]any {
	all := map[string]any{}
	for _, p := range q.m.pairs() {
		all[p.name], _ = q.m.queryParameter(p.name)
	}
	return all
}

// pathValues are the parameters in the path, by name.
type pathValues struct{ m *memo }

func (p pathValues) find(name string) (ref.Val, bool) {
	value, present := p.m.view.PathParameter(name)
	if !present {
		return nil, false
	}
	return p.m.variables.textValue(value), true
}

func (p pathValues) native() map[string]any {
	all := map[string]any{}
	for _, name := range p.m.plan.path.Names() {
		if value, present := p.m.view.PathParameter(name); present {
			all[name] = value
		}
	}
	return all
}

type credentials struct{ m *memo }

func (c credentials) find(name string) (ref.Val, bool) {
	value, present := c.m.view.Credentials[name]
	if !present {
		return nil, false
	}
	return c.m.variables.textValue(value), true
}

func (c credentials) native() map[string]any { return toAny(c.m.view.Credentials) }

type merchant struct{ m *memo }

func (c merchant) find(name string) (ref.Val, bool) {
	on, present := c.m.view.Merchant[name]
	return types.Bool(on), present && !c.m.variables.recorded
}

func (c merchant) native() map[string]any { return toAny(c.m.view.Merchant) }

func toAny[V any](of map[string]V) map[string]any {
	all := make(map[string]any, len(of))
	for name, value := range of {
		all[name] = value
	}
	return all
}

type violation struct{ m *memo }

func (b violation) find(name string) (ref.Val, bool) {
	of, text := b.m.variables.violated, ""
	switch name {
	case "at":
		text = string(of.At)
	case "keyword":
		text = of.Keyword
	case "field":
		text = of.Field()
	case "path":
		text = of.Path()
	case "value":
		text = of.Value
	default:
		return nil, false
	}
	return b.m.variables.textValue(text), true
}

func (b violation) native() map[string]any {
	of := b.m.variables.violated
	return map[string]any{"at": string(of.At), "keyword": of.Keyword, "field": of.Field(), "path": of.Path(), "value": of.Value}
}
