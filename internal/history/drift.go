package history

import (
	"slices"

	"assay/internal/contract"
)

// EarlierDrift is an earlier comparison.
type EarlierDrift struct {
	File  string
	Drift *contract.Drift
}

// MarkDrift is Mark for comparisons. Two changes are the same if they have the same id. What the
// ledger says of a change is replaced, except that it is acknowledged.
func MarkDrift(d *contract.Drift, earlier ...EarlierDrift) {
	if len(earlier) == 0 {
		return
	}
	b := &contract.Baseline{Fixed: []contract.FixedFinding{}}
	known, before, now := map[string]contract.Change{}, map[string]bool{}, map[string]bool{}
	for _, e := range earlier {
		b.Files = append(b.Files, e.File)
		for _, c := range e.Drift.Changes {
			before[c.ID] = true
		}
		if e.Drift.Baseline != nil {
			for _, f := range e.Drift.Baseline.Fixed {
				before[f.ID] = true
			}
		}
	}
	last := earlier[len(earlier)-1].Drift
	for _, c := range last.Changes {
		known[c.ID] = c
	}
	for i := range d.Changes {
		c := &d.Changes[i]
		now[c.ID] = true
		same, there := known[c.ID]
		switch {
		case c.Status == contract.Acknowledged:
		case there && same.Impact.AtLeast(c.Impact):
			c.Status = contract.StatusKnown
			b.Known++
		case before[c.ID] && !there:
			c.Status = contract.StatusBack
			b.Back++
		default:
			c.Status = contract.StatusNew
			b.New++
		}
	}
	for _, c := range last.Changes {
		switch {
		case now[c.ID]:
		case slices.Contains(d.Compared, c.Operation) && !d.Partial:
			b.Fixed = append(b.Fixed, contract.FixedFinding{ID: c.ID, Operation: c.Operation, Rule: string(c.Kind), Severity: severity(c.Impact), At: c.At, Message: c.Message, Doc: c.Doc})
		default:
			b.Unchecked++
		}
	}
	d.Baseline = b
}

func severity(i contract.Impact) contract.Severity {
	switch {
	case i.AtLeast(contract.Breaks):
		return contract.Error
	case i.AtLeast(contract.Degrades):
		return contract.Warning
	}
	return contract.Info
}
