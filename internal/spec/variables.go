package spec

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"

	"assay/internal/contract"
	"assay/internal/sift"
)

// Breach is one fault of a request as an expression sees it: the variable violation.
type Breach struct{ At, Keyword, Field, Path, Value string }

// variables are those of the dialect's expressions; specs/README.md documents them.
// What an expression names is read from the bytes of the exchange, and nothing
// else. A body that is absent is a name that is absent, so an expression on it does
// not apply.
type variables struct {
	view                                                                *View
	self                                                                ref.Val                     // nil: there is none
	breach                                                              *Breach                     // nil: there is none
	frame                                                               *interpreter.ExecutionFrame // of all expressions
	of                                                                  *lenses
	halves                                                              [2]half // request and answer
	request, answer, query, asked, answered, pairs, switches, violation mapping
	texts                                                               [256]ref.Val // types.String that were made, by a hash
}

// newMemo makes what views of an operation remember in.
func newMemo(of *lenses) *memo {
	m := &memo{}
	v := &m.variables
	v.frame, _ = interpreter.NewExecutionFrame(v) // of an activation
	v.view, v.of, v.halves = &m.view, of, [2]half{{m, false}, {m, true}}
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
		return v.boxed(v.view.Signature), true
	case "authentication":
		return v.boxed(v.view.Authentication), true
	case "self":
		return v.self, v.self != nil
	case "violation":
		return &v.violation, v.breach != nil
	case references:
		return v.view.Known, v.view.Known != nil
	}
	return nil, false // what stands in request or answer is fetched
}

// absent is the value of a member that is not there: what needs it fails.
var absent = types.NewErrWithNodeID(1, "no such member")

// has tells whether a member is there, and fails where that of which it is one is
// not, or is a list.
func (v *variables) has(name string, known *member) ref.Val {
	if known == nil || known.at == nil {
		return v.hasStep(name)
	}
	b := v.halves[0].observed()
	if known.answer {
		b = v.halves[1].observed()
	}
	if !b.there() {
		return absent
	}
	switch s := b.notes.Spans[known.above]; {
	case !s.Here(), b.raw[s.Start] == '[':
		return absent
	}
	return types.Bool(b.notes.Spans[known.at.span].Here())
}

// hasStep is has of what nobody said would be asked for, or stands in no body.
func (v *variables) hasStep(name string) ref.Val {
	above := name[:strings.LastIndexByte(name, '.')]
	var of ref.Val = &v.request
	switch above {
	case "request":
	case "answer":
		of = &v.answer
	default:
		var there bool
		if of, there = v.member(above, v.of.members[above]); !there {
			return absent
		}
	}
	switch m := of.(type) {
	case *mapping:
		return m.Contains(types.String(name[len(above)+1:]))
	case *list:
		return absent
	}
	return types.False
}

// member gives what a variable stands for that is a member of request or answer.
func (v *variables) member(name string, known *member) (ref.Val, bool) {
	h := v.halves[0]
	if known == nil {
		return v.step(name)
	}
	if known.answer {
		h = v.halves[1]
	}
	switch {
	case known.at != nil:
		b := h.observed()
		if !b.see().parsed {
			return nil, false
		}
		return b.value(v, known.at, known.at.span)
	case known.name != "" && known.kind == "headers":
		return headers{h.m, h.answer}.under(known.name)
	case known.name != "":
		return query{h.m}.find(known.name)
	}
	return h.find(known.kind)
}

// step finds a member that nobody said would be asked for.
func (v *variables) step(name string) (ref.Val, bool) {
	chain := strings.Split(name, ".")
	value, there := v.halves[0].find(chain[1])
	if chain[0] == "answer" {
		value, there = v.halves[1].find(chain[1])
	}
	for _, name := range chain[2:] {
		m, ok := value.(*mapping)
		if !there || !ok {
			return nil, false
		}
		value, there = m.of.find(name)
	}
	return value, there
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
	return uint8(n)*17 + 31*text[0] + 7*text[n-1] + 13*text[n/2] + 101*text[n/3] //nolint:gosec // a hash
}

// text reads raw JSON as contract.Text does, and "" of what is no text, number or
// truth value.
func (v *variables) text(raw []byte) string {
	if raw[0] == '"' && unescaped(raw) {
		known, _ := v.plain(raw[1 : len(raw)-1]).(types.String)
		return string(known)
	}
	switch raw[0] {
	case '{', '[', 'n':
		return ""
	case '"':
		value, _ := contract.Decode(raw) // it was read as JSON before
		text, _ := value.(string)
		return text
	}
	known, _ := v.plain(raw).(types.String) // a number or a truth value is its own text
	return string(known)
}

// value gives raw JSON as CEL calculates with it.
func (v *variables) value(raw []byte) ref.Val {
	switch c := raw[0]; {
	case c == '"' && unescaped(raw):
		return v.plain(raw[1 : len(raw)-1])
	case c == '{':
		o := &rawMapping{rawObject: rawObject{v, raw}}
		o.of = &o.rawObject
		return &o.mapping
	case c == '[':
		return &list{v, raw}
	}
	switch {
	case raw[0] == 't', raw[0] == 'f':
		return types.Bool(raw[0] == 't')
	case raw[0] != '"' && len(raw) < 16:
		if whole, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
			return types.Int(whole)
		}
	}
	value, err := contract.Decode(raw)
	if err != nil {
		return types.NullValue // it was read as JSON before
	}
	return adapt(native(value))
}

func unescaped(raw []byte) bool { return bytes.IndexByte(raw, '\\') < 0 }

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
	switch ex := &h.m.view.Exchange; {
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

// observed is the body of the half.
func (h half) observed() *observed {
	if h.answer {
		return &h.m.got
	}
	return &h.m.sent
}

func (h half) body() (ref.Val, bool) {
	b := h.observed()
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

// rawMapping is one as a map of CEL's.
type rawMapping struct {
	mapping
	rawObject
}

func (o rawObject) find(name string) (ref.Val, bool) {
	raw, there := sift.Find(o.raw, name)
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
		return h.m.view.Exchange.Answer.Header
	}
	return h.m.view.Exchange.Request.Header
}

func (h headers) find(name string) (ref.Val, bool) {
	if strings.ToLower(name) != name {
		return nil, false
	}
	return h.under(http.CanonicalHeaderKey(name))
}

// under is find of a name as net/http writes it.
func (h headers) under(key string) (ref.Val, bool) {
	all := h.all()
	if values := all[key]; len(values) > 0 {
		return h.m.variables.boxed(values[0]), true
	}
	for written, values := range all { // it may be written in any way
		if len(values) > 0 && len(written) == len(key) && strings.EqualFold(written, key) {
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
	for _, p := range q.m.pairs() {
		all[p.name], _ = q.m.queriedBy(p.name)
	}
	return all
}

type credentials struct{ m *memo }

func (c credentials) find(name string) (ref.Val, bool) {
	value, there := c.m.view.Credentials[name]
	if !there {
		return nil, false
	}
	return c.m.variables.boxed(value), true
}

func (c credentials) native() map[string]any {
	all := map[string]any{}
	for name, value := range c.m.view.Credentials {
		all[name] = value
	}
	return all
}

type merchant struct{ m *memo }

func (c merchant) find(name string) (ref.Val, bool) {
	on, there := c.m.view.Merchant[name]
	return types.Bool(on), there
}

func (c merchant) native() map[string]any {
	all := map[string]any{}
	for name, on := range c.m.view.Merchant {
		all[name] = on
	}
	return all
}

type violation struct{ m *memo }

func (b violation) find(name string) (ref.Val, bool) {
	of, text := b.m.variables.breach, ""
	switch name {
	case "at":
		text = of.At
	case "keyword":
		text = of.Keyword
	case "field":
		text = of.Field
	case "path":
		text = of.Path
	case "value":
		text = of.Value
	default:
		return nil, false
	}
	return b.m.variables.boxed(text), true
}

func (b violation) native() map[string]any {
	of := b.m.variables.breach
	return map[string]any{"at": of.At, "keyword": of.Keyword, "field": of.Field, "path": of.Path, "value": of.Value}
}
