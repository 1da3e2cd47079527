package sandbox

import (
	"slices"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// decide finds the result code: the preferred one, else the first whose when
// holds, else the one that succeeds. Of two requests with one reference exactly
// one finds it new.
func (s *Sandbox) decide(q *question) (*openapi.Code, *openapi.Breach) {
	if q.wish.code != "" {
		return q.o.Code(q.wish.code), nil
	}
	var forgiving []*openapi.Ambiguity
	if q.wish.handling == "lenient" || s.options.Lenient && q.wish.handling != "strict" {
		forgiving = q.o.of.AllAmbiguities(q.o.Operation)
	}
	row, v := q.choose(forgiving)
	if row == nil || row.State != contract.Succeeded || q.reference == "" || s.orders.first(q.key) {
		return row, v
	}
	q.Known = []string{q.reference} // somebody else was first, a moment ago
	return q.choose(forgiving)
}

// choose tries the codes in the order of the table. A when that names violation
// is tried for each of them, and once without; what a reading forgives is none.
func (q *question) choose(forgiving []*openapi.Ambiguity) (*openapi.Code, *openapi.Breach) {
	found := slices.DeleteFunc(q.breaches(), func(b openapi.Breach) bool { return forgiven(q.View, b, forgiving) })
	for _, row := range q.o.Codes {
		if row.When == nil {
			continue
		}
		if len(found) > 0 && row.When.Names("violation") {
			for i := range found {
				if q.True(row.When, &found[i]) {
					return row, &found[i]
				}
			}
		}
		if q.True(row.When, nil) {
			return row, nil
		}
	}
	return q.o.Success(), nil
}

// forgiven tells whether the side of a reading that was not taken accepts the
// value which the schema does not. A condition between members stands in no
// schema, and what is absent has no value.
func forgiven(x *openapi.View, b openapi.Breach, ambiguities []*openapi.Ambiguity) bool {
	if len(ambiguities) == 0 || b.Keyword == "rule" {
		return false
	}
	return slices.ContainsFunc(x.Spots(b.At), func(at openapi.Spot) bool {
		return slices.ContainsFunc(ambiguities, func(r *openapi.Ambiguity) bool { return r.Forgives(at) })
	})
}

// breaches lists what is wrong with a request: its parameters, its body, and
// the conditions whose breach is an error.
func (q *question) breaches() []openapi.Breach {
	var all []openapi.Breach
	for _, v := range q.ParameterViolations() {
		all = append(all, openapi.Breach{At: v.At, Keyword: v.Keyword, Field: v.At.Field(), Path: v.At.Path()})
	}
	violations, _ := q.RequestViolations()
	for _, v := range violations {
		pointer, _ := v.At.Pointer()
		value, _ := contract.Lookup(q.RequestBody(), pointer)
		text, _ := contract.Text(value)
		all = append(all, openapi.Breach{At: v.At, Keyword: v.Keyword, Field: v.At.Field(), Path: v.At.Path(), Value: text})
	}
	for _, r := range q.o.rules {
		if holds, applies := q.Holds(r.Rule); applies && !holds {
			at := contract.RequestBody(r.At)
			all = append(all, openapi.Breach{At: at, Keyword: "rule", Field: at.Field(), Path: at.Path()})
		}
	}
	return all
}
