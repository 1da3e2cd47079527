// Package report writes a run down: as text for a person, as JSON for a
// program, and as JUnit for a pipeline; what has drifted as Markdown as well. A
// reporter is a function of the report and changes nothing in it.
package report

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"

	"assay/internal/contract"
)

// Schema is the JSON Schema of what JSON writes.
//
//go:embed report.schema.json
var Schema []byte

// Formats lists the reporters that a name can choose.
func Formats() []string { return []string{"text", "json", "junit"} }

// Write writes a report in a format. color says whether text may be coloured,
// verbose whether it lists every case.
func Write(w io.Writer, format string, r *contract.Report, color, verbose bool) error {
	switch format {
	case "text":
		return Text(w, r, color, verbose)
	case "json":
		return JSON(w, r)
	case "junit":
		return JUnit(w, r)
	}
	return fmt.Errorf("report: there is no format %q", format)
}

// JSON writes the report as Schema describes.
func JSON(w io.Writer, r *contract.Report) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// Counts is how many results there are of each verdict.
func Counts(r *contract.Report) map[contract.Verdict]int {
	counts := map[contract.Verdict]int{}
	for _, result := range r.Results {
		counts[result.Verdict]++
	}
	return counts
}
