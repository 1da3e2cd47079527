package rule

import (
	"fmt"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// The kinds of documented things that exchanges show.
const (
	Codes          = "codes"          // "324"
	RequestFields  = "requestFields"  // "request#/body/orderId", "request.query.mid"
	ResponseFields = "responseFields" // "response#/body/txnToken"
	Values         = "values"         // of enumerations: "request#/apiType=b2b"
	Conditions     = "conditions"     // of x-rules: "website-or-callback satisfied", "… violated"
)

// Kinds lists them in the order of reports.
func Kinds() []string { return []string{Codes, RequestFields, ResponseFields, Values, Conditions} }

// Documented lists what the specification of an operation documents, by kind.
// Codes that were only met in the wild are left out.
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
		if c.SeenIn == "" {
			add(Codes, c.Code)
		}
	}
	for _, m := range o.Places() {
		kind := RequestFields
		if m.At.Direction() == contract.InResponse {
			kind = ResponseFields
		}
		add(kind, string(m.At))
		for _, value := range m.Enum {
			add(Values, valued(m.At, value))
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

// valued is a value of an enumeration, and where it stands; see cutValue.
func valued(at contract.Place, value string) string { return string(at) + "=" + value }

// cutValue takes apart what valued made.
func cutValue(item string) (at contract.Place, value string) {
	text, value, _ := strings.Cut(item, "=")
	return contract.Place(text), value
}

// Shown lists what an exchange shows of an operation, by kind: also what is
// documented nowhere.
func Shown(o *openapi.Operation, x *openapi.View) map[string][]string {
	all := map[string][]string{}
	if met, ok := x.ResultCode(); ok {
		all[Codes] = append(all[Codes], met.Code)
	}
	for _, p := range o.Parameters {
		if values := p.Values(x.Exchange.Request); len(values) > 0 {
			all[RequestFields] = append(all[RequestFields], string(p.Place()))
			all[Values] = append(all[Values], valued(p.Place(), values[0]))
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
			if text, ok := contract.Text(value); ok {
				all[Values] = append(all[Values], valued(at, text))
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

// met tells which documented things the exchanges of an operation show.
func (p *Subject) met(o *openapi.Operation, kind string) map[string]bool {
	all := map[string]bool{}
	for _, x := range p.Played {
		if x.Case.Operation() != o.ID || x.Exchange == nil {
			continue
		}
		for _, item := range Shown(o, p.seen(o, x))[kind] {
			all[item] = true
		}
	}
	return all
}

// seen is an exchange of a case as expressions see it.
func (p *Subject) seen(o *openapi.Operation, x PlayedCase) *openapi.View {
	return openapi.NewView(o, *x.Exchange, p.Spec.TestCredentials(), x.Case.Merchant)
}

// uncovered reports what is documented and not shown.
func (p *Subject) uncovered(kinds []string, report func(o *openapi.Operation, item string)) {
	for _, o := range p.Spec.Operations {
		documented := Documented(o)
		for _, kind := range kinds {
			met := p.met(o, kind)
			for _, item := range documented[kind] {
				if !met[item] {
					report(o, item)
				}
			}
		}
	}
}
