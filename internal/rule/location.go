package rule

import (
	"net/http"
	"strconv"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// status is the HTTP status of the response that a place is in; 0: it is in none.
func (p *Subject) status(at contract.Place) int {
	if p.View == nil || at.Direction() != contract.InResponse {
		return 0
	}
	return p.View.Exchange.Response.Status
}

// locations lists the lines that a finding is about: of the specification, and of the
// fixture and the cassette if it is about a case.
func (p *Subject) locations(f *contract.Finding) []contract.Location {
	switch f.Rule {
	case "waiver-justified", "waiver-used":
		return []contract.Location{p.located(contract.WaiversFile, string(f.At))}
	case "cassette-used":
		return []contract.Location{p.located(contract.CassetteFile, interactionFile(string(f.At)))}
	case "spec-sound":
		return []contract.Location{p.located(contract.SpecificationFile, string(f.At))}
	}
	all := []contract.Location{p.location(contract.SpecificationFile, p.Spec.File, p.specLine(f))}
	if p.Case != nil && p.Case.File != "" {
		all = append(all, p.location(contract.FixtureFile, p.Case.File, p.caseLine(f)))
	}
	if p.Recording != nil {
		line := 0
		if f.At.Direction() != "" && p.Recording.Line != nil { // the finding is not about the whole file
			line = p.Recording.Line()
		}
		all = append(all, p.location(contract.CassetteFile, "cassettes/"+p.Recording.Name+".yaml", line))
	}
	return all
}

// location is a line of a data file, with the path as the user gave it.
func (p *Subject) location(kind contract.LocationKind, name string, line int) contract.Location {
	l := contract.Location{Kind: kind, File: name, Line: line}
	if p.Path != nil {
		l.File, l.Embedded = p.Path(name)
	}
	return l
}

// located reads "file:line" or "file".
func (p *Subject) located(kind contract.LocationKind, where string) contract.Location {
	if i := strings.LastIndexByte(where, ':'); i > 0 {
		if line, err := strconv.Atoi(where[i+1:]); err == nil {
			return p.location(kind, where[:i], line)
		}
	}
	return p.location(kind, where, 0)
}

// interactionFile is the file of "cassette:paytm/createOrder/least#1".
func interactionFile(name string) string {
	name, is := strings.CutPrefix(name, "cassette:")
	if !is {
		return name
	}
	name, _, _ = strings.Cut(name, "#")
	return "cassettes/" + name + ".yaml"
}

// specLine is the line of the specification that a finding is about: of the row of a
// code, of an expression, of an ambiguity, or of what documents the place. 0 means the
// whole file.
func (p *Subject) specLine(f *contract.Finding) int {
	o, at, detail := p.Operation, f.At, f.Detail
	if o == nil { // the detail begins with the operation
		name, rest, _ := strings.Cut(detail, " ")
		if o = p.Spec.Operation(name); o == nil {
			return ambiguityLine(p.Spec.Ambiguities, detail)
		}
		detail = rest
		if place, ok := at.CutOperation(name); ok {
			at = place
		}
	}
	line := 0
	switch f.Rule {
	case "code-expected", "code-documented", "code-agrees", "code-covered", "outcome-agrees":
		if c := o.Code(detail); c != nil {
			line = c.Line
		} else if code, unfit := strings.CutSuffix(detail, unfitDetail); unfit {
			line = o.Rows(code)[0].Line
		}
	case contract.CodeExplained:
		code, _, _ := strings.Cut(detail, " ")
		if c := o.Code(code); c != nil {
			line = c.Line
		}
	case "request-rules", "response-rules", "condition-covered":
		id, _, _ := strings.Cut(detail, " ")
		line = ruleLine(o, id)
	case "strict-interpretation", "ambiguity-settled":
		id, _, _ := strings.Cut(detail, " ")
		line = ambiguityLine(p.Spec.AllAmbiguities(o), id)
	}
	if line == 0 {
		line = o.LineOf(at, p.status(at))
	}
	return line
}

func ruleLine(o *openapi.Operation, id string) int {
	for _, r := range o.Rules {
		if r.ID == id {
			return r.Rule.Line
		}
	}
	return 0
}

func ambiguityLine(all []*openapi.Ambiguity, id string) int {
	for _, a := range all {
		if a.ID == id {
			return a.Line
		}
	}
	return 0
}

// caseLine is the line of the fixture that a finding is about: of the expected code or
// finding, or of the change to the request. It is 1 where the case says nothing of it.
func (p *Subject) caseLine(f *contract.Finding) int {
	member := ""
	switch {
	case f.Detail == "expected" && f.Side == contract.TestDataSide:
		member = "want.findings"
	case f.Rule == "code-expected":
		member = "want.code"
	case p.sentByCase(f.At):
		member = "send"
	}
	return max(1, p.Case.Lines[member])
}

// sentByCase tells whether the case itself changes the request at a place.
func (p *Subject) sentByCase(at contract.Place) bool {
	if p.Case == nil || len(p.Case.Send) == 0 || at.Direction() != contract.InRequest {
		return false
	}
	if pointer, inBody := at.General().Pointer(); inBody {
		return patched(p.Case, "/body"+pointer)
	}
	switch kind, name := at.Named(); kind {
	case "method":
		return patched(p.Case, "/method")
	case "query", "path":
		return patched(p.Case, contract.PointerTo(kind, name))
	case "header":
		return patched(p.Case, contract.PointerTo("headers", http.CanonicalHeaderKey(name)))
	}
	return false
}
