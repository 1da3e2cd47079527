package drift

import (
	"cmp"
	"maps"
	"slices"

	"assay/internal/contract"
)

// Accept gives the baseline that follows once changes were looked at: of codes in
// which something changed it has what is new, of all others what was, so that a
// review sees what was accepted and nothing else. Codes that are gone are left
// out, and operations that had no baseline have one now. Operations without a
// change are not in it.
func Accept(was, is map[string]*Shape, changes []contract.Change) map[string]*Shape {
	next := map[string]*Shape{}
	for name, shape := range is {
		if was[name] == nil {
			next[name] = shape
			continue
		}
		mine := slices.DeleteFunc(slices.Clone(changes), func(c contract.Change) bool { return c.Operation != name })
		if len(mine) == 0 {
			continue
		}
		s := &Shape{Operation: name, Codes: maps.Clone(was[name].Codes), Requests: was[name].Requests}
		if len(s.Requests) == 0 {
			s.Requests = shape.Requests
		}
		for _, c := range mine {
			code := cmp.Or(c.Code, uncoded)
			switch parts := shape.Codes[code]; {
			case code == Accepted:
				s.Requests = shape.Requests
			case parts != nil:
				s.Codes[code] = parts
			default:
				delete(s.Codes, code)
			}
		}
		if !slices.ContainsFunc(slices.Collect(maps.Keys(shape.Codes)), answered) { // nothing was said of codes that are gone
			s.Codes = maps.Clone(shape.Codes)
		}
		for c, parts := range shape.Codes {
			if s.Codes[c] == nil {
				s.Codes[c] = parts
			}
		}
		next[name] = s
	}
	return next
}
