package view

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"

	"assay/internal/contract"
)

// Breach is one fault of a request as an expression sees it: the variable violation.
type RequestViolation struct {
	At                          contract.Place
	Keyword, Field, Path, Value string
}

// variables are those of the dialect's expressions; specs/README.md documents them.
// What an expression names is read from the bytes of the exchange, and nothing
// else. A body that is absent is a name that is absent, so an expression on it does
// not apply.
type variables struct {
	view                                                                                        *View
	self                                                                                        ref.Val                     // nil: there is none
	violated                                                                                    *RequestViolation           // nil: there is none
	frame                                                                                       *interpreter.ExecutionFrame // of all expressions
	of                                                                                          *Plan
	sides                                                                                       [2]side // request and response
	request, response, query, requestHeaders, responseHeaders, credentials, merchant, violation mapping
	texts                                                                                       [256]ref.Val // types.String that were made, by a hash
}

// newMemo makes what views of an operation remember in.
func newMemo(of *Plan) *memo {
	m := &memo{plan: of}
	v := &m.variables
	v.frame, _ = interpreter.NewExecutionFrame(v) // of an activation
	v.view, v.of, v.sides = &m.view, of, [2]side{{m, false}, {m, true}}
	v.request, v.response = mapping{side{m, false}}, mapping{side{m, true}}
	v.requestHeaders, v.responseHeaders = mapping{headers{m, false}}, mapping{headers{m, true}}
	v.query, v.credentials, v.merchant, v.violation = mapping{query{m}}, mapping{credentials{m}}, mapping{merchant{m}}, mapping{violation{m}}
	most := of.other.spanCount
	for _, l := range of.responses {
		most = max(most, l.spanCount)
	}
	m.responseScan.objects = objects(m, true, most)
	m.requestScan.objects = objects(m, false, of.request.spanCount)
	return m
}

// ResolveName gives the value of a variable.
func (v *variables) ResolveName(name string) (any, bool) {
	switch name {
	case "request":
		return &v.request, true
	case "response":
		return &v.response, true
	case "credentials":
		return &v.credentials, true
	case "merchant":
		return &v.merchant, true
	case "signature":
		return v.textValue(string(v.view.Signature)), true
	case "authentication":
		return v.textValue(string(v.view.Authentication)), true
	case "self":
		return v.self, v.self != nil
	case "violation":
		return &v.violation, v.violated != nil
	case references:
		return v.view.Known, v.view.Known != nil
	}
	return nil, false // what stands in request or response is fetched
}

// absent is the value of a member that is not there: what needs it fails.
var absent = types.NewErrWithNodeID(1, "no such member")

// has tells whether a member is there, and fails where that of which it is one is
// not, or is a list.
func (v *variables) has(name string, known *member) ref.Val {
	switch {
	case known != nil && known.name != "": // a header or a parameter
		_, there := v.member(name, known)
		return types.Bool(there)
	case known == nil || known.at == nil:
		return v.hasByName(name)
	}
	b := v.view.memo.body(known.response)
	if !b.hasValue() {
		return absent
	}
	switch s := b.state.Spans[known.above]; {
	case !s.Here(), b.raw[s.Start] == '[':
		return absent
	}
	return types.Bool(b.state.Spans[known.at.span].Here())
}

// hasStep is has of what nobody said would be asked for, or stands in no body.
func (v *variables) hasByName(name string) ref.Val {
	above := name[:strings.LastIndexByte(name, '.')]
	var of ref.Val = &v.request
	switch above {
	case "request":
	case "response":
		of = &v.response
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

// member gives what a variable stands for that is a member of request or response.
func (v *variables) member(name string, known *member) (ref.Val, bool) {
	h := v.sides[0]
	if known == nil {
		return v.memberByName(name)
	}
	if known.response {
		h = v.sides[1]
	}
	switch {
	case known.at != nil:
		b := h.scan()
		if !b.scan().parsed {
			return nil, false
		}
		return b.value(v, known.at, known.at.span)
	case known.name == "":
		return h.find(known.kind)
	case known.kind == "headers":
		return headers(h).under(known.name)
	case known.kind == "credentials":
		return credentials{h.m}.find(known.name)
	case known.kind == "merchant":
		return merchant{h.m}.find(known.name)
	}
	return query{h.m}.find(known.name)
}

// step finds a member that nobody said would be asked for.
func (v *variables) memberByName(name string) (ref.Val, bool) {
	chain := strings.Split(name, ".")
	var value ref.Val
	var there bool
	switch chain[0] {
	case "request":
		value, there = v.sides[0].find(chain[1])
	case "response":
		value, there = v.sides[1].find(chain[1])
	case "credentials":
		value, there = v.credentials.of.find(chain[1])
	case "merchant":
		value, there = v.merchant.of.find(chain[1])
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

// longestText is how many bytes a text has at most that is kept from one exchange to
// the next.
const longestText = 256

// boxed gives a text as CEL calculates with it. Texts that come again and again,
// such as codes, are made once.
func (v *variables) textValue(text string) ref.Val {
	if len(text) > longestText {
		return types.String(text)
	}
	slot := &v.texts[hashText(text)]
	if known, ok := (*slot).(types.String); ok && string(known) == text {
		return *slot
	}
	*slot = types.String(strings.Clone(text))
	return *slot
}

// plain gives a text that is written without escapes, between its quotes.
func (v *variables) plainText(raw []byte) ref.Val {
	if len(raw) > longestText {
		return types.String(raw)
	}
	slot := &v.texts[hashText(raw)]
	if known, ok := (*slot).(types.String); ok && string(known) == string(raw) {
		return *slot
	}
	*slot = types.String(raw)
	return *slot
}

func hashText[T string | []byte](text T) uint8 {
	n := len(text)
	if n == 0 {
		return 0
	}
	return uint8(n)*17 + 31*text[0] + 7*text[n-1] + 13*text[n/2] + 101*text[n/3] // a hash
}

// text reads raw JSON as contract.Text does, and "" of what is no text, number or
// truth value.
func (v *variables) text(raw []byte) string {
	if raw[0] == '"' && unescaped(raw) {
		known, _ := v.plainText(raw[1 : len(raw)-1]).(types.String)
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
	known, _ := v.plainText(raw).(types.String) // a number or a truth value is its own text
	return string(known)
}

// value gives raw JSON as CEL calculates with it.
func (v *variables) value(raw []byte) ref.Val {
	switch c := raw[0]; {
	case c == '"' && unescaped(raw):
		return v.plainText(raw[1 : len(raw)-1])
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
