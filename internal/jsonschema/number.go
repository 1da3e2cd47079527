package jsonschema

import (
	"bytes"
	"math"
	"math/big"
	"slices"
	"strconv"
)

// numbers holds the constraints of a schema on a number.
type numbers struct {
	schema   *Schema
	whole    bool
	multiple int64 // multipleOf, if it is a whole number; otherwise 0
	decimals int   // decimals that a multiple of 0.1, 0.01 or 0.001 has at most; -1: multipleOf is none of these
	format   *Format
	any      bool // no constraints
}

func newNumbers(s *Schema) *numbers {
	n := &numbers{schema: s, decimals: -1}
	n.whole = slices.Contains(s.Types, "integer") && !slices.Contains(s.Types, "number")
	if m := s.MultipleOf; m != nil {
		switch {
		case *m == math.Trunc(*m) && *m > 0 && *m < 1<<50:
			n.multiple = int64(*m)
		case slices.Contains([]float64{0.1, 0.01, 0.001}, *m):
			n.decimals = int(math.Round(-math.Log10(*m)))
		}
	}
	if s.Format != nil && s.Format.Number != nil {
		n.format = s.Format
	}
	n.any = s.Minimum == nil && s.Maximum == nil && s.MultipleOf == nil && len(s.Enum) == 0 && n.format == nil
	return n
}

// certain is the number of decimal digits that a float64 holds exactly.
const certain = 15

// number reads a number as in RFC 8259 and validates it.
func (r *reader) number(n *node, depth int) bool {
	b, start, i := r.body, r.at, r.at
	if b[i] == '-' {
		i++
	}
	digits := func() bool {
		from := i
		for i < len(b) && b[i]-'0' <= 9 {
			i++
		}
		return i > from
	}
	decimals, exponent := 0, false
	switch {
	case i < len(b) && b[i] == '0':
		i++
	case !digits():
		return false
	}
	if i < len(b) && b[i] == '.' {
		i++
		point := i
		if !digits() {
			return false
		}
		decimals = i - point
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if exponent = true; !digits() {
			return false
		}
	}
	r.at = i
	if raw := b[start:i]; n.kinds&number == 0 || !n.numbers.accept(raw, decimals, exponent) {
		r.invalidNumber(n, depth, raw)
	}
	return true
}

// accept reports whether a number surely satisfies the constraints, without big
// arithmetic. If false, the number may still satisfy them.
func (n *numbers) accept(raw []byte, decimals int, exponent bool) bool {
	s := n.schema
	switch {
	case exponent || n.whole && decimals > 0 || n.format != nil && len(raw) > certain:
		return false
	case n.any:
		return len(raw) < 300 // and so a float64 can hold it
	case len(raw) > certain || len(s.Enum) > 0, s.MultipleOf != nil && n.multiple == 0 && (n.decimals < 0 || decimals > n.decimals):
		return false
	}
	f := short(raw, decimals)
	switch {
	case s.Minimum != nil && (f < *s.Minimum || s.ExclusiveMinimum && f == *s.Minimum),
		s.Maximum != nil && (f > *s.Maximum || s.ExclusiveMaximum && f == *s.Maximum),
		n.format != nil && !n.format.Number(f):
		return false
	}
	return n.multiple == 0 || decimals == 0 && int64(f)%n.multiple == 0
}

// tens holds the powers of ten that a float64 holds exactly.
var tens = [certain + 1]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// short returns the value of a number of at most certain characters without exponent.
// Its digits and the power of ten are exact, so the division rounds once, as
// strconv.ParseFloat does.
func short(raw []byte, decimals int) float64 {
	whole := int64(0)
	for _, c := range raw {
		if c-'0' <= 9 {
			whole = 10*whole + int64(c-'0')
		}
	}
	f := float64(whole) / tens[decimals]
	if raw[0] == '-' {
		return -f
	}
	return f
}

// invalidNumber records everything that is wrong with a number, if anything is.
func (r *reader) invalidNumber(n *node, depth int, raw []byte) {
	s := n.schema
	f, err := strconv.ParseFloat(string(raw), 64)
	huge := err != nil
	if n.enum != nil && (huge || !slices.Contains(n.enum.numbers, f)) {
		r.literal(n, depth, "enum", raw)
		return
	}
	if huge && !s.Empty {
		r.literal(n, depth, "type", raw)
		if v := &r.state.Violations[len(r.state.Violations)-1]; v.Got == "" {
			v.how = tooLarge
		}
		return
	}
	got := "number"
	if f == math.Trunc(f) {
		got = "integer"
	}
	if n.kinds&number == 0 || n.numbers.whole && got != "integer" {
		r.violate(n, depth, "type", got)
		return
	}
	if n.numbers.format != nil && !n.numbers.format.Number(f) {
		r.violate(n, depth, "format", "")
	}
	if s.Minimum != nil && s.ExclusiveMinimum && !(f > *s.Minimum) {
		r.violate(n, depth, "exclusiveMinimum", "")
	}
	if s.Maximum != nil && s.ExclusiveMaximum && !(f < *s.Maximum) {
		r.violate(n, depth, "exclusiveMaximum", "")
	}
	if s.Minimum != nil && f < *s.Minimum {
		r.violate(n, depth, "minimum", "")
	}
	if s.Maximum != nil && f > *s.Maximum {
		r.violate(n, depth, "maximum", "")
	}
	if s.MultipleOf != nil && !multiple(raw, *s.MultipleOf) {
		r.violate(n, depth, "multipleOf", "")
	}
}

// maxExact is the length in characters up to which multiple is exact.
const maxExact = 400

// multiple reports whether a number is a multiple of another, from the decimal text of
// both. A number that is too long, or too small, for an exact result is not a multiple.
func multiple(raw []byte, of float64) bool {
	if mantissa, _, _ := bytes.Cut(bytes.ToLower(raw), []byte{'e'}); of > 0 && len(bytes.Trim(mantissa, "-0.")) == 0 {
		return true // zero, with any exponent
	}
	if of <= 0 || len(raw) > maxExact || exponentOf(raw) < -maxExact {
		return false
	}
	value, ok := new(big.Rat).SetString(string(raw))
	step, also := new(big.Rat).SetString(strconv.FormatFloat(of, 'g', -1, 64))
	return ok && also && new(big.Rat).Quo(value, step).IsInt()
}

// exponentOf returns the exponent of a number as written. If no int holds it,
// exponentOf returns math.MinInt.
func exponentOf(raw []byte) int {
	at := bytes.IndexAny(raw, "eE")
	if at < 0 {
		return 0
	}
	exponent, err := strconv.Atoi(string(raw[at+1:]))
	if err != nil {
		return math.MinInt
	}
	return exponent
}
