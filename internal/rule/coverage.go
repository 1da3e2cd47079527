package rule

import (
	"fmt"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// Kinds of documented items that exchanges can cover.
const (
	Codes          = "codes"          // "324", "REFUSED/duplicate-receipt"
	RequestFields  = "requestFields"  // "request#/body/orderId", "request.query.mid"
	ResponseFields = "responseFields" // "response#/body/txnToken"
	Values         = "values"         // of enumerations: "request#/apiType=b2b"
	Conditions     = "conditions"     // of x-rules: "website-or-callback satisfied", "… violated"
)

// Kinds returns the kinds in the order of reports.
func Kinds() []string { return []string{Codes, RequestFields, ResponseFields, Values, Conditions} }

// Documented returns the documented items of an operation, by kind. It leaves out what was
// only observed or inferred.
func Documented(o *openapi.Operation) map[string][]string {
	all := map[string][]string{}
	seen := map[string]bool{}
	add := func(kind, item string) {
		if !seen[kind+item] {
			seen[kind+item] = true
			all[kind] = append(all[kind], item)
		}
	}
	for _, c := range o.Codes {
		if c.Documented() {
			add(Codes, c.Name())
		}
	}
	for _, m := range o.Places() {
		if m.Assumed {
			continue
		}
		kind := RequestFields
		if m.At.Direction() == contract.InResponse {
			kind = ResponseFields
		}
		add(kind, string(m.At))
		for _, value := range m.Enum {
			add(Values, enumValue(m.At, value))
		}
	}
	for _, r := range o.Rules {
		add(Conditions, r.ID+" satisfied")
		if r.On == contract.InRequest {
			add(Conditions, r.ID+" violated")
		}
	}
	return all
}

// enumValue returns the item for a value of an enumeration; cutValue is the inverse.
func enumValue(at contract.Place, value string) string { return string(at) + "=" + value }

// cutValue returns place and value of an item made by enumValue.
func cutValue(item string) (at contract.Place, value string) {
	text, value, _ := strings.Cut(item, "=")
	return contract.Place(text), value
}

// Observed returns the items that an exchange covers, by kind, documented or not.
func Observed(o *openapi.Operation, x *openapi.View) map[string][]string {
	all := map[string][]string{}
	if result, ok := x.ResultCode(); ok {
		all[Codes] = append(all[Codes], result.Name())
	}
	for _, p := range o.Parameters {
		if values := p.Values(x.Exchange.Request); len(values) > 0 {
			all[RequestFields] = append(all[RequestFields], string(p.Place()))
			all[Values] = append(all[Values], enumValue(p.Place(), values[0]))
		}
	}
	for kind, of := range map[string]contract.Direction{RequestFields: contract.InRequest, ResponseFields: contract.InResponse} {
		body := x.RequestBody()
		if kind == ResponseFields {
			body = x.ResponseBody()
		}
		contract.Visit(body, "", func(pointer contract.Pointer, value any) {
			at := of.Body(pointer)
			all[kind] = append(all[kind], string(at))
			if text, ok := contract.ResultText(value); ok {
				all[Values] = append(all[Values], enumValue(at, text))
			}
		})
	}
	for _, r := range o.Rules {
		if holds, applies := x.Holds(r.Rule); applies {
			all[Conditions] = append(all[Conditions], fmt.Sprintf("%s %s", r.ID, map[bool]string{true: "satisfied", false: "violated"}[holds]))
		}
	}
	return all
}

// observed returns the items of a kind that the cases of an operation cover. All kinds are
// found at once, and kept for the rules that follow.
func (p *Subject) observed(o *openapi.Operation, kind string) map[string]bool {
	if all, known := p.covered[o]; known {
		return all[kind]
	}
	all := map[string]map[string]bool{}
	for _, x := range p.PlayedCases {
		if x.Case.Operation() != o.ID || x.Exchange == nil {
			continue
		}
		for kind, items := range Observed(o, p.caseView(o, x)) {
			if all[kind] == nil {
				all[kind] = map[string]bool{}
			}
			for _, item := range items {
				all[kind][item] = true
			}
		}
	}
	if p.covered == nil {
		p.covered = map[*openapi.Operation]map[string]map[string]bool{}
	}
	p.covered[o] = all
	return all[kind]
}

// caseView returns the view of an exchange of a case.
func (p *Subject) caseView(o *openapi.Operation, x PlayedCase) *openapi.View {
	return openapi.NewView(o, *x.Exchange, p.Spec.TestCredentials(), x.Case.Merchant)
}

// uncovered reports documented items that no exchange covers.
func (p *Subject) uncovered(kinds []string, report func(o *openapi.Operation, item string)) {
	for _, o := range p.Spec.Operations {
		documented := Documented(o)
		for _, kind := range kinds {
			result := p.observed(o, kind)
			for _, item := range documented[kind] {
				if !result[item] {
					report(o, item)
				}
			}
		}
	}
}
