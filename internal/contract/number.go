package contract

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

// mostExponent bounds the exponent of a number, and so the digits that it stands for.
const mostExponent = 1000

var numberForm = regexp.MustCompile(`^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$`)

// Number reads a decimal number exactly, as JSON and YAML write it. It is not ok if the
// text is no decimal number, or if its exponent is beyond 1000.
func Number(text string) (n *big.Rat, ok bool) {
	if !numberForm.MatchString(text) {
		return nil, false
	}
	if at := strings.IndexAny(text, "eE"); at >= 0 {
		if exponent, err := strconv.Atoi(text[at+1:]); err != nil || exponent < -mostExponent || exponent > mostExponent {
			return nil, false
		}
	}
	return new(big.Rat).SetString(text)
}

// NumberText writes a number in plain digits, exactly: without an exponent, and without
// zeros behind the decimal point. n must be a decimal number: a third has no end.
func NumberText(n *big.Rat) string {
	decimals, _ := n.FloatPrec()
	return n.FloatString(decimals)
}

// PlainNumber returns a number in plain digits: 4711 for 4.711e3. It returns other texts
// as they are.
func PlainNumber(text string) string {
	if !strings.ContainsAny(text, ".eE") {
		return text
	}
	if n, ok := Number(text); ok {
		return NumberText(n)
	}
	return text
}
