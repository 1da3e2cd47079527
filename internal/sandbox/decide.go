package sandbox

import (
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// decide chooses the result code: the preferred one, or the first row whose when holds,
// or the success. It remembers the reference; of two concurrent requests with one
// reference exactly one finds it new. undecided are the faults of a request for which the
// documents list no code.
func (s *Sandbox) decide(q *question) (row *openapi.Code, v *openapi.RequestViolation, undecided []openapi.RequestViolation) {
	if q.wish.code != "" {
		return q.o.preferred(q.wish), nil, nil
	}
	forgiving := s.forgiving(q)
	row, v, undecided = q.choose(forgiving)
	if row == nil || row.State != contract.Succeeded || q.reference == "" || q.o.asks || s.orders.first(q.key) {
		return row, v, undecided
	}
	q.Known = []string{q.reference} // another request was first, after the check above
	return q.choose(forgiving)
}

// forgiving returns the ambiguities whose lenient schemas apply to a request.
func (s *Sandbox) forgiving(q *question) []*openapi.Ambiguity {
	if q.wish.handling == "lenient" || s.options.Lenient && q.wish.handling != "strict" {
		return q.o.of.AllAmbiguities(q.o.Operation)
	}
	return nil
}

// choose returns the first row of the table whose when holds. A when that names
// violation is evaluated for each violation and once without any. Violations that the
// lenient schema accepts do not count. If the request has violations, or does not show who
// sends it, and no when holds, choose returns what is wrong: a success would be wrong.
func (q *question) choose(forgiving []*openapi.Ambiguity) (*openapi.Code, *openapi.RequestViolation, []openapi.RequestViolation) {
	found := slices.DeleteFunc(q.RequestFaults(true), func(b openapi.RequestViolation) bool { return q.Forgives(b, forgiving) })
	for _, row := range q.o.Codes {
		if row.When == nil {
			continue
		}
		if len(found) > 0 && row.When.Names("violation") {
			for i := range found {
				if q.True(row.When, &found[i]) {
					return row, &found[i], nil
				}
			}
		}
		if q.True(row.When, nil) {
			return row, nil, nil
		}
	}
	if found = append(found, q.credentialFaults()...); len(found) > 0 {
		return nil, nil, found
	}
	return q.o.Success(), nil, nil
}

// preferred returns the row that a request prefers, nil if there is none. The code alone
// names its row if there is one row only.
func (o *operation) preferred(w wish) *openapi.Code {
	if rows := o.Rows(w.code); w.variant == "" && len(rows) == 1 {
		return rows[0]
	}
	return o.Code(contract.CodeName(w.code, w.variant))
}

// noSuchRow says why there is no row for a preferred code.
func (o *operation) noSuchRow(w wish) string {
	var variants []string
	for _, row := range o.Rows(w.code) {
		if row.Variant != "" {
			variants = append(variants, row.Variant)
		}
	}
	switch {
	case len(variants) > 0 && w.variant == "":
		return "Prefer: code " + w.code + " of " + o.Name() + " has variants; write code=" + w.code + "; variant= and one of " + strings.Join(variants, ", ")
	case len(variants) > 0:
		return "Prefer: code " + w.code + " of " + o.Name() + " has no such variant; there are " + strings.Join(variants, ", ")
	case o.Lists(w.code):
		return "Prefer: code " + w.code + " of " + o.Name() + " has no variants; write code=" + w.code
	}
	return o.Name() + " documents no such code; `assay list codes` lists them"
}
