package report

import (
	"maps"
	"slices"
	"strings"

	"assay/internal/contract"
)

// tiles are the numbers in the head of the page.
func tiles(o *overview) []tile {
	counts, levels := map[checkStatus]int{}, map[contract.Severity]int{}
	for _, t := range o.Tests {
		counts[t.Status]++
	}
	for _, i := range o.Issues {
		if i.counts() {
			levels[i.Level]++
		}
	}
	all := []tile{
		{"✗", "errors", "error", levels[contract.Error]},
		{"▲", "warnings", "warning", levels[contract.Warning]},
		{"●", "infos", "info", levels[contract.Info]},
	}
	if slices.ContainsFunc(o.Issues, func(i issue) bool { return i.Impact != "" }) {
		all[0].Label, all[1].Label, all[2].Label = "break our client", "degrade it", "minor or harmless"
	}
	return append(all, tile{"✓", "checks passed", "ok", counts[passed]}, tile{"✗", "checks failed", "error", counts[failed]}, tile{"–", "not checked", "none", counts[skipped]}, tile{"!", "could not be checked", "warning", counts[errored]})
}

// quicks are the views that the page offers.
func quicks(all []entry) []quick {
	labels, states := map[string]int{}, map[string]int{}
	usual := 0
	for _, e := range all {
		if e.aside() == 1 {
			for _, s := range e.States {
				states[s]++
			}
			continue
		}
		usual++
		labels[e.Label]++
		for _, s := range e.States {
			states[s]++
		}
	}
	views := []quick{{"all", "", usual}}
	for _, s := range []string{"fails", "open", "new", "back", "known", "acknowledged", "gone"} {
		views = append(views, quick{s, s, states[s]})
	}
	for _, i := range contract.Impacts() {
		views = append(views, quick{string(i), "s:" + string(i), labels[string(i)]})
	}
	for _, s := range slices.Backward(contract.Severities()) {
		views = append(views, quick{string(s), "s:" + string(s), labels[string(s)]})
	}
	for _, s := range []string{"waived", "expected", statusFixed} {
		views = append(views, quick{s, s, states[s]})
	}
	return slices.DeleteFunc(views, func(q quick) bool { return q.N == 0 })
}

// uncheckedOf groups the checks without a result by reason, errors first.
func uncheckedOf(o *overview) []reason {
	const few = 10
	groups := map[[2]string]*reason{}
	for _, t := range o.Tests {
		if t.Status != errored && t.Status != skipped {
			continue
		}
		text := t.Text
		if t.Status == skipped {
			text = t.Why
		}
		key := [2]string{string(t.Status), text}
		if groups[key] == nil {
			groups[key] = &reason{Mark: map[checkStatus]string{errored: "!", skipped: "–"}[t.Status], Status: map[checkStatus]string{errored: "error", skipped: "not checked"}[t.Status], Why: visibleLines(text)}
		}
		g := groups[key]
		if g.N++; len(g.Names) < few {
			g.Names = append(g.Names, Foreign(t.Suite)+" "+Foreign(t.Name))
		} else {
			g.More++
		}
	}
	all := slices.Collect(maps.Values(groups))
	slices.SortFunc(all, func(a, b *reason) int {
		if a.Mark != b.Mark {
			return strings.Compare(a.Mark, b.Mark) // ! before –
		}
		if a.N != b.N {
			return b.N - a.N
		}
		return strings.Compare(a.Why, b.Why)
	})
	return mapped(all, func(r *reason) reason { return *r })
}
