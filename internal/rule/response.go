package rule

import (
	"strconv"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/signature"
	"assay/internal/view"
)

// The response family: what the provider says.
func responseRules() []Rule {
	return []Rule{
		{
			ID: "code-expected", Title: "has the expected result code", Family: "response",
			Says: []*contract.Template{codeNowhere, codeOther, codeStrange},
			Side: contract.ProviderSide, Severity: contract.Error, Applies: func(p *Subject) bool { return p.Case != nil }, Run: codeExpected,
			About:  "Each case asks for one result. Another result means that the request, the provider or the documents differ from what the case assumes.",
			Remedy: "Look at the exchange. `assay explain PROVIDER/CODE` says what the code means.",
		},
		{
			ID: "status-documented", Title: "has a documented HTTP status", Family: "response",
			Says: []*contract.Template{statusUndocumented},
			Side: contract.ProviderSide, Severity: contract.Error, Run: statusDocumented,
			About:  "An undocumented HTTP status is an error. It is a warning where the documents list no status and the specification assumes one.",
			Remedy: "Ask the provider, or add the status to the specification with the page that lists it.",
		},
		{
			ID: "type-documented", Title: "has the documented media type", Family: "response",
			Says: []*contract.Template{typeUnknown, typeOther},
			Side: contract.ProviderSide, Severity: contract.Error, Run: typeDocumented,
			About:  "A page of HTML or truncated JSON usually comes from a system between the client and the provider.",
			Remedy: "Treat the response as unknown and inquire. Report it to the provider with time and reference.",
		},
		{
			ID: "fields-required", Title: "has every required member", Family: "response",
			Says: []*contract.Template{fieldsUnknown, unreadable},
			Side: contract.ProviderSide, Severity: contract.Error, Run: fieldsRequired,
			About:  "Code that reads a member documented as always present fails when the member is missing.",
			Remedy: "If the provider removed it for good, change the specification. Clients must not rely on the member.",
		},
		{
			ID: "fields-typed", Title: "has members of the documented types", Family: "response",
			Says: []*contract.Template{fieldsUnknown, unreadable},
			Side: contract.ProviderSide, Severity: contract.Error, Run: fieldsTyped,
			About:  "Code reads a number that became a string, or a value outside its enumeration, wrongly or not at all.",
			Remedy: "Compare the value with the documents, and change the specification if the documents have changed.",
		},
		{
			ID: "fields-documented", Title: "has documented members only", Family: "response",
			Says: []*contract.Template{fieldsUndocumented, undocumentedPlace},
			Side: contract.ProviderSide, Severity: contract.Info, Run: fieldsDocumented,
			About:  "A new member harms no client. It is often the first sign of a change.",
			Remedy: "Look for the member in the documents, and add it to the specification with its x-doc.",
		},
		{
			ID: "code-documented", Title: "has a documented result code", Family: "response",
			Says: []*contract.Template{unreadable, codeUndocumented, codeUnplain, codeSeen},
			Side: contract.ProviderSide, Severity: contract.Error, Run: codeDocumented,
			About:  "The documents do not say what the code means for money, so it must never be read as success. A code that the specification lists as seen is a warning.",
			Remedy: "Inquire about the order. Ask the provider what the code means, then add it to the table of codes.",
		},
		{
			ID: "code-agrees", Title: "has a code, status and message that agree", Family: "response",
			Says: []*contract.Template{codeAbsent, statusDisagrees, statusOther, wordedOtherwise},
			Side: contract.ProviderSide, Severity: contract.Error, Run: codeAgrees,
			About:  "A success code with the status of a failure contradicts itself. A message with other words is only an info.",
			Remedy: "Treat the response as unknown and inquire. Report the contradiction to the provider.",
		},
		{
			ID: "response-signed", Title: "is signed by the provider", Family: "response",
			Says: []*contract.Template{responseUnsigned, keyless, signatureMissing, signatureOther, signatureOtherBody},
			Side: contract.ProviderSide, Severity: contract.Error, Applies: func(p *Subject) bool { return p.Operation.Sign.Response != nil }, Run: responseSigned,
			About:  "Only the signature proves that the provider wrote the response and that it was not changed.",
			Remedy: "Do not act on a response with a wrong signature. Check the merchant key first, then report it to the provider.",
		},
		{
			ID: "response-rules", Title: "satisfies the conditions between its members", Family: "response",
			Says: []*contract.Template{conditionViolated, conditionless},
			Side: contract.ProviderSide, Severity: contract.Error, Applies: func(p *Subject) bool { return hasRules(p.Operation, contract.InResponse) }, Run: func(p *Subject) { conditions(p, contract.InResponse) },
			About:  "Some members belong to certain results only, such as the token of a success.",
			Remedy: "Read the condition in x-rules of the specification, and treat the response as unknown.",
		},
	}
}

// What the rules of this family say.
var (
	unreadable = &contract.Template{ID: "response.unreadable", Text: "the body of the response is not valid JSON"}

	codeNowhere = &contract.Template{ID: "code-expected.unreadable", Text: "the body of the response is not valid JSON, so there is no result code; expected {expected}"}
	codeOther   = &contract.Template{ID: "code-expected.other", Text: "has result code {code}; expected {expected}"}
	codeStrange = &contract.Template{ID: "code-expected.strange", Text: "has a result code that is not a plain word; expected {expected}"}

	statusUndocumented = &contract.Template{ID: "status-documented.other", Text: "HTTP status {status} is not documented; expected {documented|or}"}

	typeUnknown = &contract.Template{ID: "type-documented.status", Text: "the HTTP status is not documented, so no media type is"}
	typeOther   = &contract.Template{ID: "type-documented.other", Text: "the media type is not {documented|or}"}

	fieldsUnknown      = &contract.Template{ID: "response.fields", Text: "the HTTP status is not documented, so no members are"}
	fieldsUndocumented = &contract.Template{ID: "fields-documented.none", Text: "no document describes the members of this response"}

	codeUndocumented = &contract.Template{ID: "code-documented.undocumented", Text: "result code {code} is not documented"}
	codeUnplain      = &contract.Template{ID: "code-documented.strange", Text: "the result code is not documented; it is not a plain word"}
	codeSeen         = &contract.Template{ID: "code-documented.seen", Text: "result code {code} is not documented; it was seen before, see ambiguity {ambiguity}"}

	codeAbsent      = &contract.Template{ID: "code-agrees.none", Text: "the response has no documented code"}
	statusDisagrees = &contract.Template{ID: "code-agrees.http", Text: "code {code} comes with HTTP status {status}; the documents say {documented}"}
	statusOther     = &contract.Template{ID: "code-agrees.status", Text: "code {code} comes with another status than the documented {documented}"}
	wordedOtherwise = &contract.Template{ID: "code-agrees.message", Text: "the message of code {code} has other words than the documents"}

	responseUnsigned = &contract.Template{ID: "signature.unneeded.response", Text: "the response is not signed, and need not be"}
)

func codeExpected(p *Subject) {
	met, ok := p.View.ResultCode()
	want := p.Case.Want.Code
	switch {
	case !ok:
		p.found(contract.ResponseRoot, want, codeNowhere, contract.ArgText("expected", want))
	case p.Operation.Equal(met.Code, want):
	case !ordinary(met.Code):
		p.found(met.CodeAt, want, codeStrange, contract.ArgText("expected", want))
	default:
		p.found(met.CodeAt, want, codeOther, contract.ArgText("code", met.Code), contract.ArgText("expected", want))
	}
}

// ordinary tells whether a message may hold a result code: an undocumented one
// is text of the provider's, and could be anything.
func ordinary(code string) bool {
	const longest = 24
	for i := range len(code) {
		switch c := code[i]; {
		case '0' <= c && c <= '9', 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', c == '_', c == '.', c == '-':
		default:
			return false
		}
	}
	return 0 < len(code) && len(code) <= longest
}

func statusDocumented(p *Subject) {
	got := p.View.Exchange.Response.Status
	if _, ok := p.Operation.Responses[got]; ok {
		return
	}
	severity := contract.Warning
	for _, a := range p.Operation.Responses {
		if !a.Assumed {
			severity = contract.Error
		}
	}
	p.as(severity, contract.ResponseStatus, strconv.Itoa(got), statusUndocumented, contract.ArgInt("status", int64(got)), contract.ArgInts("documented", p.Operation.Statuses()))
}

func typeDocumented(p *Subject) {
	body := p.responseBody()
	if body == nil {
		p.inconclusive(typeUnknown)
		return
	}
	if !body.Accepts(p.View.Exchange.Response.Header) {
		p.found(contract.ResponseType, "mediaType", typeOther, contract.ArgList("documented", body.Types))
	}
	violations, _ := p.View.ResponseViolations()
	for _, v := range violations {
		if v.Keyword == "syntax" || (v.Keyword == "required" && v.At == contract.ResponseRoot) {
			p.Report(contract.Finding{At: contract.ResponseRoot, Detail: v.Keyword, Message: view.Reason(&v)})
		}
	}
}

// fields reports the violations of a response that keep a condition.
func fields(p *Subject, which func(openapi.Violation) bool) {
	body := p.responseBody()
	switch {
	case body == nil:
		p.inconclusive(fieldsUnknown)
		return
	case !p.View.HasResponseBody():
		p.inconclusive(unreadable)
		return
	}
	violations, _ := p.View.ResponseViolations()
	for _, v := range violations {
		if which(v) {
			p.violated(v)
		}
	}
}

func fieldsRequired(p *Subject) {
	fields(p, func(v openapi.Violation) bool { return v.Keyword == "required" })
}

func fieldsTyped(p *Subject) {
	fields(p, func(v openapi.Violation) bool { return v.Keyword != "required" })
}

func fieldsDocumented(p *Subject) {
	if p.responseBody() == nil || !p.View.HasResponseBody() {
		p.inconclusive(fieldsUndocumented)
		return
	}
	_, undocumented := p.View.ResponseViolations()
	for _, at := range undocumented {
		p.undocumented(at)
	}
}

func codeDocumented(p *Subject) {
	met, ok := p.View.ResultCode()
	switch {
	case !ok:
		p.inconclusive(unreadable)
	case met.Row == nil && !ordinary(met.Code):
		p.found(met.CodeAt, "undocumented", codeUnplain)
	case met.Row == nil:
		p.found(met.CodeAt, "undocumented", codeUndocumented, contract.ArgText("code", met.Code))
	case met.Row.SeenIn != "":
		p.as(contract.Warning, met.CodeAt, met.Code, codeSeen, contract.ArgText("code", met.Code), contract.ArgText("ambiguity", met.Row.SeenIn))
	}
}

func codeAgrees(p *Subject) {
	response := p.View.Exchange.Response
	met, ok := p.View.ResultCode()
	if !ok || met.Row == nil {
		p.inconclusive(codeAbsent)
		return
	}
	if met.Row.HTTP != response.Status {
		p.found(contract.ResponseStatus, met.Code, statusDisagrees, contract.ArgText("code", met.Code), contract.ArgInt("status", int64(response.Status)), contract.ArgInt("documented", int64(met.Row.HTTP)))
	}
	if met.Row.Status != "" && met.Row.Status != met.Status {
		at := met.StatusAt
		if at == "" {
			at = contract.ResponseBody(first(p.Operation.Result.Status))
		}
		p.found(at, met.Code, statusOther, contract.ArgText("code", met.Code), contract.ArgText("documented", met.Row.Status))
	}
	// A message that is absent is not worded otherwise; fields-required says
	// whether it may be.
	if met.MessageAt != "" && !p.Operation.DocumentsMessage(met.Code, met.Message) {
		p.as(contract.Info, met.MessageAt, met.Code, wordedOtherwise, contract.ArgText("code", met.Code))
	}
}

func responseSigned(p *Subject) {
	s := p.Operation.Sign.Response
	switch signature.ResponseState(s, p.View) {
	case contract.SignatureMissing:
		if !s.RequiredIn(p.View) {
			p.inconclusive(responseUnsigned)
			return
		}
		p.found(contract.ResponseBody(s.At), "missing", signatureMissing, contract.ArgPointer("pointer", s.At))
	case contract.SignatureUnverified:
		p.inconclusive(keyless)
	case contract.SignatureInvalid:
		p.missigned(contract.ResponseBody(s.At), s)
	}
}

func first(list []contract.Pointer) contract.Pointer {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
