package jsonschema

import (
	"bytes"
	"cmp"
	"math/big"
)

// decimal is a number of JSON without loss: ± digits × 10^power. It is made without
// memory of its own, so digits is part of the text that it was read from.
type decimal struct {
	digits   []byte // from the first to the last digit that is not zero, perhaps with a point; empty: zero
	count    int64  // of the digits, without the point
	power    int64
	negative bool
}

// farthest bounds exponents. No text that fits into memory makes up for such an
// exponent with its digits, so a comparison with a limit stays exact.
const farthest = 1e18

// newDecimal reads a number in the syntax of JSON.
func newDecimal(raw []byte) decimal {
	d := decimal{digits: raw}
	if len(raw) > 0 && raw[0] == '-' {
		d.negative, d.digits = true, raw[1:]
	}
	point := -1
	for i, c := range d.digits {
		if c == '.' {
			point = i
		} else if c|0x20 == 'e' {
			d.digits, d.power = d.digits[:i], exponentOf(d.digits[i+1:])
			break
		}
	}
	if point >= 0 {
		d.power -= int64(len(d.digits) - 1 - point)
	}
	for n := len(d.digits); n > 0 && (d.digits[n-1] == '0' || d.digits[n-1] == '.'); n = len(d.digits) {
		if d.digits[n-1] == '0' {
			d.power++
		}
		d.digits = d.digits[:n-1]
	}
	for len(d.digits) > 0 && (d.digits[0] == '0' || d.digits[0] == '.') {
		d.digits = d.digits[1:]
	}
	if len(d.digits) == 0 {
		return decimal{}
	}
	if d.count = int64(len(d.digits)); bytes.IndexByte(d.digits, '.') >= 0 {
		d.count--
	}
	return d
}

// exponentOf reads an exponent. One beyond farthest counts as farthest.
func exponentOf(text []byte) int64 {
	negative := text[0] == '-'
	n := int64(0)
	for _, c := range text {
		if c-'0' > 9 {
			continue // the sign
		}
		if n = 10*n + int64(c-'0'); n >= farthest {
			n = farthest
			break
		}
	}
	if negative {
		return -n
	}
	return n
}

// whole reports whether the number has no fraction. 1.0 and 1e2 have none.
func (d decimal) whole() bool { return d.power >= 0 }

// compare returns -1, 0 or 1 if d is less than, equal to or more than other.
func (d decimal) compare(other decimal) int {
	switch {
	case d.sign() != other.sign():
		return cmp.Compare(d.sign(), other.sign())
	case d.negative:
		return other.compareDigits(d)
	}
	return d.compareDigits(other)
}

func (d decimal) sign() int {
	switch {
	case len(d.digits) == 0:
		return 0
	case d.negative:
		return -1
	}
	return 1
}

// CompareNumbers returns -1, 0 or 1 if a is less than, equal to or more than b. Both are
// numbers in the syntax of JSON, of any size.
func CompareNumbers(a, b string) int {
	return newDecimal([]byte(a)).compare(newDecimal([]byte(b)))
}

// compareDigits compares without the signs.
func (d decimal) compareDigits(other decimal) int {
	if order := cmp.Compare(d.count+d.power, other.count+other.power); order != 0 { // the places of the first digits
		return order
	}
	i, k := 0, 0
	for {
		if i < len(d.digits) && d.digits[i] == '.' {
			i++
		}
		if k < len(other.digits) && other.digits[k] == '.' {
			k++
		}
		switch {
		case i == len(d.digits) && k == len(other.digits):
			return 0
		case i == len(d.digits):
			return -1 // the last digit of other is not zero
		case k == len(other.digits):
			return 1
		case d.digits[i] != other.digits[k]:
			return cmp.Compare(d.digits[i], other.digits[k])
		}
		i, k = i+1, k+1
	}
}

// divisor is what multipleOf demands.
type divisor struct {
	decimal
	digits *big.Int // the number is digits × 10^power
}

func newDivisor(raw []byte) *divisor {
	d := newDecimal(raw)
	digits, _ := new(big.Int).SetString(string(bytes.ReplaceAll(d.digits, []byte("."), nil)), 10)
	return &divisor{d, digits}
}

// divides reports whether a number is a multiple. It takes time in proportion to the
// digits of the number, whatever its exponent is.
func (d *divisor) divides(value decimal) bool {
	power := value.power - d.power
	switch {
	case d.sign() <= 0:
		return false
	case value.sign() == 0:
		return true
	case power < 0:
		return false // the digits of value do not end in a zero
	}
	rest := d.remainder(value.digits)
	if rest.Sign() != 0 && power > 0 {
		tens := new(big.Int).Exp(big.NewInt(10), big.NewInt(power), d.digits)
		rest.Mod(rest.Mul(rest, tens), d.digits)
	}
	return rest.Sign() == 0
}

// remainder divides the digits of a number by those of d.
func (d *divisor) remainder(digits []byte) *big.Int {
	rest, part, scale := new(big.Int), new(big.Int), new(big.Int)
	for at := 0; at < len(digits); {
		chunk, tens := uint64(0), uint64(1)
		for ; at < len(digits) && tens < 1e18; at++ {
			if digits[at] != '.' {
				chunk, tens = 10*chunk+uint64(digits[at]-'0'), 10*tens
			}
		}
		rest.Mul(rest, scale.SetUint64(tens))
		rest.Mod(rest.Add(rest, part.SetUint64(chunk)), d.digits)
	}
	return rest
}
