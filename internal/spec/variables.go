package spec

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"

	"assay/internal/contract"
)

// Breach is one fault of a request as an expression sees it: the variable violation.
type Breach struct{ At, Keyword, Field, Path, Value string }

// variables are those of the dialect's expressions; specs/README.md documents them.
// What an expression names is read from the bytes of the exchange, and nothing
// else. A body that is absent is a name that is absent, so an expression on it does
// not apply.
type variables struct {
	given
	request, answer, query, asked, answered, pairs, switches, violation mapping
	texts                                                               [64]ref.Val // types.String that were made, by a hash
}

// given is what does not stand in the exchange.
type given struct {
	credentials               map[string]string
	merchant                  map[string]bool
	signature, authentication string
	known                     []string
	self                      ref.Val // nil: there is none
	breach                    *Breach // nil: there is none
}

// newMemo makes what views of an operation remember in.
func newMemo(of *lenses) *memo {
	m := &memo{}
	v := &m.variables
	v.request, v.answer = mapping{half{m, false}}, mapping{half{m, true}}
	v.asked, v.answered = mapping{headers{m, false}}, mapping{headers{m, true}}
	v.query, v.pairs, v.switches, v.violation = mapping{query{m}}, mapping{credentials{m}}, mapping{merchant{m}}, mapping{violation{m}}
	most := of.other.most
	for _, l := range of.answers {
		most = max(most, l.most)
	}
	m.got.objects = objects(m, true, most)
	if of.request != nil {
		m.sent.objects = objects(m, false, of.request.most)
	}
	return m
}

// ResolveName gives the value of a variable.
func (v *variables) ResolveName(name string) (any, bool) {
	switch name {
	case "request":
		return &v.request, true
	case "answer":
		return &v.answer, true
	case "credentials":
		return &v.pairs, true
	case "merchant":
		return &v.switches, true
	case "signature":
		return v.boxed(v.signature), true
	case "authentication":
		return v.boxed(v.authentication), true
	case "self":
		return v.self, v.self != nil
	case "violation":
		return &v.violation, v.breach != nil
	case references:
		return v.known, v.known != nil
	}
	return nil, false
}

// Parent is for variables around these: there are none.
func (v *variables) Parent() interpreter.Activation { return nil }

// boxed gives a text as CEL calculates with it. Texts that come again and again,
// such as codes, are made once.
func (v *variables) boxed(text string) ref.Val {
	slot := &v.texts[hashed(text)]
	if known, ok := (*slot).(types.String); ok && string(known) == text {
		return *slot
	}
	*slot = types.String(strings.Clone(text))
	return *slot
}

// plain gives a text that is written without escapes, between its quotes.
func (v *variables) plain(raw []byte) ref.Val {
	slot := &v.texts[hashed(raw)]
	if known, ok := (*slot).(types.String); ok && string(known) == string(raw) {
		return *slot
	}
	*slot = types.String(raw)
	return *slot
}

func hashed[T string | []byte](text T) uint8 {
	n := len(text)
	if n == 0 {
		return 0
	}
	return (uint8(n) + 31*text[0] + 7*text[n-1] + 13*text[n/2]) & 63 //nolint:gosec // a hash
}

// text reads raw JSON as contract.Text does, and "" of what is no text, number or
// truth value.
func (v *variables) text(raw []byte) string {
	if raw[0] == '"' && unescaped(raw) {
		known, _ := v.plain(raw[1 : len(raw)-1]).(types.String)
		return string(known)
	}
	value, err := contract.Decode(raw)
	if err != nil {
		return ""
	}
	text, _ := contract.Text(value)
	return text
}

// value gives raw JSON as CEL calculates with it.
func (v *variables) value(raw []byte) ref.Val {
	switch c := raw[0]; {
	case c == '"' && unescaped(raw):
		return v.plain(raw[1 : len(raw)-1])
	case c == '{':
		return &mapping{rawObject{v, raw}}
	case c == '[':
		return newList(v, raw)
	}
	value, err := contract.Decode(raw)
	if err != nil {
		return types.NullValue // it was read as JSON before
	}
	return adapt(native(value))
}

func unescaped(raw []byte) bool {
	for _, c := range raw {
		if c == '\\' {
			return false
		}
	}
	return true
}

func adapt(value any) ref.Val { return types.DefaultTypeAdapter.NativeToValue(value) }

// native turns decoded JSON into what CEL calculates with.
func native(value any) any {
	switch v := value.(type) {
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return i
		}
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return f
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = native(item)
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(v))
		for name, item := range v {
			object[name] = native(item)
		}
		return object
	}
	return value
}

// half is the variable request or answer.
type half struct {
	m      *memo
	answer bool
}

func (h half) find(name string) (ref.Val, bool) {
	v := &h.m.variables
	switch ex := &h.m.ex; {
	case name == "body":
		return h.body()
	case name == "headers" && h.answer:
		return &v.answered, true
	case name == "headers":
		return &v.asked, true
	case name == "status" && h.answer:
		return types.Int(ex.Answer.Status), true
	case name == "method" && !h.answer:
		return v.boxed(ex.Request.Method), true
	case name == "query" && !h.answer:
		return &v.query, true
	}
	return nil, false
}

func (h half) body() (ref.Val, bool) {
	b := &h.m.sent
	if h.answer {
		b = &h.m.got
	}
	if !b.there() {
		return nil, false
	}
	return b.value(&h.m.variables, b.lens.parts, 0)
}

func (h half) native() map[string]any {
	all := map[string]any{}
	for _, name := range []string{"body", "headers", "status", "method", "query"} {
		if value, there := h.find(name); there {
			all[name] = value
		}
	}
	return all
}

// there tells whether the body is JSON, and more than null.
func (b *observed) there() bool {
	if !b.see().parsed {
		return false
	}
	raw := b.notes.Spans[0].Of(b.raw)
	return raw[0] != 'n'
}

// value gives what stands at a part, if it is there.
func (b *observed) value(v *variables, at *part, span int) (ref.Val, bool) {
	s := b.notes.Spans[span]
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

// bodyObject is one in a body, of which the members stand where they were looked for.
type bodyObject struct {
	mapping
	m      *memo
	answer bool
	at     *part
	raw    []byte
}

func objects(m *memo, answer bool, n int) []bodyObject {
	all := make([]bodyObject, n)
	for i := range all {
		all[i].m, all[i].answer = m, answer
		all[i].of = &all[i]
	}
	return all
}

func (o *bodyObject) find(name string) (ref.Val, bool) {
	if at := o.at.at(name); at != nil {
		b := &o.m.sent
		if o.answer {
			b = &o.m.got
		}
		return b.value(&o.m.variables, at, at.span)
	}
	return rawObject{&o.m.variables, o.raw}.find(name)
}

func (o *bodyObject) native() map[string]any { return rawObject{&o.m.variables, o.raw}.native() }

// rawObject is one that is gone through for a member.
type rawObject struct {
	v   *variables
	raw []byte
}

func (o rawObject) find(name string) (ref.Val, bool) {
	raw, there := contract.Raw(o.raw, contract.Pointer(name))
	if !there {
		return nil, false
	}
	return o.v.value(raw), true
}

func (o rawObject) native() map[string]any {
	value, _ := contract.Decode(o.raw) // it was read as JSON before
	all, _ := native(value).(map[string]any)
	return all
}

// headers are those of one side: names in lower case, the first value of each.
type headers struct {
	m      *memo
	answer bool
}

func (h headers) all() http.Header {
	if h.answer {
		return h.m.ex.Answer.Header
	}
	return h.m.ex.Request.Header
}

func (h headers) find(name string) (ref.Val, bool) {
	all := h.all()
	if values := all[http.CanonicalHeaderKey(name)]; len(values) > 0 && strings.ToLower(name) == name {
		return h.m.variables.boxed(values[0]), true
	}
	for written, values := range all { // it may be written in any way
		if len(values) > 0 && strings.ToLower(written) == name {
			return h.m.variables.boxed(values[0]), true
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
	value, there := q.m.queriedBy(name)
	if !there {
		return nil, false
	}
	return q.m.variables.boxed(value), true
}

func (q query) native() map[string]any {
	all := map[string]any{}
	for _, name := range q.m.names() {
		all[name], _ = q.m.queriedBy(name)
	}
	return all
}

type credentials struct{ m *memo }

func (c credentials) find(name string) (ref.Val, bool) {
	value, there := c.m.variables.credentials[name]
	if !there {
		return nil, false
	}
	return c.m.variables.boxed(value), true
}

func (c credentials) native() map[string]any {
	all := map[string]any{}
	for name, value := range c.m.variables.credentials {
		all[name] = value
	}
	return all
}

type merchant struct{ m *memo }

func (c merchant) find(name string) (ref.Val, bool) {
	on, there := c.m.variables.merchant[name]
	return types.Bool(on), there
}

func (c merchant) native() map[string]any {
	all := map[string]any{}
	for name, on := range c.m.variables.merchant {
		all[name] = on
	}
	return all
}

type violation struct{ m *memo }

func (b violation) find(name string) (ref.Val, bool) {
	value, there := b.native()[name]
	if !there {
		return nil, false
	}
	return adapt(value), true
}

func (b violation) native() map[string]any {
	of := b.m.variables.breach
	return map[string]any{"at": of.At, "keyword": of.Keyword, "field": of.Field, "path": of.Path, "value": of.Value}
}
