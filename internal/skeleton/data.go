package skeleton

import (
	"slices"
	"strings"

	"assay/internal/lazy"
	"assay/internal/redact"
	"assay/internal/route"
)

var (
	segmentForm = lazy.Regexp(`^[A-Za-z0-9._:-]{1,64}$`)
	numberOnly  = lazy.Regexp(`^[0-9.-]+$`)
	// beforeVersion are segments after which a number or a date is a version.
	beforeVersion = lazy.Regexp(`(?i)^(|v|api|apis|rest|services?|versions?)$`)
	// people are segments after which a person is named.
	people = lazy.Regexp(`(^|_)(users|customers|members|people|persons|payers|payees|beneficiaries|contacts|employees|guests|subscribers|cardholders|holders|nominees|buyers|consumers|recipients|remitters|senders|vpas?|e_?mails?|mobiles?|phones?|usernames?|handles?|pans?)$`)
	// actions are segments that are no value, whatever stands before them.
	actions = lazy.Regexp(`^(me|self|current|all|any|(create|new|add|get|fetch|find|list|search|lookup|count|update|edit|delete|remove|bulk|batch|import|export|log_?in|log_?out|sign_?(in|up|out)|register|registration|verify|verification|validate|validation|check|send|resend|generate|init|initiate|confirm|status|details?|info|otp|reset|sessions?|tokens?|kyc|accounts?|orders?|payments?)(_[a-z0-9_]+)?)$`)
	// ways are ways to pay, and how often: they are no value either.
	ways     = lazy.Regexp(`^(upi|cards?|credit|debit|net_?banking|wallet|emi|pay_?later|cod|bank|bnpl|nach|qr|imps|neft|rtgs|daily|weekly|monthly|yearly)$`)
	longHex  = lazy.Regexp(`^[0-9A-Fa-f]{12,}$`)
	sixInRow = lazy.Regexp(`[0-9]{6}`)
	hostForm = lazy.Regexp(`^[a-z0-9.:\[\]-]+$`)
)

// isData reports whether a segment of a path is a value and no name: an id, what looks like
// a secret or personal data, as it is or encoded, or what the name of a resource never is.
// Behind users or emails it is a value unless it is an action such as search.
func isData(segments []string, k int) bool {
	segment, before := segments[k], ""
	if k > 0 {
		before = segments[k-1]
	}
	switch {
	case segment == "":
		return false
	case versionForm().MatchString(segment) && (!numberOnly().MatchString(segment) || beforeVersion().MatchString(before)):
		return false
	case numberOnly().MatchString(segment), !segmentForm().MatchString(segment), isID(segment), personal(segment):
		return true
	case people().MatchString(snake(before)) && !actions().MatchString(snake(segment)):
		return true
	}
	return slices.ContainsFunc(strings.FieldsFunc(segment, func(c rune) bool { return strings.ContainsRune("0123456789._:-", c) }), route.Random)
}

// personal reports whether a text contains a secret or personal data, as it is or encoded.
func personal(text string) bool { return len(redact.DetectPersonal(text)) > 0 }

// named reports whether different words at one place of a path are values: there are at least
// three, below another word and above something, and none is an action, a way to pay or the
// plural of a resource. So /pay/NAME/status.
func isNamed(before string, words map[string]bool, last bool) bool {
	if last || len(words) < 3 || before == "{}" || versionForm().MatchString(before) || beforeVersion().MatchString(before) {
		return false
	}
	for word := range words {
		name := snake(word)
		if !wordsOnly().MatchString(word) || actions().MatchString(name) || ways().MatchString(name) || singular(name) != name {
			return false
		}
	}
	return true
}

// isSecretCode reports whether the value of a member that could be the result code is a token
// instead, such as the code of an authorization.
func isSecretCode(text string) bool {
	lower, upper, digits := 0, 0, 0
	for _, c := range text {
		switch {
		case 'a' <= c && c <= 'z':
			lower++
		case 'A' <= c && c <= 'Z':
			upper++
		case '0' <= c && c <= '9':
			digits++
		}
	}
	switch {
	case uuidForm().MatchString(text), digits > 0 && longHex().MatchString(text), len(text) >= 12 && lower > 0 && upper > 0 && digits > 0:
		return true
	}
	return len(text) >= 12 && lower > 0 && slices.ContainsFunc(strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune("0123456789._-", c) }), route.Random)
}

// isDataHost reports whether a host has a value in it, such as the number of an account.
func isDataHost(host string) bool {
	return !hostForm().MatchString(host) || sixInRow().MatchString(host) || personal(host) ||
		slices.ContainsFunc(strings.Split(host, "."), func(label string) bool {
			return uuidForm().MatchString(label) || longHex().MatchString(label) && strings.ContainsAny(label, "0123456789")
		})
}

// environment are first labels of hosts that name no tenant.
var environment = lazy.Regexp(`(^|[-_])(api|apis|www|pay|payments?|pg|gateway|secure|services?|checkout|merchants?|sandbox|stage|staging|uat|sit|test|testing|prod|production|preprod|dev|demo|qa|live)[0-9]?($|[-_])`)

// tenants are the hosts that differ only in their first label, which is no environment: the
// labels then say who the customers of the provider are.
func tenants(hosts []string) map[string]bool {
	by := map[string][]string{}
	for _, host := range hosts {
		_, name, _ := strings.Cut(host, "://")
		if label, domain, ok := strings.Cut(name, "."); ok && strings.Contains(domain, ".") && !environment().MatchString(label) {
			by[domain] = append(by[domain], host)
		}
	}
	all := map[string]bool{}
	for _, some := range by {
		for _, host := range some {
			all[host] = len(some) > 1
		}
	}
	return all
}

var typeForm = lazy.Regexp(`^[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*$`)

// shownType returns a media type that can be written, or a range of types for another.
func shownType(name string) string {
	if name == "" || typeForm().MatchString(name) && !personal(name) && !sixInRow().MatchString(name) {
		return name
	}
	if strings.HasSuffix(name, "+json") {
		return "application/*+json"
	}
	return "*/*"
}
