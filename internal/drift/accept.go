package drift

import (
	"cmp"
	"maps"
	"slices"

	"assay/internal/contract"
	"assay/internal/shape"
)

// Accept returns the baseline after a review of changes. Codes with a change get the
// new evidence, all others keep the old, so that the review sees exactly what it
// accepts. Removed codes are left out, and new operations are added. Operations without
// a change are not in the result.
func Accept(was, is map[string]*shape.Shape, changes []contract.Change) map[string]*shape.Shape {
	next := map[string]*shape.Shape{}
	for name, now := range is {
		if was[name] == nil {
			next[name] = now
			continue
		}
		mine := slices.DeleteFunc(slices.Clone(changes), func(c contract.Change) bool { return c.Operation != name })
		if len(mine) == 0 {
			continue
		}
		s := &shape.Shape{Operation: name, Codes: maps.Clone(was[name].Codes), Requests: was[name].Requests}
		if len(s.Requests) == 0 {
			s.Requests = now.Requests
		}
		for _, c := range mine {
			code := cmp.Or(c.Code, shape.Uncoded)
			switch parts := now.Codes[code]; {
			case code == shape.Accepted:
				s.Requests = now.Requests
			case parts != nil:
				s.Codes[code] = parts
			default:
				delete(s.Codes, code)
			}
		}
		if !slices.ContainsFunc(slices.Collect(maps.Keys(now.Codes)), shape.HasCode) { // no change was reported for codes that are gone
			s.Codes = maps.Clone(now.Codes)
		}
		for c, parts := range now.Codes {
			if s.Codes[c] == nil {
				s.Codes[c] = parts
			}
		}
		next[name] = s
	}
	return next
}
