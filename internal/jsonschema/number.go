package jsonschema

import (
	"bytes"
	"math"
	"math/big"
	"slices"
	"strconv"
)

// numbers is what a schema demands of a number.
type numbers struct {
	schema   *Schema
	whole    bool
	multiple int64 // 0: none, or one that is no whole number
	decimals int   // how many a multiple of what is demanded has at most; -1: that says nothing
	format   *Format
	any      bool // nothing is demanded
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

// certain is how many digits a float64 holds for certain.
const certain = 15

// number reads one as RFC 8259 writes them, and judges it.
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
		r.outOfBounds(n, depth, raw)
	}
	return true
}

// accept judges a number as it is written, at a glance: one that it does not accept
// may be right all the same.
func (n *numbers) accept(raw []byte, decimals int, exponent bool) bool {
	s := n.schema
	switch {
	case exponent || n.whole && decimals > 0 || n.format != nil && len(raw) > certain:
		return false
	case n.any:
		return len(raw) < 300 // and so no larger than a float64
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

// tens are powers of ten that a float64 holds exactly.
var tens = [certain + 1]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// short is the value of a number of at most certain characters and without exponent:
// its digits and the power of ten are exact, so that dividing rounds once, as
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

// outOfBounds notes everything that is wrong with a number, if anything is.
func (r *reader) outOfBounds(n *node, depth int, raw []byte) {
	s := n.schema
	f, err := strconv.ParseFloat(string(raw), 64)
	huge := err != nil
	if n.enum != nil && (huge || !slices.Contains(n.enum.numbers, f)) {
		r.literal(n, depth, "enum", raw)
		return
	}
	if huge && !s.Empty {
		r.literal(n, depth, "type", raw)
		if v := &r.notes.Violations[len(r.notes.Violations)-1]; v.Got == "" {
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

// longest is how many characters a number may have of which it is told exactly
// whether it is a multiple.
const longest = 400

// multiple tells whether a number is a multiple of another one, as both are written.
// One that is too long to tell is none.
func multiple(raw []byte, of float64) bool {
	if mantissa, _, _ := bytes.Cut(bytes.ToLower(raw), []byte{'e'}); of > 0 && len(bytes.Trim(mantissa, "-0.")) == 0 {
		return true // zero, whatever its exponent
	}
	if of <= 0 || len(raw) > longest || exponentOf(raw) < -longest {
		return false
	}
	value, ok := new(big.Rat).SetString(string(raw))
	step, also := new(big.Rat).SetString(strconv.FormatFloat(of, 'g', -1, 64))
	return ok && also && new(big.Rat).Quo(value, step).IsInt()
}

// exponentOf is the exponent that a number is written with; one that no int holds is
// the least there is.
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
