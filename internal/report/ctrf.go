package report

import (
	"io"
	"slices"
	"time"

	"assay/internal/contract"
)

// CTRF writes the checks of a run in the Common Test Report Format.
func CTRF(w io.Writer, r *contract.Report, how How) error {
	return writeJSON(w, ctrfOf(overviewOf(r, how), r.Assay, how))
}

// DriftCTRF is CTRF for a comparison.
func DriftCTRF(w io.Writer, d *contract.Drift, how How) error {
	return writeJSON(w, ctrfOf(overviewOfDrift(d, how), d.Assay, how))
}

type ctrf struct {
	Format  string      `json:"reportFormat"`
	Version string      `json:"specVersion"`
	Results ctrfResults `json:"results"`
}

type ctrfResults struct {
	Tool struct {
		Name    string `json:"name"`
		Version string `json:"version,omitempty"`
	} `json:"tool"`
	Summary struct {
		Tests   int   `json:"tests"`
		Passed  int   `json:"passed"`
		Failed  int   `json:"failed"`
		Pending int   `json:"pending"`
		Skipped int   `json:"skipped"`
		Other   int   `json:"other"`
		Start   int64 `json:"start"` // milliseconds since 1970
		Stop    int64 `json:"stop"`
	} `json:"summary"`
	Tests []ctrfTest     `json:"tests"`
	Extra map[string]any `json:"extra,omitempty"`
}

type ctrfTest struct {
	Name     string         `json:"name"`
	Status   string         `json:"status"`
	Duration int            `json:"duration"` // not measured: 0
	Suite    []string       `json:"suite,omitempty"`
	Message  string         `json:"message,omitempty"`
	Trace    string         `json:"trace,omitempty"`
	Raw      string         `json:"rawStatus,omitempty"`
	File     string         `json:"filePath,omitempty"`
	Extra    map[string]any `json:"extra,omitempty"`
}

func ctrfOf(o *overview, version string, how How) ctrf {
	c := ctrf{Format: "CTRF", Version: "0.0.0"}
	c.Results.Tool.Name, c.Results.Tool.Version = "assay", version
	s := &c.Results.Summary
	s.Start, s.Stop = milliseconds(how.Began), milliseconds(how.Ended)
	c.Results.Tests = []ctrfTest{}
	for _, t := range o.Tests {
		one := ctrfTest{Name: t.Name, Status: string(t.Status), Suite: []string{t.Suite}, Raw: string(t.Status)}
		if t.File.File != "" {
			one.File = relative(t.File.File)
		}
		switch s.Tests++; t.Status {
		case passed:
			s.Passed++
		case skipped:
			s.Skipped++
			one.Message = t.Why
		case failed:
			s.Failed++
			one.Message, one.Trace = t.Why, t.Text
		default:
			s.Other++
			one.Status = "other"
			one.Message, one.Trace = t.Why, t.Text
		}
		c.Results.Tests = append(c.Results.Tests, one)
	}
	c.Results.Extra = map[string]any{"closing": o.Closing, "reproduce": pairs(o.Reproduce), "findings": mapped(slices.Concat(o.Issues, o.Fixed), ctrfFinding)}
	return c
}

// ctrfFinding is a finding in the free part of the report.
func ctrfFinding(i issue) map[string]any {
	one := map[string]any{"id": i.ID, "rule": i.Rule, "severity": string(i.Level), "operation": i.Operation, "case": i.Case, "message": i.Sentence, "fails": i.Fails}
	if i.Traffic {
		one["count"] = i.Count
	}
	if i.Waived != nil {
		one["waived"] = waived(i.Waived)
	}
	if i.Status != "" {
		one["status"] = i.Status
	}
	return one
}

func pairs(all []detail) map[string]string {
	found := map[string]string{}
	for _, d := range all {
		found[d.Name] = d.Value
	}
	return found
}

func milliseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
