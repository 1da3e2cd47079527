package rule

import (
	"slices"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/view"
)

// codeExplainedRule compares the result code of an exchange that no case asked for with
// the documented conditions of the codes.
func codeExplainedRule() Rule {
	return Rule{
		ID: contract.CodeExplained, Title: "has a result code that the documents list for such a request", Family: "response", Reads: causePlaces,
		Templates: []*contract.Template{
			causeFalse, causeTrue, causePartlyOpen, causeOpen, acceptedDespite, acceptedFault, faultAt, faultOfBody,
			openCredentials, openToken, openReferences, openMerchant, openMember, openEach, openBoth, openMore,
		},
		Reasons: []*contract.Template{causeUnlisted, causeUnreadable, bodyUnreadable, codeAbsent, variantNone, variantCostly},
		Side:    contract.ProviderSide, Severity: contract.Warning,
		Applies: func(p *Subject) bool {
			return p.Case == nil && slices.ContainsFunc(p.Operation.Codes, func(c *openapi.Code) bool { return c.When != nil })
		},
		Run:    codeExplained,
		About:  "The documents say which requests get a result code. The provider contradicts them if it refuses a request without such a cause, or accepts a request with one.",
		Remedy: "Look at each condition of the finding. `assay explain PROVIDER/CODE` has the page that lists the code. If the request is right, report it to the provider with time and reference.",
	}
}

// Messages of code-explained.
var (
	causeUnlisted   = &contract.Template{ID: "code-explained.unlisted", Text: "cause of the code not checked: the documents do not list it", WayOut: "add `when` to the code in the specification if you know it"}
	causeUnreadable = &contract.Template{ID: "code-explained.request", Text: "cause of the code not checked: the recording has no request body", WayOut: "record it together with the response"}

	causeFalse      = &contract.Template{ID: "code-explained.false", Text: "the provider refused the request with {response}; the documents list this code for requests with {causes|or}; none of this is true for this request"}
	causeTrue       = &contract.Template{ID: "code-explained.true", Text: "the provider refused the request with {response}; the documents list this code for requests with {causes|or}; for this request, {true|and} is true"}
	causePartlyOpen = &contract.Template{ID: "code-explained.partly", Text: "the provider refused the request with {response}; the documents list this code for requests with {causes|or}; for this request, {false|and} is not true, and {open|and} cannot be known: {why}"}
	causeOpen       = &contract.Template{ID: "code-explained.open", Text: "the provider refused the request with {response}; the documents list this code for requests with {causes|or}; whether this is true for this request cannot be known: {why}"}
	acceptedDespite = &contract.Template{ID: "code-explained.accepted", Text: "the provider accepted this request although {true|and} is true; the documents list {response} for such a request"}
	acceptedFault   = &contract.Template{ID: "code-explained.accepted-fault", Text: "the provider accepted this request although {fault}; the documents list {response} for such a request"}
	faultAt         = &contract.Template{ID: "code-explained.fault", Text: "{place} {violation}"}
	faultOfBody     = &contract.Template{ID: "code-explained.fault-body", Text: "the body {violation}"}

	openCredentials = &contract.Template{ID: "code-explained.credentials", Text: "it depends on the merchant's credentials (use --keys FILE)"}
	openToken       = &contract.Template{ID: "code-explained.token", Text: "no exchange shows which tokens the provider accepts"}
	openReferences  = &contract.Template{ID: "code-explained.references", Text: "no earlier request with this reference was seen; record the traffic from the first request on"}
	openMerchant    = &contract.Template{ID: "code-explained.merchant", Text: "it depends on the merchant's settings at the provider, which no exchange shows"}
	openMember      = &contract.Template{ID: "code-explained.member", Text: "the request does not have a member that the condition names"}
	openEach        = &contract.Template{ID: "code-explained.each", Text: "{open|and}: {why}"}
	openBoth        = &contract.Template{ID: "code-explained.both", Text: "{why}; {more}"}
	openMore        = &contract.Template{ID: "code-explained.more", Text: "and {count} more"}
)

// maxReasons is the number of reasons that a message gives for open conditions.
const maxReasons = 3

// causes are the alternatives of a code's condition, sorted by their truth for a request.
type causes struct {
	yes, no, open []string // as code, in the order of the document
	why           []openReason
}

// openReason is a reason why alternatives are open, and these alternatives as code.
type openReason struct {
	why  *contract.Template
	open []string
}

func codeExplained(p *Subject) {
	if issued(p.Operation) && p.View.Authentication == contract.AuthenticationValid {
		p.View.Authentication = contract.AuthenticationUnverified // any token is valid for the other rules
		defer func() { p.View.Authentication = contract.AuthenticationValid }()
	}
	result, ok := p.View.ResultCode()
	switch {
	case !ok:
		p.inconclusive(bodyUnreadable)
		return
	case result.Row == nil:
		p.inconclusive(rowless(result))
		return
	case p.Operation.Request != nil && len(p.View.Exchange.Request.Body) == 0:
		p.inconclusive(causeUnreadable)
		return
	case result.Row.Accepted():
		acceptedExplained(p, result)
		return
	case result.Row.When == nil, !result.Row.Documented():
		p.inconclusive(causeUnlisted)
		return
	}
	documented := p.View.Causes(result.Row)
	faults := p.View.RequestFaults(false)
	key := explainedKey{row: result.Row, at: result.CodeAt, status: p.View.Exchange.Response.Status, unknown: p.View.Unknown()}
	var room [mostTruths]view.Truth
	truths := room[:0]
	for i := range documented.All {
		truth := p.View.CauseTruth(&documented.All[i], faults)
		truths, key.truths = append(truths, truth), key.truths<<2|uint64(truth)
	}
	if len(truths) > mostTruths {
		p.explain(result, documented, truths)
		return
	}
	if known, met := p.explained[key]; met {
		p.addKnown(&known)
		return
	}
	before := len(p.findings)
	p.explain(result, documented, truths)
	if p.explained == nil || len(p.explained) >= maxCached {
		p.explained = map[explainedKey]contract.Finding{}
	}
	p.explained[key] = p.findings[before]
}

// explainedKey is what the finding about a refusal depends on, within an operation. Most
// refusals repeat earlier ones, so their findings are cached.
type explainedKey struct {
	row     *openapi.Code
	at      contract.Place
	status  int
	unknown view.Doubts
	truths  uint64 // of the alternatives, two bits for each
}

// mostTruths is the number of alternatives that an explainedKey has room for.
const mostTruths = 32

// explain reports the truth of the alternatives of a refusal's code.
func (p *Subject) explain(result *openapi.ResultCode, documented *openapi.Causes, truths []view.Truth) {
	c := p.causes(documented, truths)
	code, all := contract.ArgText("response", documented.Title), contract.ArgListAt("causes", &documented.Texts)
	at, detail := result.CodeAt, result.Row.Name()
	switch {
	case len(c.yes) > 0:
		p.addWithSeverity(contract.Info, at, detail+" explained", causeTrue, code, all, contract.ArgList("true", c.yes))
	case len(c.open) == 0:
		p.add(at, detail, causeFalse, code, all)
	case len(c.no) == 0:
		p.addWithSeverity(contract.Info, at, detail+" open", causeOpen, code, all, contract.ArgMessage("why", c.reasons()))
	default:
		p.addWithSeverity(contract.Info, at, detail+" open", causePartlyOpen, code, all,
			contract.ArgList("false", c.no), contract.ArgList("open", c.open), contract.ArgMessage("why", c.reasons()))
	}
}

// acceptedExplained reports a success of a request for which the documents list a
// refusal. Only the first such code is reported, because the codes are in order of
// precedence.
func acceptedExplained(p *Subject, result *openapi.ResultCode) {
	faults, listed := []openapi.RequestViolation(nil), false
	unknown := p.View.Unknown()
	refusals := p.View.Refusals()
	for i := range refusals {
		if refusals[i].Doubts&unknown != 0 {
			continue
		}
		refusal, cause := refusals[i].Of, refusals[i].Cause
		if !listed && cause.OfFaults {
			faults, listed = p.unforgiven(false), true
		}
		if cause.OnlyFault && len(faults) == 0 {
			continue
		}
		if p.View.CauseTruth(cause, faults) == view.True {
			p.accepted(result.CodeAt, refusal, cause, faults)
			return
		}
	}
}

// accepted reports a success of a request with a cause of a refusal. It names the fault of the
// request that is the cause; else, the condition.
func (p *Subject) accepted(at contract.Place, refusal *openapi.Causes, cause *openapi.Cause, faults []openapi.RequestViolation) {
	detail, response := refusal.Code.Name()+" accepted", contract.ArgText("response", refusal.Title)
	i := -1
	if cause.OfFaults && p.View.CauseTruth(cause, nil) != view.True {
		i = slices.IndexFunc(faults, func(one openapi.RequestViolation) bool {
			return p.View.CauseTruth(cause, []openapi.RequestViolation{one}) == view.True
		})
	}
	if i < 0 {
		p.addApart(at, detail, cause.Text, acceptedDespite, response, contract.ArgList("true", []string{cause.Text}))
		return
	}
	fault := p.unforgiven(true)[i]
	why := fault.Message
	switch {
	case fault.Keyword == openapi.MediaTypeFault, fault.Keyword == openapi.ConditionFault:
	case fault.At == contract.RequestRoot:
		why = faultOfBody.Says(contract.ArgMessage("violation", why))
	default:
		why = faultAt.Says(contract.ArgPlace("place", fault.At), contract.ArgMessage("violation", why))
	}
	p.addApart(at, detail, string(fault.At.General())+" "+fault.Keyword, acceptedFault, response, contract.ArgMessage("fault", why))
}

// unforgiven returns the faults of the request that no ambiguity forgives; see RequestFaults. A
// parameter that stands twice is no reason to wonder at a success: a server may read one of them.
func (p *Subject) unforgiven(detailed bool) []openapi.RequestViolation {
	all := p.View.RequestFaults(detailed)
	if len(all) == 0 {
		return nil
	}
	ambiguities := p.Spec.AllAmbiguities(p.Operation)
	return slices.DeleteFunc(all, func(f openapi.RequestViolation) bool {
		return f.Keyword == view.Repeated || p.View.Forgives(f, ambiguities)
	})
}

// causes sorts the alternatives of a code's condition by their truth.
func (p *Subject) causes(documented *openapi.Causes, truths []view.Truth) (c causes) {
	for i, truth := range truths {
		cause := &documented.All[i]
		switch truth {
		case view.True:
			c.yes = append(c.yes, cause.Text)
		case view.False:
			c.no = append(c.no, cause.Text)
		case view.Undecided:
			c.open = append(c.open, cause.Text)
			for _, why := range p.whyOpen(cause.Expression) {
				c.opened(cause.Text, why)
			}
		}
	}
	return c
}

// opened notes a reason why an alternative is open.
func (c *causes) opened(alternative string, why *contract.Template) {
	i := slices.IndexFunc(c.why, func(r openReason) bool { return r.why == why })
	if i < 0 {
		i, c.why = len(c.why), append(c.why, openReason{why: why})
	}
	c.why[i].open = append(c.why[i].open, alternative)
}

// reasons returns why alternatives are open. A reason that is not about all of them names
// the alternatives that it is about.
func (c *causes) reasons() contract.Message {
	if len(c.why) == 1 {
		return contract.Message{Template: c.why[0].why} // about all of them
	}
	var all contract.Message
	if more := len(c.why) - maxReasons; more > 0 {
		all = openMore.Says(contract.ArgInt("count", int64(more)))
	}
	for _, r := range slices.Backward(c.why[:min(len(c.why), maxReasons)]) {
		each := r.why.Says()
		if len(r.open) < len(c.open) {
			each = openEach.Says(contract.ArgList("open", r.open), contract.ArgMessage("why", each))
		}
		if all.Template != nil {
			each = openBoth.Says(contract.ArgMessage("why", each), contract.ArgMessage("more", all))
		}
		all = each
	}
	return all
}

// whyOpen returns why a condition is undecided: at least one reason.
func (p *Subject) whyOpen(e *openapi.Expression) (why []*contract.Template) {
	x := p.View
	token := e.Names("authentication") && issued(p.Operation)
	if token {
		why = append(why, openToken)
	}
	if e.Names("signature") && x.Signature == contract.SignatureUnverified ||
		!token && e.Names("authentication") && x.Authentication == contract.AuthenticationUnverified ||
		e.Names("credentials") && len(x.Credentials) == 0 {
		why = append(why, openCredentials)
	}
	if e.Names("merchant") {
		why = append(why, openMerchant)
	}
	if x.Known == nil && e.Names(view.References) {
		why = append(why, openReferences)
	}
	if why == nil {
		why = append(why, openMember)
	}
	return why
}

// issued reports whether an operation needs a token that the provider issues.
func issued(o *openapi.Operation) bool {
	return o.Authorization != nil && o.Authorization.IssuedBy != ""
}
