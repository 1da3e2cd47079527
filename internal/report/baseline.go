package report

import (
	"fmt"
	"strings"

	"assay/internal/contract"
)

// against counts what became of the findings of a baseline: "against old.json: 1 new, 2 known";
// "" without a baseline.
func against(b *contract.Baseline) string {
	if b == nil {
		return ""
	}
	var parts []string
	for _, one := range []struct {
		n    int
		name string
	}{{b.New, "new"}, {b.Known, "known"}, {b.Back, "back again"}, {len(b.Fixed), "fixed"}, {b.Unchecked, "not checked again"}} {
		if one.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", one.n, one.name))
		}
	}
	if len(parts) == 0 {
		parts = []string{"no findings then or now"}
	}
	return "against " + strings.Join(foreigns(b.Files), ", ") + ": " + strings.Join(parts, ", ")
}

// fixedSentence is a finding that is gone, as the other findings are written.
func fixedSentence(f contract.FixedFinding) string {
	return located(contract.Finding{At: f.At, Message: f.Message})
}

// fixedLines writes the findings of the baseline that are gone, and counts all.
func (p pen) fixedLines(b *contract.Baseline) string {
	if b == nil {
		return ""
	}
	var text strings.Builder
	for _, f := range b.Fixed {
		where := f.Case
		if where == "" {
			where = f.Operation
		}
		_, _ = fmt.Fprintf(&text, "\n%s %s  %s  (%s)\n  %s\n", p.paint(green, "fixed"), Foreign(where), Foreign(f.Rule), Foreign(f.ID), fixedSentence(f)) // a strings.Builder never fails
	}
	return text.String() + "\n" + against(b) + "\n"
}

// fixedIssues are the findings of the baseline that are gone.
func fixedIssues(b *contract.Baseline) []issue {
	if b == nil {
		return nil
	}
	return mapped(b.Fixed, func(f contract.FixedFinding) issue {
		return issue{
			ID: f.ID, Rule: f.Rule, Level: f.Severity, Operation: Foreign(f.Operation), Case: Foreign(f.Case), Place: place(f.At),
			Sentence: fixedSentence(f), Doc: f.Doc, Status: statusFixed,
		}
	})
}

// statusFixed is the status of an issue that is gone.
const statusFixed = "fixed"

// onlyKnown is the end of a report in which nothing fails because all findings at or above the
// severity that fails are known; "" if there is no such finding.
func (p pen) onlyKnown(r *contract.Report) string {
	if r.Baseline == nil {
		return ""
	}
	n := 0
	count := func(f contract.Finding) {
		if f.Status == contract.StatusKnown && f.Severity.AtLeast(r.FailOn) {
			n++
		}
	}
	for _, result := range r.Results {
		if r.Traffic != nil && result.Operation != "" {
			continue // its findings are in the groups
		}
		for _, f := range result.Findings {
			count(f)
		}
	}
	if r.Traffic != nil {
		for _, g := range r.Traffic.Groups {
			count(g.Finding)
		}
	}
	if n == 0 {
		return ""
	}
	return p.paint(yellow, "nothing new") + ": " + contract.Plural(n, "finding") + " known from the baseline, so this does not fail, and does not conform either"
}
