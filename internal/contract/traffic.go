package contract

import (
	"cmp"
	"slices"
)

// Traffic is what came of exchanges that others had: counts, and findings of
// the same fingerprint together.
type Traffic struct {
	Exchanges  int64                      `json:"exchanges"`  // that could be read
	Conforming int64                      `json:"conforming"` // of a documented operation, without a finding at or above the gate
	Failing    int64                      `json:"failing"`    // with one
	Unreadable int64                      `json:"unreadable"` // entries that could not be read
	Unmatched  int64                      `json:"unmatched"`  // of no known provider, or at an operation of one that is not documented; left alone
	Operations map[string]*OperationCount `json:"operations"` // by provider/operation
	Groups     []Group                    `json:"groups"`     // the worst first
	Partial    bool                       `json:"partial"`    // the reading was interrupted
	// More is how many groups were left out, being more than were asked for.
	More int `json:"more"`
}

// WholeTraffic is the origin of a result that tells of all exchanges of an
// operation.
const WholeTraffic = "traffic"

// Occurred is what was met of one operation.
type OperationCount struct {
	Exchanges int64            `json:"exchanges"`
	Failing   int64            `json:"failing"`
	Codes     map[string]int64 `json:"codes"` // by result code; "" where there was none that is documented
}

// Group is findings of one fingerprint.
type Group struct {
	Operation string   `json:"operation"` // provider/operation
	Finding   Finding  `json:"finding"`   // the first of them
	Count     int64    `json:"count"`
	Places    []string `json:"places"` // the origins of the first of them
}

// Sorted puts groups in order: what counts before what does not, the most severe
// first, then the most frequent.
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
