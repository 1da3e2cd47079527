package view

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"

	"assay/internal/contract"
)

// RequestViolation is a violation of the documents by a request, as an expression sees
// it: the variable violation.
type RequestViolation struct {
	At             contract.Place
	Keyword, Value string
	Message        contract.Message // for people; expressions do not see it
}

// Field is the last name of the place: "value".
func (b *RequestViolation) Field() string { return b.At.Field() }

// Path is the place as some providers write it: "body->txnAmount->value".
func (b *RequestViolation) Path() string { return b.At.Path() }

// variables gives the variables of the dialect's expressions their values;
// specs/README.md documents them. CEL reads members from the bytes of the exchange:
// each member that an expression names is a variable of its own. An absent body is an
// absent name, so an expression on it does not apply.
type variables struct {
	view     *View
	of       *Plan
	self     ref.Val                     // nil: there is none
	violated *RequestViolation           // nil: there is none
	recorded bool                        // what a recorded exchange does not show is absent
	frame    *interpreter.ExecutionFrame // for all expressions
	sides    [2]side                     // request and response
	tooMany  bool                        // a value has too many values below it to decode

	request, response, query, path, credentials, merchant, violation mapping
	requestHeaders, responseHeaders                                  mapping

	texts [256]ref.Val // types.String by hash, to make each once
}

// newMemo returns the memo for a view on the plan.
func newMemo(of *Plan) *memo {
	m := &memo{plan: of, conforming: make([][]byte, len(of.parameters)+len(of.strict))}
	v := &m.variables
	v.frame, _ = interpreter.NewExecutionFrame(v) // v is an activation, so there is no error
	v.view, v.of, v.sides = &m.view, of, [2]side{{m, false}, {m, true}}
	v.request, v.response = mapping{side{m, false}}, mapping{side{m, true}}
	v.requestHeaders, v.responseHeaders = mapping{headers{m, false}}, mapping{headers{m, true}}
	v.query, v.path, v.credentials, v.merchant, v.violation = mapping{query{m}}, mapping{pathValues{m}}, mapping{credentials{m}}, mapping{merchant{m}}, mapping{violation{m}}
	most := of.other.spanCount
	for _, l := range of.responses {
		most = max(most, l.spanCount)
	}
	m.responseScan.objects = objects(m, true, most)
	m.requestScan.objects = objects(m, false, of.request.spanCount)
	return m
}

// ResolveName returns the value of a variable.
func (v *variables) ResolveName(name string) (any, bool) {
	if v.undecidable(name) {
		return nil, false
	}
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
	case "signatureForm":
		return v.textValue(v.view.SignatureForm), true
	case "authentication":
		return v.textValue(string(v.view.Authentication)), true
	case "self":
		return v.self, v.self != nil
	case "violation":
		return &v.violation, v.violated != nil
	case References:
		return v.view.Known, v.view.Known != nil
	}
	return nil, false // fetch reads members of request and response
}

// absent is the value of an absent member: an operation on it is an error.
var absent = types.NewErrWithNodeID(1, "no such member")

// has reports whether a member is present. It returns an error if its parent is absent
// or is a list.
func (v *variables) has(name string, known *member) ref.Val {
	switch {
	case known != nil && known.name != "": // a header or a parameter
		_, present := v.member(name, known)
		return types.Bool(present)
	case known != nil && known.at == nil && known.kind == "body":
		return types.Bool(v.view.memo.body(known.response).hasValue())
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

// hasByName is has for a member that the check does not observe, or that is in no body.
func (v *variables) hasByName(name string) ref.Val {
	above := name[:strings.LastIndexByte(name, '.')]
	var of ref.Val = &v.request
	switch above {
	case "request":
	case "response":
		of = &v.response
	default:
		var present bool
		if of, present = v.member(above, v.of.members[above]); !present {
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

// member returns the value of a member of request, response, credentials or merchant.
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
		return headers(h).byKey(known.name)
	case known.kind == "credentials":
		return credentials{h.m}.find(known.name)
	case known.kind == "merchant":
		return merchant{h.m}.find(known.name)
	case known.kind == "path":
		return pathValues{h.m}.find(known.name)
	}
	return query{h.m}.find(known.name)
}

// memberByName finds a member that the plan does not know.
func (v *variables) memberByName(name string) (ref.Val, bool) {
	chain := strings.Split(name, ".")
	var value ref.Val
	var present bool
	switch chain[0] {
	case "request":
		value, present = v.sides[0].find(chain[1])
	case "response":
		value, present = v.sides[1].find(chain[1])
	case "credentials":
		value, present = v.credentials.of.find(chain[1])
	case "merchant":
		value, present = v.merchant.of.find(chain[1])
	}
	for _, name := range chain[2:] {
		m, ok := value.(*mapping)
		if !present || !ok {
			return nil, false
		}
		value, present = m.of.find(name)
	}
	return value, present
}

// Parent returns nil: there are no outer variables.
func (v *variables) Parent() interpreter.Activation { return nil }

// longestText is the length in bytes up to which texts are kept from one exchange to
// the next.
const longestText = 256

// textValue returns a text as a CEL value. Texts that occur often, such as codes, are
// converted once.
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

// plainText returns a string written without escapes; raw is what stands between its
// quotes.
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
	return uint8(n)*17 + 31*text[0] + 7*text[n-1] + 13*text[n/2] + 101*text[n/3] // overflow is intended: this is a hash
}

// text returns raw JSON as contract.Text does, and "" for null, an object or an array.
func (v *variables) text(raw []byte) string {
	if raw[0] == '"' && unescaped(raw) {
		known, _ := v.plainText(raw[1 : len(raw)-1]).(types.String)
		return string(known)
	}
	switch raw[0] {
	case '{', '[', 'n':
		return ""
	case '"':
		value, _ := contract.Decode(raw) // no error: it was read as JSON before
		text, _ := value.(string)
		return text
	}
	known, _ := v.plainText(raw).(types.String) // a number or boolean is its own text
	return string(known)
}

// resultText returns raw JSON as contract.ResultText does, and "" like text.
func (v *variables) resultText(raw []byte) string {
	text := v.text(raw)
	if isNumber := raw[0] == '-' || raw[0]-'0' <= 9; isNumber && slices.ContainsFunc(raw, func(c byte) bool { return c-'0' > 9 }) {
		text, _ = contract.ResultText(json.Number(text)) // which digits alone already are
	}
	return text
}

// value returns raw JSON as a CEL value.
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

// decoded returns raw JSON as Go values that CEL accepts. If it has too many values, the
// expression that needs them is given up.
func (v *variables) decoded(raw []byte) any {
	value, err := contract.Decode(raw) // it was read as JSON before
	v.tooMany = v.tooMany || errors.Is(err, contract.ErrTooLarge)
	return native(value)
}

func unescaped(raw []byte) bool { return bytes.IndexByte(raw, '\\') < 0 }

func adapt(value any) ref.Val { return types.DefaultTypeAdapter.NativeToValue(value) }

// native converts decoded JSON to Go values that CEL accepts.
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
