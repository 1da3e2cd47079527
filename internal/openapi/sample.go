package openapi

import (
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"assay/internal/contract"
)

// object makes an object with every property that can be made, also those of allOf.
func (m *Member) Sample() (any, bool) {
	for _, s := range m.schemas {
		if value, ok := sample(s, nil); ok {
			return value, true
		}
	}
	return nil, false
}

// sample does not make a value for a recursive schema.
func sample(s *openapi3.Schema, above []*openapi3.Schema) (any, bool) {
	if slices.Contains(above, s) {
		return nil, false
	}
	above = append(slices.Clone(above), s)
	for _, candidate := range samples(s, above) {
		raw, err := json.Marshal(candidate)
		if err != nil {
			continue
		}
		if value, err := contract.Decode(raw); err == nil && len(violations(s, value)) == 0 {
			return value, true
		}
	}
	return nil, false
}

func samples(s *openapi3.Schema, above []*openapi3.Schema) []any {
	var all []any
	for _, printed := range append([]any{s.Example, s.Default}, s.Enum...) {
		if printed != nil {
			all = append(all, printed)
		}
	}
	for _, option := range slices.Concat(s.AnyOf, s.OneOf) {
		if value, ok := sample(option.Value, above); ok {
			all = append(all, value)
		}
	}
	switch {
	case s.Type.Is("object"), len(s.AllOf) > 0:
		all = append(all, object(s, above))
	case s.Type.Is("array"):
		var list []any
		if item, ok := sample(s.Items.Value, above); ok {
			for range max(1, s.MinItems) {
				list = append(list, item)
			}
		}
		all = append(all, list, []any{})
	case s.Type.Is("string"):
		all = append(all, strings.Repeat("a", int(max(1, s.MinLength))), strings.Repeat("1", int(max(1, s.MinLength))))
	case s.Type.Is("boolean"):
		all = append(all, true)
	case s.Type.Is("integer"), s.Type.Is("number"):
		all = append(all, 1)
		for _, n := range near(s) {
			all = append(all, json.Number(contract.NumberText(n)))
		}
	}
	return all
}

// near returns numbers at the limits of a schema, between them, and multiples near them.
func near(s *openapi3.Schema) []*big.Rat {
	var all []*big.Rat
	one := big.NewRat(1, 1)
	bounds := []*big.Rat{}
	for _, keyword := range []string{"minimum", "maximum"} {
		if n, ok := contract.Number(exactLimit(s, keyword).String()); ok {
			bounds = append(bounds, n)
			all = append(all, n, new(big.Rat).Add(n, one), new(big.Rat).Sub(n, one))
		}
	}
	if len(bounds) == 2 {
		sum := new(big.Rat).Add(bounds[0], bounds[1])
		all = append(all, sum.Mul(sum, big.NewRat(1, 2)))
	}
	step, ok := contract.Number(exactLimit(s, "multipleOf").String())
	if s.Type.Is("integer") && !ok {
		step, ok = one, true
	}
	if !ok || step.Sign() <= 0 {
		return all
	}
	for _, n := range append(slices.Clone(all), new(big.Rat)) {
		times := new(big.Rat).Quo(n, step)
		floor := new(big.Int).Div(times.Num(), times.Denom())
		for range 2 { // the multiple below and the one above
			all = append(all, new(big.Rat).Mul(step, new(big.Rat).SetInt(floor)))
			floor = new(big.Int).Add(floor, big.NewInt(1))
		}
	}
	return all
}

// object has every property of a schema, and of those it is composed of, that
// can be made.
func object(s *openapi3.Schema, above []*openapi3.Schema) any {
	made := map[string]any{}
	for _, part := range s.AllOf {
		value, _ := sample(part.Value, above)
		if members, ok := value.(map[string]any); ok {
			maps.Copy(made, members)
		} else if value != nil {
			return value // allOf combines something other than objects
		}
	}
	for name, property := range s.Properties {
		if value, ok := sample(property.Value, above); ok {
			made[name] = value
		}
	}
	if values := s.AdditionalProperties.Schema; values != nil {
		for i := uint64(len(made)); i < s.MinProps; i++ {
			if value, ok := sample(values.Value, above); ok {
				made["any"+strconv.FormatUint(i+1, 10)] = value
			}
		}
	}
	return made
}
