package drift

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"assay/internal/scrub"
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
		return "uri"
	case mail && mailForm.MatchString(s):
		return "email"
	case base && len(s) >= 16 && baseForm.MatchString(s):
		return "base64"
	}
	return "text"
}

// scrubbed tells whether a text is a mark that stands where a secret stood: its
// form is ours, and not the provider's.
func scrubbed(s string) bool { return strings.Contains(s, "SCRUBBED") || s == "00000000" }

var (
	nameForm  = regexp.MustCompile(`^[A-Za-z_$@][A-Za-z0-9_.$:-]{0,63}$`)
	codeForm  = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,24}$`)
	valueForm = regexp.MustCompile(`^[A-Za-z][A-Za-z_.-]*[0-9]{0,3}$`)
	number8   = regexp.MustCompile(`[0-9]([ ._:-]?[0-9]){7}`)
	longRun   = regexp.MustCompile(`[0-9]{6}`)
)

// name is a member's name as a shape may keep it: one that could itself be
// somebody's value, such as an address or a number, is a *.
func name(s string) string {
	if !nameForm.MatchString(s) || longRun.MatchString(s) || suspicious(s) {
		return "*"
	}
	return s
}

// suspicious tells whether a word looks like what nobody may keep; short ones
// without a digit are only words.
func suspicious(s string) bool {
	return (len(s) >= 16 || strings.ContainsAny(s, "0123456789")) && len(scrub.Looks(s)) > 0
}

// code is a result code as a shape may keep it.
func code(s string) string {
	if !codeForm.MatchString(s) || number8.MatchString(s) || suspicious(s) {
		return other
	}
	return s
}

// single tells whether a text is a word that could be one of a list, and no
// identifier and no prose.
func single(s string) bool { return len(s) <= 32 && valueForm.MatchString(s) }

var (
	quoted = regexp.MustCompile(`"[^"]*"|'[^']*'|\[[^\]]*\]|‘[^’]*’|“[^”]*”`)
	plain  = regexp.MustCompile(`^[a-z]{1,20}[.,:;!?]?$`)
)

// hole stands where a value could have stood.
const hole = "{…}"

// form is what is left of a message that nobody documents once everything that
// could be a value is taken out: what stands in quotes, what request and answer
// say elsewhere, and every word that is neither in lower case nor one of those
// that the documents use.
func form(message string, said []string, documented func(word string) bool) string {
	message = quoted.ReplaceAllString(message, " "+hole+" ")
	for _, s := range said {
		if utf8.RuneCountInString(s) >= 3 {
			message = emptied(message, s)
		}
	}
	var words []string
	for _, word := range strings.Fields(message) {
		if !plain.MatchString(word) && !documented(word) {
			word = hole
		}
		if word != hole || len(words) == 0 || words[len(words)-1] != hole {
			words = append(words, word)
		}
	}
	return strings.Join(words[:min(len(words), 20)], " ")
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
