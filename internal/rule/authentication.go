package rule

import (
	"slices"
	"strings"
	"time"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// Messages of the rule request-authenticated.
var (
	tokenUnknown         = &contract.Template{ID: "request-authenticated.token", Text: "authorization not checked: the Authorization header is a token, and it is unknown which token the provider issued", WayOut: "this cannot be checked from a recording; `assay run` checks it"}
	authorizationMissing = &contract.Template{ID: "request-authenticated.missing", Text: "the Authorization header is missing"}
	authorizationOther   = &contract.Template{ID: "request-authenticated.invalid", Text: "the Authorization header is not the documented one for the credentials of this merchant"}
	authorizationExpired = &contract.Template{ID: "request-authenticated.expired", Text: "the token in the Authorization header has expired"}
	keyMissing           = &contract.Template{ID: "request-authenticated.key-missing", Text: "the credential at {place} is missing"}
	keyOther             = &contract.Template{ID: "request-authenticated.key-invalid", Text: "the credential at {place} is not that of this merchant, or it is there twice"}
	credentialsMissing   = &contract.Template{ID: "request-authenticated.none", Text: "there are no credentials; the documents ask for {documented|or}"}
)

func requestAuthenticated(p *Subject) {
	state := p.View.Authentication
	switch state {
	case contract.AuthenticationMissing, contract.AuthenticationInvalid, contract.AuthenticationExpired:
	case contract.AuthenticationUnverified:
		switch {
		case p.authorized.why != nil:
			p.inconclusive(p.authorized.why)
		case p.tokenUnknown():
			p.inconclusive(tokenUnknown)
		default:
			p.inconclusive(credentialsAbsent)
		}
		return
	default:
		return
	}
	at, message := p.faultyCredential(state)
	switch {
	case state == contract.AuthenticationMissing && len(p.Operation.Security) > 1:
		p.add(at, "missing", credentialsMissing, contract.ArgList("documented", alternatives(p.Operation)))
	case at != contract.RequestAuthorization:
		p.add(at, string(state), message, contract.ArgPlace("place", at))
	default:
		p.add(at, string(state), message)
	}
}

// faultyCredential returns the place of the credential that is wrong, and what to say.
func (p *Subject) faultyCredential(state contract.AuthenticationState) (contract.Place, *contract.Template) {
	at := p.Operation.Authorization.Place()
	if len(p.Operation.Authorizations()) > 1 {
		if _, a := p.Operation.Authentication(p.View.Exchange.Request, p.View.Credentials, contract.Token{}, time.Time{}); a != nil {
			at = a.Place()
		}
	}
	header := at == contract.RequestAuthorization
	switch {
	case state == contract.AuthenticationExpired:
		return contract.RequestAuthorization, authorizationExpired
	case state == contract.AuthenticationMissing && header:
		return at, authorizationMissing
	case state == contract.AuthenticationMissing:
		return at, keyMissing
	case header:
		return at, authorizationOther
	}
	return at, keyOther
}

// tokenUnknown reports whether a token was not verified: it is one that the provider issues.
func (p *Subject) tokenUnknown() bool {
	all := p.Operation.Authorizations()
	return slices.ContainsFunc(all, func(a *openapi.Authorization) bool {
		return a.Scheme == openapi.Bearer && a.Credential == "" && (len(all) == 1 || len(a.Values(p.View.Exchange.Request)) > 0)
	})
}

// alternatives lists the places of the credentials of each alternative.
func alternatives(o *openapi.Operation) []string {
	var all []string
	for _, alternative := range o.Alternatives() {
		var places []string
		for _, a := range alternative {
			places = append(places, string(a.Place()))
		}
		if text := strings.Join(places, " with "); text != "" && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}

// Authentication is Operation.Authentication.
func Authentication(o *openapi.Operation, r contract.Request, credentials map[string]string, token contract.Token, now time.Time) contract.AuthenticationState {
	state, _ := o.Authentication(r, credentials, token, now)
	return state
}

// Authenticate sets the view's Authentication, without a token and a time. It caches
// the last header, because most requests repeat it; so all exchanges of a subject must
// have the same credentials.
func (p *Subject) Authenticate(credentials map[string]string) {
	r := &p.View.Exchange.Request
	header := r.Header["Authorization"]
	p.authorized.why = nil
	cached := len(header) == 1 && len(header[0]) <= maxCachedPlace && onlyHeader(p.Operation)
	if cached && header[0] == p.authorized.header && header[0] != "" {
		p.View.Authentication = p.authorized.as
		return
	}
	p.View.Authentication = Authentication(p.Operation, *r, credentials, contract.Token{}, time.Time{})
	if p.View.Authentication == contract.AuthenticationMissing || p.View.Authentication == contract.AuthenticationInvalid {
		if p.authorized.why = p.omittedAuthorization(); p.authorized.why != nil {
			p.View.Authentication = contract.AuthenticationUnverified
			return
		}
	}
	if cached {
		p.authorized.header, p.authorized.as = strings.Clone(header[0]), p.View.Authentication
	}
}

// onlyHeader reports whether nothing but the Authorization header shows who sends a request.
func onlyHeader(o *openapi.Operation) bool {
	for _, alternative := range o.Alternatives() {
		for _, a := range alternative {
			if a.Scheme == openapi.APIKey {
				return false
			}
		}
	}
	return true
}
