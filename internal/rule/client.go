package rule

import (
	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/signature"
)

// UnknownNeverSucceeds is the id of the rule that has clients read an undocumented code.
const UnknownNeverSucceeds = "unknown-never-succeeds"

// The reading family: what our adapter makes of a response. Every rule here but
// the first and the third asks it to read responses made from the one that came.
func clientRules() []Rule {
	read := func(p *Subject) bool { return p.Read != nil }
	return []Rule{
		{
			ID: "outcome-agrees", Title: "is read as the documented outcome of its code", Family: "client",
			Says: []*contract.Template{outcomeUndocumented, outcomeOther},
			Side: contract.ClientSide, Severity: contract.Error, Applies: read, Run: outcomeAgrees,
			About:  "The specification says what each code means for money and whether the request may be retried. The client has a table of its own, and the two must agree.",
			Remedy: "Find out from the documents which of the two is wrong, and correct that one.",
		},
		{
			ID: UnknownNeverSucceeds, Title: "is not read as success if its code is undocumented", Family: "client",
			Says: []*contract.Template{unreadable, unknownClaimed},
			Side: contract.ClientSide, Severity: contract.Error, Applies: read, Run: unknownNeverSucceeds,
			About:  "An undocumented code, or a code with a contradicting status, must be read as unknown. Otherwise goods are delivered on a guess.",
			Remedy: "Make the client look codes up in its table, and read every other code as unknown.",
		},
		{
			ID: "reference-kept", Title: "is read with its references", Family: "client",
			Says: []*contract.Template{referenceLost, referenceAbsent},
			Side: contract.ClientSide, Severity: contract.Error, Applies: func(p *Subject) bool { return p.Read != nil && len(references(p.Operation)) > 0 }, Run: referenceKept,
			About:  "Without the provider's reference the merchant cannot inquire about the order later.",
			Remedy: "Make the client keep the members with x-means: reference or provider-reference.",
		},
		{
			ID: "extra-tolerated", Title: "is read the same with unknown members", Family: "client",
			Says: []*contract.Template{unreadable, extraStumbled},
			Side: contract.ClientSide, Severity: contract.Error, Applies: read, Run: extraTolerated,
			About:  "Providers add members without notice. A client that fails on a new member stops taking payments.",
			Remedy: "Make the client read members by name and ignore all others.",
		},
		{
			ID: "damage-survived", Title: "is not read as better when damaged", Family: "client",
			Says: []*contract.Template{damagedOther, damagedSucceeds},
			Side: contract.ClientSide, Severity: contract.Error, Applies: read, Run: damageSurvived,
			About:  "A response that was truncated, emptied or lost a member must never be read as more than the intact one.",
			Remedy: "Make the client require every member that the outcome depends on, with its type.",
		},
		{
			ID: "signature-verified", Title: "is read as unknown when its signature is forged", Family: "client",
			Says: []*contract.Template{unsignable, unforgeable, forgedIsRead},
			Side: contract.ClientSide, Severity: contract.Error, Applies: func(p *Subject) bool { return p.Read != nil && p.Operation.Sign.Response != nil }, Run: signatureVerified,
			About:  "Anyone between the client and the provider can write a response but cannot sign it. A client that does not verify signatures can be made to deliver unpaid goods.",
			Remedy: "Make the client verify the signature over the received bytes before it believes any of them.",
		},
	}
}

// What the rules of this family say; damage.go and mangle.go say what was done to an
// response.
var (
	outcomeUndocumented = &contract.Template{ID: "outcome-agrees.undocumented", Text: "the client reads a response without a documented code, or with a contradicting status, as {state} (retry: {retry}); expected unknown (retry: {documentedRetry})"}
	outcomeOther        = &contract.Template{ID: "outcome-agrees.other", Text: "the client reads code {code} as {state} (retry: {retry}); the documents say {documented} (retry: {documentedRetry})"}
	unknownClaimed      = &contract.Template{ID: "unknown-never-succeeds.claims", Text: "the client reads a response {damage} as {state}; expected unknown"}
	referenceLost       = &contract.Template{ID: "reference-kept.lost", Text: "the client does not keep the {kind|words} of the response"}
	referenceAbsent     = &contract.Template{ID: "reference-kept.none", Text: "the response has no reference"}
	extraStumbled       = &contract.Template{ID: "extra-tolerated.other", Text: "the client reads the response as {whole}, but as {state} when every object has one more member"}
	damagedOther        = &contract.Template{ID: "damage-survived.other", Text: "the client reads the response as {whole}, but as {state} {damage}"}
	damagedSucceeds     = &contract.Template{ID: "damage-survived.succeeds", Text: "the client still reads the response as succeeded {damage}"}
)

// sound tells whether a response is one whose code can be believed: the code is
// documented, status and HTTP status are its own, required members are there,
// and signature and conditions hold.
func sound(p *Subject, response contract.Response) (*openapi.Code, bool) {
	ex := p.View.Exchange
	ex.Response = response
	x := openapi.NewView(p.Operation, ex, p.View.Credentials, p.View.Merchant)
	defer x.Done()
	met, ok := x.ResultCode()
	if !ok || met.Row == nil || !met.Agrees(response) {
		return nil, false
	}
	if signature.ResponseState(p.Operation.Sign.Response, x) == contract.SignatureInvalid || p.Operation.Responses[response.Status] == nil {
		return met.Row, false
	}
	violations, _ := x.ResponseViolations()
	for _, v := range violations {
		if v.Keyword == "required" || v.Keyword == "type" {
			return met.Row, false
		}
	}
	for _, r := range p.Operation.Rules {
		if holds, applies := x.Holds(r.Rule); r.On == contract.InResponse && applies && !holds {
			return met.Row, false
		}
	}
	return met.Row, true
}

func outcomeAgrees(p *Subject) {
	response := p.View.Exchange.Response
	got := p.Read(p.View.Exchange)
	met, _ := p.View.ResultCode()
	at := met.CodeAt
	if at == "" {
		at = contract.ResponseRoot
	}
	row, believed := sound(p, response)
	want := contract.UnknownOutcome()
	if row != nil {
		want.State, want.Retry = row.State, row.Retry
	}
	switch {
	case got.State == want.State && got.Retry == want.Retry:
	case !believed && got.State == contract.Unknown:
		// More careful than the table is what a faulty response deserves.
	case row == nil:
		p.found(at, "undocumented", outcomeUndocumented,
			contract.ArgText("state", string(got.State)), contract.ArgText("retry", string(got.Retry)), contract.ArgText("documentedRetry", string(want.Retry)))
	default:
		p.found(at, row.Code, outcomeOther,
			contract.ArgText("code", row.Code), contract.ArgText("state", string(got.State)), contract.ArgText("retry", string(got.Retry)),
			contract.ArgText("documented", string(want.State)), contract.ArgText("documentedRetry", string(want.Retry)))
	}
}

func unknownNeverSucceeds(p *Subject) {
	met, ok := p.View.ResultCode()
	if !ok {
		p.inconclusive(unreadable)
		return
	}
	for _, altered := range recodings(p, *met) {
		if got := p.read(altered.response); got.State != contract.Unknown {
			p.found(met.CodeAt, "undocumented", unknownClaimed, contract.ArgMessage("damage", altered.how), contract.ArgText("state", string(got.State)))
		}
	}
}

func (p *Subject) read(response contract.Response) contract.Outcome {
	ex := p.View.Exchange
	ex.Response = response
	return p.Read(ex)
}

func references(o *openapi.Operation) []*openapi.Member {
	var all []*openapi.Member
	seen := map[contract.Pointer]bool{}
	for _, status := range o.Statuses() {
		for _, m := range o.Responses[status].Members() {
			if (m.Means == "reference" || m.Means == "provider-reference") && !seen[m.Pointer] {
				seen[m.Pointer] = true
				all = append(all, m)
			}
		}
	}
	return all
}

func referenceKept(p *Subject) {
	looked := false
	got := p.Read(p.View.Exchange)
	for _, m := range references(p.Operation) {
		value, ok := contract.Lookup(p.View.ResponseBody(), m.Pointer)
		text, isText := contract.Text(value)
		if !ok || !isText || text == "" || got.State == contract.Unknown {
			continue
		}
		looked = true
		kept := got.ProviderReference
		if m.Means == "reference" {
			kept = got.Reference
		}
		if kept != text {
			p.found(contract.ResponseBody(m.Pointer), m.Means, referenceLost, contract.ArgText("kind", m.Means))
		}
	}
	if !looked {
		p.inconclusive(referenceAbsent)
	}
}

func extraTolerated(p *Subject) {
	if !p.View.HasResponseBody() {
		p.inconclusive(unreadable)
		return
	}
	whole := p.Read(p.View.Exchange)
	got := p.read(withExtras(p))
	if got.State != whole.State || got.Retry != whole.Retry || got.Code != whole.Code {
		p.found(contract.ResponseRoot, "extra", extraStumbled, contract.ArgText("whole", string(whole.State)), contract.ArgText("state", string(got.State)))
	}
}

func damageSurvived(p *Subject) {
	whole := p.Read(p.View.Exchange)
	_, intact := sound(p, p.View.Exchange.Response)
	for _, d := range damages(p) {
		got := p.read(d.response)
		if !got.State.Accepted() {
			continue // nothing is claimed of it
		}
		_, believed := sound(p, d.response)
		if believed && !intact {
			continue // the damaged member is gone: the response may be read as what it now says
		}
		if got.State != whole.State && got.State.Accepted() {
			p.found(d.at, d.kind, damagedOther, contract.ArgText("whole", string(whole.State)), contract.ArgText("state", string(got.State)), contract.ArgMessage("damage", d.how))
			continue
		}
		if got.State == contract.Succeeded && !believed && d.breaks {
			p.found(d.at, d.kind, damagedSucceeds, contract.ArgMessage("damage", d.how))
		}
	}
}

// alteration is a response made from the one that came.
type alteration struct {
	response contract.Response
	at       contract.Place
	kind     string
	how      contract.Message // what was done to it: "with an undocumented code"
	breaks   bool             // what a success rests on is gone
}
