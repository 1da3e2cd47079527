package view

import (
	"net/url"
	"slices"
	"strings"

	"github.com/google/cel-go/common/types/ref"

	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// View is an exchange of an operation as rules, expressions and letters see it.
// Each body is gone over once, when the first of them asks.
type View struct {
	Exchange       contract.Exchange
	Credentials    map[string]string
	Merchant       map[string]bool
	Signature      contract.SignatureState // of the request
	Authentication contract.AuthenticationState
	// Known are references that whoever responses has seen before; nil where
	// nobody remembers, and known() then does not apply.
	Known []string

	memo *memo
}

// memo keeps what several rules ask for. A view is used by one goroutine at a
// time.
type memo struct {
	plan                      *Plan
	view                      View
	requestScan, responseScan bodyScan
	requestValue              decoding // the bodies, where somebody wants them decoded
	responseValue             decoding
	query                     []pair
	queryParsed               bool
	scratch                   jsonschema.ScanState
	variables                 variables
}

// Look takes up an exchange.
func (x *View) Load(ex contract.Exchange, credentials map[string]string, merchant map[string]bool) {
	m := x.memo
	x.Exchange, x.Credentials, x.Merchant, x.Signature, x.Authentication, x.Known = ex, credentials, merchant, contract.SignatureNone, contract.AuthenticationNone, nil
	m.requestScan.reset(m.plan.request, ex.Request.Body)
	got := m.plan.responses[ex.Response.Status]
	if got == nil {
		got = m.plan.other
	}
	m.responseScan.reset(got, ex.Response.Body)
	m.requestValue, m.responseValue = decoding{raw: ex.Request.Body}, decoding{raw: ex.Response.Body}
	m.queryParsed, m.query = false, m.query[:0]
}

// Forget lets go of the exchange. Nobody may look at it any more, nor at violations
// that the view gave.
func (x *View) Clear() {
	m := x.memo
	m.requestScan.reset(nil, nil)
	m.responseScan.reset(nil, nil)
	m.requestValue, m.responseValue = decoding{}, decoding{}
	x.Exchange, x.Credentials, x.Merchant, x.Known = contract.Exchange{}, nil, nil, nil
}

// body is what was seen of the body of one side.
func (m *memo) body(response bool) *bodyScan {
	if response {
		return &m.responseScan
	}
	return &m.requestScan
}

// decoding is a body that is decoded once somebody asks.
type decoding struct {
	raw   []byte
	value any
	done  bool
}

func (d *decoding) decoded() any {
	if !d.done {
		d.value, _ = contract.Decode(d.raw) // nil where it is no JSON
		d.done = true
	}
	return d.value
}

// RequestBody is the decoded body of the request, nil where it is not JSON.
func (x *View) RequestBody() any {
	return x.memo.requestValue.decoded()
}

// ResponseBody is RequestBody of the response.
func (x *View) ResponseBody() any {
	return x.memo.responseValue.decoded()
}

// HasResponseBody tells whether the response's body is JSON, and more than null.
func (x *View) HasResponseBody() bool { return x.memo.responseScan.hasValue() }

// Asked tells every way in which the request's body departs from its schema, and
// the places of members of it that nobody documents.
func (x *View) RequestViolations() (violations []jsonschema.Violation, undocumented []contract.Place) {
	return x.memo.requestScan.violations()
}

// Responded is Asked of the response.
func (x *View) ResponseViolations() (violations []jsonschema.Violation, undocumented []contract.Place) {
	return x.memo.responseScan.violations()
}

// RequestSays finds the bytes of the member of the request's body that a pointer
// names; whole tells whether the body is JSON.
func (x *View) RequestMember(pointer contract.Pointer) (raw []byte, there, whole bool) {
	return x.memo.requestScan.member(pointer)
}

// RequestText reads the member of the request's body that a pointer names as
// contract.Text does: "" of what is no text, number or truth value.
func (x *View) RequestText(pointer contract.Pointer) (text string, there bool) {
	raw, there := x.memo.requestScan.rawAt(pointer)
	if !there {
		return "", false
	}
	return x.memo.variables.text(raw), true
}

// ResponseSays is RequestSays of the response.
func (x *View) ResponseMember(pointer contract.Pointer) (raw []byte, there, whole bool) {
	return x.memo.responseScan.member(pointer)
}

// HasResponse tells whether the response's body is JSON.
func (x *View) HasResponse() bool { return x.memo.responseScan.scan().parsed }

// Result reads the member of the response's body that the i-th pointer of
// Operation.Result names. One that is there and is no text, number or truth value, such
// as null, is there and reads as nothing.
func (x *View) Result(i int) (text string, there bool) {
	m := x.memo
	if !m.responseScan.scan().parsed {
		return "", false
	}
	var raw []byte
	if span := m.responseScan.plan.result[i]; span < 0 {
		raw, there = m.responseScan.search(m.plan.result[i])
	} else if s := m.responseScan.state.Spans[span]; s.Here() {
		raw, there = s.Of(m.responseScan.raw), true
	}
	if !there {
		return "", false
	}
	return m.variables.text(raw), true
}

// Holds evaluates an expression. It does not apply where it names a member that is
// absent or of another type: the schema has already said so.
func (x *View) Holds(e *Expression) (holds, applies bool) { return x.holds(e, nil, nil) }

// HoldsOf evaluates an expression about a breach of the request's documentation.
func (x *View) HoldsFor(e *Expression, b *RequestViolation) (holds, applies bool) {
	return x.holds(e, nil, b)
}

// holds evaluates an expression that may name self and violation.
func (x *View) holds(e *Expression, self ref.Val, b *RequestViolation) (holds, applies bool) {
	v := &x.memo.variables
	v.self, v.violated = self, b
	return e.holds(v)
}

// aside are notes for what is judged by itself.
func (m *memo) scratchState() *jsonschema.ScanState {
	return &m.scratch
}

// pair is a parameter of the query.
type pair struct{ name, value string }

// Queried gives a parameter of the query, the first of that name.
func (x *View) QueryParameter(name string) (value string, there bool) {
	return x.memo.queryParameter(name)
}

func (m *memo) queryParameter(name string) (value string, there bool) {
	for _, p := range m.pairs() {
		if p.name == name {
			return p.value, true
		}
	}
	return "", false
}

// UndocumentedQuery gives the names in the query that are no parameter, in order,
// each once.
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

// pairs takes the query apart as url.ParseQuery does, which leaves out what is
// wrongly written.
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

// plain reads a place that is not in a body: all values of a header or parameter.
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
