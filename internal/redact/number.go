package redact

import (
	"math/big"
	"strconv"
	"strings"
)

// mostExponent bounds the digits of a number in plain digits.
const mostExponent = 1000

// plainDigits returns a JSON number in plain digits, without an exponent and without zeros
// behind the decimal point: 4711 of 4.711e3. It is exact. Other places of the exchange
// have the value in this form.
func plainDigits(number string) string {
	if !strings.ContainsAny(number, ".eE") {
		return number
	}
	if at := strings.IndexAny(number, "eE"); at >= 0 {
		if n, err := strconv.Atoi(number[at+1:]); err != nil || n < -mostExponent || n > mostExponent {
			return number
		}
	}
	exact, ok := new(big.Rat).SetString(number)
	if !ok {
		return number
	}
	digits, _ := exact.FloatPrec()
	return exact.FloatString(digits)
}

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
