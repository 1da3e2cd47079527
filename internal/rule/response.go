package rule

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/signature"
	"assay/internal/view"
)

// responseRules check the responses of the provider.
func responseRules() []Rule {
	return []Rule{
		{
			ID: "code-expected", Title: "the response has the result code that the case expects", Family: "response",
			Templates: []*contract.Template{codeNowhere, codeOther, codeOtherText, codeOtherEchoed, expectsUnlisted, expectsRuledOut, expectsSuccess},
			Side:      contract.ProviderSide, Severity: contract.Error, Applies: func(p *Subject) bool { return p.Case != nil }, Run: codeExpected,
			About:  "Each case expects one result code. The finding is against the test data if the case expects a code that its request cannot cause, otherwise against the provider.",
			Remedy: "Look at the exchange. `assay explain PROVIDER/CODE` says what the code means.",
		},
		{
			ID: "status-documented", Title: "the response has a documented HTTP status", Family: "response",
			Templates: []*contract.Template{statusUndocumented, statusUnassumed},
			Side:      contract.ProviderSide, Severity: contract.Error, Run: statusDocumented,
			About:  "Clients expect the HTTP statuses that the documents list. Where the documents list none and the specification assumes one, another status is only a warning.",
			Remedy: "Ask the provider, or add the status to the specification with the page that lists it.",
		},
		{
			ID: "type-documented", Title: "the response has the documented media type", Family: "response",
			Templates: append(mediaTemplates(), bodyUndocumented),
			Reasons:   []*contract.Template{typeUnknown},
			Side:      contract.ProviderSide, Severity: contract.Error, Run: typeDocumented,
			About:  "A page of HTML or truncated JSON usually comes from a system between the client and the provider. A body where the documents list none is a warning.",
			Remedy: "Treat the response as unknown and inquire. Report it to the provider with time and reference.",
		},
		{
			ID: "fields-required", Title: "the response has every required member", Family: "response",
			Templates: []*contract.Template{emptyAbsent},
			Reasons:   []*contract.Template{fieldsUnknown, bodyUnreadable, bodyEmpty}, Applies: hasBodies,
			Side: contract.ProviderSide, Severity: contract.Error, Run: fieldsRequired,
			About:  "Code that reads a member documented as always present fails when the member is missing.",
			Remedy: "If the provider removed it for good, change the specification. Clients must not rely on the member.",
		},
		{
			ID: "fields-typed", Title: "every member of the response matches its documented schema", Family: "response",
			Templates: []*contract.Template{emptyAbsent, moreViolations},
			Reasons:   []*contract.Template{fieldsUnknown, bodyUnreadable, bodyEmpty}, Applies: hasBodies,
			Side: contract.ProviderSide, Severity: contract.Error, Run: fieldsTyped,
			About:  "Code reads a number that became a string, or a value outside its enumeration, wrongly or not at all. An optional member that is null or empty in a documented refusal is an info: it is as good as absent.",
			Remedy: "Compare the value with the documents, and change the specification if the documents have changed.",
		},
		{
			ID: "fields-documented", Title: "the response has documented members only", Family: "response",
			Templates: []*contract.Template{undocumentedMember, moreUndocumented},
			Reasons:   []*contract.Template{fieldsUndocumented, bodyEmpty}, Applies: hasBodies,
			Side: contract.ProviderSide, Severity: contract.Info, Run: fieldsDocumented,
			About:  "A new member harms no client. It is often the first sign of a change.",
			Remedy: "Look for the member in the documents, and add it to the specification with its x-doc.",
		},
		{
			ID: "code-documented", Title: "the response has a documented result code", Family: "response", Reads: resultPlaces,
			Templates: []*contract.Template{codeUndocumented, codeUndocumentedText, codeUndocumentedEchoed, codeUnfit, codeSeen},
			Reasons:   []*contract.Template{bodyUnreadable, variantCostly},
			Side:      contract.ProviderSide, Severity: contract.Error, Run: codeDocumented,
			About:  "The documents do not say what the code means for money, so it must never be read as success. A code that the specification lists as seen is a warning.",
			Remedy: "Inquire about the order. Ask the provider what the code means, then add it to the table of codes.",
		},
		{
			ID: "code-agrees", Title: "code, status and message of the response agree", Family: "response", Reads: resultPlaces,
			Templates: []*contract.Template{statusDisagrees, statusAssumed, statusOther, statusNamed, messageOther},
			Reasons:   []*contract.Template{codeAbsent, variantNone, variantCostly},
			Side:      contract.ProviderSide, Severity: contract.Error, Run: codeAgrees,
			About:  "A success code with the status of a failure contradicts itself. Where the documents list no HTTP status, another status for a refusal is a warning. An undocumented message is only an info.",
			Remedy: "Treat the response as unknown and inquire. Report the contradiction to the provider.",
		},
		codeExplainedRule(),
		timesPlausibleRule(),
		{
			ID: "response-signed", Title: "the provider signed the response", Family: "response", Reads: wholeResponse,
			Templates: []*contract.Template{signatureMissing, signatureOther, signatureOtherBody, signatureMissingPlace, signatureOtherPlace, signatureExpired},
			Reasons:   []*contract.Template{responseUnsigned, credentialsAbsent},
			Side:      contract.ProviderSide, Severity: contract.Error, Applies: func(p *Subject) bool { return p.Operation.Sign.Response != nil }, Run: responseSigned,
			About:  "Only the signature proves that the provider wrote the response and that it was not changed.",
			Remedy: "Do not act on a response with a wrong signature. Check the merchant key first, then report it to the provider.",
		},
		{
			ID: "response-rules", Title: "the response satisfies the conditions between its members", Family: "response", Reads: conditionPlaces,
			Templates: []*contract.Template{conditionViolated},
			Reasons:   []*contract.Template{conditionAbsent, conditionCostly},
			Side:      contract.ProviderSide, Severity: contract.Error, Applies: func(p *Subject) bool { return hasRules(p.Operation, contract.InResponse) }, Run: func(p *Subject) { conditions(p, contract.InResponse) },
			About:  "Some members belong to certain results only, such as the token of a success.",
			Remedy: "Read the condition with the `assay explain` command of the finding. Treat the response as unknown: ask for the status of the order.",
		},
	}
}

// hiddenCode is the end of messages about a result code that printable refuses.
const hiddenCode = "only codes of at most 24 characters (A to Z, a to z, 0 to 9, . _ -) are shown, and this one has {length} characters"

// Messages of the response rules.
var (
	bodyUnreadable = &contract.Template{ID: "response.unreadable", Text: "body not checked: the body of the response is not valid JSON", WayOut: "use a case or a recording with a response in JSON"}

	codeNowhere     = &contract.Template{ID: "code-expected.unreadable", Text: "the body of the response is not valid JSON, so there is no result code; the case expects {expected}"}
	codeOther       = &contract.Template{ID: "code-expected.other", Text: "result code is {code}; the case expects {expected}"}
	codeOtherText   = &contract.Template{ID: "code-expected.strange", Text: "the case expects result code {expected}, and the response has another one; it is hidden, because " + hiddenCode}
	codeOtherEchoed = &contract.Template{ID: "code-expected.echo", Text: "the case expects result code {expected}, and the response has another one; it is hidden, because it repeats a value of the request that is never shown"}

	statusUnassumed    = &contract.Template{ID: "status-documented.assumed", Text: "HTTP status {status} is not documented; the documents list no HTTP status, and the specification assumes {assumed|or}"}
	statusUndocumented = &contract.Template{ID: "status-documented.other", Text: "HTTP status {status} is not documented; the documents list {documented|or}"}

	typeUnknown = &contract.Template{ID: "type-documented.status", Text: "media type not checked: the documents do not list this HTTP status", WayOut: "add the status to the responses of the operation in the specification"}

	// Without content in the document, what the body is has no description at all.
	// https://spec.openapis.org/oas/v3.0.3#response-object
	bodyUndocumented = &contract.Template{ID: "type-documented.body", Text: "the response has a body; the documents list none for HTTP status {status}"}
	bodyEmpty        = &contract.Template{ID: "response.no-body", Text: "members not checked: the documents list no body for this HTTP status", WayOut: "use a case or a recording with another HTTP status; if the response has a body, describe it as content in the specification"}

	fieldsUnknown      = &contract.Template{ID: "response.fields", Text: "members not checked: the documents do not list this HTTP status", WayOut: "add the status to the responses of the operation in the specification"}
	emptyAbsent        = &contract.Template{ID: "response.empty", Text: "is {value}; in a refusal this is the same as an absent member"}
	fieldsUndocumented = &contract.Template{ID: "fields-documented.none", Text: "members not checked: the documents do not describe the members of this response, or its body is not valid JSON", WayOut: "describe them under the status in the specification, or use a case or a recording with a response in JSON"}

	undocumentedMember = &contract.Template{ID: "fields-documented.member", Text: "{place} is not documented; clients must ignore it"}

	codeUndocumented       = &contract.Template{ID: "code-documented.undocumented", Text: "result code {code} is not documented"}
	codeUndocumentedText   = &contract.Template{ID: "code-documented.strange", Text: "the result code is not documented; it is hidden, because " + hiddenCode}
	codeUndocumentedEchoed = &contract.Template{ID: "code-documented.echo", Text: "the result code is not documented; it is hidden, because it repeats a value of the request that is never shown"}
	codeUnfit              = &contract.Template{ID: "code-documented.unfit", Text: "result code {code} is documented, but none of its variants fits this response with HTTP status {status}; the documents list {variants|and}, each under a condition (`if`) that is not true here"}
	variantCostly          = &contract.Template{ID: "code-documented.costly", Text: "variant of the code not checked: the condition (`if`) that tells the variants apart takes too long for this exchange", WayOut: "shorten the lists of the exchange, or write the `if` without a loop"}
	codeSeen               = &contract.Template{ID: "code-documented.seen", Text: "result code {code} is not documented; it was seen before (`assay explain {name}`)"}

	codeAbsent      = &contract.Template{ID: "code-agrees.none", Text: "code, status and message not compared: the response has no documented code", WayOut: "add the code to x-codes of the specification, or use a case or a recording with a documented code"}
	variantNone     = &contract.Template{ID: "code-agrees.unfit", Text: "code, status and message not compared: none of the variants of the code fits the response", WayOut: "see the finding of code-documented"}
	statusAssumed   = &contract.Template{ID: "code-agrees.assumed", Text: "code {code} comes with HTTP status {status}; the documents list no HTTP status, and the specification assumes {assumed}"}
	statusDisagrees = &contract.Template{ID: "code-agrees.http", Text: "code {code} comes with HTTP status {status}; the documents list it with {documented}"}
	statusOther     = &contract.Template{ID: "code-agrees.status", Text: "code {code} comes with another status than the documented {documented}"}
	statusNamed     = &contract.Template{ID: "code-agrees.status-named", Text: "code {code} comes with the status {status}; the documented one is {documented}"}
	messageOther    = &contract.Template{ID: "code-agrees.message", Text: "the documents list another message for code {code}: {documented|or}; no action needed, because code and status decide"}

	responseUnsigned = &contract.Template{ID: "signature.unneeded.response", Text: "signature not checked: the response has none, and the provider need not sign it", WayOut: "use a case or a recording with a signed response"}
)

func codeExpected(p *Subject) {
	result, ok := p.View.ResultCode()
	want := p.Case.Want.Row()
	switch {
	case !ok:
		p.add(contract.ResponseRoot, want, codeNowhere, contract.ArgText("expected", want))
	case p.Operation.Equal(result.Name(), want):
	case result.Row == nil && !printable(result.Code):
		p.addApart(result.CodeAt, want, hiddenApart(result.Code), codeOtherText, contract.ArgText("expected", want), codeLength(result.Code))
	case result.Row == nil && p.echoed(result.Code):
		p.addApart(result.CodeAt, want, echoedApart, codeOtherEchoed, contract.ArgText("expected", want))
	default:
		p.addApart(result.CodeAt, want, result.Name(), codeOther, contract.ArgText("code", result.Name()), contract.ArgText("expected", want))
	}
}

// unfitDetail is the end of the detail of a finding about a code none of whose variants
// fits; the code stands before it.
const unfitDetail = " unfit"

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

// hiddenApart tells hidden result codes apart by what their message says: their length.
func hiddenApart(code string) string { return "hidden " + strconv.Itoa(utf8.RuneCountInString(code)) }

// echoedApart stands for a result code that repeats a hidden value of the request: the value
// must not be guessed from an id.
const echoedApart = "hidden echo"

// echoed reports whether an undocumented result code repeats a value that is never shown: a
// credential, or a secret or personal value of the request.
func (p *Subject) echoed(code string) bool {
	same := func(text string) bool { return strings.EqualFold(text, code) }
	for _, value := range p.View.Credentials {
		if same(value) {
			return true
		}
	}
	request := p.View.Exchange.Request
	for _, q := range p.Operation.Parameters {
		if q.Sensitive() && slices.ContainsFunc(q.Values(request), same) {
			return true
		}
	}
	user, password, _ := contract.Basic(request.Header)
	if same(user) || same(password) {
		return true
	}
	members := p.Operation.Request.SensitiveMembers()
	return len(members) > 0 && p.View.RequestMayHave(code) && slices.ContainsFunc(members, func(m *openapi.Member) bool {
		text, there := p.View.RequestText(m.Pointer)
		return there && same(text)
	})
}

// codeLength is the length of a hidden result code, in characters.
func codeLength(code string) contract.Arg {
	return contract.ArgInt("length", int64(utf8.RuneCountInString(code)))
}

func statusDocumented(p *Subject) {
	got := p.View.Exchange.Response.Status
	if p.View.Documented() != nil {
		return
	}
	status := contract.ArgInt("status", int64(got))
	if p.onlyAssumed() {
		p.addWithSeverity(contract.Warning, contract.ResponseStatus, strconv.Itoa(got), statusUnassumed, status, contract.ArgInts("assumed", p.Operation.Statuses()))
		return
	}
	p.add(contract.ResponseStatus, strconv.Itoa(got), statusUndocumented, status, contract.ArgInts("documented", p.documentedStatuses()))
}

// onlyAssumed reports whether the documents list no HTTP status of a response, so that
// all in the specification are assumed.
func (p *Subject) onlyAssumed() bool { return len(p.documentedStatuses()) == 0 }

// documentedStatuses returns the HTTP statuses that the documents list.
func (p *Subject) documentedStatuses() []int {
	return slices.DeleteFunc(p.Operation.Statuses(), func(status int) bool { return p.Operation.Responses[status].Assumed })
}

func typeDocumented(p *Subject) {
	body := p.responseBody()
	if body == nil {
		p.inconclusive(typeUnknown)
		return
	}
	if p.View.Documented().Empty() {
		if len(p.View.Exchange.Response.Bytes()) > 0 {
			p.addWithSeverity(contract.Warning, contract.ResponseRoot, "undocumented", bodyUndocumented, contract.ArgInt("status", int64(p.View.Exchange.Response.Status)))
		}
		return
	}
	if header := p.View.Exchange.Response.Header; !body.Accepts(header) {
		p.otherMediaType(contract.ResponseType, header, body.Types)
	}
	violations, _ := p.View.ResponseViolations()
	for _, v := range violations {
		if v.Keyword == "syntax" || (v.Keyword == "required" && v.At == contract.ResponseRoot) {
			p.Report(contract.Finding{At: contract.ResponseRoot, Detail: v.Keyword, Message: view.ReasonOfBody(&v)})
		}
	}
}

// hasBodies reports whether a response of the operation is documented with a body.
func hasBodies(p *Subject) bool {
	all := p.Operation.Responses
	for _, a := range all {
		if !a.Empty() {
			return true
		}
	}
	return len(all) == 0
}

// unreadable is why a body was not read.
func (p *Subject) unreadable() *contract.Template {
	if p.View.Documented().Empty() {
		return bodyEmpty
	}
	return bodyUnreadable
}

// fields reports the violations of a response for which which is true.
func fields(p *Subject, which func(*openapi.Violation) bool) {
	body := p.responseBody()
	switch {
	case body == nil:
		p.inconclusive(fieldsUnknown)
		return
	case p.View.Documented().Empty():
		p.inconclusive(bodyEmpty)
		return
	case !p.View.HasResponseBody():
		p.inconclusive(bodyUnreadable)
		return
	}
	violations, _ := p.View.ResponseViolations()
	for i := range violations {
		v := &violations[i]
		if !which(v) {
			continue
		}
		if empty, at := p.emptyForAbsent(v); empty != "" {
			p.addWithSeverity(contract.Info, at, v.Keyword, emptyAbsent, contract.ArgText("value", empty))
			continue
		}
		p.addViolation(v)
	}
}

func fieldsRequired(p *Subject) {
	fields(p, func(v *openapi.Violation) bool { return v.Keyword == "required" })
}

func fieldsTyped(p *Subject) {
	fields(p, func(v *openapi.Violation) bool { return v.Keyword != "required" })
	p.addMoreViolations(contract.InResponse)
}

func fieldsDocumented(p *Subject) {
	if p.View.Documented().Empty() {
		p.inconclusive(bodyEmpty)
		return
	}
	if p.responseBody() == nil || !p.View.HasResponseBody() {
		p.inconclusive(fieldsUndocumented)
		return
	}
	_, undocumented := p.View.ResponseViolations()
	for _, at := range undocumented {
		key := recentKey{at: at, keyword: "undocumented"}
		if !p.again(&key) {
			p.add(at, "undocumented", undocumentedMember, contract.ArgPlace("place", at))
			p.keep(&key)
		}
	}
	p.addMoreUndocumented(contract.InResponse)
}

func codeDocumented(p *Subject) {
	result, ok := p.View.ResultCode()
	switch {
	case !ok:
		p.inconclusive(bodyUnreadable)
	case result.Undecided != nil:
		p.inconclusive(variantCostly)
	case result.Unfit:
		p.addApart(result.CodeAt, result.Code+unfitDetail, strconv.Itoa(p.View.Exchange.Response.Status), codeUnfit, contract.ArgText("code", result.Code), contract.ArgInt("status", int64(p.View.Exchange.Response.Status)), contract.ArgList("variants", p.Operation.RowNames(result.Code)))
	case result.Row == nil && !printable(result.Code):
		p.addApart(result.CodeAt, "undocumented", hiddenApart(result.Code), codeUndocumentedText, codeLength(result.Code))
	case result.Row == nil && p.echoed(result.Code):
		p.addApart(result.CodeAt, "undocumented", echoedApart, codeUndocumentedEchoed)
	case result.Row == nil:
		key := recentKey{at: result.CodeAt, keyword: "undocumented", got: result.Code}
		if !p.again(&key) {
			p.addApart(result.CodeAt, "undocumented", result.Code, codeUndocumented, contract.ArgText("code", result.Code))
			p.keep(&key)
		}
	case result.Row.SeenIn != "":
		p.addWithSeverity(contract.Warning, result.CodeAt, result.Name(), codeSeen, contract.ArgText("code", result.Name()), contract.ArgText("ambiguity", result.Row.SeenIn), contract.ArgText("name", p.ambiguityName(result.Row.SeenIn)))
	}
}

func codeAgrees(p *Subject) {
	response := p.View.Exchange.Response
	result, ok := p.View.ResultCode()
	if !ok || result.Row == nil {
		p.inconclusive(rowless(result))
		return
	}
	if result.Row.HTTP != response.Status {
		listed := p.Operation.Responses[result.Row.HTTP]
		code, status, expected := contract.ArgText("code", result.Name()), contract.ArgInt("status", int64(response.Status)), int64(result.Row.HTTP)
		if listed != nil && listed.Assumed {
			severity := contract.Warning
			if result.Row.Accepted() && response.Status >= http.StatusBadRequest {
				severity = contract.Error // a success with the status of a failure, whatever the documents list
			}
			p.Report(contract.Finding{Severity: severity, At: contract.ResponseStatus, Detail: result.Name(), Apart: strconv.Itoa(response.Status), Message: statusAssumed.Says(code, status, contract.ArgInt("assumed", expected))})
		} else {
			p.addApart(contract.ResponseStatus, result.Name(), strconv.Itoa(response.Status), statusDisagrees, code, status, contract.ArgInt("documented", expected))
		}
	}
	if result.Row.Status != "" && result.Row.Status != result.Status {
		at := result.StatusAt
		if at == "" {
			at = contract.ResponseBody(first(p.Operation.Result.Status))
		}
		code, documented := contract.ArgText("code", result.Name()), contract.ArgText("documented", result.Row.Status)
		if slices.ContainsFunc(p.Operation.Codes, func(c *openapi.Code) bool { return c.Status != "" && c.Status == result.Status }) {
			p.addApart(at, result.Name(), result.Status, statusNamed, code, contract.ArgText("status", result.Status), documented)
		} else {
			p.add(at, result.Name(), statusOther, code, documented)
		}
	}
	// fields-required reports a missing message if it is required.
	if result.MessageAt != "" && !result.DocumentsMessage() {
		p.addWithSeverity(contract.Info, result.MessageAt, result.Name(), messageOther, contract.ArgText("code", result.Name()), contract.ArgList("documented", distinct(p.Operation.Messages(result.Name()))))
	}
}

// rowless returns why a response has no row of the table.
func rowless(result *openapi.ResultCode) *contract.Template {
	switch {
	case result.Undecided != nil:
		return variantCostly
	case result.Unfit:
		return variantNone
	}
	return codeAbsent
}

// distinct returns the texts without repetitions, in order.
func distinct(texts []string) []string {
	var all []string
	for _, text := range texts {
		if !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}

func responseSigned(p *Subject) {
	s := p.Operation.Sign.Response
	switch signature.ResponseState(s, p.View) {
	case contract.SignatureMissing:
		if !s.RequiredIn(p.View) {
			p.inconclusive(responseUnsigned)
			return
		}
		p.addMissingSignature(s)
	case contract.SignatureUnverified:
		p.inconclusive(credentialsAbsent)
	case contract.SignatureInvalid:
		p.addInvalidSignature(s)
	case contract.SignatureExpired:
		p.addExpiredSignature(s)
	}
}

func first(list []contract.Pointer) contract.Pointer {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
