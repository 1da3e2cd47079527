package shape

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"assay/internal/contract"
	"assay/internal/redact"
)

var (
	uuidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	dateForm = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)
	timeForm = regexp.MustCompile(`^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?$`)
	decForm  = regexp.MustCompile(`^-?\d+\.\d+$`)
	uriForm  = regexp.MustCompile(`^[a-z][a-z0-9+.-]*://[^\s]+$`)
	mailForm = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
	baseForm = regexp.MustCompile(`^[A-Za-z0-9+/_-]{14,}={0,2}$`)
)

// Formats names the forms of texts that are told apart, each with a text of it.
func Formats() map[string]string {
	return map[string]string{
		"empty": "", "digits": "7", "decimal": "7.5", "hex": "00112233445566778899aabbccddeeff", "word": "another", "text": "another text",
		"uuid": "00000000-0000-4000-8000-000000000000", "date": "2000-01-01", "date-time": "2000-01-01T00:00:00Z",
		httpsURI: "https://shop.example/another", "uri": "http://shop.example/another", "email": "somebody@shop.example",
		"base64": "YW5vdGhlciB0ZXh0Pw==",
	}
}

// httpsURI is the format of the URIs that nobody reads on the way; in the documents
// they are of the format uri, as others are.
const httpsURI = "https-uri"

// format names the narrowest form a text has.
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
	case dash && len(s) == 36 && uuidForm.MatchString(s):
		return "uuid"
	case dash && len(s) == 10 && dateForm.MatchString(s):
		return "date"
	case dash && len(s) >= 19 && timeForm.MatchString(s):
		return "date-time"
	case hex && len(s) >= 16:
		return "hex"
	case word && decForm.MatchString(s):
		return "decimal"
	case word:
		return "word"
	case sep && uriForm.MatchString(s):
		if strings.HasPrefix(s, "https:") {
			return httpsURI
		}
		return "uri"
	case mail && mailForm.MatchString(s):
		return "email"
	case base && len(s) >= 16 && baseForm.MatchString(s):
		return "base64"
	}
	return "text"
}

// redacted tells whether a text is a mark that stands where a secret stood: its
// form is ours, and not the provider's.
func redacted(s string) bool { return strings.Contains(s, "REDACTED") || s == "00000000" }

var (
	nameForm     = regexp.MustCompile(`^[A-Za-z_$@][A-Za-z0-9_.$:-]{0,63}$`)
	codeForm     = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,24}$`)
	valueForm    = regexp.MustCompile(`^[A-Za-z][A-Za-z_.-]*[0-9]{0,3}$`)
	number8      = regexp.MustCompile(`[0-9]([ ._:-]?[0-9]){7}`)
	number5      = regexp.MustCompile(`[0-9]([ ._:-]?[0-9]){4}`)
	panForm      = regexp.MustCompile(`(?i)(^|[^a-z])[a-z]{3}[abcfghjlpt][a-z][0-9]{4}[a-z]([^a-z]|$)`)
	amountForm   = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)
	currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)
	mediaForm    = regexp.MustCompile(`^[a-z][a-z0-9.+-]{0,31}/[a-z][a-z0-9.+-]{0,63}$`)
	runs         = regexp.MustCompile(`[A-Za-z0-9]+`)
	digitRuns    = regexp.MustCompile(`[0-9]+`)
	humps        = regexp.MustCompile(`[0-9]+|[A-Z]+[a-z]*|[a-z]+`)
)

// name is a member's name as a shape may keep it: one that could itself be
// somebody's value, such as an address or a number, is a *.
func name(s string) string {
	if !nameForm.MatchString(s) || valued(s) || !keepable(s) {
		return "*"
	}
	return s
}

// headed tells whether a shape may keep the name of a header, in lower case.
func headed(s string) bool { return nameForm.MatchString(s) && !valued(s) && !suspicious(s) }

// valued tells whether a name that nobody documents looks like a value: a number
// of five digits and more, whatever stands between them, a PAN, or an identifier
// drawn by lot.
func valued(s string) bool {
	return number5.MatchString(s) || panForm.MatchString(s) || slices.ContainsFunc(runs.FindAllString(s, -1), drawnByLot)
}

// drawnByLot tells whether letters and digits without a break look like an
// identifier: digits and letters that alternate as they do in no word, or many
// letters whose capitals begin no words.
func drawnByLot(s string) bool {
	digits := 0
	for i := range len(s) {
		if digit(s[i]) {
			digits++
		}
	}
	letters, parts, numbers := len(s)-digits, len(humps.FindAllString(s, -1)), len(digitRuns.FindAllString(s, -1))
	switch {
	case letters > 0 && digits >= 4, len(s) >= 8 && numbers >= 2, len(s) >= 32:
		return true
	case digits > 0:
		return len(s) >= 8 && parts >= 5 && len(s) < 3*parts || len(s) >= 16 && len(s) < 4*parts
	}
	return len(s) >= 16 && parts > 1 && len(s) < 4*parts || len(s) >= 20 && parts == 1
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// suspicious tells whether a word looks like what nobody may keep; short ones
// without a digit are only words.
func suspicious(s string) bool {
	return (len(s) >= 12 || strings.ContainsAny(s, "0123456789")) && len(redact.Detect(s)) > 0
}

// code is a result code as a shape may keep it.
func code(s string) string {
	if !codeForm.MatchString(s) || !keepable(s) {
		return other
	}
	return s
}

// single tells whether a text is a word that could be one of a list, and no
// identifier and no prose.
func single(s string) bool {
	return len(s) <= 32 && valueForm.MatchString(s) && !suspicious(s)
}

var (
	quoted = regexp.MustCompile(`"[^"]*"|'[^']*'|\[[^\]]*\]|‘[^’]*’|“[^”]*”`)
	plain  = regexp.MustCompile(`^[a-z]{1,20}[.,:;!?]?$`)
)

// hole stands where a value could have stood.
const hole = contract.Hole

// form is what is left of a message that nobody documents once everything that
// could be a value is taken out: what stands in quotes, what request and response
// say elsewhere, and every word that may not be kept: see worded.
func form(message string, said []string, kept func(word string) bool) string {
	message = quoted.ReplaceAllString(message, " "+hole+" ")
	longest := slices.SortedFunc(slices.Values(said), func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	for _, s := range longest { // a shorter one may stand in it
		if utf8.RuneCountInString(s) >= 3 {
			message = emptied(message, s)
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

// SameForm tells whether two forms of messages may be of one: where one has a hole,
// the other has any words, since what a request said makes holes here and none there.
// They have a word in common.
func SameForm(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	return slices.ContainsFunc(x, func(word string) bool { return word != hole && slices.Contains(y, word) }) && (fits(x, y) || fits(y, x))
}

// fits tells whether words are those of a form with its holes filled.
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

// emptied puts holes in the place of a text, in capitals or not.
func emptied(message, text string) string {
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
