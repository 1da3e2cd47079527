package report

import (
	"fmt"
	"io"
	"strings"

	"assay/internal/contract"
)

// maxSummary is how long a step summary may be. GitHub drops a longer one as a whole.
const maxSummary = 1<<20 - 1024

// Markdown writes a run for a web page: a table with a row for each finding, and how to
// reproduce it.
func Markdown(w io.Writer, r *contract.Report, how How) error {
	_, err := io.WriteString(w, markdownOf(overviewOf(r, how), 0))
	return err
}

// Summary is Markdown that fits into the step summary of GitHub, of which some bytes are used.
// It is cut at a row.
func Summary(r *contract.Report, how How, used int64) []byte {
	return []byte(markdownOf(overviewOf(r, how), roomFor(used)))
}

// roomFor is how many bytes a step summary may still have.
func roomFor(used int64) int { return max(1, maxSummary-int(min(used, maxSummary))) }

// DriftSummary is Summary for a comparison.
func DriftSummary(d *contract.Drift, how How, used int64) []byte {
	return []byte(markdownOf(overviewOfDrift(d, how), roomFor(used)))
}

// markdownOf writes an overview. most is how many bytes it may have; 0: any number.
func markdownOf(o *overview, most int) string {
	var head, rows, foot strings.Builder
	_, _ = fmt.Fprintf(&head, "## %s: %s\n\n", escaped(o.Title), escaped(o.Closing)) // a strings.Builder never fails
	foot.WriteString(reproduceMarkdown(o.Reproduce))
	counts := map[checkStatus]int{}
	for _, t := range o.Tests {
		counts[t.Status]++
	}
	if o.Exchanges != "" {
		_, _ = fmt.Fprintf(&head, "%s\n\n", escaped(o.Exchanges))
	}
	_, _ = fmt.Fprintf(&head, "Checks: %d passed, %d failed, %d not checked, %d errors\n", counts[passed], counts[failed], counts[skipped], counts[errored])
	if o.Against != "" {
		_, _ = fmt.Fprintf(&head, "\n%s\n", escaped(o.Against))
	}
	shown, left := 0, 0
	for _, row := range markdownRows(o) {
		if most > 0 && head.Len()+rows.Len()+len(row)+foot.Len()+500 > most {
			left++
			continue
		}
		shown++
		rows.WriteString(row)
	}
	if shown > 0 {
		head.WriteString("\n| level | operation | case | rule | finding | document | id |\n|---|---|---|---|---|---|---|\n")
	}
	if left > 0 {
		_, _ = fmt.Fprintf(&rows, "\n%s left out here; the other reports have all.\n", contract.Plural(left, "row"))
	}
	return head.String() + rows.String() + foot.String()
}

// reproduceMarkdown writes the details below the tables.
func reproduceMarkdown(all []detail) string {
	if !hasCommand(all) {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n<details><summary>Reproduce</summary>\n\n")
	for _, d := range all {
		_, _ = fmt.Fprintf(&b, "- %s: %s\n", escaped(d.Name), code(d.Value)) // a strings.Builder never fails
	}
	b.WriteString("\n</details>\n")
	return b.String()
}

// markdownRows are the rows of the table: what was found, what could not be checked, and what
// is fixed.
func markdownRows(o *overview) []string {
	var all []string
	for _, i := range o.Issues {
		if !i.Expected {
			all = append(all, markdownRow(i))
		}
	}
	for _, t := range o.Tests {
		if t.Status == errored {
			all = append(all, fmt.Sprintf("| **error** | %s | %s | | not checked: %s | | |\n", escaped(t.Suite), escaped(t.Name), escaped(t.Why)))
		}
	}
	return append(all, mapped(o.Fixed, markdownRow)...)
}

func markdownRow(i issue) string {
	level := "**" + string(i.Level) + "**"
	if i.Impact != "" {
		level = "**" + string(i.Impact) + "**"
	}
	level += before(" ", i.Status)
	if i.Waived != nil {
		level += " (" + escaped(waived(i.Waived)) + ")"
	}
	doc := ""
	if link := address(i.Doc); link != "" {
		doc = "[document](<" + strings.NewReplacer("<", "%3C", ">", "%3E", "|", "%7C", "\n", "").Replace(link) + ">)"
	}
	sentence := i.Sentence
	if i.Traffic && i.Count > 1 {
		sentence += " (" + times(i.Count) + ")"
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s | `%s` |\n", level, escaped(i.Operation), escaped(i.Case), i.Rule, escaped(sentence), doc, i.ID)
}
