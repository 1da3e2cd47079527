package redact

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// The marks: for a text, for a text of digits, and for credentials that were wrong. A
// URL keeps scheme and host before the mark.
const (
	markText   = "REDACTED"
	markDigits = "00000000"
	markOther  = "REDACTED-OTHER"
)

func marked(value string) bool {
	if inner, ok := basedAddress(value); ok {
		return marked(inner)
	}
	u, err := url.Parse(value)
	return value == markText || value == markDigits || value == markOther || value == "0" ||
		err == nil && u.Host != "" && u.Path == "/"+markText && u.RawQuery == "" && u.Fragment == "" && u.User == nil
}

// basedAddress returns the address that a text holds in base64, as Paytring sends it.
func basedAddress(value string) (string, bool) {
	inner, err := base64.StdEncoding.DecodeString(value)
	return string(inner), err == nil && isAddress(string(inner))
}

func mark(value string) stand {
	if inner, ok := basedAddress(value); ok {
		return stand{text: base64.StdEncoding.EncodeToString([]byte(mark(inner).text)), number: "0"}
	}
	u, err := url.Parse(value)
	switch {
	case err == nil && u.Host != "" && u.Scheme != "":
		return stand{text: u.Scheme + "://" + u.Host + "/" + markText, number: "0"}
	case strings.Trim(value, "0123456789") == "":
		return stand{text: markDigits, number: "0"}
	}
	return stand{text: markText, number: "0"}
}

var (
	panForm  = regexp.MustCompile(`^[A-Za-z]{5}[0-9]{4}[A-Za-z]$`)
	panOurs  = regexp.MustCompile(`^ZZZPZ[0-9]{4}Z$`)
	mailForm = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
	mailOurs = regexp.MustCompile(`(?i)^[^@\s]+@example\.(com|org|net)$`)
)

// Reserved reports whether a value of a kind is in the range that belongs to no person.
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

// reservedNumber is Reserved for a JSON number. It begins with a one, because a JSON
// number cannot begin with a zero.
func reservedNumber(kind, value string) bool {
	rest, ok := strings.CutPrefix(value, "1")
	return Reserved(kind, value) || ok && Reserved(kind, "0"+rest)
}

// surrogate returns a replacement for a value that occurs nowhere else in the exchange.
func (s *Redactor) surrogate(kind, value string) stand {
	const most = 9999 // more surrogates than any shape can hold
	for n := 1; ; n++ {
		by := form(kind, value, n)
		if !s.used[by] || n == most {
			s.used[by] = true
			number := shaped(value, n)
			return stand{text: by, number: "1" + number[1:]}
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

// shaped replaces every digit by zero and every alphabetic character by z, except for the last ones,
// which hold a counter: four of eight or more digits, two of five or more, one of
// fewer; one alphabetic character if there are three or more and no digits.
func shaped(value string, n int) string {
	runes := []rune(value)
	digits, alphabetic := counts(runes)
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
	for i := len(runes) - 1; i >= 0 && digits == 0 && alphabetic >= 3; i-- {
		if runes[i] == 'z' || runes[i] == 'Z' {
			runes[i] -= rune(n % 26)
			break
		}
	}
	return string(runes)
}

// counter reads the counter in the last digits or the last alphabetic character of a value.
func counter(value string) int {
	runes := []rune(value)
	digits, alphabetic := counts(runes)
	n, place := 0, 1
	left := free(digits)
	for i := len(runes) - 1; i >= 0 && left > 0; i-- {
		if runes[i] >= '0' && runes[i] <= '9' {
			n, place, left = n+int(runes[i]-'0')*place, place*10, left-1
		}
	}
	for i := len(runes) - 1; i >= 0 && digits == 0 && alphabetic >= 3; i-- {
		switch r := runes[i]; {
		case r >= 'a' && r <= 'z':
			return int('z' - r)
		case r >= 'A' && r <= 'Z':
			return int('Z' - r)
		}
	}
	return n
}

func counts(runes []rune) (digits, alphabetic int) {
	for _, r := range runes {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.IsLetter(r) || unicode.IsMark(r):
			alphabetic++
		}
	}
	return digits, alphabetic
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
