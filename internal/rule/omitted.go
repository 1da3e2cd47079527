package rule

import (
	"net/url"
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/redact"
	"assay/internal/route"
)

// excuse removes the findings, beginning with index from, that the recording of an exchange
// explains: its recorder left the part out, cut it, or replaced its value. It returns why the
// rule could not check, or nil.
func (p *Subject) excuse(from int) (gap *contract.Template) {
	if p.View == nil || p.View.Exchange.Recorder == nil {
		return nil
	}
	kept := p.findings[:from]
	for i := range p.findings[from:] {
		f := &p.findings[from+i]
		if f.Severity == contract.Info { // an info blames no side
			kept = append(kept, *f)
			continue
		}
		if why := p.omitted(f); why != nil {
			gap = why
			continue
		}
		kept = append(kept, *f)
	}
	p.findings = kept
	return gap
}

// omittedAuthorization returns why the credentials of the request cannot be
// checked: the recording lacks it or its value. nil means that it can.
func (p *Subject) omittedAuthorization() *contract.Template {
	x := &p.View.Exchange
	if x.Recorder == nil {
		return nil
	}
	for _, a := range p.Operation.Authorizations() {
		switch {
		case slices.Contains(x.Omitted, a.Place()):
			return x.Recorder.Header
		case slices.ContainsFunc(a.Values(x.Request), redact.Replaced):
			return x.Recorder.Value
		}
	}
	return nil
}

// omitted returns why a finding may come from the recording, nil if it does not.
func (p *Subject) omitted(f *contract.Finding) *contract.Template {
	var places []contract.Place
	for text := range strings.SplitSeq(string(f.At), " ") {
		places = append(places, contract.Place(text))
	}
	if p.rule.Reads != nil {
		places = append(places, p.rule.Reads(p, f)...)
	}
	recorder := p.View.Exchange.Recorder
	for _, place := range places {
		pointer, inBody := place.Pointer()
		switch {
		case inBody && slices.Contains(p.View.Exchange.Omitted, place.Direction().Body("")):
			return recorder.Body
		case !inBody && slices.Contains(p.View.Exchange.Omitted, place):
			return recorder.Header
		case p.replacedAt(place), inBody && pointer == "" && p.rule.Reads != nil && p.replacedIn(place.Direction()):
			return recorder.Value
		}
	}
	return nil
}

func wholeRequest(*Subject, *contract.Finding) []contract.Place {
	return []contract.Place{contract.RequestBody("")}
}

func wholeResponse(*Subject, *contract.Finding) []contract.Place {
	return []contract.Place{contract.ResponseRoot}
}

// resultPlaces returns the places of the result in a response, and those that tell the
// variants of its code apart.
func resultPlaces(p *Subject, _ *contract.Finding) []contract.Place {
	all := p.variantPlaces()
	for _, pointer := range slices.Concat(p.Operation.Result.Code, p.Operation.Result.Status) {
		all = append(all, contract.ResponseBody(pointer))
	}
	return all
}

// variantPlaces returns the places that the ifs of the response's code read.
func (p *Subject) variantPlaces() (all []contract.Place) {
	result, ok := p.View.ResultCode()
	if !ok {
		return nil
	}
	for _, row := range p.Operation.Rows(result.Code) {
		if row.If != nil {
			all = append(append(all, row.If.ResponsePlaces()...), row.If.Places()...)
		}
	}
	return all
}

// conditionPlaces returns the places that the condition of a finding reads.
func conditionPlaces(p *Subject, f *contract.Finding) []contract.Place {
	id, _, _ := strings.Cut(f.Detail, " ")
	for _, r := range p.Operation.Rules {
		if r.ID == id {
			return append(r.Rule.Places(), r.Rule.ResponsePlaces()...)
		}
	}
	return nil
}

// causePlaces returns the places that the conditions of the codes read up to the code of a
// finding: an earlier code has precedence.
func causePlaces(p *Subject, f *contract.Finding) []contract.Place {
	id, _, _ := strings.Cut(f.Detail, " ")
	row := p.Operation.Code(id)
	if row == nil || row.When == nil {
		return nil
	}
	all := append(p.variantPlaces(), row.When.Places()...)
	for name, place := range map[string]contract.Place{"violation": contract.RequestBody(""), "signature": contract.RequestBody(""), "authentication": contract.RequestAuthorization} {
		if row.When.Names(name) {
			all = append(all, place)
		}
	}
	return all
}

// replacedAt reports whether the value at a place, or a value that it is part of, was
// replaced.
func (p *Subject) replacedAt(place contract.Place) bool {
	x := &p.View.Exchange
	pointer, inBody := place.Pointer()
	kind, name := place.Named()
	switch {
	case inBody && place.Direction() == contract.InResponse:
		return redact.ReplacedBody(x.Response.Body) || redact.ReplacedAt(p.View.ResponseBody(), pointer)
	case inBody:
		return redact.ReplacedBody(x.Request.Body) || redact.ReplacedAt(p.View.RequestBody(), pointer)
	case kind == "query" && x.Request.URL != nil:
		return slices.ContainsFunc(x.Request.URL.Query()[name], redact.Replaced)
	case kind == "path" && name != "":
		value, _ := p.View.PathParameter(name)
		return redact.Replaced(value)
	case kind == "header" && place.Direction() == contract.InResponse:
		return slices.ContainsFunc(x.Response.Header.Values(name), redact.Replaced)
	case kind == "header":
		return slices.ContainsFunc(x.Request.Header.Values(name), redact.Replaced)
	}
	return false
}

// replacedIn reports whether any value in the body of a direction was replaced.
func (p *Subject) replacedIn(of contract.Direction) (found bool) {
	x := contract.Exchange{Request: contract.Request{URL: &url.URL{}}}
	if x.Request.Body = p.View.Exchange.Request.Body; of == contract.InResponse {
		x.Request.Body = p.View.Exchange.Response.Body
	}
	if !redact.Hints(x.Request.Body) {
		return false
	}
	redact.Texts(route.Template{}, x, func(_ contract.Place, text string) { found = found || redact.Replaced(text) })
	return found
}
