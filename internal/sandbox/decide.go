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
func (s *Sandbox) decide(p *spec.Spec, o *spec.Operation, x spec.View, wish wish) (*spec.Code, *violation) {
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

// violation is one fault of a request as a when sees it.
type violation struct{ at, keyword, field, path, value string }

func (v violation) vars() map[string]any {
	return map[string]any{"at": v.at, "keyword": v.keyword, "field": v.field, "path": v.path, "value": v.value}
}

// choose tries the codes in the order of the table. A when that names violation
// is tried for each of them, and once without; what a reading forgives is none.
func choose(o *spec.Operation, x spec.View, forgiving []*spec.Reading) (*spec.Code, *violation) {
	vars := x.Vars()
	found := slices.DeleteFunc(violations(o, x, vars), func(v violation) bool { return forgiven(x, v, forgiving) })
	for _, row := range o.Codes {
		if row.When == nil {
			continue
		}
		if row.When.Names("violation") {
			for i := range found {
				vars["violation"] = found[i].vars()
				if holds, applies := row.When.Holds(vars); applies && holds {
					return row, &found[i]
				}
			}
			delete(vars, "violation")
		}
		if holds, applies := row.When.Holds(vars); applies && holds {
			return row, nil
		}
	}
	return o.Success(), nil
}

// forgiven tells whether the side of a reading that was not taken accepts the
// value which the schema does not. A condition between members stands in no
// schema, and what is absent has no value.
func forgiven(x spec.View, v violation, readings []*spec.Reading) bool {
	if len(readings) == 0 || v.keyword == "rule" {
		return false
	}
	return slices.ContainsFunc(x.Spots(v.at), func(at spec.Spot) bool {
		return slices.ContainsFunc(readings, func(r *spec.Reading) bool { return r.Forgives(at) })
	})
}

// violations lists what is wrong with a request: its parameters, its body, and
// the conditions whose breach is an error.
func violations(o *spec.Operation, x spec.View, vars map[string]any) []violation {
	var all []violation
	for _, v := range o.ParameterViolations(x.Exchange.Request) {
		all = append(all, violation{v.At, v.Keyword, v.Field, v.Path, ""})
	}
	if o.Request != nil {
		for _, v := range o.Request.Violations(x.Exchange.Request.Body) {
			value, _ := contract.Lookup(x.RequestBody(), v.At)
			text, _ := contract.Text(value)
			all = append(all, violation{contract.RequestBody(v.At), v.Keyword, v.Field, v.Path, text})
		}
	}
	for _, r := range o.Rules {
		if r.On != "request" || r.Severity != contract.Error {
			continue
		}
		if holds, applies := r.Rule.Holds(vars); applies && !holds {
			tokens := contract.Tokens(r.At)
			v := violation{at: contract.RequestBody(r.At), keyword: "rule", path: strings.Join(tokens, "->")}
			if len(tokens) > 0 {
				v.field = tokens[len(tokens)-1]
			}
			all = append(all, v)
		}
	}
	return all
}
