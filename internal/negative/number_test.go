package negative

import (
	"encoding/json"
	"math/big"
	"testing"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// TestNumbers makes a number that violates a limit for each kind of limit, of any size.
// For a limit of integers one of them is an integer.
func TestNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		keyword, limit, good string
		integer              bool
	}{
		{"minimum", "1", "5", true},
		{"minimum", "9007199254740993", "9007199254740995", true},
		{"minimum", "1.5", "2", true},
		{"minimum", "-0.5", "3", true},
		{"minimum", "1e20", "100000000000000000001", true},
		{"minimum", "0.30", "0.35", false},
		{"maximum", "9007199254740993", "3", true},
		{"maximum", "123456789012345678901234567890.25", "3", true},
		{"maximum", "-1.5", "-2", true},
		{"exclusiveMinimum", "9007199254740993", "9007199254740994", true},
		{"exclusiveMinimum", "1.5", "2", true},
		{"exclusiveMaximum", "9007199254740993", "1", true},
		{"exclusiveMaximum", "1.5", "1", true},
		{"multipleOf", "3", "9007199254740993", true},
		{"multipleOf", "0.01", "19.99", false},
		{"multipleOf", "0.1", "90071992547409931.1", false},
		{"multipleOf", "1e-30", "1", false},
	} {
		limit, _ := contract.Number(c.limit)
		hit := map[bool]bool{}
		for _, good := range []any{json.Number(c.good), c.good} {
			for _, made := range numbers(good, openapi.Constraint{Keyword: c.keyword, Limit: c.limit}) {
				text, _ := contract.Text(made)
				n, ok := contract.Number(text)
				if !ok {
					t.Fatalf("%+v: made %v", c, made)
				}
				if violates(c.keyword, n, limit) && (n.IsInt() || !c.integer) {
					hit[good == any(c.good)] = true
				}
			}
		}
		if !hit[true] || !hit[false] {
			t.Errorf("%+v: no number, or no text, violates it: %v", c, numbers(json.Number(c.good), openapi.Constraint{Keyword: c.keyword, Limit: c.limit}))
		}
	}
}

func violates(keyword string, n, limit *big.Rat) bool {
	order := n.Cmp(limit)
	switch keyword {
	case "minimum":
		return order < 0
	case "maximum":
		return order > 0
	case "exclusiveMinimum":
		return order <= 0
	case "exclusiveMaximum":
		return order >= 0
	}
	return !new(big.Rat).Quo(n, limit).IsInt()
}
