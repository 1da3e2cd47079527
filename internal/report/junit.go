package report

import (
	"fmt"
	"io"
	"strings"

	"assay/internal/contract"
)

// JUnit writes a suite an operation and a test for each rule of each case. A
// rule that could prove nothing is skipped with the reason; findings below the
// gate, expected and waived ones stand in the test's output.
func JUnit(w io.Writer, r *contract.Report, _ How) error {
	all := &suites{Name: "assay", Errors: new(int)}
	byName := map[string]*suite{}
	for _, result := range r.Results {
		name := strings.TrimSuffix(result.Provider+"/"+result.Operation, "/")
		s := byName[name]
		if s == nil {
			s = &suite{Name: name, Errors: new(int)}
			byName[name] = s
			all.Suites = append(all.Suites, s)
		}
		s.Cases = append(s.Cases, tests(result, r.FailOn)...)
	}
	return all.write(w)
}

func tests(r contract.Result, failOn contract.Severity) []test {
	common := []property{{"evidence", string(r.Evidence)}, {"origin", r.Origin}, {"verdict", string(r.Verdict)}}
	switch r.Verdict {
	case contract.Errored:
		return []test{{Class: r.Case, Name: "is responded", Properties: common, Error: &problem{Message: "could not look", Type: "broken", Text: r.Why}}}
	case contract.Inconclusive:
		if len(r.Checked) == 0 {
			return []test{{Class: r.Case, Name: "is responded", Properties: common, Skipped: &problem{Message: "inconclusive: " + r.Why}}}
		}
	}
	var all []test
	for _, rule := range r.Checked {
		all = append(all, ruleTest(r, rule, failOn, common))
	}
	for _, gap := range r.Inconclusive {
		all = append(all, test{Class: r.Case, Name: gap.Rule, Properties: common, Skipped: &problem{Message: "inconclusive: " + Sentence(gap.Why)}})
	}
	return all
}

func ruleTest(r contract.Result, rule string, failOn contract.Severity, common []property) test {
	t := test{Class: r.Case, Name: rule, Properties: append([]property{}, common...)}
	var bad, rest []string
	for _, f := range r.Findings {
		if f.Rule != rule {
			continue
		}
		line := fmt.Sprintf("%s: %s (%s; %s)", f.Severity, Sentence(f.Message), f.At, f.Fingerprint)
		if !f.Counts() || !f.Severity.AtLeast(failOn) {
			rest = append(rest, line+mark(f))
			continue
		}
		if len(f.Locations) > 0 {
			line += "\n  " + Locations(f)
		}
		if len(bad) == 0 {
			t.Properties = append(t.Properties, property{"rule", f.Rule}, property{"side", string(f.Side)}, property{"doc", f.Doc})
		}
		bad = append(bad, line)
	}
	if len(bad) > 0 {
		t.Failure = &problem{Message: firstLine(bad[0]), Type: rule, Text: strings.Join(bad, "\n")}
	}
	t.Out = strings.Join(rest, "\n")
	return t
}

func mark(f contract.Finding) string {
	switch {
	case f.Expected:
		return ", expected by the case"
	case f.Waived != nil:
		return ", waived by " + f.Waived.Owner + " until " + f.Waived.Expires
	}
	return ""
}
