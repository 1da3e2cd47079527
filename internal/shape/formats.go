package shape

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"assay/internal/contract"
	"assay/internal/lazy"
	"assay/internal/redact"
)

var (
	uuidForm = lazy.Regexp(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	dateForm = lazy.Regexp(`^\d{4}-\d\d-\d\d$`)
	timeForm = lazy.Regexp(`^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?$`)
	decForm  = lazy.Regexp(`^-?\d+\.\d+$`)
	uriForm  = lazy.Regexp(`^[a-z][a-z0-9+.-]*://[^\s]+$`)
	mailForm = lazy.Regexp(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
	baseForm = lazy.Regexp(`^[A-Za-z0-9+/_-]{14,}={0,2}$`)
)

// Formats returns the names of the formats of texts, each with an example.
func Formats() map[string]string {
	return map[string]string{
		"empty": "", "digits": "7", "decimal": "7.5", "hex": "00112233445566778899aabbccddeeff", "word": "another", "text": "another text",
		"uuid": "00000000-0000-4000-8000-000000000000", "date": "2000-01-01", "date-time": "2000-01-01T00:00:00Z",
		httpsURI: "https://shop.example/another", "uri": "http://shop.example/another", "email": "somebody@shop.example",
		"base64": "YW5vdGhlciB0ZXh0Pw==",
	}
}

// httpsURI is the format of URIs with https. Documents call it uri, like other URIs.
const httpsURI = "https-uri"

// format returns the name of the narrowest format of a text.
func format(s string) string {
	digits, hex, word := true, true, true
	mail, base, sep, dash := false, false, false, false
	for i := range len(s) {
		c := s[i]
		digit := c >= '0' && c <= '9'
		digits = digits && digit
		hex = hex && (digit || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F')
		word = word && (digit || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '-' || c == '.')
		mail, base, sep, dash = mail || c == '@', base || c == '+' || c == '/' || c == '=', sep || c == ':', dash || c == '-'
	}
	switch {
	case s == "":
		return "empty"
	case digits:
		return "digits"
	case dash && len(s) == 36 && uuidForm().MatchString(s):
		return "uuid"
	case dash && len(s) == 10 && dateForm().MatchString(s):
		return "date"
	case dash && len(s) >= 19 && timeForm().MatchString(s):
		return "date-time"
	case hex && len(s) >= 16:
		return "hex"
	case word && decForm().MatchString(s):
		return "decimal"
	case word:
		return "word"
	case sep && uriForm().MatchString(s):
		if strings.HasPrefix(s, "https:") {
			return httpsURI
		}
		return "uri"
	case mail && mailForm().MatchString(s):
		return "email"
	case base && len(s) >= 16 && baseForm().MatchString(s):
		return "base64"
	}
	return "text"
}

// redacted reports whether a text is a mark that replaces a secret, whose format says
// nothing about the provider.
func redacted(s string) bool { return marked(s) || s == "00000000" }

// marked reports whether a recording has a mark in place of a text. It stands also where
// the members of an object have any name.
func marked(s string) bool { return strings.Contains(s, "REDACTED") }

var (
	nameForm     = lazy.Regexp(`^[A-Za-z_$@][A-Za-z0-9_.$:-]{0,63}$`)
	codeForm     = lazy.Regexp(`^[A-Za-z0-9_.:-]{1,24}$`)
	valueForm    = lazy.Regexp(`^[A-Za-z][A-Za-z_.-]*[0-9]{0,3}$`)
	number8      = lazy.Regexp(`[0-9]([ ._:-]?[0-9]){7}`)
	number5      = lazy.Regexp(`[0-9]([ ._:-]?[0-9]){4}`)
	panForm      = lazy.Regexp(`(?i)(^|[^a-z])[a-z]{3}[abcfghjlpt][a-z][0-9]{4}[a-z]([^a-z]|$)`)
	amountForm   = lazy.Regexp(`^[0-9]+(\.[0-9]+)?$`)
	currencyForm = lazy.Regexp(`^[A-Z]{3}$`)
	mediaForm    = lazy.Regexp(`^[a-z][a-z0-9.+-]{0,31}/[a-z][a-z0-9.+-]{0,63}$`)
	runs         = lazy.Regexp(`[A-Za-z0-9]+`)
	digitRuns    = lazy.Regexp(`[0-9]+`)
	humps        = lazy.Regexp(`[0-9]+|[A-Z]+[a-z]*|[a-z]+`)
)

// name returns the name of a member, or * if the name could be a value, such as an
// address or a number.
func name(s string) string {
	if !nameForm().MatchString(s) || looksLikeValue(s) || !allowed(s) {
		return "*"
	}
	return s
}

// allowedHeader reports whether a shape may contain the name of a header, in lower
// case.
func allowedHeader(s string) bool {
	return nameForm().MatchString(s) && !looksLikeValue(s) && !detected(s)
}

// looksLikeValue reports whether an undocumented name looks like a value: a number of
// at least five digits, with or without separators, a PAN, or a random identifier.
func looksLikeValue(s string) bool {
	return number5().MatchString(s) || panForm().MatchString(s) || slices.ContainsFunc(runs().FindAllString(s, -1), random)
}

// random reports whether letters and digits look like a random identifier:
// digits and capitals change more often than in words.
func random(s string) bool {
	digits := 0
	for i := range len(s) {
		if digit(s[i]) {
			digits++
		}
	}
	alphas, parts, numbers := len(s)-digits, len(humps().FindAllString(s, -1)), len(digitRuns().FindAllString(s, -1))
	switch {
	case alphas > 0 && digits >= 4, len(s) >= 8 && numbers >= 2, len(s) >= 32:
		return true
	case digits > 0:
		return len(s) >= 8 && parts >= 5 && len(s) < 3*parts || len(s) >= 16 && len(s) < 4*parts
	}
	return len(s) >= 16 && parts > 1 && len(s) < 4*parts || len(s) >= 20 && parts == 1
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// detected reports whether package redact takes a word for a secret or personal value.
// Short words without a digit are not checked.
func detected(s string) bool {
	return (len(s) >= 12 || strings.ContainsAny(s, "0123456789")) && len(redact.Detect(s)) > 0
}

// code returns a result code, or other if a shape may not contain it.
func code(s string) string {
	if !codeForm().MatchString(s) || !allowed(s) {
		return other
	}
	return s
}

// enumLike reports whether a text is a word that could belong to an enumeration, and
// neither an identifier nor prose.
func enumLike(s string) bool {
	return len(s) <= 32 && valueForm().MatchString(s) && !detected(s)
}

var (
	quoted = lazy.Regexp(`"[^"]*"|'[^']*'|\[[^\]]*\]|‘[^’]*’|“[^”]*”`)
	plain  = lazy.Regexp(`^[a-z]{1,20}[.,:;!?]?$`)
)

// hole stands in place of a value.
const hole = contract.Hole

// form returns the form of an undocumented message: everything that could be a value
// becomes a hole. These are quoted texts, texts of the request and the response, and
// words that kept rejects: see messageForm.
func form(message string, values []string, kept func(word string) bool) string {
	message = quoted().ReplaceAllString(message, " "+hole+" ")
	longest := slices.SortedFunc(slices.Values(values), func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	for _, s := range longest { // a longer value may contain a shorter one
		if utf8.RuneCountInString(s) >= 3 {
			message = punch(message, s)
		}
	}
	var words []string
	for _, word := range strings.Fields(message) {
		if !kept(word) {
			word = hole
		}
		if word != hole || len(words) == 0 || words[len(words)-1] != hole {
			words = append(words, word)
		}
	}
	return strings.Join(words[:min(len(words), contract.FormWords)], " ")
}

// SameForm reports whether two forms may come from the same message: where one has a
// hole, the other may have any words. They must have a word in common.
func SameForm(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	return slices.ContainsFunc(x, func(word string) bool { return word != hole && slices.Contains(y, word) }) && (fits(x, y) || fits(y, x))
}

// fits reports whether words match a form whose holes are filled.
func fits(form, words []string) bool {
	switch {
	case len(form) == 0:
		return len(words) == 0
	case form[0] != hole:
		return len(words) > 0 && words[0] == form[0] && fits(form[1:], words[1:])
	}
	for i := range len(words) + 1 {
		if fits(form[1:], words[i:]) {
			return true
		}
	}
	return false
}

// punch replaces a text by holes, ignoring case.
func punch(message, text string) string {
	small, what := strings.ToLower(message), strings.ToLower(text)
	if len(small) != len(message) || !strings.Contains(small, what) {
		return message
	}
	var b strings.Builder
	for {
		i := strings.Index(small, what)
		if i < 0 {
			break
		}
		b.WriteString(message[:i] + hole)
		message, small = message[i+len(what):], small[i+len(what):]
	}
	return b.String() + message
}
