package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
	"assay/internal/lazy"
)

// LintText writes each fault of data files on one line, as file:line:column: what is
// wrong, so that editors and pipelines can follow it. Last is a line that counts.
func LintText(w io.Writer, r *contract.Report, _ How) error {
	var b strings.Builder
	faults, faulty, unloadable := 0, 0, 0
	for _, result := range r.Results {
		lines := LintLines(result)
		if len(lines) > 0 {
			faulty++
		}
		if result.Verdict == contract.Errored {
			unloadable++
		}
		faults += len(lines)
		for _, line := range lines {
			b.WriteString(line + "\n")
		}
	}
	if faults == 0 {
		fmt.Fprintf(&b, "%s: no faults\n", contract.Plural(len(r.Results), "file"))
	} else {
		fmt.Fprintf(&b, "%s in %d of %s", contract.Plural(faults, "fault"), faulty, contract.Plural(len(r.Results), "file"))
		if unloadable > 0 {
			fmt.Fprintf(&b, "; %d cannot be loaded", unloadable)
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// lintPlace matches the file, line and column of a fault. The path is the user's own, so
// it is not searched for personal data.
var lintPlace = lazy.Regexp(`^.*?:(\d+):\d+: `)

// LintLines writes the faults of one data file, one a line, in the order of their lines:
// those that prevent loading, and the findings that count.
func LintLines(r contract.Result) []string {
	var all []string
	if r.Why != "" {
		for _, line := range strings.Split(r.Why, "\n") {
			where, text := "", line
			if m := lintPlace().FindString(line); m != "" {
				where, text = m, line[len(m):]
			}
			all = append(all, Visible(where+words(text)))
		}
	}
	for _, f := range r.Findings {
		if f.Counts() {
			all = append(all, LintLine(f))
		}
	}
	slices.SortStableFunc(all, func(a, b string) int { return lintLineNumber(a) - lintLineNumber(b) })
	return all
}

// lintLineNumber returns the line that a fault is at; 0: the whole file.
func lintLineNumber(fault string) int {
	m := lintPlace().FindStringSubmatch(fault)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1]) // the pattern allows only digits
	return n
}

// LintLine writes a finding about a data file on one line.
func LintLine(f contract.Finding) string {
	where := Foreign(string(f.At))
	if len(f.Locations) > 0 {
		where = Visible(f.Locations[0].String())
	}
	severity := ""
	if f.Severity != contract.Error {
		severity = string(f.Severity) + ": "
	}
	return where + ": " + severity + Sentence(f.Message) + " [" + f.Rule + "]"
}
