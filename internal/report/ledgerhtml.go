package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"assay/internal/contract"
)

// Ledgers lists the formats for the history of changes in a ledger.
func Ledgers() Formats[[]contract.TimelineEntry] {
	return Formats[[]contract.TimelineEntry]{{"html", LedgerHTML}}
}

// LedgerHTML writes the history of changes in a ledger as one file for a browser.
func LedgerHTML(w io.Writer, all []contract.TimelineEntry, how How) error {
	o := overviewOfLedger(all, how)
	p := pictures{Drift: true}
	p.heat(o, how, nil)
	p.timeline(all)
	made := htmlOf(o, how, p)
	made.Tiles = slices.DeleteFunc(made.Tiles, func(t tile) bool { return strings.Contains(t.Label, "checked") || strings.Contains(t.Label, "checks") })
	return made.write(w)
}

// overviewOfLedger makes the overview of a ledger: the worst changes first, those that are gone
// last.
func overviewOfLedger(all []contract.TimelineEntry, how How) *overview {
	o := &overview{Title: "assay ledger", Reproduce: command(how.reproduce(nil))}
	counts := map[string]int{}
	for _, e := range all {
		status := "open"
		switch {
		case !e.Gone.IsZero():
			status = "gone"
		case e.By != "":
			status = contract.Acknowledged
		}
		counts[status]++
		level := levelOf(e.Impact)
		details := [][2]string{{"first seen", day(e.FirstSeen)}, {"last seen", day(e.LastSeen)}, {"runs", grouped(e.Runs)}}
		if e.By != "" {
			details = append(details, [2]string{"acknowledged", "by " + Foreign(e.By)})
		}
		o.Issues = append(o.Issues, issue{
			ID: Foreign(e.ID), Rule: Foreign(string(e.Kind)), Level: level, Impact: e.Impact, Side: contract.ProviderSide, Operation: Foreign(e.Operation), Place: place(e.At),
			Sentence: before(place(e.At)+": ", Errors(e.Sentence)), Count: 1, Status: status, Details: details,
		})
	}
	slices.SortStableFunc(o.Issues, func(a, b issue) int {
		if gone := (a.Status == "gone") != (b.Status == "gone"); gone {
			return strings.Compare(strings.TrimPrefix(b.Status, "gone"), strings.TrimPrefix(a.Status, "gone"))
		}
		return a.rank() - b.rank()
	})
	o.Closing = fmt.Sprintf("%d open, %d acknowledged, %d gone", counts["open"], counts[contract.Acknowledged], counts["gone"])
	return o
}

// levelOf is the severity of an impact.
func levelOf(i contract.Impact) contract.Severity {
	switch i {
	case contract.Breaks:
		return contract.Error
	case contract.Degrades:
		return contract.Warning
	}
	return contract.Info
}
