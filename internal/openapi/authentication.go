package openapi

import (
	"crypto/subtle"
	"strings"
	"time"

	"assay/internal/contract"
)

// Authentication returns how a request is authorized at a time. It compares what stands at
// the places of the security schemes with credentials and, for a bearer token that the
// provider issues, with that token. A token without value stands for any token; a token
// without expiry never expires. Of alternatives the best counts; of schemes that are needed
// together, the worst. by is the scheme that decided.
func (o *Operation) Authentication(r contract.Request, credentials map[string]string, token contract.Token, now time.Time) (best contract.AuthenticationState, by *Authorization) {
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
func together(all []*Authorization, r contract.Request, credentials map[string]string, token contract.Token, now time.Time) (worst contract.AuthenticationState, valid int, by *Authorization) {
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
func stateOf(a *Authorization, r contract.Request, credentials map[string]string, token contract.Token, now time.Time) contract.AuthenticationState {
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
	case a.Scheme == APIKey:
		return secret(value, a.Credential, credentials)
	case a.Scheme == Basic && strings.EqualFold(scheme, "Basic"):
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
	case a.Scheme == Bearer && strings.EqualFold(scheme, "Bearer"):
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

func expiry(token contract.Token, now time.Time) contract.AuthenticationState {
	if !token.Expires.IsZero() && !token.Expires.After(now) {
		return contract.AuthenticationExpired
	}
	return contract.AuthenticationValid
}
