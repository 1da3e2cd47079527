package judge

import (
	"slices"

	"assay/internal/contract"
)

// kind is what findings have in common that only Finding.Apart tells apart.
type kind struct {
	operation, rule string
	at              contract.Place
	detail          string
	expected        bool
}

// moreKinds is the message of a finding that stands for others.
var moreKinds = &contract.Template{ID: "traffic.rest", Text: "more findings of this rule, beyond the {most} kinds that have ids of their own; they are counted and not listed, and no baseline knows them"}

// admit makes room for a new group. It reports false if there is none: then the rest of its
// rule counts the finding. Of one kind, the first keys in alphabetical order have a group of
// their own, so the result does not depend on the order of exchanges and workers.
func (t *Tally) admit(operation string, f contract.Finding, key string) bool {
	if f.Apart == "" {
		return len(t.groups) < maxGroups
	}
	of := kind{operation, f.Rule, f.At.General(), f.Detail, f.Expected}
	keys := t.kinds[of]
	at, _ := slices.BinarySearch(keys, key)
	switch {
	case len(keys) < maxKinds && len(t.groups) >= maxGroups, at == maxKinds:
		return false
	case len(keys) == maxKinds:
		last := keys[maxKinds-1]
		out := t.groups[last]
		delete(t.groups, last)
		keys = keys[:maxKinds-1]
		t.addFinding(operation, rest(operation, out.Finding), out.Count, out.first)
	}
	t.kinds[of] = slices.Insert(keys, at, key)
	return true
}

// rest returns the finding that stands for those like one beyond a limit: of its operation,
// rule and severity. They have a place in common only if they are of one kind.
func rest(operation string, f contract.Finding) contract.Finding {
	all := contract.Finding{
		Rule: f.Rule, Severity: f.Severity, Side: f.Side, Doc: f.Doc, Expected: f.Expected, Waived: f.Waived, Rest: true,
		Message: moreKinds.Says(contract.ArgInt("most", maxGroups)), Detail: "rest " + string(f.Severity),
	}
	switch {
	case f.Apart != "":
		all.At, all.Locations = f.At.General(), f.Locations
		all.Message, all.Detail = moreKinds.Says(contract.ArgInt("most", maxKinds)), all.Detail+" "+f.Detail
	case f.Rule == contract.OperationDocumented:
		all.Message = moreKinds.Says(contract.ArgInt("most", maxUnknown))
	}
	if f.Waived != nil {
		all.Detail += " waived"
	}
	all.Identify(operation, "")
	return all
}
