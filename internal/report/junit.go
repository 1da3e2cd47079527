package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"assay/internal/contract"
)

type suites struct {
	XMLName  xml.Name `xml:"testsuites"`
	Name     string   `xml:"name,attr"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   int      `xml:"errors,attr"`
	Skipped  int      `xml:"skipped,attr"`
	Suites   []*suite `xml:"testsuite"`
}

type suite struct {
	Name     string `xml:"name,attr"`
	Tests    int    `xml:"tests,attr"`
	Failures int    `xml:"failures,attr"`
	Errors   int    `xml:"errors,attr"`
	Skipped  int    `xml:"skipped,attr"`
	Cases    []test `xml:"testcase"`
}

type test struct {
	Class      string     `xml:"classname,attr"`
	Name       string     `xml:"name,attr"`
	Properties []property `xml:"properties>property,omitempty"`
	Failure    *problem   `xml:"failure"`
	Error      *problem   `xml:"error"`
	Skipped    *problem   `xml:"skipped"`
	Out        string     `xml:"system-out,omitempty"`
}

type property struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type problem struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// JUnit writes a suite an operation and a test for each rule of each case. A
// rule that could prove nothing is skipped with the reason; findings below the
// gate, expected and waived ones stand in the test's output.
func JUnit(w io.Writer, r *contract.Report) error {
	all := &suites{Name: "assay"}
	byName := map[string]*suite{}
	for _, result := range r.Results {
		name := strings.TrimSuffix(result.Provider+"/"+result.Operation, "/")
		s := byName[name]
		if s == nil {
			s = &suite{Name: name}
			byName[name] = s
			all.Suites = append(all.Suites, s)
		}
		s.Cases = append(s.Cases, tests(result, r.FailOn)...)
	}
	for _, s := range all.Suites {
		s.count()
		all.Tests, all.Failures = all.Tests+s.Tests, all.Failures+s.Failures
		all.Errors, all.Skipped = all.Errors+s.Errors, all.Skipped+s.Skipped
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (s *suite) count() {
	for _, t := range s.Cases {
		s.Tests++
		switch {
		case t.Failure != nil:
			s.Failures++
		case t.Error != nil:
			s.Errors++
		case t.Skipped != nil:
			s.Skipped++
		}
	}
}

func tests(r contract.Result, failOn contract.Severity) []test {
	common := []property{{"evidence", string(r.Evidence)}, {"origin", r.Origin}, {"verdict", string(r.Verdict)}}
	switch r.Verdict {
	case contract.Broken:
		return []test{{Class: r.Case, Name: "is answered", Properties: common, Error: &problem{Message: "could not look", Type: "broken", Text: r.Why}}}
	case contract.Unproved:
		if len(r.Checked) == 0 {
			return []test{{Class: r.Case, Name: "is answered", Properties: common, Skipped: &problem{Message: "unproved: " + r.Why}}}
		}
	}
	var all []test
	for _, rule := range r.Checked {
		all = append(all, ruleTest(r, rule, failOn, common))
	}
	for _, gap := range r.Unproved {
		all = append(all, test{Class: r.Case, Name: gap.Rule, Properties: common, Skipped: &problem{Message: "unproved: " + gap.Why}})
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
		line := fmt.Sprintf("%s: %s (%s; %s)", f.Severity, f.Message, f.At, f.Fingerprint)
		if !f.Counts() || !f.Severity.AtLeast(failOn) {
			rest = append(rest, line+mark(f))
			continue
		}
		if len(bad) == 0 {
			t.Properties = append(t.Properties, property{"rule", f.Rule}, property{"side", string(f.Side)}, property{"doc", f.Doc})
		}
		bad = append(bad, line)
	}
	if len(bad) > 0 {
		t.Failure = &problem{Message: bad[0], Type: rule, Text: strings.Join(bad, "\n")}
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
