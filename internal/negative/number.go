package negative

import (
	"encoding/json"
	"math/big"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// numbers returns numbers just beyond a limit, or between two multiples, exactly. For a
// parameter they are strings.
func numbers(good any, c openapi.Constraint) []any {
	text, isText := good.(string)
	if !isText {
		text, _ = contract.Text(good)
	}
	limit, ok := contract.Number(c.Limit)
	was, there := contract.Number(text)
	if !ok {
		return nil
	}
	if !there {
		was = new(big.Rat)
	}
	var all []any
	for _, n := range beyond(c.Keyword, limit, was) {
		if plain := contract.NumberText(n); isText {
			all = append(all, plain)
		} else {
			all = append(all, json.Number(plain))
		}
	}
	return all
}

// beyond returns numbers that may violate a limit, the likeliest first. was conforms.
func beyond(keyword string, limit, was *big.Rat) []*big.Rat {
	one, cent := big.NewRat(1, 1), big.NewRat(1, 100)
	floor := new(big.Rat).SetInt(new(big.Int).Div(limit.Num(), limit.Denom()))
	sum := func(a, b *big.Rat) *big.Rat { return new(big.Rat).Add(a, b) }
	less := func(a, b *big.Rat) *big.Rat { return new(big.Rat).Sub(a, b) }
	switch keyword {
	case "minimum":
		return []*big.Rat{less(limit, one), less(limit, cent), less(limit, was), less(floor, one), floor}
	case "maximum":
		return []*big.Rat{sum(limit, one), sum(limit, cent), sum(limit, was), sum(floor, one)}
	case "exclusiveMinimum":
		return []*big.Rat{limit, floor}
	case "exclusiveMaximum":
		return []*big.Rat{limit, sum(floor, one)}
	}
	half, tenth := new(big.Rat).Mul(limit, big.NewRat(1, 2)), new(big.Rat).Mul(limit, big.NewRat(1, 10))
	return []*big.Rat{sum(was, one), sum(was, half), sum(was, tenth)}
}
