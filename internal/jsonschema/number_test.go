package jsonschema_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// everyWay validates bodies in every way that a check has: alone, as a subschema, at a
// requested place, and as a strict schema. All must agree.
func everyWay(t testing.TB, s *jsonschema.Schema) (conforms func(body []byte) bool) {
	t.Helper()
	own := func(change func(s *jsonschema.Schema)) *jsonschema.Schema {
		outer := jsonschema.Anything()
		change(outer)
		return outer
	}
	everything := jsonschema.Anything()
	nothing := own(func(o *jsonschema.Schema) { o.Not = everything })
	all := []struct {
		name    string
		schema  *jsonschema.Schema
		request jsonschema.Request
	}{
		{"alone", s, jsonschema.Request{}},
		{"at a requested place", s, jsonschema.Request{Spans: []contract.Pointer{""}}},
		{"in allOf", own(func(o *jsonschema.Schema) { o.AllOf = []*jsonschema.Schema{s, everything} }), jsonschema.Request{}},
		{"in anyOf", own(func(o *jsonschema.Schema) { o.AnyOf = []*jsonschema.Schema{s} }), jsonschema.Request{}},
		{"in oneOf", own(func(o *jsonschema.Schema) { o.OneOf = []*jsonschema.Schema{s, nothing} }), jsonschema.Request{}},
		{"in not", own(func(o *jsonschema.Schema) { o.Not = own(func(i *jsonschema.Schema) { i.Not = s }) }), jsonschema.Request{}},
		{"strict", everything, jsonschema.Request{Strict: []jsonschema.StrictSchema{{Schema: s}}}},
	}
	checks := make([]*jsonschema.Check, len(all))
	for i, way := range all {
		var err error
		if checks[i], err = jsonschema.Compile(way.schema, way.request); err != nil {
			t.Fatal(err)
		}
	}
	states := make([]jsonschema.ScanState, len(all))
	return func(body []byte) bool {
		t.Helper()
		alone := false
		for i, check := range checks {
			got := check.Read(body, &states[i]) && len(states[i].Violations)+len(states[i].Departures) == 0
			if i == 0 {
				alone = got
			} else if got != alone {
				t.Fatalf("%.200s: accepted %s: %t, alone: %t (%+v)", body, all[i].name, got, alone, *s)
			}
		}
		return alone
	}
}

// numberSchema is a schema with limits on numbers. Texts are as in a document.
func numberSchema(typ, minimum, maximum, multipleOf string, low, high bool) *jsonschema.Schema {
	s := jsonschema.Anything()
	s.Types = []string{typ}
	s.Minimum, s.Maximum, s.MultipleOf = json.Number(minimum), json.Number(maximum), json.Number(multipleOf)
	s.ExclusiveMinimum, s.ExclusiveMaximum = low && minimum != "", high && maximum != ""
	return s
}

// conformsExactly is what numberSchema means, by the fractions of package math/big.
func conformsExactly(s *jsonschema.Schema, number string) bool {
	rat := func(text string) *big.Rat {
		r, ok := new(big.Rat).SetString(text)
		if !ok {
			panic(text)
		}
		return r
	}
	value := rat(number)
	if s.Types[0] == "integer" && !value.IsInt() {
		return false
	}
	if s.Minimum != "" {
		if order := value.Cmp(rat(string(s.Minimum))); order < 0 || order == 0 && s.ExclusiveMinimum {
			return false
		}
	}
	if s.Maximum != "" {
		if order := value.Cmp(rat(string(s.Maximum))); order > 0 || order == 0 && s.ExclusiveMaximum {
			return false
		}
	}
	if f := s.Format; f != nil && (!value.IsInt() || value.Cmp(rat(string(f.Low))) < 0 || value.Cmp(rat(string(f.High))) > 0) {
		return false
	}
	return s.MultipleOf == "" || new(big.Rat).Quo(value, rat(string(s.MultipleOf))).IsInt()
}

// spellings are numbers at which arithmetic in a float64 or an int64 goes wrong, and
// ordinary amounts.
var spellings = []string{
	"0", "-0", "0.0", "0e5", "1", "-1", "1.0", "1e0", "1.00", "10e-1", "100", "1e2", "1E+2", "0.01", "0.1", "0.10", "0.001", "19.99", "19.990", "19.990000000000002",
	"1998.9999999999998", "0.30000000000000004", "100.0000000000000001", "1.00005", "1.0001", "-1.00005", "0.00001", "-0.00001", "0.00005",
	"2147483647", "2147483648", "-2147483648", "-2147483649", "2147483647.0", "2147483647.5", "9007199254740991", "9007199254740992", "9007199254740993", "9007199254740993.0",
	"99999999999999", "999999999999999", "99999999999.99", "922337203685477.5807", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "9223372036854775806.9",
	"18446744073709551615", "18446744073709551616", "123456789012345678901234567890", "123456789012345678901234567891", "1e30", "1e308", "1e309", "1e400", "-1e400", "1e-400", "1.5e1", "15e-1", "3e-1", "0.3", "0.9", "0.123456789",
}

// TestNumbersAreExact compares every spelling with limits of every spelling.
func TestNumbersAreExact(t *testing.T) {
	t.Parallel()
	for _, limit := range spellings {
		for _, typ := range []string{"integer", "number"} {
			all := []*jsonschema.Schema{
				numberSchema(typ, limit, "", "", false, false), numberSchema(typ, limit, "", "", true, false),
				numberSchema(typ, "", limit, "", false, false), numberSchema(typ, "", limit, "", false, true),
				numberSchema(typ, limit, limit, "", false, false),
			}
			if conformsExactly(numberSchema("number", "0", "", "", true, false), limit) {
				all = append(all, numberSchema(typ, "", "", limit, false, false), numberSchema(typ, "0", "1e6", limit, true, false))
			}
			for _, s := range all {
				accepts := everyWay(t, s)
				for _, number := range spellings {
					if got, want := accepts([]byte(number)), conformsExactly(s, number); got != want {
						t.Errorf("%s is accepted: %t, want %t: %s, minimum %q, maximum %q, multipleOf %q", number, got, want, typ, s.Minimum, s.Maximum, s.MultipleOf)
					}
				}
			}
		}
	}
}

// TestEnumOfNumbers: an enumeration holds values, not spellings, and loses no digit.
func TestEnumOfNumbers(t *testing.T) {
	t.Parallel()
	for _, one := range spellings {
		s := jsonschema.Anything()
		s.Enum = []any{json.Number(one), []any{json.Number(one)}, map[string]any{"a": json.Number(one)}}
		accepts := everyWay(t, s)
		for _, other := range spellings {
			a, _ := new(big.Rat).SetString(one)
			b, _ := new(big.Rat).SetString(other)
			for _, form := range []string{"%s", "[%s]", `{"a":%s}`} {
				body := fmt.Sprintf(form, other)
				if got, want := accepts([]byte(body)), a.Cmp(b) == 0; got != want {
					t.Errorf("%s of the enumeration of %s is accepted: %t", body, one, got)
				}
			}
		}
	}
}

// TestNumbersOfAnySize: a number of a million digits, or with an exponent of a million
// digits, is validated without the time to write it out.
func TestNumbersOfAnySize(t *testing.T) {
	t.Parallel()
	digits := strings.Repeat("7", 1<<20)
	for _, c := range []struct {
		number string
		s      *jsonschema.Schema
		want   bool
	}{
		{digits, numberSchema("integer", "1", "", "", false, false), true},
		{digits, numberSchema("integer", "", "1", "", false, false), false},
		{digits, numberSchema("integer", "", "", "7", false, false), true},
		{digits, numberSchema("integer", "", "", "0.07", false, false), true},
		{digits, numberSchema("integer", "", "", "123456789012345678901234567890", false, false), false},
		{digits + "." + digits, numberSchema("integer", "", "", "", false, false), false},
		{"0." + digits, numberSchema("number", "", "", "0.01", false, false), false},
		{"1e" + digits, numberSchema("integer", "1", "", "5", false, false), true},
		{"1e" + digits, numberSchema("integer", "", "", "3", false, false), false},
		{"1e-" + digits, numberSchema("number", "0", "1", "", true, false), true},
		{"1e-" + digits, numberSchema("integer", "", "", "", false, false), false},
		{"1e1000000000", numberSchema("number", "", "", "7", false, false), false},
		{"0e" + digits, numberSchema("integer", "", "", "7", false, false), true},
		{"0." + strings.Repeat("0", 1<<20) + "1", numberSchema("number", "", "0", "", false, false), false},
	} {
		if got := everyWay(t, c.s)([]byte(c.number)); got != c.want {
			t.Errorf("%.20s…: accepted: %t; minimum %q, maximum %q, multipleOf %q", c.number, got, c.s.Minimum, c.s.Maximum, c.s.MultipleOf)
		}
	}
}

// FuzzNumber compares a number and random limits with the fractions of package math/big.
func FuzzNumber(f *testing.F) {
	for i, number := range spellings {
		f.Add(number, uint64(i))
	}
	f.Fuzz(func(t *testing.T, number string, seed uint64) {
		if !json.Valid([]byte(number)) || strings.TrimSpace(number) != number || len(number) > 60 || strings.TrimLeft(number, "-0123456789") == number {
			return
		}
		if _, exponent, found := strings.Cut(strings.ToLower(number), "e"); found && len(exponent) > 4 {
			return // the fractions would be long
		}
		m := rand.New(rand.NewPCG(seed, 1))
		limit := func() string {
			if m.IntN(2) == 0 {
				return ""
			}
			return spellings[m.IntN(len(spellings))]
		}
		step := limit()
		if step != "" && !conformsExactly(numberSchema("number", "0", "", "", true, false), step) {
			step = ""
		}
		s := numberSchema([]string{"integer", "number"}[m.IntN(2)], limit(), limit(), step, m.IntN(2) == 0, m.IntN(2) == 0)
		if m.IntN(3) == 0 {
			s.Format = &jsonschema.Format{Name: "int64", Low: "-9223372036854775808", High: "9223372036854775807"}
		}
		accepts := everyWay(t, s)
		for _, one := range append(slices.Clone(spellings), number) {
			if got, want := accepts([]byte(one)), conformsExactly(s, one); got != want {
				t.Fatalf("%s is accepted: %t, want %t: %+v", one, got, want, *s)
			}
		}
	})
}

// TestQuickNumbers: ordinary amounts and integers are validated without memory.
func TestQuickNumbers(t *testing.T) {
	s := numberSchema("number", "0.01", "9999999999.99", "0.01", false, false)
	check, err := jsonschema.Compile(s, jsonschema.Request{})
	if err != nil {
		t.Fatal(err)
	}
	var state jsonschema.ScanState
	for _, number := range []string{"19.99", "1", "150000", "0.01", "9999999999.99", "100.0", "100.00"} {
		body := []byte(number)
		if n := testing.AllocsPerRun(100, func() { check.Read(body, &state) }); n > 0 || !state.Conforms() {
			t.Errorf("%s: %v allocations, conforms: %t", number, n, state.Conforms())
		}
	}
}
