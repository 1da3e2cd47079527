// Package report writes a run down: as text for a person, as JSON for a
// program, and as JUnit for a pipeline. A format is a file, and a line in Runs or Drifts.
// It is a function of the report and changes nothing in it.
//
// Sentences are made here and nowhere else: see Sentence.
package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"assay/internal/contract"
)

// How says how a report is written, where a format has a choice.
type How struct {
	Color   bool // text may be coloured
	Verbose bool // text lists everything
	Again   Again
}

func (h How) again() *Again { return &h.Again }

// Format is a way to write something down.
type Format[T any] struct {
	Name  string
	Write func(w io.Writer, what T, how How) error
}

// Formats are the ways to write something down, the one for people first. Help texts,
// the values that flags take and errors come from here.
type Formats[T any] []Format[T]

// Runs lists the formats of runs, and of traffic that was checked.
func Runs() Formats[*contract.Report] {
	return Formats[*contract.Report]{
		{"text", Text},
		{"json", JSON},
		{"junit", JUnit},
	}
}

// Drifts lists the formats of what has drifted.
func Drifts() Formats[*contract.Drift] {
	return Formats[*contract.Drift]{
		{"text", DriftText},
		{"json", DriftJSON},
		{"junit", DriftJUnit},
		{"markdown", DriftMarkdown},
	}
}

// Names lists the formats.
func (all Formats[T]) Names() []string {
	return mapped(all, func(f Format[T]) string { return f.Name })
}

// String names them in a sentence: "text, json or junit".
func (all Formats[T]) String() string {
	names := all.Names()
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// Write writes something down in the format of a name.
func (all Formats[T]) Write(w io.Writer, name string, what T, how How) error {
	i := slices.IndexFunc(all, func(f Format[T]) bool { return f.Name == name })
	if i < 0 {
		return fmt.Errorf("report: there is no format %q", name)
	}
	return all[i].Write(w, what, how)
}

// Counts is how many results there are of each verdict.
func Counts(r *contract.Report) map[contract.Verdict]int {
	counts := map[contract.Verdict]int{}
	for _, result := range r.Results {
		counts[result.Verdict]++
	}
	return counts
}
