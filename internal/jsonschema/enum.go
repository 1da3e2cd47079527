package jsonschema

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// enumeration holds the values of enum by type.
type enumeration struct {
	texts      []string
	many       map[string]bool // of texts; nil: they are few
	numbers    []decimal
	yes, no    bool
	null       bool
	composites []string // objects and arrays, normalized
}

func newEnumeration(s *Schema) *enumeration {
	if len(s.Enum) == 0 {
		return nil
	}
	e := &enumeration{}
	for _, value := range s.Enum {
		switch v := value.(type) {
		case string:
			e.texts = append(e.texts, v)
		case json.Number:
			e.numbers = append(e.numbers, newDecimal([]byte(v)))
		case float64:
			e.numbers = append(e.numbers, newDecimal(strconv.AppendFloat(nil, v, 'g', -1, 64)))
		case bool:
			e.yes, e.no = e.yes || v, e.no || !v
		case nil:
			e.null = true
		default:
			raw, _ := json.Marshal(v) // it was read from JSON
			key, _ := normalized(raw)
			e.composites = append(e.composites, key)
		}
	}
	if len(e.texts) > manyTexts {
		e.many = map[string]bool{}
		for _, one := range e.texts {
			e.many[one] = true
		}
	}
	return e
}

// manyTexts is the number of texts from which on a map is faster than a loop.
const manyTexts = 16

func (e *enumeration) boolean(value bool) bool { return value && e.yes || !value && e.no }

func (e *enumeration) text(value []byte) bool {
	if e.many != nil {
		return e.many[string(value)]
	}
	for _, one := range e.texts {
		if len(one) == len(value) && (len(one) == 0 || one[0] == value[0] && one == string(value)) {
			return true
		}
	}
	return false
}

// composite reports whether an object or array is allowed.
func (e *enumeration) composite(raw []byte) bool {
	if len(e.composites) == 0 {
		return false
	}
	key, ok := normalized(raw)
	return ok && slices.Contains(e.composites, key)
}

func (e *enumeration) number(value decimal) bool {
	return slices.ContainsFunc(e.numbers, func(one decimal) bool { return one.compare(value) == 0 })
}

// normalized returns a text that two values share if they are equal. 1 and 1.0 are
// equal.
func normalized(raw []byte) (key string, ok bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var value any
	if d.Decode(&value) != nil {
		return "", false
	}
	text, err := json.Marshal(normalize(value))
	return string(text), err == nil
}

// unique reports whether no two items of an array are equal. 1 and 1.0 are equal.
func unique(raw []byte) bool {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var items []any
	if d.Decode(&items) != nil {
		return true // the array was parsed before
	}
	earlier := map[string]bool{}
	for _, item := range items {
		key, _ := json.Marshal(normalize(item)) // values decoded from JSON can be encoded
		if earlier[string(key)] {
			return false
		}
		earlier[string(key)] = true
	}
	return true
}

// normalize replaces every number in a value by its canonical form.
func normalize(value any) any {
	switch v := value.(type) {
	case json.Number:
		return []string{canonical(v.String())} // a list, so that a number never equals a string
	case []any:
		for i := range v {
			v[i] = normalize(v[i])
		}
		return []any{v}
	case map[string]any:
		for name := range v {
			v[name] = normalize(v[name])
		}
	}
	return value
}

// maxExact is the length of an exponent up to which canonical computes with it.
const maxExact = 400

// canonical writes a number as its sign, its digits without leading and trailing zeros,
// and a power of ten.
func canonical(number string) string {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(number), "e")
	sign := ""
	if rest, negative := strings.CutPrefix(mantissa, "-"); negative {
		sign, mantissa = "-", rest
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	short := strings.TrimRight(digits, "0")
	if short == "" {
		return "0"
	}
	if len(exponent) > maxExact { // adding to it would take long
		return sign + short + "e" + exponent
	}
	power, ok := new(big.Int).SetString(cmp.Or(exponent, "0"), 10)
	if !ok {
		return number
	}
	power.Add(power, big.NewInt(int64(len(digits)-len(short)-len(fraction))))
	return sign + short + "e" + power.String()
}
