package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
)

// left are operations of which nothing is said, and why.
type left struct {
	operations []string
	why        string
}

// uncompared lists them.
func uncompared(d *contract.Drift) []left {
	return slices.DeleteFunc([]left{
		{d.Missing, "there is nothing to compare with; --accept keeps what it looks like now"},
		{d.Skipped, "the new side shows nothing of it"},
	}, func(l left) bool { return len(l.operations) == 0 })
}

// dash stands where nothing is.
func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// before puts something before a text that is there.
func before(some, text string) string {
	if text == "" {
		return ""
	}
	return some + text
}

// fromDocuments tells whether documents were compared, of which nobody counts anything.
func fromDocuments(c contract.Change) bool { return c.Was.Of+c.Is.Of == 0 }

// often says how often a change was met; of documents what they said and say.
func often(c contract.Change) string {
	switch {
	case fromDocuments(c) && (!c.Before.IsZero() || !c.Now.IsZero()):
		return fmt.Sprintf(" (was %s, is %s)", dash(Words(c.Before)), dash(Words(c.Now)))
	case fromDocuments(c):
		return ""
	}
	return fmt.Sprintf(" (was %s, is %s)", c.Was, c.Is)
}

// sided is one of the two that were compared, and how much there is of it.
func sided(s contract.DriftSide) string {
	var all []string
	if s.Exchanges > 0 {
		all = append(all, plural(int(s.Exchanges), "exchange"))
	}
	if s.Unreadable > 0 {
		all = append(all, strconv.FormatInt(s.Unreadable, 10)+" more could not be read")
	}
	if len(all) == 0 {
		return s.Name
	}
	return s.Name + " (" + strings.Join(all, ", ") + ")"
}

// changed says how many changes there are of each impact.
func changed(d *contract.Drift) string {
	switch {
	case len(d.Compared) == 0:
		return "nothing was compared"
	case len(d.Changes) == 0:
		return "no drift in " + plural(len(d.Compared), "operation")
	}
	var parts []string
	for _, i := range contract.Impacts() {
		n := 0
		for _, c := range d.Changes {
			if c.Impact == i {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, i))
		}
	}
	return strings.Join(parts, ", ")
}
