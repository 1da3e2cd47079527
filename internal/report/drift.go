package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
)

// notCompared are operations that could not be compared, and why.
type notCompared struct {
	operations []string
	why        string
}

// The reasons why an operation was not compared.
var (
	baselineAbsent = &contract.Template{ID: "drift.no-baseline", Text: "there is no baseline", WayOut: "--accept without OLD stores one"}
	exchangeAbsent = &contract.Template{ID: "drift.no-exchange", Text: "the new side has no exchange of it", WayOut: "add traffic with one"}
)

// Reasons returns the reasons why an operation was not compared.
func Reasons() []*contract.Template { return []*contract.Template{baselineAbsent, exchangeAbsent} }

// uncompared lists the operations that could not be compared.
func uncompared(d *contract.Drift) []notCompared {
	return slices.DeleteFunc([]notCompared{
		{d.Missing, Sentence(baselineAbsent.Says())},
		{d.Skipped, Sentence(exchangeAbsent.Says())},
	}, func(l notCompared) bool { return len(l.operations) == 0 })
}

// dash writes - for an empty text.
func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// before puts a prefix before a text that is not empty.
func before(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

// fromDocuments tells whether two documents were compared. They have no counts.
func fromDocuments(c contract.Change) bool { return c.Was.Of+c.Is.Of == 0 }

// often writes how often a change was seen; for documents the values before and after.
func often(c contract.Change) string {
	switch {
	case fromDocuments(c) && (!c.Before.IsZero() || !c.Now.IsZero()):
		return fmt.Sprintf(" (was %s, is %s)", dash(Words(c.Before)), dash(Words(c.Now)))
	case fromDocuments(c):
		return ""
	}
	return fmt.Sprintf(" (was %s, is %s)", c.Was, c.Is)
}

// sideText names one side of a comparison, and counts its exchanges.
func sideText(s contract.DriftSide) string {
	var all []string
	if s.Exchanges > 0 {
		all = append(all, contract.Plural(int(s.Exchanges), "exchange"))
	}
	if s.Unreadable > 0 {
		all = append(all, strconv.FormatInt(s.Unreadable, 10)+" more could not be read")
	}
	if n := s.Omitted.Exchanges; n > 0 {
		all = append(all, strconv.FormatInt(n, 10)+" more left out: the recording lacks the body or the result code")
	}
	if n := s.Omitted.Requests; n > 0 {
		all = append(all, contract.Plural(int(n), "request")+" left out: the recording lacks the body")
	}
	if n := s.Omitted.Values; n > 0 {
		all = append(all, contract.Plural(int(n), "value")+" left out: replaced in the recording")
	}
	if len(all) == 0 {
		return Foreign(s.Name)
	}
	return Foreign(s.Name) + " (" + strings.Join(all, ", ") + ")"
}

// advised is changed, and where to read on if a change fails the run.
func advised(d *contract.Drift) string {
	if slices.ContainsFunc(d.Changes, d.Fails) {
		return changed(d) + "; what to do: `assay help drift`"
	}
	return changed(d)
}

// changed counts the changes of each impact.
func changed(d *contract.Drift) string {
	if d.Partial {
		return changes(d) + "; stopped before the end"
	}
	return changes(d)
}

func changes(d *contract.Drift) string {
	switch {
	case len(d.Compared) == 0:
		return "nothing was compared"
	case len(d.Changes) == 0:
		return "no drift in " + contract.Plural(len(d.Compared), "operation")
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
