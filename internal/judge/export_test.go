package judge

import (
	"slices"

	"assay/internal/rule"
)

// Add makes the judge apply one more rule, as if it were in the list of rules.
func (j *Judge) Add(r rule.Rule) {
	for i := range j.routes {
		if p := j.routes[i].operationRules; !slices.ContainsFunc(p.rules, func(known rule.Rule) bool { return known.ID == r.ID }) {
			p.rules = append(p.rules, r)
		}
	}
}
