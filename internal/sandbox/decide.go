package sandbox

import (
	"slices"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// decide chooses the result code: the preferred one, or the first row whose when holds,
// or the success. It remembers the reference; of two concurrent requests with one
// reference exactly one finds it new.
func (s *Sandbox) decide(q *question) (*openapi.Code, *openapi.RequestViolation) {
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
	q.Known = []string{q.reference} // another request was first, after the check above
	return q.choose(forgiving)
}

// choose returns the first row of the table whose when holds. A when that names
// violation is evaluated for each violation and once without any. Violations that the
// lenient schema accepts do not count.
func (q *question) choose(forgiving []*openapi.Ambiguity) (*openapi.Code, *openapi.RequestViolation) {
	found := slices.DeleteFunc(q.breaches(), func(b openapi.RequestViolation) bool { return forgiven(q.View, b, forgiving) })
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

// forgiven reports whether the lenient schema of an ambiguity accepts a value that the
// schema refuses. A violated condition is not a schema violation, and an absent member
// has no value, so neither can be forgiven.
func forgiven(x *openapi.View, b openapi.RequestViolation, ambiguities []*openapi.Ambiguity) bool {
	if len(ambiguities) == 0 || b.Keyword == "rule" {
		return false
	}
	return slices.ContainsFunc(x.Occurrences(b.At), func(at openapi.Occurrence) bool {
		return slices.ContainsFunc(ambiguities, func(r *openapi.Ambiguity) bool { return r.LenientAccepts(at) })
	})
}

// breaches lists the faults of a request: in its parameters, in its body, and violated
// conditions of severity error.
func (q *question) breaches() []openapi.RequestViolation {
	var all []openapi.RequestViolation
	for _, v := range q.ParameterViolations() {
		all = append(all, openapi.RequestViolation{At: v.At, Keyword: v.Keyword, Field: v.At.Field(), Path: v.At.Path()})
	}
	violations, _ := q.RequestViolations()
	for _, v := range violations {
		pointer, _ := v.At.Pointer()
		value, _ := contract.Lookup(q.RequestBody(), pointer)
		text, _ := contract.Text(value)
		all = append(all, openapi.RequestViolation{At: v.At, Keyword: v.Keyword, Field: v.At.Field(), Path: v.At.Path(), Value: text})
	}
	for _, r := range q.o.rules {
		if holds, applies := q.Holds(r.Rule); applies && !holds {
			at := contract.RequestBody(r.At)
			all = append(all, openapi.RequestViolation{At: at, Keyword: "rule", Field: at.Field(), Path: at.Path()})
		}
	}
	return all
}
