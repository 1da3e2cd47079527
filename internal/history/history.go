// Package history compares a report with earlier ones: which findings are new, known, fixed or
// back again. A known finding fails no run. It stays in every report.
//
// Two findings are the same if they have the same fingerprint in the same case; for traffic, in
// the same operation, because no case asked for an exchange. The fingerprint is made of rule,
// operation, place and keyword, without values and times. So a finding that is known from one
// case is new in another case, and a case with a new name has new findings. A finding whose
// severity rose is new, too.
//
// What a case expects on purpose and what a waiver tolerates is not known from a baseline. So a
// waiver that expires turns the run red again.
package history

import (
	"errors"
	"fmt"

	"assay/internal/contract"
)

// Earlier is an earlier report. File is its name, for people.
type Earlier struct {
	File   string
	Report *contract.Report
}

// id identifies a finding over reports: where is the case, or the operation of traffic.
type id struct{ where, fingerprint string }

// entry is a finding of a report, with what a report says about it.
type entry struct {
	contract.FixedFinding
	counted bool // neither expected nor waived
}

// Mark compares a report with earlier ones, the oldest first. It sets the status of each
// finding that counts, the verdicts that follow from it, and r.Baseline. The last of the earlier
// reports is the baseline: its findings are known. A finding of an older one, or one that the
// baseline calls fixed, is back. Mark returns an error if the reports cannot be compared.
func Mark(r *contract.Report, earlier ...Earlier) error {
	if len(earlier) == 0 {
		return nil
	}
	for _, e := range earlier {
		if About(e.Report) != About(r) {
			return fmt.Errorf("%s is a report about %s, and this one is about %s", e.File, About(e.Report), About(r))
		}
	}
	if cut(r) {
		return errors.New("the report leaves out kinds of findings that could be new; --max-findings lists more")
	}
	last := earlier[len(earlier)-1].Report
	known, before := entries(last), map[id]bool{}
	for _, e := range earlier {
		for at, one := range entries(e.Report) {
			before[at] = before[at] || one.counted
		}
		if e.Report.Baseline != nil {
			for _, f := range e.Report.Baseline.Fixed {
				before[id{where(f), f.ID}] = true
			}
		}
	}
	b := &contract.Baseline{Fixed: []contract.FixedFinding{}}
	for _, e := range earlier {
		b.Files = append(b.Files, e.File)
	}
	mark := func(where string, f *contract.Finding) {
		f.Status = ""
		if f.Expected || f.Waived != nil {
			return
		}
		at := id{where, f.Fingerprint}
		same, there := known[at]
		switch {
		case there && same.counted && same.Severity.AtLeast(f.Severity):
			f.Status = contract.StatusKnown
		case before[at] && !(there && same.counted):
			f.Status = contract.StatusBack
		default:
			f.Status = contract.StatusNew
		}
	}
	for i := range r.Results {
		result := &r.Results[i]
		for j := range result.Findings {
			mark(result.Case, &result.Findings[j])
		}
		if result.Verdict == contract.Fail {
			result.Verdict = ""
			result.Verdict = result.VerdictAt(r.FailOn)
		}
	}
	if r.Traffic != nil {
		for i := range r.Traffic.Groups {
			mark(r.Traffic.Groups[i].Operation, &r.Traffic.Groups[i].Finding)
		}
		contract.SortGroups(r.Traffic.Groups)
	}
	r.Baseline = b
	count(b, r)
	gone(b, r, last, known)
	return nil
}
