package check

import (
	"regexp"
	"strconv"
	"strings"

	"assay/internal/contract"
	"assay/internal/seal"
	"assay/internal/spec"
)

// The answer family: what the provider says.
func answerRules() []Rule {
	return []Rule{
		{
			ID: "code-expected", Title: "answers with the expected result code", Family: "answer",
			Side: contract.ProviderSide, Severity: contract.Error, Applies: func(p *Pass) bool { return p.Case != nil }, Run: codeExpected,
			About:  "Each case asks for one result; another one means that request, provider or documents are not what we think.",
			Remedy: "Look at the exchange: `assay explain provider/CODE` says what the code that came means.",
		},
		{
			ID: "status-documented", Title: "answers with a documented HTTP status", Family: "answer",
			Side: contract.ProviderSide, Severity: contract.Error, Run: statusDocumented,
			About:  "Many documents list no HTTP status at all; then another than the assumed one is a warning, else an error.",
			Remedy: "Ask the provider, or add the status to the specification with the page that lists it.",
		},
		{
			ID: "type-documented", Title: "answers in the documented media type", Family: "answer",
			Side: contract.ProviderSide, Severity: contract.Error, Run: typeDocumented,
			About:  "A page of HTML, or JSON that breaks off, comes from something that stands between us and the provider.",
			Remedy: "Treat the answer as unknown and inquire; report it to the provider with time and reference.",
		},
		{
			ID: "fields-required", Title: "carries every required field", Family: "answer",
			Side: contract.ProviderSide, Severity: contract.Error, Run: fieldsRequired,
			About:  "A member that is documented as always there and is not will break code that reads it.",
			Remedy: "If the provider dropped it for good, change the specification; adapters must not rely on it.",
		},
		{
			ID: "fields-typed", Title: "carries fields of the documented types", Family: "answer",
			Side: contract.ProviderSide, Severity: contract.Error, Run: fieldsTyped,
			About:  "A number that became a string, or a value outside its enumeration, is read wrong or not at all.",
			Remedy: "Compare with the documents at the place; change the specification if they changed.",
		},
		{
			ID: "fields-documented", Title: "carries documented fields only", Family: "answer",
			Side: contract.ProviderSide, Severity: contract.Info, Run: fieldsDocumented,
			About:  "A new member harms nobody and is the first sign of a change.",
			Remedy: "Look for it in the documents, and add it to the specification with its x-doc.",
		},
		{
			ID: "code-documented", Title: "answers with a documented result code", Family: "answer",
			Side: contract.ProviderSide, Severity: contract.Error, Run: codeDocumented,
			About:  "Nobody knows what an undocumented code means for money, so it is never a success. One that was met in the wild before is a warning.",
			Remedy: "Inquire about the order. Ask the provider what the code means, then add it to the table.",
		},
		{
			ID: "code-agrees", Title: "code, status and message belong together", Family: "answer",
			Side: contract.ProviderSide, Severity: contract.Error, Run: codeAgrees,
			About:  "A success code with a failure's status says two things at once. A message that is merely worded otherwise is info.",
			Remedy: "Treat the answer as unknown and inquire; report the disagreement to the provider.",
		},
		{
			ID: "answer-signed", Title: "is signed by the provider", Family: "answer",
			Side: contract.ProviderSide, Severity: contract.Error, Applies: func(p *Pass) bool { return p.Operation.Sign.Answer != nil }, Run: answerSigned,
			About:  "The signature is the only proof that the answer is the provider's, word for word.",
			Remedy: "Do not act on an answer whose signature is wrong. Check the merchant key first, then report it.",
		},
		{
			ID: "answer-rules", Title: "keeps the conditions between its members", Family: "answer",
			Side: contract.ProviderSide, Severity: contract.Error, Applies: func(p *Pass) bool { return hasRules(p.Operation, "answer") }, Run: func(p *Pass) { conditions(p, "answer") },
			About:  "Some members belong to some results only, such as the token of a success.",
			Remedy: "Read the rule in the specification's x-rules; treat the answer as unknown.",
		},
	}
}

const unreadable = "the answer's body does not parse"

func codeExpected(p *Pass) {
	met, ok := p.View.Met()
	want := p.Case.Want.Code
	switch {
	case !ok:
		p.found("answer#", want, "%s, so there is no result code; expected %s", unreadable, want)
	case !p.Operation.Equal(met.Code, want):
		p.found(met.CodeAt, want, "answered %s, expected %s", shown(met.Code), want)
	}
}

// shown is a result code fit for a message: a code nobody documented is text of
// the provider's, and could be anything.
type shown string

func (code shown) String() string {
	if ordinary.MatchString(string(code)) {
		return string(code)
	}
	return "a code that is no plain word"
}

var ordinary = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,24}$`)

func statusDocumented(p *Pass) {
	got := p.View.Exchange.Answer.Status
	if _, ok := p.Operation.Answers[got]; ok {
		return
	}
	severity := contract.Warning
	for _, a := range p.Operation.Answers {
		if !a.Assumed {
			severity = contract.Error
		}
	}
	p.as(severity, "answer.status", strconv.Itoa(got), "HTTP status %d is not documented, %s is", got, strings.Join(texts(p.Operation.Statuses()), " or "))
}

func typeDocumented(p *Pass) {
	body := p.answerBody()
	if body == nil {
		p.unproved("the HTTP status is not documented, so neither is a media type")
		return
	}
	if !body.Accepts(p.View.Exchange.Answer.Header) {
		p.found("answer.header.content-type", "mediaType", "the media type is not %s", strings.Join(body.Types, " or "))
	}
	violations, _ := p.View.Answered()
	for _, v := range violations {
		if v.Keyword == "syntax" || (v.Keyword == "required" && v.At == "answer#") {
			p.found("answer#", v.Keyword, "%s", v)
		}
	}
}

// fields reports the violations of an answer that keep a condition.
func fields(p *Pass, which func(spec.Violation) bool) {
	body := p.answerBody()
	switch {
	case body == nil:
		p.unproved("the HTTP status is not documented, so no fields are")
		return
	case !p.View.HasAnswerBody():
		p.unproved(unreadable)
		return
	}
	violations, _ := p.View.Answered()
	for _, v := range violations {
		if which(v) {
			p.violated(v)
		}
	}
}

func fieldsRequired(p *Pass) {
	fields(p, func(v spec.Violation) bool { return v.Keyword == "required" })
}

func fieldsTyped(p *Pass) {
	fields(p, func(v spec.Violation) bool { return v.Keyword != "required" })
}

func fieldsDocumented(p *Pass) {
	if p.answerBody() == nil || !p.View.HasAnswerBody() {
		p.unproved("the answer is none whose fields are documented")
		return
	}
	_, undocumented := p.View.Answered()
	for _, at := range undocumented {
		p.found(at, "undocumented", "%s is not documented", at)
	}
}

func codeDocumented(p *Pass) {
	met, ok := p.View.Met()
	switch {
	case !ok:
		p.unproved(unreadable)
	case met.Row == nil:
		p.found(met.CodeAt, "undocumented", "result code %s is not documented", shown(met.Code))
	case met.Row.Seen != "":
		p.as(contract.Warning, met.CodeAt, met.Code, "result code %s is not documented; it was met before, see reading %s", met.Code, met.Row.Seen)
	}
}

func codeAgrees(p *Pass) {
	answer := p.View.Exchange.Answer
	met, ok := p.View.Met()
	if !ok || met.Row == nil {
		p.unproved("the answer carries no documented code")
		return
	}
	if met.Row.HTTP != answer.Status {
		p.found("answer.status", met.Code, "code %s comes with HTTP status %d, the documents say %d", met.Code, answer.Status, met.Row.HTTP)
	}
	if met.Row.Status != "" && met.Row.Status != met.Status {
		at := met.StatusAt
		if at == "" {
			at = contract.AnswerBody(first(p.Operation.Result.Status))
		}
		p.found(at, met.Code, "code %s comes with a status that is not the documented %s", met.Code, met.Row.Status)
	}
	// A message that is absent is not worded otherwise; fields-required says
	// whether it may be.
	if met.MessageAt != "" && !p.Operation.Worded(met.Code, met.Message) {
		p.as(contract.Info, met.MessageAt, met.Code, "the message of code %s is not worded as documented", met.Code)
	}
}

func answerSigned(p *Pass) {
	s := p.Operation.Sign.Answer
	switch seal.Answered(s, p.View) {
	case "missing":
		if !s.Demanded(p.View) {
			p.unproved("the answer carries no signature, and may come without")
			return
		}
		p.found(contract.AnswerBody(s.At), "missing", "there is no signature at %s", s.At)
	case "unverified":
		p.unproved(keyless)
	case "invalid":
		p.found(contract.AnswerBody(s.At), "invalid", "the signature at %s is not one of the %s over %s under the merchant's key", s.At, s.Scheme, covered(s))
	}
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func texts(numbers []int) []string {
	var all []string
	for _, n := range numbers {
		all = append(all, strconv.Itoa(n))
	}
	return all
}
