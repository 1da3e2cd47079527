package shard

import (
	"maps"
	"slices"

	"assay/internal/contract"
)

// maxPlaces is how many places a group lists.
const maxPlaces = 5

// mergeTraffic adds up traffic.
func mergeTraffic(r *contract.Report, all []Named) {
	sum := &contract.Traffic{Operations: map[string]*contract.OperationCount{}, Groups: []contract.Group{}}
	whole, groups := map[string]contract.Result{}, map[[2]string]int{}
	var rest []contract.Result
	for _, n := range all {
		addTraffic(sum, n.Report.Traffic)
		for _, g := range n.Report.Traffic.Groups {
			key := [2]string{g.Operation, g.Finding.Fingerprint}
			at, there := groups[key]
			if !there {
				groups[key] = len(sum.Groups)
				sum.Groups = append(sum.Groups, g)
				continue
			}
			sum.Groups[at] = mergeGroup(sum.Groups[at], g)
		}
		for _, result := range n.Report.Results {
			before, there := whole[result.Case]
			switch {
			case result.Origin != contract.WholeTraffic:
				rest = append(rest, result)
			case there:
				whole[result.Case] = mergeOperation(before, result)
			default:
				whole[result.Case] = result
			}
		}
	}
	contract.SortGroups(sum.Groups)
	for _, name := range slices.Sorted(maps.Keys(whole)) {
		r.Results = append(r.Results, whole[name])
	}
	r.Results = append(r.Results, rest...)
	r.Traffic = sum
}

func addTraffic(sum, t *contract.Traffic) {
	sum.Exchanges, sum.Conforming, sum.Failing, sum.Assumed = sum.Exchanges+t.Exchanges, sum.Conforming+t.Conforming, sum.Failing+t.Failing, sum.Assumed+t.Assumed
	sum.Unreadable, sum.Skipped, sum.Elsewhere, sum.Unmatched = sum.Unreadable+t.Unreadable, sum.Skipped+t.Skipped, sum.Elsewhere+t.Elsewhere, sum.Unmatched+t.Unmatched
	for _, of := range t.Left {
		if !slices.Contains(sum.Left, of) {
			sum.Left = append(sum.Left, of)
		}
	}
	sum.Partial, sum.More = sum.Partial || t.Partial, sum.More+t.More
	for name, o := range t.Operations {
		mine := sum.Operations[name]
		if mine == nil {
			mine = &contract.OperationCount{Codes: map[string]int64{}}
			sum.Operations[name] = mine
		}
		mine.Exchanges, mine.Failing = mine.Exchanges+o.Exchanges, mine.Failing+o.Failing
		for code, n := range o.Codes {
			mine.Codes[code] += n
		}
	}
}

// mergeGroup adds a group to one with the same fingerprint. A finding that counts stays.
func mergeGroup(a, b contract.Group) contract.Group {
	if b.Finding.Counts() && (!a.Finding.Counts() || !a.Finding.Severity.AtLeast(b.Finding.Severity)) {
		a.Finding = b.Finding
	}
	a.Count += b.Count
	a.Places = slices.Concat(a.Places, b.Places)
	a.Places = a.Places[:min(len(a.Places), maxPlaces)]
	return a
}

// mergeOperation puts together which rules checked the exchanges of an operation.
func mergeOperation(a, b contract.Result) contract.Result {
	if worse(b.Verdict) > worse(a.Verdict) { // one exchange that passes is enough
		a.Verdict, a.Why = b.Verdict, b.Why
	}
	a.Evidence = a.Evidence.Stronger(b.Evidence)
	a.Checked = slices.Concat(a.Checked, b.Checked)
	slices.Sort(a.Checked)
	a.Checked = slices.Compact(a.Checked)
	gaps := []contract.Gap{}
	for _, g := range slices.Concat(a.Inconclusive, b.Inconclusive) {
		if !slices.Contains(a.Checked, g.Rule) && !slices.ContainsFunc(gaps, func(other contract.Gap) bool { return other.Rule == g.Rule }) {
			gaps = append(gaps, g)
		}
	}
	a.Inconclusive = gaps
	return a
}
