package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/history"
	"assay/internal/report"
)

// addBaselineFlag adds --baseline, which means the same everywhere.
func addBaselineFlag(c *cobra.Command, files *[]string) {
	c.Flags().StringArrayVar(files, "baseline", nil, "fail only on what is new since this JSON `REPORT`; assay help findings")
}

// readReport reads a JSON report of assay.
func readReport(file string) (report.Parsed, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return report.Parsed{}, &exit{exitUsage, err.Error(), "`--report json=FILE` writes a report"}
	}
	read, err := report.ReadJSON(raw)
	if err != nil {
		return read, &exit{exitUsage, file + ": " + err.Error(), "`--report json=FILE` writes a report"}
	}
	return read, nil
}

// readRunReport is readReport for a report that is no comparison.
func readRunReport(file string) (*contract.Report, error) {
	read, err := readReport(file)
	if err == nil && read.Run == nil {
		err = &exit{exitUsage, file + ": it is a report of assay drift", "give a report of run, check, conform, exec or proxy"}
	}
	return read.Run, err
}

// readBaselines reads the files of --baseline, the oldest first. about is what the run is about.
func (p *program) readBaselines(files []string, about history.Subject, failOn contract.Severity) error {
	var all []history.Earlier
	for _, file := range files {
		r, err := readRunReport(file)
		if err != nil {
			return err
		}
		if is := history.About(r); is != about {
			return &exit{exitUsage, fmt.Sprintf("--baseline %s: it is a report about %s, and this run is about %s", file, is, about), "use a report of the same command"}
		}
		all = append(all, history.Earlier{File: file, Report: r})
	}
	p.marker, p.failOn = history.NewMarker(all...), failOn
	return nil
}

// mark compares a report with its baselines.
func (p *program) mark(r *contract.Report) error {
	if p.marker == nil {
		return nil
	}
	if err := p.marker.Report(r); err != nil {
		return &exit{exitInconclusive, "--baseline: " + err.Error(), ""}
	}
	// A fault of a specification that is known does not fail either.
	p.unsound = p.unsound && slices.ContainsFunc(r.Results, func(one contract.Result) bool {
		return one.Operation == "" && (one.Verdict == contract.Errored || one.Fails(r.FailOn))
	})
	return nil
}

// allKinds is more kinds of findings than a report about traffic lists. With a baseline all of
// them are compared before the list is cut.
const allKinds = 9999

// kinds is how many kinds of findings a report lists before it is compared.
func (f *trafficFlags) kinds() int {
	if len(f.baselines) > 0 {
		return max(allKinds, f.maxFindings)
	}
	return f.maxFindings
}

// markTraffic compares a report about traffic with its baselines, and cuts its list of findings.
// What is new comes first. It names the waivers that tolerate nothing.
func (p *program) markTraffic(k *catalog.Catalog, r *contract.Report, f *trafficFlags) error {
	noteIdleWaivers(p.stderr, k, r)
	if err := p.mark(r); err != nil {
		return err
	}
	r.Traffic.Limit(f.maxFindings, r.FailOn)
	return nil
}
