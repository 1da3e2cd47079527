package report

import (
	"maps"
	"slices"
	"strings"
	"time"

	"assay/internal/contract"
)

// timeline draws the history of changes in the ledger, by operation.
func (p *pictures) timeline(all []contract.TimelineEntry) {
	if len(all) == 0 {
		return
	}
	first, last := all[0].FirstSeen, all[0].LastSeen
	for _, e := range all {
		for _, at := range []time.Time{e.FirstSeen, e.LastSeen, e.Acknowledged, e.Gone} {
			if !at.IsZero() && at.Before(first) {
				first = at
			}
			if at.After(last) {
				last = at
			}
		}
	}
	p.From, p.To = day(first), day(last)
	at := func(t time.Time) int {
		if length := last.Sub(first); length > 0 {
			return int(float64(t.Sub(first)) / float64(length) * whole)
		}
		return whole / 2
	}
	groups := map[string][]timelineRow{}
	for _, e := range all {
		row := timelineRow{
			Sentence: Errors(e.Sentence), Kind: Foreign(string(e.Kind)), Impact: Foreign(string(e.Impact)), ID: Foreign(e.ID),
			First: day(e.FirstSeen), Last: day(e.LastSeen), Runs: grouped(e.Runs), State: "open", X: at(e.FirstSeen), End: at(e.LastSeen),
		}
		row.Width = row.End - row.X
		if e.By != "" {
			row.State = "acknowledged by " + Foreign(e.By)
		}
		if !e.Acknowledged.IsZero() {
			row.Acknowledged, row.IsAcknowledged = at(e.Acknowledged), true
			row.State += ", " + day(e.Acknowledged)
		}
		if !e.Gone.IsZero() {
			row.Gone, row.IsGone = at(e.Gone), true
			row.State = "gone, " + day(e.Gone) + before("; ", strings.TrimPrefix(row.State, "open"))
		}
		groups[e.Operation] = append(groups[e.Operation], row)
	}
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		p.Timeline = append(p.Timeline, timelineGroup{Foreign(name), groups[name]})
	}
}

func day(at time.Time) string { return at.UTC().Format(time.DateOnly) }
