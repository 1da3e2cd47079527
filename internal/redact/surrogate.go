package redact

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// The marks: for a text, for one of digits only, and for credentials that were
// not the right ones. Of a web address scheme and host stay before the mark.
const (
	markText   = "REDACTED"
	markDigits = "00000000"
	markOther  = "REDACTED-OTHER"
)

func marked(value string) bool {
	u, err := url.Parse(value)
	return value == markText || value == markDigits || value == markOther || value == "0" ||
		err == nil && u.Host != "" && u.Path == "/"+markText && u.RawQuery == "" && u.Fragment == "" && u.User == nil
}

func mark(value string) stand {
	u, err := url.Parse(value)
	switch {
	case err == nil && u.Host != "" && u.Scheme != "":
		return stand{u.Scheme + "://" + u.Host + "/" + markText, "0"}
	case strings.Trim(value, "0123456789") == "":
		return stand{markDigits, "0"}
	}
	return stand{markText, "0"}
}

var (
	panForm  = regexp.MustCompile(`^[A-Za-z]{5}[0-9]{4}[A-Za-z]$`)
	panOurs  = regexp.MustCompile(`^ZZZPZ[0-9]{4}Z$`)
	mailForm = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
	mailOurs = regexp.MustCompile(`(?i)^[^@\s]+@example\.(com|org|net)$`)
)

// Reserved tells whether a value of a kind lies in the range that belongs to
// nobody.
func Reserved(kind, value string) bool {
	switch {
	case value == "":
		return true
	case kind == "pan" && panOurs.MatchString(value), kind == "email" && mailOurs.MatchString(value):
		return true
	case kind == "pan" && panForm.MatchString(value), kind == "email" && mailForm.MatchString(value):
		return false
	}
	return shaped(value, counter(value)) == value
}

// reservedNumber is Reserved for a JSON number, which cannot begin with a zero:
// it begins with a one.
func reservedNumber(kind, value string) bool {
	rest, ok := strings.CutPrefix(value, "1")
	return Reserved(kind, value) || ok && Reserved(kind, "0"+rest)
}

// surrogate gives a value its stand-in, which nothing else of the exchange has.
func (s *Redactor) surrogate(kind, value string) stand {
	const most = 9999 // more people than any shape can tell apart
	for n := 1; ; n++ {
		by := form(kind, value, n)
		if !s.taken[by] || n == most {
			s.taken[by] = true
			number := shaped(value, n)
			return stand{by, "1" + number[1:]}
		}
	}
}

func form(kind, value string, n int) string {
	switch {
	case kind == "pan" && panForm.MatchString(value):
		return fmt.Sprintf("ZZZPZ%04dZ", n)
	case kind == "email" && mailForm.MatchString(value):
		return "person" + strconv.Itoa(n) + "@example.com"
	}
	return shaped(value, n)
}

// shaped writes a value with a zero for every digit and the letter z for every
// letter, but for the last of them, which count: four digits of eight and more,
// two of five and more, one of fewer; of three letters and more without any
// digit, one.
func shaped(value string, n int) string {
	runes := []rune(value)
	digits, letters := counts(runes)
	for i, r := range runes {
		switch {
		case unicode.IsDigit(r):
			runes[i] = '0'
		case !unicode.IsLetter(r) && !unicode.IsMark(r):
		case r > unicode.MaxASCII && unicode.IsUpper(r):
			runes[i] = 'Ž'
		case r > unicode.MaxASCII:
			runes[i] = 'ž'
		case unicode.IsUpper(r):
			runes[i] = 'Z'
		default:
			runes[i] = 'z'
		}
	}
	left := free(digits)
	for i := len(runes) - 1; i >= 0 && left > 0; i-- {
		if runes[i] == '0' {
			runes[i] = rune('0' + n%10)
			n, left = n/10, left-1
		}
	}
	for i := len(runes) - 1; i >= 0 && digits == 0 && letters >= 3; i-- {
		if runes[i] == 'z' || runes[i] == 'Z' {
			runes[i] -= rune(n % 26)
			break
		}
	}
	return string(runes)
}

// counter reads back what the last digits or the last letter of a value count.
func counter(value string) int {
	runes := []rune(value)
	digits, letters := counts(runes)
	n, place := 0, 1
	left := free(digits)
	for i := len(runes) - 1; i >= 0 && left > 0; i-- {
		if runes[i] >= '0' && runes[i] <= '9' {
			n, place, left = n+int(runes[i]-'0')*place, place*10, left-1
		}
	}
	for i := len(runes) - 1; i >= 0 && digits == 0 && letters >= 3; i-- {
		switch r := runes[i]; {
		case r >= 'a' && r <= 'z':
			return int('z' - r)
		case r >= 'A' && r <= 'Z':
			return int('Z' - r)
		}
	}
	return n
}

func counts(runes []rune) (digits, letters int) {
	for _, r := range runes {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.IsLetter(r) || unicode.IsMark(r):
			letters++
		}
	}
	return digits, letters
}

func free(digits int) int {
	switch {
	case digits >= 8:
		return 4
	case digits >= 5:
		return 2
	case digits >= 1:
		return 1
	}
	return 0
}
