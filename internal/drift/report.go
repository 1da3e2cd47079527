package drift

import (
	_ "embed"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"assay/internal/contract"
)

// ReportVersion is the form of a report in JSON.
const ReportVersion = "assay.drift/v1"

// Schema is the JSON Schema of a report in JSON.
//
//go:embed drift.schema.json
var Schema []byte

// Report is a comparison.
type Report struct {
	Schema string          `json:"schema"`
	Assay  string          `json:"assay"`
	Old    Side            `json:"old"`
	New    Side            `json:"new"`
	FailOn contract.Impact `json:"failOn"`
	// Compared and Missing are operations: those that both sides have, and those
	// of the new one that the old one has not.
	Compared []string          `json:"compared"`
	Missing  []string          `json:"missing"`
	Changes  []contract.Change `json:"changes"` // the worst first
}

// Side is one of the two that were compared.
type Side struct {
	Name      string `json:"name"`
	Exchanges int64  `json:"exchanges"` // of documented operations
	Foreign   int64  `json:"foreign"`   // of nobody known; left alone
	Broken    int64  `json:"broken"`    // that could not be read
}

// Failing is how many changes are at or above the gate.
func (r *Report) Failing() int {
	n := 0
	for _, c := range r.Changes {
		if c.Impact.AtLeast(r.FailOn) && c.Status != contract.Acknowledged {
			n++
		}
	}
	return n
}

// Formats lists the reporters that a name can choose.
func Formats() []string { return []string{"text", "json", "junit", "markdown"} }

// Write writes a report in a format. paint colours an impact's name; nil: it
// stays as it is.
func Write(w io.Writer, format string, r *Report, paint func(contract.Impact) string) error {
	var b strings.Builder
	var err error
	switch format {
	case "text":
		text(&b, r, paint)
	case "json":
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		err = e.Encode(r)
	case "junit":
		err = junit(&b, r)
	case "markdown":
		markdown(&b, r)
	default:
		err = fmt.Errorf("there is no format %q", format)
	}
	if err == nil {
		_, err = io.WriteString(w, b.String())
	}
	if err != nil {
		return fmt.Errorf("drift: %w", err)
	}
	return nil
}

func text(b *strings.Builder, r *Report, paint func(contract.Impact) string) {
	if paint == nil {
		paint = func(i contract.Impact) string { return string(i) }
	}
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(b, format, args...) } // a strings.Builder never fails
	for _, c := range r.Changes {
		say("%s%s %s  %s%s  %s\n  %s%s\n", paint(c.Impact), before(" ", c.Status), c.Operation, c.Kind, before("  code ", c.Code), c.At, c.Message, often(c))
		if c.Why != "" {
			say("  %s\n", c.Why)
		}
		switch {
		case c.Was.Of+c.Is.Of == 0 && c.Before+c.Now != "": // of documents
			say("  now: %s (was %s)\n", dash(c.Now), dash(c.Before))
		case c.Now != "":
			say("  now: %s\n", c.Now)
		}
		if c.Example != nil {
			say("  such as: %s\n", c.Example)
		}
		if c.First != "" {
			say("  first %s, last %s\n", c.First, c.Last)
		}
		if c.Doc != "" {
			say("  %s\n", c.Doc)
		}
		say("  %s\n\n", c.Command)
	}
	for _, name := range r.Missing {
		say("%s: there is nothing to compare with; --accept keeps what it looks like now\n", name)
	}
	say("%s against %s: %s\n", r.New, r.Old, r.sum())
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

// often says how often a change was met; of documents nobody counts.
func often(c contract.Change) string {
	if c.Was.Of+c.Is.Of == 0 {
		return ""
	}
	return fmt.Sprintf(" (was %s, is %s)", c.Was, c.Is)
}

func (s Side) String() string {
	if s.Exchanges == 0 {
		return s.Name
	}
	return s.Name + " (" + counted(s.Exchanges, "exchange") + ")"
}

// sum says how many changes there are of each impact.
func (r *Report) sum() string {
	if len(r.Changes) == 0 {
		return "no drift in " + counted(int64(len(r.Compared)), "operation")
	}
	var parts []string
	for _, i := range contract.Impacts() {
		n := 0
		for _, c := range r.Changes {
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

func counted(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// cell is a text that may stand in a table of Markdown.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;", ">", "&gt;", "`", "'").Replace(s)
}

func markdown(b *strings.Builder, r *Report) {
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(b, format, args...) } // a strings.Builder never fails
	say("## Drift: %s\n\n%s against %s.\n", r.sum(), cell(r.New.Name), cell(r.Old.Name))
	if len(r.Changes) > 0 {
		say("\n| impact | operation | code | what | where | was | is | why | first seen |\n|---|---|---|---|---|---|---|---|---|\n")
	}
	for _, c := range r.Changes {
		say("| **%s** | %s | %s | %s: %s | `%s` | %s | %s | %s | %s |\n", c.Impact, c.Operation, cell(c.Code), c.Kind, cell(c.Message), cell(c.At), c.Was, c.Is, cell(c.Why), cell(c.First))
	}
	if len(r.Changes) > 0 {
		say("\n```\n")
		for _, c := range r.Changes {
			say("%s\n", c.Command)
		}
		say("```\n")
	}
}

type junitSuites struct {
	XMLName  xml.Name      `xml:"testsuites"`
	Name     string        `xml:"name,attr"`
	Tests    int           `xml:"tests,attr"`
	Failures int           `xml:"failures,attr"`
	Suites   []*junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitFailure `xml:"failure"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// junit writes a suite an operation and a test a change; an operation without
// drift has one that passes.
func junit(b *strings.Builder, r *Report) error {
	all := &junitSuites{Name: "assay drift"}
	for _, name := range r.Compared {
		s := &junitSuite{Name: name}
		for _, c := range r.Changes {
			if c.Operation != name {
				continue
			}
			t := junitCase{Class: name, Name: fmt.Sprintf("%s %s %s %s", c.Kind, c.Code, c.At, c.ID)}
			said := fmt.Sprintf("%s: %s (was %s, is %s); %s\nfirst %s, last %s\n%s", c.Impact, c.Message, c.Was, c.Is, c.Why, c.First, c.Last, c.Command)
			if t.Out = said; c.Impact.AtLeast(r.FailOn) {
				t.Out, t.Failure = "", &junitFailure{Message: fmt.Sprintf("%s: %s", c.Impact, c.Message), Type: string(c.Kind), Text: said}
				s.Failures++
			}
			s.Cases = append(s.Cases, t)
		}
		if len(s.Cases) == 0 {
			s.Cases = []junitCase{{Class: name, Name: "has not drifted"}}
		}
		s.Tests = len(s.Cases)
		all.Suites, all.Tests, all.Failures = append(all.Suites, s), all.Tests+s.Tests, all.Failures+s.Failures
	}
	b.WriteString(xml.Header)
	e := xml.NewEncoder(b)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	b.WriteString("\n")
	return nil
}
