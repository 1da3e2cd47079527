package rule

import (
	"crypto/subtle"
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
		if _, a := authenticate(p.Operation, p.View.Exchange.Request, p.View.Credentials, contract.Token{}, time.Time{}); a != nil {
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

// Authentication returns how a request is authorized at a time. It compares what stands at
// the places of the security schemes with credentials and, for a bearer token that the
// provider issues, with that token. A token without value stands for any token; a token
// without expiry never expires. Of alternatives the best counts; of schemes that are needed
// together, the worst.
func Authentication(o *openapi.Operation, r contract.Request, credentials map[string]string, token contract.Token, now time.Time) contract.AuthenticationState {
	state, _ := authenticate(o, r, credentials, token, now)
	return state
}

// authenticate is Authentication with the scheme that decided.
func authenticate(o *openapi.Operation, r contract.Request, credentials map[string]string, token contract.Token, now time.Time) (best contract.AuthenticationState, by *openapi.Authorization) {
	if o.Authorization == nil {
		return contract.AuthenticationNone, nil
	}
	optional, most := false, 0
	for _, alternative := range o.Alternatives() {
		if len(alternative) == 0 {
			optional = true
			continue
		}
		state, valid, a := together(alternative, r, credentials, token, now)
		if by == nil || rank(state) > rank(best) || state == best && valid > most {
			best, most, by = state, valid, a
		}
	}
	if optional && best == contract.AuthenticationMissing {
		return contract.AuthenticationNone, nil
	}
	return best, by
}

// rank orders the states of alternatives, the best last.
func rank(s contract.AuthenticationState) int {
	switch s {
	case contract.AuthenticationMissing:
		return 0
	case contract.AuthenticationInvalid:
		return 1
	case contract.AuthenticationExpired:
		return 2
	case contract.AuthenticationUnverified:
		return 3
	}
	return 4
}

// together returns the state of schemes that are needed together, and the scheme that
// decided, and counts the valid ones. If only some of them are there, what is there is judged first: a wrong
// credential is worse than one that is missing.
func together(all []*openapi.Authorization, r contract.Request, credentials map[string]string, token contract.Token, now time.Time) (worst contract.AuthenticationState, valid int, by *openapi.Authorization) {
	missing := 0
	worst, by = contract.AuthenticationValid, all[0]
	for _, a := range all {
		state := stateOf(a, r, credentials, token, now)
		switch state {
		case contract.AuthenticationMissing:
			missing++
		case contract.AuthenticationValid:
			valid++
		}
		if badness(state) < badness(worst) {
			worst, by = state, a
		}
	}
	if missing == len(all) {
		return contract.AuthenticationMissing, 0, all[0]
	}
	return worst, valid, by
}

// badness orders the states of schemes that are needed together, the worst first.
func badness(s contract.AuthenticationState) int {
	if s == contract.AuthenticationInvalid {
		return -1
	}
	return rank(s)
}

// stateOf returns the state of one scheme.
func stateOf(a *openapi.Authorization, r contract.Request, credentials map[string]string, token contract.Token, now time.Time) contract.AuthenticationState {
	values := a.Values(r)
	if len(values) == 0 || values[0] == "" {
		return contract.AuthenticationMissing
	}
	if len(values) > 1 {
		return contract.AuthenticationInvalid // it is unknown which of them the provider would use
	}
	value := values[0]
	scheme, rest, _ := strings.Cut(value, " ")
	switch {
	case a.Scheme == openapi.APIKey:
		return secret(value, a.Credential, credentials)
	case a.Scheme == openapi.Basic && strings.EqualFold(scheme, "Basic"):
		user, password, ok := contract.Basic(r.Header)
		if _, known := credentials[a.User]; ok && !known {
			return contract.AuthenticationUnverified
		}
		if ok && equal(user+":"+password, credentials[a.User]+":"+credentials[a.Password]) {
			return contract.AuthenticationValid
		}
	case a.Credential != "" && strings.EqualFold(scheme, "Bearer") && rest != "":
		return secret(rest, a.Credential, credentials)
	case a.Credential != "" && a.Bare:
		return secret(value, a.Credential, credentials)
	case a.Credential != "":
	case a.Scheme == openapi.Bearer && strings.EqualFold(scheme, "Bearer"):
		if rest != "" && (token.Value == "" || token.Value == rest) {
			return expiry(token, now)
		}
	case a.Bare && token.Value != "" && value == token.Value:
		return expiry(token, now)
	case a.Bare && token.Value == "" && rest == "":
		return contract.AuthenticationUnverified
	}
	return contract.AuthenticationInvalid
}

// secret compares a value with a credential.
func secret(value, name string, credentials map[string]string) contract.AuthenticationState {
	right, known := credentials[name]
	switch {
	case !known:
		return contract.AuthenticationUnverified
	case equal(value, right):
		return contract.AuthenticationValid
	}
	return contract.AuthenticationInvalid
}

// equal compares in constant time.
func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

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

func expiry(token contract.Token, now time.Time) contract.AuthenticationState {
	if !token.Expires.IsZero() && !token.Expires.After(now) {
		return contract.AuthenticationExpired
	}
	return contract.AuthenticationValid
}
