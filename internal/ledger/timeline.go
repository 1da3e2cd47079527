package ledger

import (
	"cmp"
	"slices"
	"time"

	"assay/internal/contract"
)

// Timeline says of each entry when the change was found and what became of it, the oldest first.
func Timeline(entries []Entry) []contract.TimelineEntry {
	all := make([]contract.TimelineEntry, 0, len(entries))
	for _, e := range entries {
		all = append(all, contract.TimelineEntry{
			ID: e.ID, Operation: e.Operation, Kind: e.Kind, Impact: e.Impact, At: e.At, Sentence: e.Message,
			FirstSeen: e.FirstSeen, LastSeen: e.LastSeen, Runs: e.Runs, Acknowledged: e.AcknowledgedAt, By: e.By, Gone: e.ResolvedAt,
		})
	}
	slices.SortFunc(all, func(a, b contract.TimelineEntry) int {
		return cmp.Or(a.FirstSeen.Compare(b.FirstSeen), cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// now is the time of an acknowledgement, as exact as the file stores it.
func (l *Ledger) now() time.Time {
	if l.Now != nil {
		return l.Now()
	}
	return time.Now().UTC().Truncate(time.Millisecond)
}
