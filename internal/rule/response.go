package rule

import (
	"strconv"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/signature"
	"assay/internal/view"
)

// responseRules check the responses of the provider.
func responseRules() []Rule {
	return []Rule{
		{
			ID: "code-expected", Title: "has the expected result code", Family: "response",
			Templates: []*contract.Template{codeNowhere, codeOther, codeOtherText},
			Side:      contract.ProviderSide, Severity: contract.Error, Applies: func(p *Subject) bool { return p.Case != nil }, Run: codeExpected,
			About:  "Each case asks for one result. Another result means that the request, the provider or the documents differ from what the case assumes.",
			Remedy: "Look at the exchange. `assay explain PROVIDER/CODE` says what the code means.",
		},
		{
			ID: "status-documented", Title: "has a documented HTTP status", Family: "response",
			Templates: []*contract.Template{statusUndocumented},
			Side:      contract.ProviderSide, Severity: contract.Error, Run: statusDocumented,
			About:  "An undocumented HTTP status is an error. It is a warning where the documents list no status and the specification assumes one.",
			Remedy: "Ask the provider, or add the status to the specification with the page that lists it.",
		},
		{
			ID: "type-documented", Title: "has the documented media type", Family: "response",
			Templates: []*contract.Template{typeUnknown, typeOther},
			Side:      contract.ProviderSide, Severity: contract.Error, Run: typeDocumented,
			About:  "A page of HTML or truncated JSON usually comes from a system between the client and the provider.",
			Remedy: "Treat the response as unknown and inquire. Report it to the provider with time and reference.",
		},
		{
			ID: "fields-required", Title: "has every required member", Family: "response",
			Templates: []*contract.Template{fieldsUnknown, bodyUnreadable},
			Side:      contract.ProviderSide, Severity: contract.Error, Run: fieldsRequired,
			About:  "Code that reads a member documented as always present fails when the member is missing.",
			Remedy: "If the provider removed it for good, change the specification. Clients must not rely on the member.",
		},
		{
			ID: "fields-typed", Title: "has members of the documented types", Family: "response",
			Templates: []*contract.Template{fieldsUnknown, bodyUnreadable, nullAbsent},
			Side:      contract.ProviderSide, Severity: contract.Error, Run: fieldsTyped,
			About:  "Code reads a number that became a string, or a value outside its enumeration, wrongly or not at all. An optional member that is null in a documented refusal is an info: it is as good as absent.",
			Remedy: "Compare the value with the documents, and change the specification if the documents have changed.",
		},
		{
			ID: "fields-documented", Title: "has documented members only", Family: "response",
			Templates: []*contract.Template{fieldsUndocumented, undocumentedPlace},
			Side:      contract.ProviderSide, Severity: contract.Info, Run: fieldsDocumented,
			About:  "A new member harms no client. It is often the first sign of a change.",
			Remedy: "Look for the member in the documents, and add it to the specification with its x-doc.",
		},
		{
			ID: "code-documented", Title: "has a documented result code", Family: "response", Reads: resultPlaces,
			Templates: []*contract.Template{bodyUnreadable, codeUndocumented, codeUndocumentedText, codeSeen},
			Side:      contract.ProviderSide, Severity: contract.Error, Run: codeDocumented,
			About:  "The documents do not say what the code means for money, so it must never be read as success. A code that the specification lists as seen is a warning.",
			Remedy: "Inquire about the order. Ask the provider what the code means, then add it to the table of codes.",
		},
		{
			ID: "code-agrees", Title: "has a code, status and message that agree", Family: "response", Reads: resultPlaces,
			Templates: []*contract.Template{codeAbsent, statusDisagrees, statusOther, messageOther},
			Side:      contract.ProviderSide, Severity: contract.Error, Run: codeAgrees,
			About:  "A success code with the status of a failure contradicts itself. A message with other words is only an info.",
			Remedy: "Treat the response as unknown and inquire. Report the contradiction to the provider.",
		},
		codeExplainedRule(),
		{
			ID: "response-signed", Title: "is signed by the provider", Family: "response", Reads: wholeResponse,
			Templates: []*contract.Template{responseUnsigned, credentialsAbsent, signatureMissing, signatureOther, signatureOtherBody},
			Side:      contract.ProviderSide, Severity: contract.Error, Applies: func(p *Subject) bool { return p.Operation.Sign.Response != nil }, Run: responseSigned,
			About:  "Only the signature proves that the provider wrote the response and that it was not changed.",
			Remedy: "Do not act on a response with a wrong signature. Check the merchant key first, then report it to the provider.",
		},
		{
			ID: "response-rules", Title: "satisfies the conditions between its members", Family: "response", Reads: conditionPlaces,
			Templates: []*contract.Template{conditionViolated, conditionAbsent},
			Side:      contract.ProviderSide, Severity: contract.Error, Applies: func(p *Subject) bool { return hasRules(p.Operation, contract.InResponse) }, Run: func(p *Subject) { conditions(p, contract.InResponse) },
			About:  "Some members belong to certain results only, such as the token of a success.",
			Remedy: "Read the condition in x-rules of the specification, and treat the response as unknown.",
		},
	}
}

// Messages of the response rules.
var (
	bodyUnreadable = &contract.Template{ID: "response.unreadable", Text: "body not checked: the body of the response is not valid JSON"}

	codeNowhere   = &contract.Template{ID: "code-expected.unreadable", Text: "the body of the response is not valid JSON, so there is no result code; expected {expected}"}
	codeOther     = &contract.Template{ID: "code-expected.other", Text: "has result code {code}; expected {expected}"}
	codeOtherText = &contract.Template{ID: "code-expected.strange", Text: "has a result code that is not a plain word; expected {expected}"}

	statusUndocumented = &contract.Template{ID: "status-documented.other", Text: "HTTP status {status} is not documented; expected {documented|or}"}

	typeUnknown = &contract.Template{ID: "type-documented.status", Text: "media type not checked: the documents do not list this HTTP status"}
	typeOther   = &contract.Template{ID: "type-documented.other", Text: "the media type is not {documented|or}"}

	fieldsUnknown      = &contract.Template{ID: "response.fields", Text: "members not checked: the documents do not list this HTTP status"}
	nullAbsent         = &contract.Template{ID: "fields-typed.null", Text: "is null; in a refusal this is the same as an absent member"}
	fieldsUndocumented = &contract.Template{ID: "fields-documented.none", Text: "members not checked: the documents do not describe the members of this response, or its body is not valid JSON"}

	codeUndocumented     = &contract.Template{ID: "code-documented.undocumented", Text: "result code {code} is not documented"}
	codeUndocumentedText = &contract.Template{ID: "code-documented.strange", Text: "the result code is not documented; it is not a plain word"}
	codeSeen             = &contract.Template{ID: "code-documented.seen", Text: "result code {code} is not documented; it was seen before, see ambiguity {ambiguity}"}

	codeAbsent      = &contract.Template{ID: "code-agrees.none", Text: "code, status and message not compared: the response has no documented code"}
	statusDisagrees = &contract.Template{ID: "code-agrees.http", Text: "code {code} comes with HTTP status {status}; the documented one is {documented}"}
	statusOther     = &contract.Template{ID: "code-agrees.status", Text: "code {code} comes with another status than the documented {documented}"}
	messageOther    = &contract.Template{ID: "code-agrees.message", Text: "the message of code {code} has other words than the documents"}

	responseUnsigned = &contract.Template{ID: "signature.unneeded.response", Text: "signature not checked: the response has none, and the provider need not sign it"}
)

func codeExpected(p *Subject) {
	result, ok := p.View.ResultCode()
	want := p.Case.Want.Code
	switch {
	case !ok:
		p.add(contract.ResponseRoot, want, codeNowhere, contract.ArgText("expected", want))
	case p.Operation.Equal(result.Code, want):
	case !printable(result.Code):
		p.add(result.CodeAt, want, codeOtherText, contract.ArgText("expected", want))
	default:
		p.add(result.CodeAt, want, codeOther, contract.ArgText("code", result.Code), contract.ArgText("expected", want))
	}
}

// printable reports whether a message may contain a result code. An undocumented code
// is text from the provider and could contain anything.
func printable(code string) bool {
	const limit = 24
	for i := range len(code) {
		switch c := code[i]; {
		case '0' <= c && c <= '9', 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', c == '_', c == '.', c == '-':
		default:
			return false
		}
	}
	return 0 < len(code) && len(code) <= limit
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
	p.addWithSeverity(severity, contract.ResponseStatus, strconv.Itoa(got), statusUndocumented, contract.ArgInt("status", int64(got)), contract.ArgInts("documented", p.Operation.Statuses()))
}

func typeDocumented(p *Subject) {
	body := p.responseBody()
	if body == nil {
		p.inconclusive(typeUnknown)
		return
	}
	if !body.Accepts(p.View.Exchange.Response.Header) {
		p.add(contract.ResponseType, "mediaType", typeOther, contract.ArgList("documented", body.Types))
	}
	violations, _ := p.View.ResponseViolations()
	for _, v := range violations {
		if v.Keyword == "syntax" || (v.Keyword == "required" && v.At == contract.ResponseRoot) {
			p.Report(contract.Finding{At: contract.ResponseRoot, Detail: v.Keyword, Message: view.Reason(&v)})
		}
	}
}

// fields reports the violations of a response for which which is true.
func fields(p *Subject, which func(openapi.Violation) bool) {
	body := p.responseBody()
	switch {
	case body == nil:
		p.inconclusive(fieldsUnknown)
		return
	case !p.View.HasResponseBody():
		p.inconclusive(bodyUnreadable)
		return
	}
	violations, _ := p.View.ResponseViolations()
	for _, v := range violations {
		switch {
		case !which(v):
		case p.nullForAbsent(&v):
			p.addWithSeverity(contract.Info, v.At, v.Keyword, nullAbsent)
		default:
			p.addViolation(v)
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
	result, ok := p.View.ResultCode()
	switch {
	case !ok:
		p.inconclusive(bodyUnreadable)
	case result.Row == nil && !printable(result.Code):
		p.add(result.CodeAt, "undocumented", codeUndocumentedText)
	case result.Row == nil:
		p.add(result.CodeAt, "undocumented", codeUndocumented, contract.ArgText("code", result.Code))
	case result.Row.SeenIn != "":
		p.addWithSeverity(contract.Warning, result.CodeAt, result.Code, codeSeen, contract.ArgText("code", result.Code), contract.ArgText("ambiguity", result.Row.SeenIn))
	}
}

func codeAgrees(p *Subject) {
	response := p.View.Exchange.Response
	result, ok := p.View.ResultCode()
	if !ok || result.Row == nil {
		p.inconclusive(codeAbsent)
		return
	}
	if result.Row.HTTP != response.Status {
		p.add(contract.ResponseStatus, result.Code, statusDisagrees, contract.ArgText("code", result.Code), contract.ArgInt("status", int64(response.Status)), contract.ArgInt("documented", int64(result.Row.HTTP)))
	}
	if result.Row.Status != "" && result.Row.Status != result.Status {
		at := result.StatusAt
		if at == "" {
			at = contract.ResponseBody(first(p.Operation.Result.Status))
		}
		p.add(at, result.Code, statusOther, contract.ArgText("code", result.Code), contract.ArgText("documented", result.Row.Status))
	}
	// fields-required reports a missing message if it is required.
	if result.MessageAt != "" && !p.Operation.DocumentsMessage(result.Code, result.Message) {
		p.addWithSeverity(contract.Info, result.MessageAt, result.Code, messageOther, contract.ArgText("code", result.Code))
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
		p.add(contract.ResponseBody(s.At), "missing", signatureMissing, contract.ArgPointer("pointer", s.At))
	case contract.SignatureUnverified:
		p.inconclusive(credentialsAbsent)
	case contract.SignatureInvalid:
		p.addInvalidSignature(contract.ResponseBody(s.At), s)
	}
}

func first(list []contract.Pointer) contract.Pointer {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
