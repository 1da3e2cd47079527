package rule

import (
	"assay/internal/contract"
	"assay/internal/openapi"
)

// Repeat is what earlier exchanges say about the idempotency key of a request.
type Repeat struct {
	Again  bool // an accepted request had the key, and its hours are not over
	Same   bool // that request had the same path, query and body
	Other  bool // both responses name an order of the provider, and not the same one
	Silent bool // one of the two responses names no order of the provider
	// Undated: an accepted request had the key, and it is not known whether its hours are over.
	Undated bool
}

// repeatable reports whether a rule about repeats applies: earlier exchanges are known in
// traffic only.
func repeatable(p *Subject) bool { return p.Case == nil && p.Operation.Idempotency != nil }

// repeatPlaces returns what decides whether a request is a repeat.
func repeatPlaces(p *Subject, _ *contract.Finding) []contract.Place {
	return []contract.Place{p.Operation.Idempotency.At, contract.RequestRoot}
}

// keyRules compare a request with earlier ones that had its idempotency key.
func keyRules() []Rule {
	return []Rule{
		{
			ID: "idempotency-key-unique", Title: "uses its idempotency key for this request only", Family: "request", Reads: repeatPlaces,
			Templates: []*contract.Template{keyReused, keyReusedFor},
			Reasons:   []*contract.Template{keyAbsent, earlierUnknown, earlierUndated},
			Side:      contract.ClientSide, Severity: contract.Error, Applies: repeatable, Run: keyUnique,
			About:  "The provider takes a known idempotency key for a repeat. Another request with this key is refused, or it gets the response of the first one and its own payment never happens.",
			Remedy: "Make one key for each payment, store it before the request leaves, and send it again only with the same request.",
		},
	}
}

// repeatRules compare the response to a repeat with the first one.
func repeatRules() []Rule {
	return []Rule{
		{
			ID: "repeat-same-order", Title: "responds to a repeat with the order of the first request", Family: "response", Reads: repeatPlaces,
			Templates: []*contract.Template{orderOther, repeatRefused, conflictAccepted},
			Reasons:   []*contract.Template{keyAbsent, earlierUnknown, earlierUndated, notRepeated, orderUnnamed},
			Side:      contract.ProviderSide, Severity: contract.Error, Applies: repeatable, Run: repeatSameOrder,
			About:  "A client that got no response sends the request again with the same idempotency key. If the provider makes a second order, the customer can be charged twice.",
			Remedy: "Compare the two exchanges, and ask the provider about both orders, with time and references. Do not repeat requests until it is clear.",
		},
	}
}

// Messages of the rules about repeats.
var (
	keyReused    = &contract.Template{ID: "idempotency-key-unique.reused", Text: "the idempotency key was used before, for a request with another path, query or body"}
	keyReusedFor = &contract.Template{ID: "idempotency-key-unique.conflict", Text: "the idempotency key was used before, for a request with another path, query or body; the documents list {response} for this"}

	orderOther       = &contract.Template{ID: "repeat-same-order.other", Text: "the request repeats an earlier one with the same idempotency key, but the response names another order; the order may exist twice"}
	repeatRefused    = &contract.Template{ID: "repeat-same-order.conflict", Text: "the request repeats an earlier one with the same idempotency key, but the provider responds with {response}, which the documents list for another request"}
	conflictAccepted = &contract.Template{ID: "repeat-same-order.accepted", Text: "the provider accepted a request whose idempotency key was used for another one; the documents list {response} for this"}

	keyAbsent      = &contract.Template{ID: "repeat.key", Text: "repeats not checked: the request has no idempotency key", WayOut: "send the documented key, and record it"}
	earlierUnknown = &contract.Template{ID: "repeat.earlier", Text: "repeats not checked: earlier exchanges are not known", WayOut: "`assay check` and `assay proxy` compare all exchanges of one recording"}
	earlierUndated = &contract.Template{ID: "repeat.undated", Text: "repeats not checked: an earlier request has the same idempotency key, and neither the responses nor the recording say how much later this one came", WayOut: "record the header Date of responses, or HAR, which has a time for each request"}
	notRepeated    = &contract.Template{ID: "repeat.none", Text: "no repeat: no accepted request with this idempotency key came before", WayOut: "record the first request together with its repeat"}
	orderUnnamed   = &contract.Template{ID: "repeat.unnamed", Text: "orders not compared: a response to the request or to its repeat has no member with x-means: provider-reference", WayOut: "use a recording of responses that name the order"}
)

// Outstanding reports whether a rule had a repeat before it and could not judge it. No other
// exchange that the rule checked makes up for it.
func Outstanding(gap contract.Gap) bool { return gap.Why.Template == earlierUndated }

// unrepeated reports whether nothing is known about earlier requests with the key, and why.
func (p *Subject) unrepeated() bool {
	switch {
	case p.View.IdempotencyKey() == "":
		p.inconclusive(keyAbsent)
	case p.Repeat == nil:
		p.inconclusive(earlierUnknown)
	case p.Repeat.Undated:
		p.inconclusive(earlierUndated)
	default:
		return false
	}
	return true
}

func keyUnique(p *Subject) {
	if p.unrepeated() || !p.Repeat.Again || p.Repeat.Same {
		return
	}
	if conflict := p.conflict(); conflict != "" {
		p.add(p.Operation.Idempotency.At, "reused", keyReusedFor, contract.ArgText("response", conflict))
		return
	}
	p.add(p.Operation.Idempotency.At, "reused", keyReused)
}

func repeatSameOrder(p *Subject) {
	if p.unrepeated() {
		return
	}
	result, _ := p.View.ResultCode()
	conflict := p.conflict()
	switch accepted := result.Row != nil && result.Row.Accepted(); {
	case !p.Repeat.Again:
		p.inconclusive(notRepeated)
	case !p.Repeat.Same:
		if accepted && conflict != "" {
			p.add(result.CodeAt, "accepted", conflictAccepted, contract.ArgText("response", conflict))
		}
	case !accepted:
		if result.Row != nil && result.Row.Name() == conflict {
			p.addWithSeverity(contract.Warning, result.CodeAt, "conflict", repeatRefused, contract.ArgText("response", conflict))
		}
	case p.Repeat.Silent:
		p.inconclusive(orderUnnamed)
	case p.Repeat.Other:
		_, at := OrderOf(p.Operation, p.View)
		p.add(at, "another", orderOther)
	}
}

// conflict returns the name of the documented row for a known key with another request; "":
// the documents do not say.
func (p *Subject) conflict() string {
	if name := p.Operation.Idempotency.Conflict; p.Operation.Code(name) != nil {
		return name
	}
	return ""
}

// OrderOf returns the provider's reference in a response, and its place. It is empty if the
// response has none.
func OrderOf(o *openapi.Operation, x *openapi.View) (reference string, at contract.Place) {
	for _, pointer := range o.OrderAt(x.Exchange.Response.Status) {
		raw, there, _ := x.ResponseMember(pointer)
		if !there {
			continue
		}
		if value, err := contract.Decode(raw); err == nil {
			if text, isText := contract.Text(value); isText && text != "" {
				return text, contract.ResponseBody(pointer)
			}
		}
	}
	return "", ""
}
