package redact

import (
	"regexp"
	"strings"
)

// nameForms find what a name must not show, besides what Detect finds.
var nameForms = []*regexp.Regexp{
	regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]*[A-Za-z][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*`),                // e-mail and UPI addresses
	regexp.MustCompile(`\+[0-9](?:[ ./()-]{0,2}[0-9]){7,14}`),                                                     // telephone numbers of any country
	regexp.MustCompile(`\b(?:0{0,2}91[ -]?|0)?[6-9][0-9]{4}[ -]?[0-9]{5}\b`),                                      // mobile numbers in India
	regexp.MustCompile(`(?i)\b[A-Z]{4}0[A-Z0-9]{6}\b.*\b[0-9]{9,18}\b|\b[0-9]{9,18}\b.*\b[A-Z]{4}0[A-Z0-9]{6}\b`), // an IFSC with an account
	regexp.MustCompile(`(?i)\b[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z]\b`),                                          // PANs
}

// encodedForm is a run that could be a number or more in an encoding.
var encodedForm = regexp.MustCompile(`[A-Za-z0-9+_=%\\&;#-]{12,}`)

// Name returns a name in which what looks like a secret or personal data is replaced, so
// that the name can be shown.
func Name(name string) string {
	if !strings.ContainsAny(name, "0123456789@") && len(name) < long {
		return name
	}
	clean := name
	for _, form := range nameForms {
		clean = form.ReplaceAllStringFunc(clean, func(found string) string {
			if panOurs.MatchString(strings.ToUpper(found)) || exemplary(found, 0, len(found)) {
				return found
			}
			return markText
		})
	}
	clean = numberLike.ReplaceAllStringFunc(clean, func(number string) string {
		if len(seems(number)) > 0 {
			return markText
		}
		return number
	})
	if encodedForm.MatchString(clean) && len(Detect(clean)) > 0 {
		return markText
	}
	return clean
}
