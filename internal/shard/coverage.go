package shard

import (
	"maps"
	"slices"

	"assay/internal/contract"
)

// mergeCoverage puts together what two reports show of one operation.
func mergeCoverage(a, b contract.Coverage, shards bool) contract.Coverage {
	c := contract.Coverage{Codes: union(a.Codes, b.Codes), Undocumented: union(a.Undocumented, b.Undocumented), Missing: both(a.Missing, b.Missing), Figures: map[string]contract.Figure{}}
	for kind, f := range a.Figures {
		c.Figures[kind] = mergeFigure(f, b.Figures[kind], shards)
	}
	return c
}

func union(a, b map[string]contract.Evidence) map[string]contract.Evidence {
	all := map[string]contract.Evidence{}
	maps.Copy(all, a)
	for name, e := range b {
		all[name] = all[name].Stronger(e)
	}
	return all
}

// both returns what is in both lists, in the order of the first.
func both(a, b []string) []string {
	return slices.DeleteFunc(append([]string{}, a...), func(one string) bool { return !slices.Contains(b, one) })
}

// mergeFigure puts two figures of a kind together. Without the items of a shard it is not known
// which evidence an item has that only one of the two shows: it then counts as the weakest.
func mergeFigure(a, b contract.Figure, shards bool) contract.Figure {
	f := contract.Figure{Documented: a.Documented, Did: map[contract.Evidence]int{}, Open: both(a.Open, b.Open)}
	if shards {
		f.Items = union(a.Items, b.Items)
		f.Extra = append(slices.Clone(a.Extra), b.Extra...)
		slices.Sort(f.Extra)
		f.Extra = slices.Compact(f.Extra)
		f.Could = a.Could - len(a.Extra) + len(f.Extra)
		for _, e := range f.Items {
			f.Did[e]++
		}
		return f
	}
	larger, weakest := a, contract.Simulated
	if a.Shown() < b.Shown() {
		larger = b
	}
	maps.Copy(f.Did, larger.Did)
	if rest := larger.Documented - len(f.Open) - larger.Shown(); rest > 0 {
		f.Did[weakest] += rest
	}
	f.Could = max(a.Could, b.Could, f.Documented-len(f.Open))
	return f
}

// withoutItems removes what only a shard needs.
func withoutItems(c contract.Coverage) contract.Coverage {
	figures := map[string]contract.Figure{}
	for kind, f := range c.Figures {
		f.Items, f.Extra = nil, nil
		figures[kind] = f
	}
	c.Figures = figures
	return c
}
