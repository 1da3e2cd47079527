package contract

import (
	"cmp"
	"slices"
)

// Traffic counts exchanges that no case asked for, and groups their findings by
// fingerprint.
type Traffic struct {
	Exchanges  int64                      `json:"exchanges"`         // entries that could be read
	Conforming int64                      `json:"conforming"`        // exchanges of documented operations without a finding at or above the --fail-on severity
	Failing    int64                      `json:"failing"`           // exchanges with such a finding
	Assumed    int64                      `json:"assumed,omitempty"` // exchanges without such a finding, of operations about which the specification assumes facts
	Unreadable int64                      `json:"unreadable"`        // entries that could not be read
	Skipped    int64                      `json:"skipped"`           // files that could not be read and that --skip-unreadable passes over
	Elsewhere  int64                      `json:"elsewhere"`         // entries that could not be read and whose host no specification names; ignored
	Unmatched  int64                      `json:"unmatched"`         // exchanges that matched no documented operation
	Operations map[string]*OperationCount `json:"operations"`        // by provider/operation
	Groups     []Group                    `json:"groups"`            // worst first
	Partial    bool                       `json:"partial"`           // reading was interrupted
	// More is the number of groups that were left out because of the limit.
	More int `json:"more"`
	// Left names the operation and rule of those that fail the run, with a space between them.
	Left []string `json:"left,omitempty"`
}

// Limit leaves out all but the first groups. failOn is the severity from which findings fail.
func (t *Traffic) Limit(most int, failOn Severity) {
	for _, g := range t.Groups[min(most, len(t.Groups)):] {
		t.More++
		if of := g.Operation + " " + g.Finding.Rule; g.Finding.Counts() && g.Finding.Severity.AtLeast(failOn) && !slices.Contains(t.Left, of) {
			t.Left = append(t.Left, of)
		}
	}
	t.Groups = t.Groups[:min(most, len(t.Groups))]
}

// WholeTraffic is the origin of a result about all exchanges of an operation.
const WholeTraffic = "traffic"

// OperationCount counts the exchanges of one operation.
type OperationCount struct {
	Exchanges int64            `json:"exchanges"`
	Failing   int64            `json:"failing"`
	Codes     map[string]int64 `json:"codes"` // by result code; "": no documented code
}

// Group is the findings with one fingerprint.
type Group struct {
	Operation string   `json:"operation"` // provider/operation
	Finding   Finding  `json:"finding"`   // the first finding
	Count     int64    `json:"count"`
	Places    []string `json:"places"` // origins of the first findings
}

// SortGroups sorts groups in place and returns them: findings that count first, then by
// severity, then by number.
func SortGroups(groups []Group) []Group {
	rank := func(g Group) int {
		if !g.Finding.Counts() {
			return -1
		}
		return slices.Index(Severities(), g.Finding.Severity)
	}
	slices.SortFunc(groups, func(a, b Group) int {
		return cmp.Or(-cmp.Compare(rank(a), rank(b)), -cmp.Compare(a.Count, b.Count), cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Finding.Rule, b.Finding.Rule), cmp.Compare(a.Finding.At, b.Finding.At), cmp.Compare(a.Finding.Fingerprint, b.Finding.Fingerprint))
	})
	return groups
}

// NoClient is the id of the reason that no client speaks a provider.
const NoClient = "client.none"

// CodeExplained is the id of the rule that compares a result code with its documented
// causes. Its infos say why the provider refused a request.
const CodeExplained = "code-explained"

// OperationDocumented is the id of the rule about requests to addresses that are not
// documented.
const OperationDocumented = "operation-documented"

// ShownInfos lists the rules whose infos reports of traffic always show.
func ShownInfos() []string { return []string{CodeExplained, OperationDocumented} }

// TrafficFails reports whether the traffic fails the run. With a baseline, exchanges whose
// findings are all known do not; Failing counts them as well.
func (r *Report) TrafficFails() bool {
	if r.Traffic.Failing == 0 {
		return false
	}
	if r.Baseline == nil {
		return true
	}
	return slices.ContainsFunc(r.Traffic.Groups, func(g Group) bool { return g.Finding.Counts() && g.Finding.Severity.AtLeast(r.FailOn) })
}
