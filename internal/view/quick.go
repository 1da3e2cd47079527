package view

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"

	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// verdict is the result of an expression, or of a part of it, that is evaluated without CEL.
type verdict uint8

// The verdicts.
const (
	unsure verdict = iota // CEL must evaluate the expression
	no
	yes
	fails // it is an error, such as an absent member
)

// quick is a part of an expression that is evaluated without CEL, which takes several times
// as long: comparisons and tests for presence, joined by &&, || and !. It reads values from
// the bytes. Whatever it does not know, such as a text with escapes, makes it unsure.
type quick func(*variables) verdict

func anyUnsure(*variables) verdict { return unsure }

func verdictOf(is bool) verdict {
	if is {
		return yes
	}
	return no
}

// newQuick translates a checked expression; the result is never nil.
func newQuick(e ast.Expr) quick {
	switch e.Kind() { // other kinds are for CEL
	case ast.LiteralKind:
		if is, ok := e.AsLiteral().Value().(bool); ok {
			return func(*variables) verdict { return verdictOf(is) }
		}
	case ast.IdentKind:
		return quickIdent(e.AsIdent())
	case ast.CallKind:
		return quickCall(e.AsCall())
	}
	return anyUnsure
}

// quickIdent translates a test for presence, or a variable that must be a boolean.
func quickIdent(name string) quick {
	if member, has := strings.CutPrefix(name, present); has {
		f := &fetch{name: member, has: true}
		return f.quickHas
	}
	value := quickVariable(name)
	if value == nil {
		return anyUnsure
	}
	return func(v *variables) verdict {
		switch got := value(v); got.kind {
		case isTrue:
			return yes
		case isFalse:
			return no
		case isAbsent:
			return fails
		}
		return unsure
	}
}

// quickHas is fetch.of for a test for presence.
func (f *fetch) quickHas(v *variables) verdict {
	if known := f.member(v.of); known != nil && known.at != nil {
		b := v.view.memo.body(known.response)
		if !b.hasValue() {
			return fails
		}
		if s := &b.state.Spans[known.above]; !s.Here() || b.raw[s.Start] == '[' {
			return fails
		}
		return verdictOf(b.state.Spans[known.at.span].Here())
	}
	switch f.of(v) {
	case types.True:
		return yes
	case types.False:
		return no
	}
	return fails
}

func quickCall(call ast.CallExpr) quick {
	args := call.Args()
	switch name := call.FunctionName(); {
	case name == operators.LogicalAnd, name == operators.LogicalOr:
		return quickJoined(args, name == operators.LogicalOr)
	case name == operators.LogicalNot:
		part := newQuick(args[0])
		return func(v *variables) verdict { return opposite[part(v)] }
	case name == operators.Equals, name == operators.NotEquals:
		equal := quickEqual(args[0], args[1])
		if name == operators.Equals {
			return equal
		}
		return func(v *variables) verdict { return opposite[equal(v)] }
	case name == operators.In:
		return quickIn(args[0], args[1])
	case call.IsMemberFunction() && name == "matches" && len(args) == 1:
		return quickMatches(call.Target(), args[0])
	case len(args) == 1 && textFunctions[name] != nil:
		return quickText(args[0], name)
	}
	return anyUnsure
}

var opposite = [...]verdict{unsure: unsure, no: yes, yes: no, fails: fails}

// textFunctions are the functions of expressions that check a text.
var textFunctions = map[string]func(text string) bool{"isURL": contract.AbsoluteURL, "isEncodedURL": contract.EncodedURL}

// quickJoined translates && and ||, which ignore an error if another part decides.
func quickJoined(args []ast.Expr, or bool) quick {
	decides, otherwise := no, yes
	if or {
		decides, otherwise = yes, no
	}
	var parts []quick
	for _, arg := range args {
		parts = append(parts, newQuick(arg))
	}
	return func(v *variables) verdict {
		result := otherwise
		for _, part := range parts {
			switch got := part(v); got {
			case decides, unsure:
				return got
			case fails:
				result = fails
			}
		}
		return result
	}
}

// quickKind is what a value is in JSON.
type quickKind uint8

// The kinds of values.
const (
	isUnknown quickKind = iota // CEL must read it
	isAbsent
	isText
	isInt
	isTrue
	isFalse
	isNull
	isObject
	isList
)

// quickValue is a value of an exchange, or of an expression. A text is in raw or in text.
type quickValue struct {
	kind   quickKind
	raw    []byte
	text   string
	number int64
}

func textOf(text string, there bool) quickValue {
	if !there {
		return quickValue{kind: isAbsent}
	}
	return quickValue{kind: isText, text: text}
}

// rawOf returns the value of raw JSON.
func rawOf(raw []byte) quickValue {
	switch c := raw[0]; c {
	case '"':
		if unescaped(raw) {
			return quickValue{kind: isText, raw: raw[1 : len(raw)-1]}
		}
	case 't':
		return quickValue{kind: isTrue}
	case 'f':
		return quickValue{kind: isFalse}
	case 'n':
		return quickValue{kind: isNull}
	case '{':
		return quickValue{kind: isObject}
	case '[':
		return quickValue{kind: isList}
	default:
		return wholeOf(raw)
	}
	return quickValue{}
}

// wholeOf returns the value of a short whole number.
func wholeOf(raw []byte) quickValue {
	digits, minus := bytes.CutPrefix(raw, []byte("-"))
	if len(digits) == 0 || len(digits) > 15 {
		return quickValue{}
	}
	number := int64(0)
	for _, c := range digits {
		if c < '0' || c > '9' {
			return quickValue{}
		}
		number = 10*number + int64(c-'0')
	}
	if minus {
		number = -number
	}
	return quickValue{kind: isInt, number: number}
}

// equals compares two values as CEL does: values of different kinds differ.
func (a *quickValue) equals(b *quickValue) verdict {
	switch {
	case a.kind == isAbsent || b.kind == isAbsent:
		return fails
	case a.kind == isUnknown || b.kind == isUnknown, a.kind >= isObject && b.kind >= isObject:
		return unsure
	case a.kind != b.kind:
		return no
	case a.kind == isInt:
		return verdictOf(a.number == b.number)
	case a.kind != isText:
		return yes
	case a.raw != nil && b.raw != nil:
		return verdictOf(bytes.Equal(a.raw, b.raw))
	case a.raw != nil:
		return verdictOf(string(a.raw) == b.text)
	case b.raw != nil:
		return verdictOf(a.text == string(b.raw))
	}
	return verdictOf(a.text == b.text)
}

// quickOperand returns what reads a value; nil if CEL must read it.
func quickOperand(e ast.Expr) func(*variables) quickValue {
	switch e.Kind() { // other kinds are for CEL
	case ast.LiteralKind:
		if value, ok := literalValue(e); ok {
			return func(*variables) quickValue { return value }
		}
	case ast.IdentKind:
		return quickVariable(e.AsIdent())
	case ast.SelectKind:
		if chain := selected(e); len(chain) == 2 && chain[0] == "violation" && !e.AsSelect().IsTestOnly() {
			return quickViolation(chain[1])
		}
	}
	return nil
}

// literalValue returns a value that stands in an expression.
func literalValue(e ast.Expr) (value quickValue, ok bool) {
	if e.Kind() != ast.LiteralKind {
		return value, false
	}
	switch literal := e.AsLiteral().Value().(type) {
	case string:
		return quickValue{kind: isText, text: literal}, true
	case int64:
		return quickValue{kind: isInt, number: literal}, true
	case bool:
		if literal {
			return quickValue{kind: isTrue}, true
		}
		return quickValue{kind: isFalse}, true
	}
	return value, false
}

// quickVariable returns what reads a variable; nil if CEL must read it.
func quickVariable(name string) func(*variables) quickValue {
	switch variable, _, below := strings.Cut(name, "."); {
	case below && (variable == "request" || variable == "response" || flatTypes[variable] != nil):
		f := &fetch{name: name}
		return func(v *variables) quickValue { return v.quickMember(f.member(v.of)) }
	case name == "signature":
		return func(v *variables) quickValue { return textOf(string(v.view.Signature), !v.undecidable("signature")) }
	case name == "signatureForm":
		return func(v *variables) quickValue { return textOf(v.view.SignatureForm, !v.undecidable("signature")) }
	case name == "authentication":
		return func(v *variables) quickValue {
			return textOf(string(v.view.Authentication), !v.undecidable("authentication"))
		}
	case name == "self":
		return func(v *variables) quickValue {
			text, is := v.self.(types.String)
			if !is {
				return quickValue{}
			}
			return textOf(string(text), true)
		}
	}
	return nil
}

// quickViolation returns what reads a member of violation; nil if it has no such member.
func quickViolation(name string) func(*variables) quickValue {
	var member func(*RequestViolation) string
	switch name {
	case "at":
		member = func(b *RequestViolation) string { return string(b.At) }
	case "keyword":
		member = func(b *RequestViolation) string { return b.Keyword }
	case "field":
		member = (*RequestViolation).Field
	case "path":
		member = (*RequestViolation).Path
	case "value":
		member = func(b *RequestViolation) string { return b.Value }
	default:
		return nil
	}
	return func(v *variables) quickValue {
		if v.violated == nil {
			return quickValue{kind: isAbsent}
		}
		return textOf(member(v.violated), true)
	}
}

// quickMember reads a member of request, response, credentials or merchant.
func (v *variables) quickMember(known *member) quickValue {
	if known == nil {
		return quickValue{}
	}
	switch {
	case known.at != nil:
		raw := v.view.memo.body(known.response).span(known.at.span)
		if raw == nil {
			return quickValue{kind: isAbsent}
		}
		return rawOf(raw)
	case known.name == "":
		return v.quickWhole(known)
	case known.kind == "headers":
		of := headers{v.view.memo, known.response}
		if values := of.all()[known.name]; len(values) > 0 {
			return textOf(values[0], true)
		}
		value, there := of.byKey(known.name)
		text, _ := value.(types.String)
		return textOf(string(text), there)
	case known.kind == "query":
		return textOf(v.view.QueryParameter(known.name))
	case known.kind == "credentials":
		text, there := v.view.Credentials[known.name]
		return textOf(text, there)
	case known.kind == "merchant":
		on, there := v.view.Merchant[known.name]
		switch {
		case !there || v.recorded:
			return quickValue{kind: isAbsent}
		case on:
			return quickValue{kind: isTrue}
		}
		return quickValue{kind: isFalse}
	}
	return quickValue{}
}

// quickWhole reads what stands directly below request or response.
func (v *variables) quickWhole(known *member) quickValue {
	switch {
	case known.kind == "status" && known.response:
		return quickValue{kind: isInt, number: int64(v.view.Exchange.Response.Status)}
	case known.kind == "method" && !known.response:
		return textOf(v.view.Exchange.Request.Method, true)
	case known.kind == "body":
		b := v.view.memo.body(known.response)
		if !b.hasValue() {
			return quickValue{kind: isAbsent}
		}
		return rawOf(b.state.Spans[0].Of(b.raw))
	}
	return quickValue{}
}

// quickEqual translates a comparison.
func quickEqual(left, right ast.Expr) quick {
	if is := quickType(left, right); is != nil {
		return is
	}
	a, b := quickOperand(left), quickOperand(right)
	switch fixed, isFixed := literalValue(right); {
	case a == nil || b == nil:
		return anyUnsure
	case isFixed && left.Kind() == ast.IdentKind && strings.Contains(left.AsIdent(), "."):
		return quickEqualFixed(left.AsIdent(), fixed)
	case isFixed:
		return func(v *variables) verdict { one := a(v); return one.equals(&fixed) }
	}
	return func(v *variables) verdict { one, other := a(v), b(v); return one.equals(&other) }
}

// quickEqualFixed compares a member with a value that stands in the expression.
func quickEqualFixed(name string, fixed quickValue) quick {
	f, written := &fetch{name: name}, fixed.written()
	return func(v *variables) verdict {
		known := f.member(v.of)
		if known != nil && known.at != nil {
			if raw := v.view.memo.body(known.response).span(known.at.span); len(raw) > 0 && string(raw) == written {
				return yes
			}
		}
		one := v.quickMember(known)
		return one.equals(&fixed)
	}
}

// written returns how the value is written in JSON, if there is no shorter way; "": it is not
// known.
func (a *quickValue) written() string {
	switch {
	case a.kind == isText && !strings.ContainsAny(a.text, `\"`):
		return `"` + a.text + `"`
	case a.kind == isInt && a.number >= 0 && a.number < 1e15:
		return strconv.FormatInt(a.number, 10)
	}
	return ""
}

// span returns the bytes of an observed member; empty: it is absent.
func (b *bodyScan) span(i int) []byte {
	if !b.scan().parsed {
		return nil
	}
	if s := &b.state.Spans[i]; s.Here() {
		return s.Of(b.raw)
	}
	return nil
}

// typeNames are the kinds of values by the names of their CEL types.
var typeNames = map[string][]quickKind{"map": {isObject}, "list": {isList}, "string": {isText}, "bool": {isTrue, isFalse}}

// quickType translates type(x) == map; nil for other comparisons.
func quickType(left, right ast.Expr) quick {
	if left.Kind() != ast.CallKind || left.AsCall().FunctionName() != "type" || len(left.AsCall().Args()) != 1 || right.Kind() != ast.IdentKind {
		return nil
	}
	value, kinds := quickOperand(left.AsCall().Args()[0]), typeNames[right.AsIdent()]
	if value == nil || kinds == nil {
		return nil
	}
	return func(v *variables) verdict {
		switch got := value(v); got.kind {
		case isAbsent:
			return fails
		case isUnknown:
			return unsure
		default:
			return verdictOf(got.kind == kinds[0] || got.kind == kinds[len(kinds)-1])
		}
	}
}

// quickIn translates x in [literals], known(x), and "name" in request.headers.
func quickIn(one, in ast.Expr) quick {
	value := quickOperand(one)
	switch {
	case value == nil:
		return anyUnsure
	case in.Kind() == ast.IdentKind && in.AsIdent() == References:
		return quickKnown(value)
	case in.Kind() == ast.IdentKind && (in.AsIdent() == "request.headers" || in.AsIdent() == "response.headers"):
		return quickHeader(one, in.AsIdent() == "response.headers")
	case in.Kind() != ast.ListKind:
		return anyUnsure
	}
	var all []quickValue
	for _, item := range in.AsList().Elements() {
		fixed, ok := literalValue(item)
		if !ok {
			return anyUnsure
		}
		all = append(all, fixed)
	}
	return func(v *variables) verdict {
		got := value(v)
		switch got.kind {
		case isAbsent:
			return fails
		case isUnknown:
			return unsure
		}
		for i := range all {
			if got.equals(&all[i]) == yes {
				return yes
			}
		}
		return no
	}
}

// quickKnown translates known(x).
func quickKnown(value func(*variables) quickValue) quick {
	return func(v *variables) verdict {
		got := value(v)
		switch {
		case got.kind == isAbsent || v.view.Known == nil:
			return fails
		case got.kind != isText:
			return unsure
		}
		for _, reference := range v.view.Known {
			if known := textOf(reference, true); got.equals(&known) == yes {
				return yes
			}
		}
		return no
	}
}

// quickHeader translates "name" in request.headers. Names are in lower case.
func quickHeader(name ast.Expr, response bool) quick {
	fixed, ok := literalValue(name)
	switch {
	case !ok || fixed.kind != isText:
		return anyUnsure
	case strings.ToLower(fixed.text) != fixed.text:
		return func(*variables) verdict { return no }
	}
	key := http.CanonicalHeaderKey(fixed.text)
	return func(v *variables) verdict {
		of := headers{v.view.memo, response}
		if len(of.all()[key]) > 0 {
			return yes
		}
		_, there := of.byKey(key)
		return verdictOf(there)
	}
}

// quickText translates a function of a text.
func quickText(e ast.Expr, name string) quick {
	value, check := quickOperand(e), textFunctions[name]
	var plain func(text []byte) bool // true: check is, too
	if name == "isURL" {
		plain = contract.PlainURL[[]byte]
	}
	if value == nil {
		return anyUnsure
	}
	return func(v *variables) verdict {
		switch got := value(v); {
		case got.kind == isAbsent:
			return fails
		case got.kind != isText:
			return unsure
		case got.raw != nil:
			if plain != nil && plain(got.raw) {
				return yes
			}
			text, _ := v.plainText(got.raw).(types.String)
			return verdictOf(check(string(text)))
		default:
			return verdictOf(check(got.text))
		}
	}
}

// quickMatches translates x.matches("pattern").
func quickMatches(target, pattern ast.Expr) quick {
	value := quickOperand(target)
	fixed, ok := literalValue(pattern)
	if value == nil || !ok || fixed.kind != isText {
		return anyUnsure
	}
	compiled, err := jsonschema.NewPattern(fixed.text)
	if err != nil {
		return anyUnsure
	}
	return func(v *variables) verdict {
		switch got := value(v); {
		case got.kind == isAbsent:
			return fails
		case got.kind != isText:
			return unsure
		case got.raw != nil:
			return verdictOf(compiled.Matches(got.raw))
		default:
			return verdictOf(compiled.MatchesText(got.text))
		}
	}
}
