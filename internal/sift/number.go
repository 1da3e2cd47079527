package sift

import (
	"math"
	"slices"
	"strconv"
)

// numbers is what a schema demands of a number.
type numbers struct {
	whole    bool
	min, max *float64
	above    bool // more than min
	below    bool // less than max
	multiple int64
	decimals int // how many are a multiple of what is demanded; -1: any
	enum     []float64
	opaque   bool
}

func newNumbers(s *Schema) *numbers {
	n := &numbers{decimals: -1, min: s.Minimum, max: s.Maximum, above: s.ExclusiveMinimum, below: s.ExclusiveMaximum}
	n.whole = slices.Contains(s.Types, "integer") && !slices.Contains(s.Types, "number")
	for _, value := range s.Enum {
		if f, ok := value.(float64); ok {
			n.enum = append(n.enum, f)
		}
	}
	if m := s.MultipleOf; m != nil {
		switch {
		case *m == math.Trunc(*m) && *m > 0 && *m < 1<<50:
			n.multiple = int64(*m)
		case slices.Contains([]float64{0.1, 0.01, 0.001}, *m):
			n.decimals = int(math.Round(-math.Log10(*m)))
		default: // of other fractions the validator that explains has its own idea
			n.opaque = true
		}
	}
	return n
}

func (n *numbers) none() bool {
	return n.min == nil && n.max == nil && n.multiple == 0 && n.decimals < 0 && len(n.enum) == 0
}

// most digits that a float64 holds for certain.
const certain = 15

// accept judges a number as it is written. One with an exponent, or with more
// digits than a float64 holds, is left to others.
func (n *numbers) accept(raw []byte, decimals int, exponent bool) bool {
	fraction := decimals > 0
	if exponent || len(raw) > certain || n.whole && fraction || n.decimals >= 0 && decimals > n.decimals {
		return false
	}
	if n.none() {
		return true
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	switch {
	case err != nil,
		n.min != nil && (f < *n.min || n.above && f == *n.min), //nolint:revive // a limit is met exactly or not
		n.max != nil && (f > *n.max || n.below && f == *n.max),
		len(n.enum) > 0 && !slices.Contains(n.enum, f):
		return false
	}
	return n.multiple == 0 || !fraction && int64(f)%n.multiple == 0
}
