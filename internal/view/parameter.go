package view

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// Parameter is a documented parameter of requests.
type Parameter struct {
	Place    contract.Place
	In, Name string // In: "query", "header" or "path"
	Required bool
	Schema   *jsonschema.Schema

	key     string // the canonical header name
	numeric bool   // its schema allows numbers
	boolean bool   // its schema allows booleans
	list    bool   // its schema allows arrays
	lines   bool   // it is a header whose lines are a list
	once    sync.Once
	check   *jsonschema.Check
}

// ParameterViolations returns every violation of the schemas of the request's
// parameters. The list must not be changed.
func (x *View) ParameterViolations() []jsonschema.Violation {
	if m := x.memo; !m.parametersRead {
		m.parametersRead, m.parameterFaults = true, x.readParameters()
	}
	return x.memo.parameterFaults
}

func (x *View) readParameters() (all []jsonschema.Violation) {
	for i, p := range x.memo.plan.parameters {
		value, n := "", 0
		switch p.In {
		case "path":
			if text, present := x.PathParameter(p.Name); present {
				value, n = text, 1
			}
		case "header":
			value, n = p.line(x.Exchange.Request.Header[p.key])
		default:
			value, n = x.memo.queryParameter(p.Name)
		}
		if n > 1 && !p.list {
			all = append(all, jsonschema.Violation{At: p.Place, Keyword: Repeated, Why: cause{reason: standsTwice}})
		}
		switch {
		case n > 0 && x.memo.conformed(i, value):
		case n > 0:
			violations := p.violations(value, x.memo.scratchState())
			x.memo.remember(i, value, violations)
			all = append(all, violations...)
		case p.Required:
			all = append(all, jsonschema.Violation{At: p.Place, Keyword: "required"})
		}
	}
	return all
}

// Repeated is the keyword of the violation of a parameter that a request has more than once
// although its schema allows no array: servers differ in which of the values they take.
const Repeated = "repeated"

// line returns the value of a header and how many there are. The lines of a list stand for
// one value. https://www.rfc-editor.org/rfc/rfc9110#section-5.3
func (p *Parameter) line(values []string) (string, int) {
	switch {
	case len(values) == 0:
		return "", 0
	case len(values) > 1 && p.lines:
		return strings.Join(values, ", "), 1
	}
	return values[0], len(values)
}

// listHeaders are the headers of requests that RFC 9110 and RFC 9111 define as lists.
var listHeaders = []string{
	"Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Cache-Control", "Connection", "Content-Encoding", "Content-Language",
	"Expect", "If-Match", "If-None-Match", "Pragma", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Via",
}

// conformed reports whether a text conformed to the i-th of memo.conforming before. Many
// are the same in each exchange, such as the name of the merchant.
func (m *memo) conformed(i int, value string) bool {
	return value != "" && string(m.conforming[i]) == value
}

// remember notes a text without violations for conformed.
func (m *memo) remember(i int, value string, violations []jsonschema.Violation) {
	if len(violations) == 0 && len(value) <= longestText {
		m.conforming[i] = append(m.conforming[i][:0], value...)
	}
}

// compile prepares the parameter; its schema is compiled when a request first has it.
func (p *Parameter) compile() *Parameter {
	p.key = http.CanonicalHeaderKey(p.Name)
	p.list = p.has("array") || slices.Contains(p.Schema.AlternativeTypes(), "array")
	p.lines = slices.Contains(listHeaders, p.key)
	p.numeric, p.boolean = p.has("integer") || p.has("number"), p.has("boolean")
	return p
}

// violations checks the text as the type that the schema has. The violations are valid
// until state is used again.
func (p *Parameter) violations(value string, state *jsonschema.ScanState) []jsonschema.Violation {
	p.once.Do(func() { p.check = compileCheck(p.Schema, jsonschema.Request{Root: p.Place}) })
	switch {
	case p.numeric && len(value) > 0 && (value[0] == '-' || digit(value[0])) && digit(value[len(value)-1]) && p.check.Read([]byte(value), state):
		return state.Violations
	case p.boolean:
		if v, err := strconv.ParseBool(value); err == nil {
			p.check.Read(strconv.AppendBool(nil, v), state)
			return state.Violations
		}
	}
	p.check.Text(value, state)
	return state.Violations
}

func (p *Parameter) has(kind string) bool { return slices.Contains(p.Schema.Types, kind) }

func digit(c byte) bool { return c >= '0' && c <= '9' }
