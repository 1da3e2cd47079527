// Package history compares a report with earlier ones: which findings are new, known, fixed or
// back again. A known finding fails no run. It stays in every report.
//
// Two findings are the same if they have the same fingerprint in the same case; for traffic, in
// the same operation, because no case asked for an exchange. The fingerprint is made of rule,
// operation, place and keyword or result code, without other values and times. So a finding that is known from one
// case is new in another case, and a case with a new name has new findings. A finding whose
// severity rose is new, too.
//
// A finding that stands for others beyond a limit is always new: no report names them.
//
// What a case expects on purpose and what a waiver tolerates is not known from a baseline. So a
// waiver that expires turns the run red again.
package history

import (
	"errors"
	"fmt"
	"slices"

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

// Marker knows the findings of earlier reports. It is safe for concurrent use.
type Marker struct {
	earlier []Earlier
	known   map[id]entry // of the baseline
	before  map[id]bool  // of any of the reports
}

// NewMarker returns a marker for earlier reports, the oldest first; nil: there are none. The last
// one is the baseline: its findings are known. A finding of an older one, or one that a report
// calls fixed, is back.
func NewMarker(earlier ...Earlier) *Marker {
	if len(earlier) == 0 {
		return nil
	}
	m := &Marker{earlier, entries(earlier[len(earlier)-1].Report), map[id]bool{}}
	for _, e := range earlier {
		for at, one := range entries(e.Report) {
			m.before[at] = m.before[at] || one.counted
		}
		if e.Report.Baseline != nil {
			for _, f := range e.Report.Baseline.Fixed {
				m.before[id{where(f), f.ID}] = true
			}
		}
	}
	return m
}

// finding sets the status of a finding.
func (m *Marker) finding(where string, f *contract.Finding) {
	f.Status = ""
	if f.Expected || f.Waived != nil {
		return
	}
	at := id{where, f.Fingerprint}
	if f.Rest { // whatever it stands for, the earlier report did not name it
		f.Status = contract.StatusNew
		return
	}
	same, there := m.known[at]
	there = there && same.counted
	switch {
	case there && same.Severity.AtLeast(f.Severity):
		f.Status = contract.StatusKnown
	case m.before[at] && !there:
		f.Status = contract.StatusBack
	default:
		f.Status = contract.StatusNew
	}
}

// Result returns a result with the status of its findings, and the verdict that follows from it.
// The result that is given does not change.
func (m *Marker) Result(r contract.Result, failOn contract.Severity) contract.Result {
	if m == nil || len(r.Findings) == 0 {
		return r
	}
	r.Findings = slices.Clone(r.Findings)
	for i := range r.Findings {
		m.finding(r.Case, &r.Findings[i])
	}
	if r.Verdict == contract.Fail {
		r.Verdict = ""
		r.Verdict = r.VerdictAt(failOn)
	}
	return r
}

// Report compares a report with the earlier ones. It sets the status of each finding that
// counts, the verdicts that follow from it, and r.Baseline. It returns an error if the reports
// cannot be compared.
func (m *Marker) Report(r *contract.Report) error {
	if m == nil {
		return nil
	}
	for _, e := range m.earlier {
		if About(e.Report) != About(r) {
			return fmt.Errorf("%s is a report about %s, and this one is about %s", e.File, About(e.Report), About(r))
		}
	}
	if cut(r) {
		return errors.New("the report leaves out kinds of findings that could be new; --max-findings lists more")
	}
	for i, result := range r.Results {
		r.Results[i] = m.Result(result, r.FailOn)
	}
	if r.Traffic != nil {
		for i := range r.Traffic.Groups {
			m.finding(r.Traffic.Groups[i].Operation, &r.Traffic.Groups[i].Finding)
		}
		contract.SortGroups(r.Traffic.Groups)
	}
	r.Baseline = &contract.Baseline{Fixed: []contract.FixedFinding{}}
	for _, e := range m.earlier {
		r.Baseline.Files = append(r.Baseline.Files, e.File)
	}
	count(r.Baseline, r)
	gone(r.Baseline, r, m.earlier[len(m.earlier)-1].Report, m.known)
	return nil
}
