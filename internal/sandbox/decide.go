package sandbox

import (
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/spec"
)

// decide finds the result code: the preferred one, else the first whose when
// holds, else the one that succeeds. Of two requests with one reference exactly
// one finds it new.
func (s *Sandbox) decide(p *spec.Spec, o *spec.Operation, x *spec.View, wish wish) (*spec.Code, *spec.Breach) {
	if wish.code != "" {
		return o.Code(wish.code), nil
	}
	var forgiving []*spec.Reading
	if wish.handling == "lenient" || s.options.Lenient && wish.handling != "strict" {
		forgiving = p.AllReadings(o)
	}
	row, v := choose(o, x, forgiving)
	if row == nil || row.State != contract.Succeeded {
		return row, v
	}
	reference := reference(o, x)
	if reference == "" {
		return row, v
	}
	if seen, _ := s.orders.ContainsOrAdd(key(o, reference), struct{}{}); seen {
		x.Known = []string{reference} // somebody else was first, a moment ago
		return choose(o, x, forgiving)
	}
	return row, v
}

// choose tries the codes in the order of the table. A when that names violation
// is tried for each of them, and once without; what a reading forgives is none.
func choose(o *spec.Operation, x *spec.View, forgiving []*spec.Reading) (*spec.Code, *spec.Breach) {
	found := slices.DeleteFunc(breaches(o, x), func(b spec.Breach) bool { return forgiven(x, b, forgiving) })
	for _, row := range o.Codes {
		if row.When == nil {
			continue
		}
		if row.When.Names("violation") {
			for i := range found {
				if holds, applies := x.HoldsOf(row.When, &found[i]); applies && holds {
					return row, &found[i]
				}
			}
		}
		if holds, applies := x.Holds(row.When); applies && holds {
			return row, nil
		}
	}
	return o.Success(), nil
}

// forgiven tells whether the side of a reading that was not taken accepts the
// value which the schema does not. A condition between members stands in no
// schema, and what is absent has no value.
func forgiven(x *spec.View, b spec.Breach, readings []*spec.Reading) bool {
	if len(readings) == 0 || b.Keyword == "rule" {
		return false
	}
	return slices.ContainsFunc(x.Spots(b.At), func(at spec.Spot) bool {
		return slices.ContainsFunc(readings, func(r *spec.Reading) bool { return r.Forgives(at) })
	})
}

// breaches lists what is wrong with a request: its parameters, its body, and
// the conditions whose breach is an error.
func breaches(o *spec.Operation, x *spec.View) []spec.Breach {
	var all []spec.Breach
	for _, v := range x.ParameterViolations() {
		all = append(all, spec.Breach{At: v.At, Keyword: v.Keyword, Field: v.Field(), Path: v.Path()})
	}
	violations, _ := x.Asked()
	for _, v := range violations {
		_, pointer, _ := strings.Cut(v.At, "#")
		value, _ := contract.Lookup(x.RequestBody(), pointer)
		text, _ := contract.Text(value)
		all = append(all, spec.Breach{At: v.At, Keyword: v.Keyword, Field: v.Field(), Path: v.Path(), Value: text})
	}
	for _, r := range o.Rules {
		if r.On != "request" || r.Severity != contract.Error {
			continue
		}
		if holds, applies := x.Holds(r.Rule); applies && !holds {
			tokens := contract.Tokens(r.At)
			b := spec.Breach{At: contract.RequestBody(r.At), Keyword: "rule", Path: strings.Join(tokens, "->")}
			if len(tokens) > 0 {
				b.Field = tokens[len(tokens)-1]
			}
			all = append(all, b)
		}
	}
	return all
}
