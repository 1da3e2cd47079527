package drift

import (
	_ "embed"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
	"assay/internal/report"
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
	// Compared are operations that both sides have, Missing those of the new one
	// that the old one has not, and Unseen those of the old one that the new one
	// shows nothing of.
	Compared []string          `json:"compared"`
	Missing  []string          `json:"missing"`
	Unseen   []string          `json:"unseen"`
	Changes  []contract.Change `json:"changes"` // the worst first
	// Shapes are what the new side looks like, see Carried; nil: documents were
	// compared.
	Shapes []json.RawMessage `json:"shapes,omitzero"`
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
		if r.fails(c) {
			n++
		}
	}
	return n
}

func (r *Report) fails(c contract.Change) bool {
	return c.Impact.AtLeast(r.FailOn) && c.Status != contract.Acknowledged
}

// left are operations of which nothing is said, and why.
type left struct {
	operations []string
	why        string
}

// uncompared lists them.
func (r *Report) uncompared() []left {
	return slices.DeleteFunc([]left{
		{r.Missing, "there is nothing to compare with; --accept keeps what it looks like now"},
		{r.Unseen, "the new side shows nothing of it"},
	}, func(l left) bool { return len(l.operations) == 0 })
}

// Reporters lists those that a name can choose.
func Reporters() []string { return []string{"text", "json", "junit", "markdown"} }

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
		say("%s%s %s  %s%s  %s  %s\n  %s%s\n", paint(c.Impact), before(" ", c.Status), c.Operation, c.Kind, before("  code ", c.Code), c.At, c.ID, c.Message, often(c))
		if c.Why != "" {
			say("  %s\n", c.Why)
		}
		if !fromDocuments(c) && !c.Now.IsZero() {
			say("  now: %s\n", report.Words(c.Now))
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
	for _, l := range r.uncompared() {
		say("not compared: %s: %s\n", strings.Join(l.operations, ", "), l.why)
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

// fromDocuments tells whether documents were compared, of which nobody counts anything.
func fromDocuments(c contract.Change) bool { return c.Was.Of+c.Is.Of == 0 }

// often says how often a change was met; of documents what they said and say.
func often(c contract.Change) string {
	switch {
	case fromDocuments(c) && (!c.Before.IsZero() || !c.Now.IsZero()):
		return fmt.Sprintf(" (was %s, is %s)", dash(report.Words(c.Before)), dash(report.Words(c.Now)))
	case fromDocuments(c):
		return ""
	}
	return fmt.Sprintf(" (was %s, is %s)", c.Was, c.Is)
}

func (s Side) String() string {
	var all []string
	if s.Exchanges > 0 {
		all = append(all, counted(s.Exchanges, "exchange"))
	}
	if s.Broken > 0 {
		all = append(all, strconv.FormatInt(s.Broken, 10)+" more could not be read")
	}
	if len(all) == 0 {
		return s.Name
	}
	return s.Name + " (" + strings.Join(all, ", ") + ")"
}

// sum says how many changes there are of each impact.
func (r *Report) sum() string {
	switch {
	case len(r.Compared) == 0:
		return "nothing was compared"
	case len(r.Changes) == 0:
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
	say("## Drift: %s\n\n%s against %s.\n", r.sum(), cell(r.New.String()), cell(r.Old.String()))
	for i, l := range r.uncompared() {
		if i == 0 {
			say("\n")
		}
		say("- Not compared: %s: %s.\n", strings.Join(l.operations, ", "), l.why)
	}
	if len(r.Changes) > 0 {
		say("\n| impact | operation | code | what | where | was | is | why | first seen | last seen | id |\n|---|---|---|---|---|---|---|---|---|---|---|\n")
	}
	for _, c := range r.Changes {
		was, is := c.Was.String(), c.Is.String()
		if fromDocuments(c) {
			was, is = dash(cell(report.Words(c.Before))), dash(cell(report.Words(c.Now)))
		}
		say("| **%s**%s | %s | %s | %s: %s | `%s` | %s | %s | %s | %s | %s | %s |\n",
			c.Impact, before(" ", c.Status), c.Operation, cell(c.Code), c.Kind, cell(c.Message), cell(c.At), was, is, cell(c.Why), cell(c.First), cell(c.Last), c.ID)
	}
	for _, c := range r.Changes {
		say("\n```\n%s%s\n```\n", c.Command, before("\n", string(c.Example)))
	}
}

type junitSuites struct {
	XMLName  xml.Name      `xml:"testsuites"`
	Name     string        `xml:"name,attr"`
	Tests    int           `xml:"tests,attr"`
	Failures int           `xml:"failures,attr"`
	Skipped  int           `xml:"skipped,attr"`
	Suites   []*junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitFailure `xml:"failure"`
	Skipped *junitSkipped `xml:"skipped"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

type junitSkipped struct {
	Message string `xml:"message,attr"`
}

// junit writes a suite an operation and a test a change; an operation without
// drift has one that passes, and one that was not compared is skipped.
func junit(b *strings.Builder, r *Report) error {
	all := &junitSuites{Name: "assay drift"}
	for _, name := range r.Compared {
		s := &junitSuite{Name: name}
		for _, c := range r.Changes {
			if c.Operation != name {
				continue
			}
			t := junitCase{Class: name, Name: fmt.Sprintf("%s %s %s %s", c.Kind, c.Code, c.At, c.ID)}
			said := fmt.Sprintf("%s%s: %s%s%s\nfirst %s, last %s\n%s%s", c.Impact, before(" ", c.Status), c.Message, often(c), before("; ", c.Why), c.First, c.Last, c.Command, before("\nsuch as: ", string(c.Example)))
			if t.Out = said; r.fails(c) {
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
	for _, l := range r.uncompared() {
		for _, name := range l.operations {
			one := junitCase{Class: name, Name: "is compared", Skipped: &junitSkipped{l.why}}
			all.Suites = append(all.Suites, &junitSuite{Name: name, Tests: 1, Skipped: 1, Cases: []junitCase{one}})
			all.Tests, all.Skipped = all.Tests+1, all.Skipped+1
		}
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
