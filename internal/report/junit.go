package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"assay/internal/contract"
)

// JUnit writes one test suite for each operation, and in it one test case for each rule
// of each case. A failure's text is the one that the text report shows. A rule that could
// check nothing is skipped, with the reason. Findings that do not fail the run are in the
// test's output.
func JUnit(w io.Writer, r *contract.Report, how How) error {
	all := &suites{Name: "assay"}
	byName, about := map[string]*suite{}, reproduce(r, how)
	again := how.again()
	if r.Traffic != nil {
		again = nil // no case asked for it
	}
	for _, result := range testedOf(r) {
		name := strings.TrimSuffix(result.Provider+"/"+result.Operation, "/")
		s := byName[name]
		if s == nil {
			s = &suite{Name: name, Properties: append(clientProperties(r.Client), reproduceProperties(about)...)}
			byName[name] = s
			all.Suites = append(all.Suites, s)
		}
		s.Cases = append(s.Cases, tests(name, result, r.FailOn, again)...)
	}
	if r.Baseline != nil {
		all.Suites = append(all.Suites, baselineSuite(r.Baseline))
	}
	for _, s := range all.Suites {
		s.distinguish()
	}
	return all.write(w)
}

// distinguish numbers tests of the same name, so that no two of a suite are the same to
// the program that reads them.
func (s *suite) distinguish() {
	times := map[string]int{}
	for i := range s.Cases {
		t := &s.Cases[i]
		if times[t.Name]++; times[t.Name] > 1 {
			t.Name = fmt.Sprintf("%s (%d)", t.Name, times[t.Name])
		}
	}
}

// tests are the tests of one result. Each name begins with the case: many programs show
// the name alone. The output of each test says where its exchange came from.
func tests(suite string, r tested, failOn contract.Severity, again *Again) []test {
	named := func(what string) test {
		about := output([]detail{{"evidence", string(r.Evidence)}, {"origin", Foreign(r.origin(what, failOn))}, {"verdict", string(r.Verdict)}})
		return test{Class: suite, Name: strings.TrimSpace(Foreign(r.Case) + " " + what), Out: about}
	}
	whole := named("has an exchange to check")
	var all []test
	switch {
	case r.Verdict == contract.Errored:
		whole.Error = &problem{Message: firstLine(r.Why), Type: string(contract.Errored), Text: Unchecked(r.Result, again)}
		all = append(all, whole) // rules that checked follow: another one may have panicked
	case r.Verdict == contract.Inconclusive && len(r.Checked) == 0 && (r.Origin != contract.WholeTraffic || len(r.Inconclusive) == 0):
		whole.Skipped = &skip{Message: "inconclusive: " + firstLine(r.Why), Text: Unchecked(r.Result, again)}
		return []test{whole}
	}
	for _, rule := range r.Checked {
		t := named(rule)
		t.judge(r, rule, failOn, again)
		all = append(all, t)
	}
	for _, gap := range r.Inconclusive {
		t := named(gap.Rule)
		t.Skipped = &skip{Message: "inconclusive: " + Sentence(gap.Why), Text: "`assay explain " + gap.Rule + "` says what the rule needs"}
		all = append(all, t)
	}
	return all
}

// output has the details that have a value, one a line.
func output(all []detail) string {
	var b []string
	for _, d := range all {
		if d.Value != "" {
			b = append(b, d.Name+": "+d.Value)
		}
	}
	return strings.Join(b, "\n")
}

// judge sets what became of a rule.
func (t *test) judge(r tested, rule string, failOn contract.Severity, again *Again) {
	var bad []contract.Finding
	var rest []string
	for _, f := range r.Findings {
		switch {
		case f.Rule != rule:
		case f.Counts() && f.Severity.AtLeast(failOn):
			bad = append(bad, f)
		default:
			rest = append(rest, fmt.Sprintf("%s%s: %s (%s)%s%s", spaced(f.Status), f.Severity, located(f), f.Fingerprint, mark(f), r.seen(f)))
		}
	}
	t.Out = strings.Join(append(rest, t.Out), "\n")
	if slices.Contains(r.left, rule) {
		t.Failure = &problem{Message: "what it found is left out of this report", Type: rule, Text: "--max-findings lists more"}
	}
	if len(bad) == 0 {
		return
	}
	first := bad[0]
	t.Failure = &problem{Message: located(first) + r.seen(first), Type: rule, Text: r.failure(bad, again)}
}

func firstLine(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	return Visible(words(first))
}

// mark says why a finding does not fail the run.
func mark(f contract.Finding) string {
	switch {
	case f.Expected:
		return ", expected by the case"
	case f.Waived != nil:
		return ", waived by " + Foreign(f.Waived.Owner) + " until " + Foreign(f.Waived.Expires)
	case f.Status == contract.StatusKnown:
		return ", known from the baseline"
	}
	return ""
}

// baselineSuite has a passing test for each finding of the baseline that is gone, and one that
// counts what became of all.
func baselineSuite(b *contract.Baseline) *suite {
	s := &suite{Name: "baseline", Cases: []test{{Class: "baseline", Name: "is compared", Out: against(b)}}}
	for _, i := range fixedIssues(b) {
		s.Cases = append(s.Cases, test{Class: i.Operation, Name: strings.TrimSpace(i.Case+" "+i.Rule) + " is fixed", Out: i.Sentence + " (" + Foreign(i.ID) + ")"})
	}
	return s
}
