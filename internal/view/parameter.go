package view

import (
	"net/http"
	"slices"
	"strconv"
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

	key     string // of a header, as net/http writes it
	numeric bool   // its schema allows numbers
	boolean bool   // its schema allows truth values
	once    sync.Once
	check   *jsonschema.Check
}

// ParameterViolations tells every way in which the parameters of the request
// depart from their schemas, each with its place.
func (x *View) ParameterViolations() []jsonschema.Violation {
	var all []jsonschema.Violation
	for _, p := range x.memo.plan.parameters {
		value, there := "", false
		switch p.In {
		case "path":
			continue
		case "header":
			if values := x.Exchange.Request.Header[p.key]; len(values) > 0 {
				value, there = values[0], true
			}
		default:
			value, there = x.QueryParameter(p.Name)
		}
		switch {
		case there:
			all = append(all, p.violations(value, x.memo.scratchState())...)
		case p.Required:
			all = append(all, jsonschema.Violation{At: p.Place, Keyword: "required"})
		}
	}
	return all
}

// compile makes the parameter ready for requests; its schema is compiled once a
// request has it.
func (p *Parameter) compile() *Parameter {
	p.key = http.CanonicalHeaderKey(p.Name)
	p.numeric, p.boolean = p.has("integer") || p.has("number"), p.has("boolean")
	return p
}

// violations judges the parameter's text as the type that its schema has. They stand
// until the notes are used again.
func (p *Parameter) violations(value string, notes *jsonschema.ScanState) []jsonschema.Violation {
	p.once.Do(func() { p.check = compileCheck(p.Schema, jsonschema.Request{Root: p.Place}) })
	switch {
	case p.numeric && len(value) > 0 && (value[0] == '-' || digit(value[0])) && digit(value[len(value)-1]) && p.check.Read([]byte(value), notes):
		return notes.Violations
	case p.boolean:
		if v, err := strconv.ParseBool(value); err == nil {
			p.check.Read(strconv.AppendBool(nil, v), notes)
			return notes.Violations
		}
	}
	p.check.Text(value, notes)
	return notes.Violations
}

func (p *Parameter) has(kind string) bool { return slices.Contains(p.Schema.Types, kind) }

func digit(c byte) bool { return c >= '0' && c <= '9' }
