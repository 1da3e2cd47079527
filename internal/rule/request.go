package rule

import (
	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/view"
)

// requestRules check the requests that the client sends.
func requestRules() []Rule {
	return []Rule{
		{
			ID: "request-documented", Title: "the request matches the documents", Family: "request",
			Templates: append(mediaTemplates(), methodOther, moreViolations),
			Side:      contract.ClientSide, Severity: contract.Error, Run: requestDocumented,
			About:  "The provider rejects a request that does not match its schema, or reads it as something else.",
			Remedy: "Change the client so that the value at the place has the documented form. If a fixture has the value, change the fixture.",
		},
		{
			ID: "request-closed", Title: "the request has no undocumented members or parameters", Family: "request",
			Templates: []*contract.Template{undocumentedPlace, undocumentedBySend, moreUndocumented, moreParameters},
			Side:      contract.ClientSide, Severity: contract.Warning, Run: requestClosed,
			About:  "Undocumented members are ignored today. The provider may give them a meaning later.",
			Remedy: "Remove the member, or find the page that documents it and add it to the specification.",
		},
		{
			ID: "request-authenticated", Title: "the request is authorized as documented", Family: "request",
			Templates: []*contract.Template{authorizationMissing, authorizationOther, authorizationExpired, keyMissing, keyOther, credentialsMissing},
			Reasons:   []*contract.Template{credentialsAbsent, tokenUnknown},
			Side:      contract.ClientSide, Severity: contract.Error, Applies: func(p *Subject) bool { return p.Operation.Authorization != nil }, Run: requestAuthenticated,
			About:  "Without the documented Authorization header the provider cannot tell who sends the request.",
			Remedy: "Make the client send the header. `assay list providers` names the credentials.",
		},
		{
			ID: "request-signed", Title: "the request is signed as documented", Family: "request", Reads: wholeRequest,
			Templates: []*contract.Template{signatureMissing, signatureOther, signatureOtherBody, signatureMissingPlace, signatureOtherPlace, signatureExpired},
			Reasons:   []*contract.Template{requestUnsigned, signatureInstead, credentialsAbsent},
			Side:      contract.ClientSide, Severity: contract.Error, Applies: func(p *Subject) bool { return p.Operation.Sign.Request != nil }, Run: requestSigned,
			About:  "The signature shows the provider that the request was not changed. It is verified here by code that the client does not share.",
			Remedy: "Sign exactly the bytes that are sent, with the merchant's key, as the last step before sending.",
		},
		{
			ID: "request-rules", Title: "the request satisfies the conditions between its members", Family: "request", Reads: conditionPlaces,
			Templates: []*contract.Template{conditionViolated},
			Reasons:   []*contract.Template{conditionAbsent, conditionCostly},
			Side:      contract.ClientSide, Severity: contract.Error, Applies: func(p *Subject) bool { return hasRules(p.Operation, "request") }, Run: requestConditions,
			About:  "Some requirements connect two members, such as one in the query and one in the body. JSON Schema cannot express them.",
			Remedy: "Read the condition with the `assay explain` command of the finding, and change the request so that it holds.",
		},
		{
			ID: "strict-interpretation", Title: "the exchange satisfies the strict interpretation of every ambiguity", Family: "request",
			Templates: []*contract.Template{strictDeparts, strictSchema, strictExpression},
			Side:      contract.ClientSide, Severity: contract.Warning, Applies: func(p *Subject) bool { return hasStrict(p.Spec, p.Operation) }, Run: strictInterpretation,
			About:  "Where documents contradict each other, the specification follows one of them. The provider may enforce the other one at any time. The severity is the ambiguity's own; a finding in a response is against the provider.",
			Remedy: "Read the ambiguity with the `assay explain` command of the finding. Where you can, send what every source accepts. Otherwise leave it: the specification accepts it. --profile strict makes it an error.",
		},
		{
			ID: "amount-exact", Title: "the request asks for the exact amount of the order", Family: "request",
			Templates: []*contract.Template{amountNone, amountOther, currencyOther, amountStated, amountAdded, currencyAdded, statedOther, statedAbsent},
			Reasons:   []*contract.Template{amountNotSent},
			Side:      contract.ClientSide, Severity: contract.Error, Applies: carriesAmount, Run: amountExact,
			About:  "An amount that is wrong by a factor of 100, or by one paisa because of a float, is lost money. So is the right number in another currency.",
			Remedy: "Keep amounts as integers in minor units, and convert them only when the request is written, as x-means says.",
		},
		{
			ID: "reference-carried", Title: "the request has the reference of the order", Family: "request",
			Templates: []*contract.Template{referenceOther, statedOther, statedAbsent},
			Reasons:   []*contract.Template{referenceNotSent},
			Side:      contract.ClientSide, Severity: contract.Error, Applies: carriesReference, Run: referenceCarried,
			About:  "The provider recognises a repeated order by its reference. Under another reference it is charged twice, and an inquiry does not find it.",
			Remedy: "Send the reference unchanged in every member and parameter with x-means: reference.",
		},
		{
			ID: "person-carried", Title: "the request has the personal data of the customer", Family: "request",
			Templates: []*contract.Template{personOther, statedOther, statedAbsent},
			Reasons:   []*contract.Template{personNotSent},
			Side:      contract.ClientSide, Severity: contract.Error, Applies: carriesPerson, Run: personCarried,
			About:  "An e-mail address, mobile number or PAN that is not the customer's belongs to somebody else.",
			Remedy: "Send the data of the order or KYC request unchanged, or leave the member out.",
		},
		{
			ID: "members-carried", Title: "the request has the members that the case states", Family: "request",
			Templates: []*contract.Template{statedOther, statedAbsent},
			Reasons:   []*contract.Template{membersNotStated},
			Side:      contract.ClientSide, Severity: contract.Error, Applies: (*Subject).statesOrder, Run: membersCarried,
			About:  "`assay conform` tells a client which request to make. A client that sends another quantity, method or filter asks the provider for something else. Members that it adds are no departure.",
			Remedy: "Send every member, parameter and header of the call's request unchanged. If the client cannot send a member on purpose, give --skip members-carried=REASON.",
		},
	}
}

// Messages of the request rules.
var (
	methodOther = &contract.Template{ID: "request-documented.method", Text: "the method is {method}; the documented one is {documented}"}

	undocumentedPlace  = &contract.Template{ID: "undocumented", Text: "{place} is not documented"}
	undocumentedBySend = &contract.Template{ID: "undocumented.case", Text: "{place} is not documented; the case adds it on purpose"}

	credentialsAbsent = &contract.Template{ID: "credentials.none", Text: "no credentials given", WayOut: "use --keys FILE"}

	requestUnsigned       = &contract.Template{ID: "signature.unneeded.request", Text: "signature not checked: the request has none, and this merchant need not sign", WayOut: "use a signed request; if the provider demands signatures of this merchant, set that in x-merchant of the specification, and use it with --data DIR"}
	signatureInstead      = &contract.Template{ID: "signature.instead", Text: "signature not checked: the request has a text that the provider accepts instead of a signature", WayOut: "use a case or a recording with a signed request"}
	signatureMissing      = &contract.Template{ID: "signature.missing", Text: "the signature at {pointer} is missing"}
	signatureOther        = &contract.Template{ID: "signature.invalid", Text: "the signature at {pointer} is wrong: {scheme} of {over} with the merchant's key gives another value; either {over} was changed after it was signed, or the key is another one"}
	signatureOtherBody    = &contract.Template{ID: "signature.invalid.body", Text: "the signature at {pointer} is wrong: {scheme} of the body with the merchant's key gives another value; either the body was changed after it was signed, or the key is another one"}
	signatureMissingPlace = &contract.Template{ID: "signature.missing.place", Text: "the signature at {place} is missing"}
	signatureOtherPlace   = &contract.Template{ID: "signature.invalid.place", Text: "the signature at {place} is wrong: {scheme} of {over} with the merchant's key gives another value; either what it covers was changed after it was signed, or the key is another one, or the signature is there twice"}
	signatureExpired      = &contract.Template{ID: "signature.expired", Text: "the signature at {place} is correct, but its time is more than {seconds} seconds away from the time of the request"}

	conditionViolated = &contract.Template{ID: "condition.violated", Text: "{documented} (`assay explain {name}`)"}
	conditionAbsent   = &contract.Template{ID: "condition.none", Text: "conditions not checked: none applies, because the members that they name are absent", WayOut: "use a case or a recording with these members; x-rules of the specification names them"}
	conditionCostly   = &contract.Template{ID: "condition.costly", Text: "a condition was not checked: it costs too much, because a list is very long", WayOut: "use a case or a recording with a shorter list"}

	strictDeparts    = &contract.Template{ID: "strict-interpretation.departs", Text: "{place} violates the strict interpretation ({violation}); the specification follows {chosen} (`assay explain {name}`)"}
	strictSchema     = &contract.Template{ID: "strict-interpretation.schema", Text: "{place} violates the strict interpretation ({violation}): {about} (`assay explain {name}`)"}
	strictExpression = &contract.Template{ID: "strict-interpretation.expression", Text: "{place} violates the strict interpretation: {about} (`assay explain {name}`)"}
)

func requestDocumented(p *Subject) {
	r := p.View.Exchange.Request
	if r.Method != p.Operation.Method {
		p.addApart(contract.RequestMethod, "method", ShownMethod(r.Method), methodOther, contract.ArgText("method", r.Method), contract.ArgText("documented", p.Operation.Method))
	}
	parameters := p.View.ParameterViolations()
	for i := range parameters {
		p.addViolation(&parameters[i])
	}
	body := p.Operation.Request
	if body == nil {
		return
	}
	if len(r.Body) > 0 && !body.Accepts(r.Header) {
		p.otherMediaType(contract.RequestType, r.Header, body.Types)
	}
	violations, _ := p.View.RequestViolations()
	for i := range violations {
		p.addViolation(&violations[i])
	}
	p.addMoreViolations(contract.InRequest)
}

func requestClosed(p *Subject) {
	p.undocumentedQuery()
	_, undocumented := p.View.RequestViolations()
	for _, at := range undocumented {
		p.undocumented(at)
	}
	p.addMoreUndocumented(contract.InRequest)
}

// undocumented reports a member or parameter that is not documented.
func (p *Subject) undocumented(place contract.Place) {
	message := undocumentedPlace
	if p.sentByCase(place) {
		message = undocumentedBySend
	}
	p.add(place, "undocumented", message, contract.ArgPlace("place", place))
}

func requestSigned(p *Subject) {
	s := p.Operation.Sign.Request
	switch p.View.Signature {
	case contract.SignatureMissing:
		if !s.RequiredIn(p.View) {
			p.inconclusive(requestUnsigned)
			return
		}
		p.addMissingSignature(s)
	case contract.SignatureInvalid:
		p.addInvalidSignature(s)
	case contract.SignatureExpired:
		p.addExpiredSignature(s)
	case contract.SignatureUnverified:
		p.inconclusive(credentialsAbsent)
	case contract.SignatureInstead:
		p.inconclusive(signatureInstead)
	}
}

// addMissingSignature reports that there is no signature.
func (p *Subject) addMissingSignature(s *openapi.Signature) {
	if s.Outside != "" {
		p.add(s.Outside, "missing", signatureMissingPlace, contract.ArgPlace("place", s.Outside))
		return
	}
	p.add(s.Place(), "missing", signatureMissing, contract.ArgPointer("pointer", s.At))
}

// addExpiredSignature reports a correct signature that was made at another time.
func (p *Subject) addExpiredSignature(s *openapi.Signature) {
	p.add(s.Place(), "expired", signatureExpired, contract.ArgPlace("place", s.Place()), contract.ArgInt("seconds", int64(s.Tolerance.Seconds())))
}

// addInvalidSignature reports a signature that does not verify over the covered bytes.
func (p *Subject) addInvalidSignature(s *openapi.Signature) {
	place := s.Place()
	at, scheme := contract.ArgPointer("pointer", s.At), contract.ArgText("scheme", s.Scheme)
	if s.Outside != "" || len(s.Template) > 0 {
		p.add(place, "invalid", signatureOtherPlace, contract.ArgPlace("place", place), scheme, contract.ArgText("over", s.Covers()))
		return
	}
	if s.Over == "" {
		p.add(place, "invalid", signatureOtherBody, at, scheme)
		return
	}
	p.add(place, "invalid", signatureOther, at, scheme, contract.ArgPointer("over", s.Over))
}

func hasRules(o *openapi.Operation, on contract.Direction) bool {
	for _, r := range o.Rules {
		if r.On == on {
			return true
		}
	}
	return false
}

func requestConditions(p *Subject) { conditions(p, contract.InRequest) }

// conditions checks the x-rules of one direction.
func conditions(p *Subject, on contract.Direction) {
	applied := false
	for i, r := range p.Operation.Rules {
		if r.On != on {
			continue
		}
		holds, applies := p.View.Condition(i)
		applied = applied || applies
		if p.View.TooCostly(r.Rule) {
			p.inconclusive(conditionCostly)
			applied = true
		}
		if applies && !holds {
			at := on.Body(r.At)
			p.Report(contract.Finding{
				Severity: r.Severity, At: at, Detail: r.ID, Doc: p.Operation.URL + " " + r.Doc,
				Message: conditionViolated.Says(contract.ArgText("condition", r.ID), contract.ArgText("documented", r.Message), contract.ArgText("name", p.Operation.Name()+"/"+r.ID)),
			})
		}
	}
	if !applied {
		p.inconclusive(conditionAbsent)
	}
}

func hasStrict(s *openapi.Spec, o *openapi.Operation) bool {
	for _, r := range s.AllAmbiguities(o) {
		if r.Strict != nil {
			return true
		}
	}
	return false
}

func strictInterpretation(p *Subject) {
	for _, d := range p.View.Departures() {
		r, v := d.Ambiguity, d.Violation
		severity, side := r.Severity, contract.ClientSide
		if p.Strict {
			severity = contract.Error
		}
		if v.At.Direction() == contract.InResponse {
			side = contract.ProviderSide
		}
		p.Report(contract.Finding{
			Severity: severity, Side: side, At: v.At, Detail: r.ID + " " + v.Keyword,
			Message: departs(r, &v),
		})
	}
}

// departs is the message about a departure from a strict interpretation.
func departs(r *openapi.Ambiguity, v *openapi.Violation) contract.Message {
	t := strictDeparts
	switch {
	case r.Message != "" && r.Strict.Expression() != nil:
		t = strictExpression
	case r.Message != "":
		t = strictSchema
	}
	return t.Says(
		contract.ArgText("ambiguity", r.ID), contract.ArgText("name", r.Name()), contract.ArgPlace("place", v.At), contract.ArgText("keyword", v.Keyword),
		contract.ArgMessage("violation", view.Reason(v)), contract.ArgText("chosen", r.Chosen), contract.ArgText("about", r.Message),
	)
}

// ambiguityName is the name of an ambiguity that `assay explain` understands. Codes
// name ambiguities by their id.
func (p *Subject) ambiguityName(id string) string {
	for _, a := range p.Spec.AllAmbiguities(p.Operation) {
		if a.ID == id {
			return a.Name()
		}
	}
	return p.Operation.Name() + "/" + id
}
