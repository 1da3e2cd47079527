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
	found := slices.DeleteFunc(q.RequestFaults(), func(b openapi.RequestViolation) bool { return q.Forgives(b, forgiving) })
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
