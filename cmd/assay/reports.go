package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"assay/internal/atomicfile"
	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/report"
	"assay/internal/rule"
)

// output is a report format and its file; the path "" is standard output
// (of assay exec: standard error).
type output struct {
	format, path string
	stream       *stream // of ndjson, while a command judges; nil: it is written at once
}

func parseReports(names []string) ([]output, error) {
	return parseReportsOf(names, report.Runs().Names())
}

func parseReportsOf(names, formats []string) ([]output, error) {
	var all []output
	plain := 0
	for _, name := range names {
		format, path, toFile := strings.Cut(name, "=")
		if !slices.Contains(formats, format) {
			return nil, &exit{
				exitUsage, fmt.Sprintf("--report %s: there is no format %q%s", name, format, catalog.DidYouMean(format, formats)),
				"the formats are " + strings.Join(formats, ", "),
			}
		}
		if toFile && path == "" {
			return nil, &exit{exitUsage, fmt.Sprintf("--report %s: expected a path after =", name), ""}
		}
		if !toFile {
			plain++
		}
		all = append(all, output{format: format, path: path})
	}
	if plain > 1 {
		return nil, &exit{exitUsage, "two reports would go to standard output", "give one of them a path: --report json=assay.json"}
	}
	return all, nil
}

// rendered is the text of a report, or why there is none.
type rendered struct {
	text []byte
	err  error
}

// render makes the text of each report. A format that panics has an error.
func render[T any](formats report.Formats[T], to []output, r T, how report.How) []rendered {
	all := make([]rendered, len(to))
	for i, o := range to {
		own := how
		own.Color = how.Color && o.path == ""
		all[i].text, all[i].err = renderOutput(formats, o, r, own)
	}
	return all
}

// renderOutput is renderOne, but of a report that was written while the command judged it makes
// the rest.
func renderOutput[T any](formats report.Formats[T], o output, r T, how report.How) (text []byte, err error) {
	run, ok := any(r).(*contract.Report)
	if o.stream == nil || !ok {
		return renderOne(formats, o.format, r, how)
	}
	var b bytes.Buffer
	if crashed := crash.Contain("writing the report as ndjson", func() { err = o.stream.rest(&b, run, how) }); crashed != nil {
		err = crashed
	}
	return b.Bytes(), err
}

func renderOne[T any](formats report.Formats[T], format string, r T, how report.How) (text []byte, err error) {
	var b bytes.Buffer
	if crashed := crash.Contain("writing the report as "+format, func() { err = formats.Write(&b, format, r, how) }); crashed != nil {
		err = crashed
	}
	return b.Bytes(), err
}

// panicked reports whether a format panicked.
func panicked(all []rendered) bool {
	return slices.ContainsFunc(all, func(one rendered) bool { return errors.As(one.err, new(*crash.Error)) })
}

// writeRun writes all reports of a run or of traffic, also if one cannot be written. If a
// format panics over a result, the result becomes an error, and its findings are left out
// of the reports.
func (p *program) writeRun(to []output, r *contract.Report, how report.How) error {
	p.unhurried.Store(true)
	defer p.unhurried.Store(false)
	how = p.reproduced(how)
	how.Families = rule.Families()
	formats := report.Runs()
	if p.formats != nil {
		formats = p.formats
	}
	all := render(formats, to, r, how)
	if panicked(all) {
		all = render(formats, to, withoutPanics(formats, to, r, how), how)
	}
	return p.writeAll(to, all, func(used int64) []byte { return report.Summary(r, how, used) })
}

// writeDrift writes all reports of a comparison, also if one cannot be written.
func (p *program) writeDrift(to []output, d *contract.Drift, how report.How) error {
	if how.Command == "" { // it was not read
		how.Seed = driftSeed(d)
	}
	how = p.reproduced(how)
	return p.writeAll(to, render(report.Drifts(), to, d, how), func(used int64) []byte { return report.DriftSummary(d, how, used) })
}

// withoutPanics finds the results over which a format panics. It makes them errors in the
// report, and returns a copy that shows nothing else of them.
func withoutPanics(formats report.Formats[*contract.Report], to []output, r *contract.Report, how report.How) *contract.Report {
	shown := *r
	shown.Results = slices.Clone(r.Results)
	for i, result := range r.Results {
		alone := *r
		alone.Results, alone.Coverage, alone.Matrix, alone.Shapes = r.Results[i:i+1], nil, nil, nil
		for _, o := range to {
			_, err := renderOne(formats, o.format, &alone, how)
			if crashed := new(crash.Error); errors.As(err, &crashed) {
				r.Results[i] = result.Crashed(crashed.Error(), crashed.Stack)
				bare := contract.Result{Case: result.Case, Origin: result.Origin, Provider: result.Provider, Operation: result.Operation, Evidence: result.Evidence, Checked: []string{}, Inconclusive: []contract.Gap{}, Findings: []contract.Finding{}}
				shown.Results[i] = bare.Crashed(crashed.Error(), crashed.Stack)
				break
			}
		}
	}
	return &shown
}

// writeAll writes the texts of reports. It writes all of them, and returns what could not
// be written. Files come first, because standard output and
// pipes may have no reader. summary makes the step summary of GitHub.
func (p *program) writeAll(to []output, all []rendered, summary func(used int64) []byte) error {
	p.unhurried.Store(true)
	defer p.unhurried.Store(false)
	faults := make([]error, len(to), len(to)+1)
	for i, o := range to {
		if !o.waits() {
			faults[i] = p.writeOne(o, all[i])
		}
	}
	if slices.ContainsFunc(to, func(o output) bool { return o.format == "github" }) {
		faults = append(faults, appendSummary(summary))
	}
	p.unhurried.Store(false)
	for i, o := range to {
		if o.waits() {
			faults[i] = p.writeOne(o, all[i])
		}
	}
	return writeExit(faults)
}

// waits reports whether writing can wait for a reader.
func (o output) waits() bool {
	if o.path == "" {
		return true
	}
	info, err := os.Stat(o.path)
	return err == nil && !info.Mode().IsRegular()
}

func (p *program) writeOne(o output, one rendered) error {
	err := one.err
	switch {
	case o.stream != nil:
		return errors.Join(err, o.stream.finish(one.text))
	case err != nil:
	case o.path == "" && p.reportsTo != nil:
		_, err = p.reportsTo.Write(one.text)
	case o.path == "":
		_, err = p.stdout.Write(one.text)
	default:
		err = atomicfile.Replace(o.path, one.text)
	}
	return err
}

// writeExit gives the exit for reports that could not be written.
func writeExit(faults []error) error {
	var texts []string
	for _, err := range faults {
		if err != nil {
			texts = append(texts, "writing the report: "+err.Error())
		}
	}
	if len(texts) == 0 {
		return nil
	}
	return errors.Join(append(faults, &exit{exitInconclusive, strings.Join(texts, "\n"), ""})...)
}

// after joins what could not be written with the verdict, which it does not change: findings
// stay findings. Without findings, a missing report makes the command inconclusive.
func after(written, verdict error) error {
	if written == nil || verdict == nil {
		return errors.Join(written, verdict)
	}
	unwritten, _ := exitOf(written)
	of, _ := exitOf(verdict)
	text := unwritten.text
	if of.text != "" {
		text += "\n" + of.text
	}
	return errors.Join(&exit{of.code, text, of.hint}, written, verdict)
}
