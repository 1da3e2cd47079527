// Package report writes the results of runs and comparisons: as text and Markdown for
// people, as JSON for programs, and as JUnit for pipelines. Each format is one function in
// one file, listed in Runs or Drifts. It reads the report and changes nothing in it.
//
// This package alone makes sentences of messages: see Sentence. It also makes the text of
// a failure, which the text report, JUnit and the Ginkgo suites show: see Failure.
package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"assay/internal/contract"
)

// How holds the choices that a format has.
type How struct {
	Color   bool  // text has colours
	Verbose bool  // text lists every case
	Again   Again // how to run a failure again
	// Command is the whole command that was given, without secrets, and Seed the seed of its
	// random choices; "": none.
	Command, Seed string
	Began, Ended  time.Time // zero: not known
	// Folder is the working directory. Pipelines get the paths below it relative to it.
	Folder string
	// Families gives the family of each rule, for tables.
	Families map[string]string
	// Back is the address of the page that leads to an HTML report, on the same server; "": none.
	Back string
}

func (h How) again() *Again { return &h.Again }

// Format is one way to write a report.
type Format[T any] struct {
	Name  string
	Write func(w io.Writer, what T, how How) error
}

// Formats lists the ways to write a report, text first. Help texts, the values of flags
// and error messages use this list.
type Formats[T any] []Format[T]

// Runs lists the formats for runs and for checked traffic.
func Runs() Formats[*contract.Report] {
	return Formats[*contract.Report]{
		{"text", Text},
		{"json", JSON},
		{"ndjson", NDJSON},
		{"junit", JUnit},
		{"markdown", Markdown},
		{"sarif", SARIF},
		{"github", GitHub},
		{"gitlab", GitLab},
		{"ctrf", CTRF},
		{"html", HTML},
	}
}

// Lints lists the formats for data files that were checked without playing a case.
func Lints() Formats[*contract.Report] {
	return Formats[*contract.Report]{
		{"text", LintText},
		{"json", JSON},
		{"junit", JUnit},
	}
}

// Drifts lists the formats for comparisons.
func Drifts() Formats[*contract.Drift] {
	return Formats[*contract.Drift]{
		{"text", DriftText},
		{"json", DriftJSON},
		{"ndjson", DriftNDJSON},
		{"junit", DriftJUnit},
		{"markdown", DriftMarkdown},
		{"sarif", DriftSARIF},
		{"github", DriftGitHub},
		{"gitlab", DriftGitLab},
		{"ctrf", DriftCTRF},
		{"html", DriftHTML},
	}
}

// Names lists the names of the formats.
func (all Formats[T]) Names() []string {
	return mapped(all, func(f Format[T]) string { return f.Name })
}

// String lists the names for a sentence: "text, json or junit".
func (all Formats[T]) String() string {
	names := all.Names()
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// Write writes a report in the format with this name.
func (all Formats[T]) Write(w io.Writer, name string, what T, how How) error {
	i := slices.IndexFunc(all, func(f Format[T]) bool { return f.Name == name })
	if i < 0 {
		return fmt.Errorf("report: there is no format %q", name)
	}
	return all[i].Write(w, what, how)
}

// Counts counts the results of each verdict.
func Counts(r *contract.Report) map[contract.Verdict]int {
	counts := map[contract.Verdict]int{}
	for _, result := range r.Results {
		counts[result.Verdict]++
	}
	return counts
}
