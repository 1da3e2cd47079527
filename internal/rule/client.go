package rule

import (
	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/signature"
)

// UnknownNeverSucceeds is the id of the rule that sends undocumented codes to clients.
const UnknownNeverSucceeds = "unknown-never-succeeds"

// clientRules check how the client reads a response. All but outcome-agrees and
// reference-kept let it read responses that are changed copies of the received one.
func clientRules() []Rule {
	read := func(p *Subject) bool { return p.Read != nil || p.UnderTest != nil || p.Unspoken }
	return spoken([]Rule{
		{
			ID: "outcome-agrees", Title: "the client reads the response as the documented outcome of its code", Family: "client",
			Templates: []*contract.Template{outcomeUndocumented, outcomeOther, outcomeState, outcomeRetry},
			Reasons:   []*contract.Template{retryNotGiven},
			Side:      contract.ClientSide, Severity: contract.Error, Applies: read, Run: outcomeAgrees,
			About:  "The specification says what each code means for money and whether the request may be retried. The client has a table of its own, and the two must agree.",
			Remedy: "Compare both with the provider's page, and correct the one that is wrong. assay's own adapters are in internal/adapter.",
		},
		{
			ID: UnknownNeverSucceeds, Title: "the client does not read an undocumented code as success", Family: "client",
			Templates: []*contract.Template{unknownClaimed},
			Reasons:   []*contract.Template{bodyUnreadable, bodyEmpty, copiesTooLarge},
			Side:      contract.ClientSide, Severity: contract.Error, Applies: read, Run: unknownNeverSucceeds,
			About:  "An undocumented code, or a code with a contradicting status, must be read as unknown. Otherwise goods are delivered on a guess.",
			Remedy: "Make the client look up codes in its table and read every other code as unknown.",
		},
		{
			ID: "reference-kept", Title: "the client keeps the references of the response", Family: "client",
			Templates: []*contract.Template{referenceLost},
			Reasons:   []*contract.Template{referenceAbsent},
			Side:      contract.ClientSide, Severity: contract.Error, Applies: func(p *Subject) bool { return read(p) && len(references(p.Operation)) > 0 }, Run: referenceKept,
			About:  "Without the provider's reference the merchant cannot inquire about the order later.",
			Remedy: "Make the client keep the members with x-means: reference or provider-reference. If fields-typed has a finding at the same place, correct that first.",
		},
		{
			ID: "extra-tolerated", Title: "the client reads the response the same if it has unknown members", Family: "client",
			Templates: []*contract.Template{extraStumbled},
			Reasons:   []*contract.Template{bodyUnreadable, bodyEmpty, copiesTooLarge},
			Side:      contract.ClientSide, Severity: contract.Error, Applies: read, Run: extraTolerated,
			About:  "Providers add members without notice. A client that fails on a new member stops taking payments.",
			Remedy: "If a response rule has a finding for the same case, such as response-signed, correct that first: assay signs its changed copy again. Otherwise make the client read members by name and ignore all others.",
		},
		{
			ID: "damage-survived", Title: "the client does not read a damaged response as more than the original", Family: "client",
			Templates: []*contract.Template{damagedOther, damagedSucceeds},
			Reasons:   []*contract.Template{copiesTooLarge, damageMembersLeft, damageBytesLeft, damageTimeLeft},
			Side:      contract.ClientSide, Severity: contract.Error, Applies: read, Run: damageSurvived,
			About:  "A response that was truncated, emptied or lost a member must never count as a better outcome than the intact one.",
			Remedy: "If a response rule has a finding for the same case, such as response-signed, correct that first: assay signs its changed copies again. Otherwise make the client require every member that the outcome depends on, with its type.",
		},
		{
			ID: "signature-verified", Title: "the client reads a response with a forged signature as unknown", Family: "client",
			Templates: []*contract.Template{forgedAccepted},
			Reasons:   []*contract.Template{forgeryStatusUnknown, signatureAbsent, copiesTooLarge},
			Side:      contract.ClientSide, Severity: contract.Error, Applies: func(p *Subject) bool { return read(p) && p.Operation.Sign.Response != nil }, Run: signatureVerified,
			About:  "Anyone between the client and the provider can write a response but cannot sign it. A client that does not verify signatures can be made to deliver unpaid goods.",
			Remedy: "Make the client verify the signature over the received bytes before it believes any of them.",
		},
	})
}

// clientAbsent is why the rules about clients check nothing: there is only a specification.
var clientAbsent = &contract.Template{ID: "client.none", Text: "no client speaks {provider}", WayOut: "`assay check` and `assay proxy` judge the traffic of your own client"}

// NoClient says that no adapter has the operations of a provider.
func NoClient(provider string) contract.Message {
	return clientAbsent.Says(contract.ArgText("provider", provider))
}

// Unspoken returns why a rule about clients checked nothing, if no adapter has the
// operation.
func Unspoken(gaps []contract.Gap, rule string) (why contract.Message, ok bool) {
	for _, gap := range gaps {
		if gap.Rule == rule && gap.Why.Template == clientAbsent {
			return gap.Why, true
		}
	}
	return why, false
}

// spoken makes rules about clients inconclusive where there is no client.
func spoken(rules []Rule) []Rule {
	for i := range rules {
		run := rules[i].Run
		rules[i].Reasons = append(append(rules[i].Reasons, clientAbsent), replayReasons()...)
		rules[i].Run = func(p *Subject) {
			if p.Read == nil && p.UnderTest == nil {
				p.inconclusive(clientAbsent)
				return
			}
			run(p)
		}
	}
	return rules
}

// Messages of the client rules. damage.go and mangle.go describe the changes to a
// response.
var (
	outcomeUndocumented = &contract.Template{ID: "outcome-agrees.undocumented", Text: "the code is not documented or contradicts the status, but the client reads the response as {state} (retry: {retry}); expected unknown (retry: {documentedRetry})"}
	outcomeOther        = &contract.Template{ID: "outcome-agrees.other", Text: "the client reads code {code} as {state} (retry: {retry}); the specification has {documented} (retry: {documentedRetry})"}
	outcomeState        = &contract.Template{ID: "outcome-agrees.state", Text: "the client reads code {code} as {state}; the specification has {documented}"}
	retryNotGiven       = &contract.Template{ID: "outcome-agrees.no-retry", Text: "whether the request may be retried was not checked: the client does not say it", WayOut: "let the client give retry"}
	outcomeRetry        = &contract.Template{ID: "outcome-agrees.retry", Text: "the client reads code {code} with retry {retry}; the specification has retry {documentedRetry}"}
	unknownClaimed      = &contract.Template{ID: "unknown-never-succeeds.claims", Text: "after assay {damage}, the client reads the response as {state}; expected unknown"}
	referenceLost       = &contract.Template{ID: "reference-kept.lost", Text: "the client loses the {kind|words} of the response; without it, it cannot ask for the status of the order"}
	referenceAbsent     = &contract.Template{ID: "reference-kept.none", Text: "references not checked: the response has none, or the client gives none or reads it as unknown", WayOut: "use a case whose response has a reference and a documented code, and let the client give references"}
	extraStumbled       = &contract.Template{ID: "extra-tolerated.other", Text: "the client reads the response as {whole}; after assay {damage}, it reads it as {state}"}
	damagedOther        = &contract.Template{ID: "damage-survived.other", Text: "the client reads the response as {whole}; after assay {damage}, it reads it as {state}"}
	damagedSucceeds     = &contract.Template{ID: "damage-survived.succeeds", Text: "after assay {damage}, the client still reads the response as succeeded"}
)

// trustworthy returns the code of a response and whether it can be trusted: the code is
// documented, status and HTTP status agree with it, required members are present with
// their types, and signature and conditions hold.
func trustworthy(p *Subject, response contract.Response) (*openapi.Code, bool) {
	ex := p.View.Exchange
	ex.Response = response
	x := openapi.NewView(p.Operation, ex, p.View.Credentials, p.View.Merchant)
	defer x.Done()
	result, ok := x.ResultCode()
	if !ok || result.Row == nil || !result.Agrees(response) {
		return nil, false
	}
	if signature.ResponseState(p.Operation.Sign.Response, x) == contract.SignatureInvalid || p.Operation.Responses[response.Status] == nil {
		return result.Row, false
	}
	of := Subject{Operation: p.Operation, View: x}
	violations, _ := x.ResponseViolations()
	for i := range violations {
		v := &violations[i]
		if v.Keyword != "required" && v.Keyword != "type" {
			continue
		}
		if empty, _ := of.emptyForAbsent(v); empty == "" {
			return result.Row, false
		}
	}
	for _, r := range p.Operation.Rules {
		if holds, applies := x.Holds(r.Rule); r.On == contract.InResponse && applies && !holds {
			return result.Row, false
		}
	}
	return result.Row, true
}

func outcomeAgrees(p *Subject) {
	response := p.View.Exchange.Response
	got, ok := p.readWhole()
	if !ok {
		return
	}
	result, _ := p.View.ResultCode()
	at := result.CodeAt
	if at == "" {
		at = contract.ResponseRoot
	}
	row, believed := trustworthy(p, response)
	want := contract.UnknownOutcome()
	if row != nil {
		want.State, want.Retry = row.State, row.Retry
	}
	if !got.Gives(contract.RetryPart) {
		got.Retry = want.Retry
		p.inconclusive(retryNotGiven)
	}
	switch {
	case got.State == want.State && got.Retry == want.Retry:
	case !believed && got.State == contract.Unknown:
		// a client may be more careful than the table if the response is faulty
	case row == nil:
		p.add(at, "undocumented", outcomeUndocumented,
			contract.ArgText("state", string(got.State)), contract.ArgText("retry", string(got.Retry)), contract.ArgText("documentedRetry", string(want.Retry)))
	default:
		t := outcomeOther
		if got.Retry == want.Retry {
			t = outcomeState
		} else if got.State == want.State {
			t = outcomeRetry
		}
		p.add(at, row.Name(), t,
			contract.ArgText("code", row.Name()), contract.ArgText("state", string(got.State)), contract.ArgText("retry", string(got.Retry)),
			contract.ArgText("documented", string(want.State)), contract.ArgText("documentedRetry", string(want.Retry)))
	}
}

func unknownNeverSucceeds(p *Subject) {
	result, ok := p.View.ResultCode()
	switch {
	case !ok:
		p.inconclusive(p.unreadable())
		return
	case p.tooLargeToCopy():
		p.inconclusive(copiesTooLarge)
		return
	}
	for _, altered := range recodedCodes(p, *result) {
		if got, ok := p.read(altered.response, altered.how); ok && got.State != contract.Unknown {
			p.add(result.CodeAt, "undocumented", unknownClaimed, contract.ArgMessage("damage", altered.how), contract.ArgText("state", string(got.State)))
		}
	}
}

// readWhole lets the client read the response. What is too large to decode, our adapters do
// not read either, and no client is to blame; see View.Undecoded.
func (p *Subject) readWhole() (got contract.Outcome, ok bool) {
	if len(p.View.Exchange.Response.Body) > min(contract.MaxValues, contract.MaxPath) {
		p.View.ResponseBody()
	}
	return p.read(p.View.Exchange.Response, contract.Message{})
}

// read returns what the client makes of a response, as it was sent. how says what assay did to
// it. ok is false if a client under test did not say what it makes of it; the rule then could
// not check it.
func (p *Subject) read(response contract.Response, how contract.Message) (got contract.Outcome, ok bool) {
	ex := p.View.Exchange
	ex.Request.Body, ex.Request.Sent, ex.Response = ex.Request.Bytes(), nil, sentResponse(response)
	if p.UnderTest == nil {
		return p.Read(ex), true
	}
	return p.replay(ex, how)
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
	checked := false
	got, ok := p.readWhole()
	if !ok {
		return
	}
	for _, m := range references(p.Operation) {
		value, ok := contract.Lookup(p.View.ResponseBody(), m.Pointer)
		text, isText := contract.Text(value)
		read, part := got.ProviderReference, contract.ProviderReferencePart
		if m.Means == "reference" {
			read, part = got.Reference, contract.ReferencePart
		}
		if !ok || !isText || text == "" || got.State == contract.Unknown || !got.Gives(part) {
			continue
		}
		checked = true
		if read != text {
			p.add(contract.ResponseBody(m.Pointer), m.Means, referenceLost, contract.ArgText("kind", m.Means))
		}
	}
	if !checked {
		p.inconclusive(referenceAbsent)
	}
}

func extraTolerated(p *Subject) {
	switch {
	case !p.View.HasResponseBody():
		p.inconclusive(p.unreadable())
		return
	case p.tooLargeToCopy():
		p.inconclusive(copiesTooLarge)
		return
	}
	whole, ok := p.readWhole()
	if !ok {
		return
	}
	how := p.changed(withExtra.Says())
	got, ok := p.read(withExtras(p), how)
	if ok && (got.State != whole.State || got.Retry != whole.Retry || got.Code != whole.Code) {
		p.add(contract.ResponseRoot, "extra", extraStumbled, contract.ArgText("whole", string(whole.State)), contract.ArgText("state", string(got.State)), contract.ArgMessage("damage", how))
	}
}

func damageSurvived(p *Subject) {
	if p.tooLargeToCopy() {
		p.inconclusive(copiesTooLarge)
		return
	}
	whole, ok := p.readWhole()
	if !ok {
		return
	}
	_, intact := trustworthy(p, p.View.Exchange.Response)
	members, left := damagedMembers(p)
	if left {
		p.inconclusive(damageMembersLeft)
	}
	work := p.newDamageWork()
	for d := range damages(p, members) {
		if !work.allows(d.response) {
			return
		}
		p.surviveDamage(d, whole, intact)
	}
}

// surviveDamage lets the client read one damaged response. intact reports whether the
// original can be trusted, and whole is how the client reads it.
func (p *Subject) surviveDamage(d alteration, whole contract.Outcome, intact bool) {
	got, ok := p.read(d.response, d.how)
	if !ok || !got.State.Accepted() {
		return // the client does not accept it
	}
	_, believed := trustworthy(p, d.response)
	if believed && !intact {
		return // the change repaired the response, so it may be read as its new content
	}
	if got.State != whole.State {
		p.add(d.at, d.kind, damagedOther, contract.ArgText("whole", string(whole.State)), contract.ArgText("state", string(got.State)), contract.ArgMessage("damage", d.how))
		return
	}
	if got.State == contract.Succeeded && !believed && d.breaks {
		p.add(d.at, d.kind, damagedSucceeds, contract.ArgMessage("damage", d.how))
	}
}

// alteration is a changed copy of the received response.
type alteration struct {
	response contract.Response
	at       contract.Place
	kind     string
	how      contract.Message // what assay did: "emptied the body"
	breaks   bool             // the change removes something that a success requires
}
