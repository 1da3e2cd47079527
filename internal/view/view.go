package view

import (
	"bytes"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/google/cel-go/common/types/ref"

	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// View is an exchange of an operation, as rules, expressions and strict interpretations
// see it. Each body is read once, when it is first needed. A View is used by one
// goroutine at a time.
type View struct {
	Exchange       contract.Exchange
	Credentials    map[string]string
	Merchant       map[string]bool
	Signature      contract.SignatureState // of the request
	SignatureForm  string                  // of a valid signature: "documented", or another that the scheme accepts
	Authentication contract.AuthenticationState
	Now            time.Time // when the request is received; zero: not known
	// Known are the references that the receiver has seen before. If it is nil, the
	// receiver does not remember any, and an expression with known() does not apply.
	Known []string

	memo *memo
}

// memo holds what several rules need.
type memo struct {
	plan                      *Plan
	view                      View
	requestScan, responseScan bodyScan
	requestValue              decoding // the bodies, decoded if needed
	responseValue             decoding
	query                     []pair
	queryParsed               bool
	parametersRead            bool
	parameterFaults           []jsonschema.Violation
	path                      []string // the values of the parameters in the path
	pathParsed                bool
	scratch                   jsonschema.ScanState
	conforming                [][]byte // the last text that conformed, of each parameter and then of each strict interpretation
	variables                 variables
	costly                    []*Expression // given up
	undecoded                 bool          // see View.Undecoded
}

// Load sets the exchange of the view.
func (x *View) Load(ex contract.Exchange, credentials map[string]string, merchant map[string]bool) {
	m := x.memo
	x.Exchange, x.Credentials, x.Merchant, x.Signature, x.SignatureForm, x.Authentication, x.Known, x.Now = ex, credentials, merchant, contract.SignatureNone, "", contract.AuthenticationNone, nil, time.Time{}
	r, a := &x.Exchange.Request, &x.Exchange.Response
	r.Body, r.Sent = m.requestScan.load(m.plan.request, r.Header, r.Body, r.Sent)
	got := m.plan.responses[ex.Response.Status]
	if got == nil {
		got = m.plan.other
	}
	a.Body, a.Sent = m.responseScan.load(got, a.Header, a.Body, a.Sent)
	m.requestValue, m.responseValue = decoding{raw: r.Body, done: m.requestScan.fault != nil}, decoding{raw: a.Body, done: m.responseScan.fault != nil}
	m.queryParsed, m.undecoded, m.query, m.costly = false, false, m.query[:0], m.costly[:0]
	m.parametersRead, m.parameterFaults = false, nil
	m.pathParsed, m.path = false, m.path[:0]
}

// Clear removes the exchange from the view. Violations that the view returned must not
// be used after it.
func (x *View) Clear() {
	m := x.memo
	m.requestScan.reset(nil, nil)
	m.responseScan.reset(nil, nil)
	m.requestValue, m.responseValue = decoding{}, decoding{}
	x.Exchange, x.Credentials, x.Merchant, x.Known = contract.Exchange{}, nil, nil, nil
}

// body returns the scan of one body.
func (m *memo) body(response bool) *bodyScan {
	if response {
		return &m.responseScan
	}
	return &m.requestScan
}

// decoding is a body that is decoded on first use.
type decoding struct {
	raw   []byte
	value any
	done  bool
	large bool // it is too large to decode
}

func (d *decoding) decoded() any {
	if !d.done {
		var err error
		d.value, err = contract.Decode(d.raw) // nil if it is not JSON
		d.done, d.large = true, errors.Is(err, contract.ErrTooLarge)
	}
	return d.value
}

// RequestBody is the decoded body of the request, nil if it is not JSON; see Undecoded.
func (x *View) RequestBody() any { return x.memo.decoded(&x.memo.requestValue) }

// ResponseBody is the decoded body of the response, nil if it is not JSON; see Undecoded.
func (x *View) ResponseBody() any { return x.memo.decoded(&x.memo.responseValue) }

func (m *memo) decoded(d *decoding) any {
	value := d.decoded()
	m.undecoded = m.undecoded || d.large
	return value
}

// Undecoded reports whether a body that was needed since the last call is too large to
// decode. It then seemed not to be JSON.
func (x *View) Undecoded() bool {
	m := x.memo
	undecoded := m.undecoded || m.requestScan.large || m.responseScan.large
	m.undecoded, m.requestScan.large, m.responseScan.large = false, false, false
	return undecoded
}

// HasResponseBody reports whether the response's body is JSON other than null.
func (x *View) HasResponseBody() bool { return x.memo.responseScan.hasValue() }

// RequestViolations returns every violation of the schema of the request's body, and
// the places of its undocumented members.
func (x *View) RequestViolations() (violations []jsonschema.Violation, undocumented []contract.Place) {
	return x.memo.requestScan.violations()
}

// ResponseViolations is RequestViolations for the response.
func (x *View) ResponseViolations() (violations []jsonschema.Violation, undocumented []contract.Place) {
	return x.memo.responseScan.violations()
}

// MoreViolations returns how many violations and undocumented members of a body are not
// in the lists of RequestViolations and ResponseViolations, which are limited.
func (x *View) MoreViolations(of contract.Direction) (violations, undocumented int) {
	b := x.memo.body(of == contract.InResponse)
	if b.plan == nil || b.plan.body == nil || !b.scan().parsed {
		return 0, 0
	}
	return b.state.MoreViolations, b.state.MoreUndocumented
}

// RequestMember returns the bytes of a member of the request's body. isJSON reports
// whether the body is JSON.
func (x *View) RequestMember(pointer contract.Pointer) (raw []byte, present, isJSON bool) {
	return x.memo.requestScan.member(pointer)
}

// RequestText returns a member of the request's body as contract.Text does: "" for
// null, an object or an array.
func (x *View) RequestText(pointer contract.Pointer) (text string, present bool) {
	raw, present := x.memo.requestScan.rawAt(pointer)
	if !present {
		return "", false
	}
	return x.memo.variables.text(raw), true
}

// RequestMayHave reports whether a member of the request's body can have a text, in upper or lower
// case. The text has printable ASCII characters only, at least one, and no backslash.
// RequestMayHave reads the body once, and not as JSON: only false is certain.
func (x *View) RequestMayHave(text string) bool {
	scan := x.memo.requestScan.scan()
	raw, wanted := scan.raw, []byte(text)
	// An escape may be any character. One beyond ASCII may equal an ASCII one: the Kelvin sign is a k.
	if scan.state.Escapes {
		return true
	}
	for _, first := range [...]byte{byte(unicode.ToLower(rune(text[0]))), byte(unicode.ToUpper(rune(text[0])))} {
		for from := 0; len(raw)-from >= len(wanted); from++ {
			at := bytes.IndexByte(raw[from:], first)
			if at < 0 {
				break
			}
			if from += at; len(raw)-from >= len(wanted) && bytes.EqualFold(raw[from:from+len(wanted)], wanted) {
				return true
			}
		}
	}
	return false
}

// RequestBytes is RequestText as bytes of the request, which must not be changed.
func (x *View) RequestBytes(pointer contract.Pointer) (text []byte, present bool) {
	raw, present := x.memo.requestScan.rawAt(pointer)
	if present && raw[0] == '"' && unescaped(raw) {
		return raw[1 : len(raw)-1], true
	}
	if !present {
		return nil, false
	}
	return []byte(x.memo.variables.text(raw)), true
}

// ResponseMember is RequestMember for the response.
func (x *View) ResponseMember(pointer contract.Pointer) (raw []byte, present, isJSON bool) {
	return x.memo.responseScan.member(pointer)
}

// HasResponse reports whether the response's body is JSON.
func (x *View) HasResponse() bool { return x.memo.responseScan.scan().parsed }

// Result returns the member of the response's body that the i-th pointer of
// Operation.Result names. The text of null, an object or an array is "", and present is
// true.
func (x *View) Result(i int) (text string, present bool) {
	m := x.memo
	if !m.responseScan.scan().parsed {
		return "", false
	}
	var raw []byte
	if span := m.responseScan.plan.result[i]; span < 0 {
		raw, present = m.responseScan.search(m.plan.result[i])
	} else if s := m.responseScan.state.Spans[span]; s.Here() {
		raw, present = s.Of(m.responseScan.raw), true
	}
	if !present {
		return "", false
	}
	return m.variables.resultText(raw), true
}

// Holds evaluates an expression. An expression does not apply if it names a member that
// is absent or has another type; the schema reports that.
func (x *View) Holds(e *Expression) (holds, applies bool) { return x.holds(e, nil, nil) }

// HoldsFor evaluates an expression with the variable violation set to b.
func (x *View) HoldsFor(e *Expression, b *RequestViolation) (holds, applies bool) {
	return x.holds(e, nil, b)
}

// holds evaluates an expression that may name self and violation.
func (x *View) holds(e *Expression, self ref.Val, b *RequestViolation) (holds, applies bool) {
	v := &x.memo.variables
	v.self, v.violated = self, b
	holds, applies, costly := e.holds(v)
	if costly && !slices.Contains(x.memo.costly, e) {
		x.memo.costly = append(x.memo.costly, e)
	}
	return holds, applies
}

// TooCostly reports whether an expression was given up because this exchange makes it cost
// too much, such as a loop over a list of a million items. It then seems not to apply.
func (x *View) TooCostly(e *Expression) bool { return slices.Contains(x.memo.costly, e) }

// scratchState is for values that are checked on their own: parameters and headers.
func (m *memo) scratchState() *jsonschema.ScanState {
	return &m.scratch
}

// pair is a parameter of the query.
type pair struct{ name, value string }

// QueryParameter returns the first query parameter with that name.
func (x *View) QueryParameter(name string) (value string, present bool) {
	value, n := x.memo.queryParameter(name)
	return value, n > 0
}

// queryParameter returns the first query parameter with that name, and how many there are.
func (m *memo) queryParameter(name string) (value string, n int) {
	for _, p := range m.pairs() {
		if p.name != name {
			continue
		}
		if n == 0 {
			value = p.value
		}
		n++
	}
	return value, n
}

// PathParameter returns the decoded value of a parameter in the path. It is absent if the
// path does not end as documented.
func (x *View) PathParameter(name string) (value string, present bool) {
	m := x.memo
	if m.plan.path.Literal() {
		return "", false
	}
	if !m.pathParsed {
		m.pathParsed = true
		m.path, _ = m.plan.path.Values(m.path, x.Exchange.Request.URL)
	}
	if i := slices.Index(m.plan.path.Names(), name); i >= 0 && i < len(m.path) {
		return m.path[i], true
	}
	return "", false
}

// UndocumentedQuery returns the names in the query that the documents do not list,
// sorted, each once.
func (x *View) UndocumentedQuery() []string {
	var names []string
	for _, p := range x.memo.pairs() {
		if !x.memo.plan.queries(p.name) {
			names = append(names, p.name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// pairs parses the query as url.ParseQuery does, which skips malformed parameters.
func (m *memo) pairs() []pair {
	if m.queryParsed {
		return m.query
	}
	m.queryParsed = true
	rest := ""
	if u := m.view.Exchange.Request.URL; u != nil {
		rest = u.RawQuery
	}
	for rest != "" {
		var one string
		one, rest, _ = strings.Cut(rest, "&")
		if one == "" || strings.Contains(one, ";") {
			continue
		}
		name, value, _ := strings.Cut(one, "=")
		if strings.ContainsAny(one, "%+") {
			var err, also error
			name, err = url.QueryUnescape(name)
			value, also = url.QueryUnescape(value)
			if err != nil || also != nil {
				continue
			}
		}
		m.query = append(m.query, pair{name, value})
	}
	return m.query
}

// textAt returns the text at a place outside the bodies. Several values are joined by
// commas.
func (x *View) textAt(at *location) (string, bool) {
	header := x.Exchange.Request.Header
	switch {
	case at.kind == "method" && !at.response:
		return x.Exchange.Request.Method, true
	case at.kind == "query" && !at.response:
		var values []string
		for _, p := range x.memo.pairs() {
			if p.name == at.name {
				values = append(values, p.value)
			}
		}
		return strings.Join(values, ","), len(values) > 0
	case at.kind == "path" && !at.response:
		return x.PathParameter(at.name)
	case at.kind != "header":
		return "", false
	case at.response:
		header = x.Exchange.Response.Header
	}
	values := header[at.name]
	if len(values) == 1 {
		return values[0], true
	}
	return strings.Join(values, ","), len(values) > 0
}
