package shape_test

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"assay/internal/shape"
)

// TestLess compares numbers exactly, of any size and in any notation.
func TestLess(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"9007199254740992", "9007199254740993"},
		{"-9007199254740993", "-9007199254740992"},
		{"19.99", "19.990000000000002"},
		{"0.1", "0.10000000000000000001"},
		{"99999999999999999999999999999998", "99999999999999999999999999999999"},
		{"1e400", "1e500"},
		{"-1e500", "1e-500"},
		{"9", "10"},
		{"-10", "-9"},
	} {
		if !shape.Less(pair[0], pair[1]) || shape.Less(pair[1], pair[0]) {
			t.Errorf("%s is not less than %s", pair[0], pair[1])
		}
	}
	for _, pair := range [][2]string{{"1", "1.0"}, {"100", "1e2"}, {"0", "-0"}, {"7", "7"}} {
		if shape.Less(pair[0], pair[1]) || shape.Less(pair[1], pair[0]) {
			t.Errorf("%s is not equal to %s", pair[0], pair[1])
		}
	}
	form := rapid.StringMatching(`-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,10})?([eE][+-]?[0-9]{1,2})?`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := form.Draw(t, "a"), form.Draw(t, "b")
		x, _ := new(big.Rat).SetString(a)
		y, _ := new(big.Rat).SetString(b)
		if shape.Less(a, b) != (x.Cmp(y) < 0) {
			t.Errorf("%s, %s: %t", a, b, shape.Less(a, b))
		}
	})
}
