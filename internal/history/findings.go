package history

import (
	"cmp"
	"slices"

	"assay/internal/contract"
)

// Subject is what a report is about, in words.
type Subject string

// What a report is about.
const (
	Cases   Subject = "cases"
	Client  Subject = "a client under test"
	Traffic Subject = "traffic"
)

// About says what a report is about.
func About(r *contract.Report) Subject {
	switch {
	case r.Traffic != nil:
		return Traffic
	case r.Client != nil:
		return Client
	}
	return Cases
}

// cut reports whether kinds of findings that fail the run may be left out of the report. The
// worst are listed first.
func cut(r *contract.Report) bool {
	if r.Traffic == nil || r.Traffic.More == 0 {
		return false
	}
	if len(r.Traffic.Groups) == 0 {
		return true
	}
	last := r.Traffic.Groups[len(r.Traffic.Groups)-1].Finding
	return last.Counts() && last.Severity.AtLeast(r.FailOn)
}

// where is the case of a finding that is gone, or its operation.
func where(f contract.FixedFinding) string { return cmp.Or(f.Case, f.Operation) }

// each calls do with every finding of a report. Of traffic these are the groups, and the
// findings about specifications.
func each(r *contract.Report, do func(where, operation string, f contract.Finding)) {
	for _, result := range r.Results {
		if r.Traffic != nil && result.Operation != "" {
			continue // its findings are in the groups
		}
		operation := result.Provider
		if result.Operation != "" {
			operation += "/" + result.Operation
		}
		for _, f := range result.Findings {
			do(result.Case, operation, f)
		}
	}
	if r.Traffic != nil {
		for _, g := range r.Traffic.Groups {
			do(g.Operation, g.Operation, g.Finding)
		}
	}
}

// entries returns the findings of a report. If one occurs several times, the worst stays.
func entries(r *contract.Report) map[id]entry {
	all := map[id]entry{}
	each(r, func(where, operation string, f contract.Finding) {
		one := entry{contract.FixedFinding{ID: f.Fingerprint, Operation: operation, Rule: f.Rule, Severity: f.Severity, At: f.At, Message: f.Message, Doc: f.Doc}, !f.Expected && f.Waived == nil}
		if where != operation {
			one.Case = where
		}
		at := id{where, f.Fingerprint}
		if other, there := all[at]; there && (other.counted && !one.counted || other.counted == one.counted && other.Severity.AtLeast(one.Severity)) {
			return
		}
		all[at] = one
	})
	return all
}

// matters reports whether a status is counted: infos come and go with the traffic.
func matters(r *contract.Report, s contract.Severity) bool {
	return s != contract.Info || r.FailOn == contract.Info
}

// count counts the findings of each status.
func count(b *contract.Baseline, r *contract.Report) {
	each(r, func(_, _ string, f contract.Finding) {
		if !matters(r, f.Severity) {
			return
		}
		switch f.Status {
		case contract.StatusNew:
			b.New++
		case contract.StatusKnown:
			b.Known++
		case contract.StatusBack:
			b.Back++
		}
	})
}

// gone lists what the baseline has and the report has not: as fixed if it was checked again.
func gone(b *contract.Baseline, r *contract.Report, last *contract.Report, known map[id]entry) {
	now, checked := entries(r), checkedAgain(r)
	for at, one := range known {
		if _, there := now[at]; there || !one.counted || !matters(last, one.Severity) {
			continue
		}
		if checked[id{at.where, one.Rule}] {
			b.Fixed = append(b.Fixed, one.FixedFinding)
		} else {
			b.Unchecked++
		}
	}
	slices.SortFunc(b.Fixed, func(a, b contract.FixedFinding) int {
		return cmp.Or(cmp.Compare(where(a), where(b)), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID))
	})
}

// checkedAgain returns the rules that checked a case, or the traffic of an operation, to the
// end. Not one that stopped early, whose case is in error, or whose findings were left out.
func checkedAgain(r *contract.Report) map[id]bool {
	all := map[id]bool{}
	if r.Traffic != nil && (r.Traffic.Partial || r.Traffic.More > 0 || r.Traffic.Unreadable > 0) {
		return all
	}
	for _, result := range r.Results {
		if result.Verdict == contract.Errored {
			continue
		}
		for _, rule := range result.Checked {
			all[id{result.Case, rule}] = true
		}
	}
	for _, result := range r.Results { // one of several results of the case is in error
		if result.Verdict == contract.Errored {
			for _, rule := range result.Checked {
				delete(all, id{result.Case, rule})
			}
		}
	}
	return all
}
