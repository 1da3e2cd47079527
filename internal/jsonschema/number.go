package jsonschema

import (
	"math"
	"slices"
)

// numbers holds the constraints of a schema on a number.
type numbers struct {
	schema           *Schema
	whole            bool // the type is integer
	minimum, maximum *decimal
	multipleOf       *divisor
	format           *integerFormat
	any              bool // no constraints besides whole
	quick            bool // low, high and step decide about numbers that scaled holds
	low, high        int64
	step             int64 // 0: any
}

// integerFormat is the range of a format such as int32.
type integerFormat struct{ low, high decimal }

func (f *integerFormat) accepts(d decimal) bool {
	return d.whole() && d.compare(f.low) >= 0 && d.compare(f.high) <= 0
}

// places is the number of decimals that the quick way counts in: it validates whole
// numbers of ten-thousandths. certain is the number of characters of a number up to
// which these fit an int64.
const (
	places  = 4
	certain = 14
)

func newNumbers(s *Schema) *numbers {
	n := &numbers{schema: s, low: math.MinInt64, high: math.MaxInt64}
	n.whole = slices.Contains(s.Types, "integer") && !slices.Contains(s.Types, "number")
	if s.Minimum != "" {
		d := newDecimal([]byte(s.Minimum))
		n.minimum = &d
		n.atLeast(d, s.ExclusiveMinimum)
	}
	if s.Maximum != "" {
		d := newDecimal([]byte(s.Maximum))
		n.maximum = &d
		n.atMost(d, s.ExclusiveMaximum)
	}
	if f := s.Format; f != nil && f.Low != "" {
		n.format = &integerFormat{newDecimal([]byte(f.Low)), newDecimal([]byte(f.High))}
		n.atLeast(n.format.low, false)
		n.atMost(n.format.high, false)
	}
	n.quick = len(s.Enum) == 0
	if s.MultipleOf != "" {
		n.multipleOf = newDivisor([]byte(s.MultipleOf))
		step, exact := n.multipleOf.scaled()
		n.step = step
		n.quick = n.quick && exact && step > 0
	}
	n.any = n.minimum == nil && n.maximum == nil && n.multipleOf == nil && n.format == nil && len(s.Enum) == 0
	return n
}

// atLeast narrows the range of the quick way: scaled numbers are whole, so a limit
// between two of them is the next one.
func (n *numbers) atLeast(limit decimal, exclusive bool) {
	low, exact := limit.scaled()
	if low < math.MaxInt64 && (exact && exclusive || !exact && !limit.negative) {
		low++
	}
	n.low = max(n.low, low)
}

func (n *numbers) atMost(limit decimal, exclusive bool) {
	high, exact := limit.scaled()
	if high > math.MinInt64 && (exact && exclusive || !exact && limit.negative) {
		high--
	}
	n.high = min(n.high, high)
}

// scaled returns how many ten-thousandths a number has, without the rest. A number out
// of range becomes the smallest or the largest int64; no number of certain characters
// reaches these.
func (d decimal) scaled() (value int64, exact bool) {
	if d.count+d.power > certain {
		if d.negative {
			return math.MinInt64, false
		}
		return math.MaxInt64, false
	}
	exact, shift := d.power >= -places, d.count+d.power+places // the digits that count
	for _, c := range d.digits {
		if c != '.' && shift > 0 {
			value, shift = 10*value+int64(c-'0'), shift-1
		}
	}
	for ; shift > 0 && value > 0; shift-- {
		value *= 10
	}
	if d.negative {
		value = -value
	}
	return value, exact
}

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

// accept reports whether a number surely satisfies the constraints. If false, the number
// may still satisfy them.
func (n *numbers) accept(raw []byte, decimals int, exponent bool) bool {
	switch {
	case n.any:
		return !n.whole || !exponent && decimals == 0
	case !n.quick || exponent || decimals > places || len(raw) > certain || (n.whole || n.format != nil) && decimals > 0:
		return false
	}
	value := int64(0)
	for _, c := range raw {
		if c-'0' <= 9 {
			value = 10*value + int64(c-'0')
		}
	}
	value *= tens[places-decimals]
	if raw[0] == '-' {
		value = -value
	}
	return value >= n.low && value <= n.high && (n.step == 0 || value%n.step == 0)
}

var tens = [places + 1]int64{1, 10, 100, 1000, 10000}

// invalidNumber records everything that is wrong with a number, if anything is.
func (r *reader) invalidNumber(n *node, depth int, raw []byte) {
	s, of, d := n.schema, n.numbers, newDecimal(raw)
	if n.enum != nil && !n.enum.number(d) {
		r.literal(n, depth, "enum", raw)
		return
	}
	got := "number"
	if d.whole() {
		got = "integer"
	}
	if n.kinds&number == 0 || of.whole && got != "integer" {
		r.violate(n, depth, "type", got)
		return
	}
	if of.format != nil && !of.format.accepts(d) {
		r.violate(n, depth, "format", "")
	}
	if of.minimum != nil && s.ExclusiveMinimum && d.compare(*of.minimum) <= 0 {
		r.violate(n, depth, "exclusiveMinimum", "")
	}
	if of.maximum != nil && s.ExclusiveMaximum && d.compare(*of.maximum) >= 0 {
		r.violate(n, depth, "exclusiveMaximum", "")
	}
	if of.minimum != nil && d.compare(*of.minimum) < 0 {
		r.violate(n, depth, "minimum", "")
	}
	if of.maximum != nil && d.compare(*of.maximum) > 0 {
		r.violate(n, depth, "maximum", "")
	}
	if of.multipleOf != nil && !of.multipleOf.divides(d) {
		r.violate(n, depth, "multipleOf", "")
	}
}
