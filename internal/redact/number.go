package redact

import "strings"

// numeral returns digits as a JSON number, which has no zero in front.
func numeral(digits string) string {
	sign, rest := "", digits
	if strings.HasPrefix(rest, "-") {
		sign, rest = "-", rest[1:]
	}
	if len(rest) > 1 && rest[0] == '0' && rest[1] != '.' {
		rest = "1" + rest[1:]
	}
	return sign + rest
}
