package skeleton

import (
	"regexp"
	"strings"
	"unicode"

	"assay/internal/lazy"
	"assay/internal/redact"
)

// snake writes a name in lower case with _ between words: orderId and Order-ID are order_id.
func snake(name string) string {
	var b strings.Builder
	last := rune(0)
	for _, c := range name {
		switch {
		case unicode.IsUpper(c) && (unicode.IsLower(last) || unicode.IsDigit(last)):
			b.WriteByte('_')
			b.WriteRune(unicode.ToLower(c))
		case unicode.IsLetter(c), unicode.IsDigit(c):
			b.WriteRune(unicode.ToLower(c))
		case b.Len() > 0 && last != '_':
			b.WriteByte('_')
			c = '_'
		}
		last = c
	}
	return strings.Trim(b.String(), "_")
}

// camel joins words: create, payment, links is createPaymentLinks.
func camel(words ...string) string {
	var b strings.Builder
	for _, words := range words {
		for word := range strings.SplitSeq(snake(words), "_") {
			word = strings.Map(plain, word)
			if word == "" {
				continue
			}
			if b.Len() > 0 {
				word = strings.ToUpper(word[:1]) + word[1:]
			}
			b.WriteString(word)
		}
	}
	text := strings.TrimLeft(b.String(), "0123456789")
	if text == "" {
		return "operation"
	}
	return strings.ToLower(text[:1]) + text[1:]
}

// plain keeps letters and digits of ASCII.
func plain(c rune) rune {
	if c < unicode.MaxASCII && (unicode.IsLetter(c) || unicode.IsDigit(c)) {
		return c
	}
	return -1
}

// kebab is a name for a case.
func kebab(text string) string {
	text = strings.ReplaceAll(snake(text), "_", "-")
	return strings.Map(func(c rune) rune {
		if c == '-' {
			return c
		}
		return plain(c)
	}, text)
}

var (
	memberForm = lazy.Regexp(`^[A-Za-z_$@][A-Za-z0-9_.$:@-]{0,63}$`)
	manyDigits = lazy.Regexp(`[0-9]{5}|[0-9].*[A-Za-z].*[0-9].*[A-Za-z].*[0-9]|^[A-Fa-f0-9]{8,}$`)
)

// isName reports whether a text is the name of a member, not data such as an id.
func isName(text string) bool {
	return memberForm().MatchString(text) && !manyDigits().MatchString(text) && redact.Name(text) == text && !personal(text)
}

// hidden are the members whose values must not be shown, by their names. The first that
// matches counts.
var hidden = []struct {
	form     func() *regexp.Regexp
	personal string // "": a secret
}{
	{lazy.Regexp(`(^|_)(token|secret|password|passwd|signature|checksum|checksumhash|hash|hmac|authorization|cvv|cvc|otp|pin|session|jwt|credential|api_?key|access_?key|private_?key|client_?secret)$`), ""},
	{lazy.Regexp(`(^|_)(session_id|sign|mac)$`), ""},
	{lazy.Regexp(`e_?mail`), "email"},
	{lazy.Regexp(`phone|mobile|msisdn|(^|_)contact(_(no|number))?$|(^|_)tel$`), "mobile"},
	{lazy.Regexp(`(^|_)pan(_?(no|num|number|card))?$|aadhaar|aadhar`), "pan"},
	{lazy.Regexp(`^(name|fname|lname)$|(^|_)(first|last|middle|full|given|family|sur|customer|payer|holder|user|person|beneficiary|contact|card|father|mother|nominee)_?name$`), "name"},
	{lazy.Regexp(`account_?(no|num|number)|(^|_)(vpa|upi|upi_id|iban|card_number|ifsc)$`), "account"},
	{lazy.Regexp(`address|street|(^|_)(line_?[123]|city|pincode|pin_code|zip|zip_?code|postal_?code|landmark)$`), "address"},
}

// hiddenAs returns how the value of a member is hidden because of its name.
func hiddenAs(name string) (personal string, secret bool) {
	name = snake(name)
	for _, h := range hidden {
		if h.form().MatchString(name) {
			return h.personal, h.personal == ""
		}
	}
	return "", false
}

func upper(name string) string { return strings.ToUpper(name) }
