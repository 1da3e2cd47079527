package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"assay/internal/config"
	"assay/internal/contract"
	"assay/internal/report"
	"assay/internal/watch"
)

// watchRunner does the work of jobs with the commands that a user would type, so that a job
// finds what run, check and drift find.
type watchRunner struct {
	p      *program
	file   string // assay.yaml
	ledger string
	jobs   map[string]config.WatchJob
	store  watch.Store
}

// run does the work of a job once.
func (w *watchRunner) run(ctx context.Context, j watch.Job, _ watch.Slot) watch.Outcome {
	job := w.jobs[j.Name]
	dir, err := os.MkdirTemp("", "assay-watch-")
	if err != nil {
		return watch.Outcome{NoData: "no temporary folder: " + report.Errors(err.Error()), Exit: exitInconclusive}
	}
	defer func() { _ = os.RemoveAll(dir) }() // it holds redacted reports only
	seen := &observed{job: j.Name, failOn: contract.Severity(job.FailOn)}
	switch j.Kind {
	case watch.Live:
		return w.live(ctx, job, seen, filepath.Join(dir, "run.json"))
	case watch.Folder:
		return w.folder(ctx, job, seen, filepath.Join(dir, "check.json"))
	default:
		seen.failOn = contract.Error
		made := w.drift(ctx, job, job.Folder, seen, filepath.Join(dir, "drift.json"))
		if ctx.Err() != nil {
			return watch.Outcome{Exit: exitInconclusive} // the next run reads the folder again
		}
		if made.code == exitInconclusive {
			seen.doubt(cmp.Or(made.said, made.why))
		}
		return watch.Outcome{Exit: made.code, NoData: made.why, Report: made.report, Observations: seen.observations()}
	}
}

// live plays the cases of a job. Each request is sent once.
func (w *watchRunner) live(ctx context.Context, job config.WatchJob, seen *observed, to string) watch.Outcome {
	args := []string{"run"}
	if job.Sandbox {
		args = append(args, "--sandbox")
	} else {
		args = append(args, "--live", "--max-calls", strconv.Itoa(job.Calls), "--journal", journalOf(w.ledger, job.Name))
	}
	if job.Drift {
		args = append(args, "--shapes")
	}
	made := w.command(ctx, job.Name, append(args, "--fail-on", job.FailOn), job.Selection, nil, seen.result, to)
	if ctx.Err() != nil {
		seen.interrupted()
	}
	o, _ := w.withDrift(ctx, job, seen, to, made.said, watch.Outcome{Sent: made.sent, Exit: made.code, NoData: made.why, Report: made.report, Unreached: seen.unreached})
	return o
}

// journalOf is the file in which a job notes its live requests.
func journalOf(ledger, job string) string { return ledger + "." + job + ".ndjson" }

// withDrift compares the responses of a run with the baseline, if the job wants that. What
// could not be compared is not ok. It reports whether the comparison is recorded, if there was
// to be one.
func (w *watchRunner) withDrift(ctx context.Context, job config.WatchJob, seen *observed, made, said string, o watch.Outcome) (watch.Outcome, bool) {
	recorded := true
	if job.Drift && len(o.Report) > 0 && ctx.Err() == nil && len(seen.operations) > 0 {
		compared := w.drift(ctx, job, made, seen, made+".drift")
		recorded = compared.why == ""
		if !recorded {
			seen.doubt("drift: " + compared.why)
		}
		o.Exit = worseExit(o.Exit, compared.code)
	}
	o.Observations = seen.observations()
	switch {
	case len(o.Observations) > 0:
		o.NoData = ""
	case o.NoData == "" && o.Exit == exitInconclusive:
		o.NoData = cmp.Or(said, "nothing could be checked")
	}
	return o, recorded && ctx.Err() == nil
}

// worseExit gives the exit code that counts: 2 before 1 before 3.
func worseExit(a, b int) int {
	for _, code := range []int{exitUsage, exitFindings, exitInconclusive} {
		if a == code || b == code {
			return code
		}
	}
	return exitConforms
}

// drift compares traffic, or the shapes of a report, with the baseline, and records the
// changes in the ledger.
func (w *watchRunner) drift(ctx context.Context, job config.WatchJob, from string, seen *observed, to string) made {
	args := []string{"drift", "--ledger", w.ledger}
	if job.Kind == watch.Drift {
		args = append(args, "--provider", job.Provider, "--fail-on", job.FailOn)
	}
	found := w.command(ctx, job.Name, args, []string{from}, nil, nil, to)
	if found.why != "" {
		return found
	}
	read, err := report.ReadJSON(found.report)
	if err != nil || read.Drift == nil {
		return made{code: exitInconclusive, why: "the report of drift cannot be read"}
	}
	for name, s := range seen.operations {
		if s.passed > 0 && !slices.Contains(read.Drift.Compared, name) {
			s.errors++
			if slices.Contains(read.Drift.Missing, name) {
				s.say("drift: there is no baseline of " + name + " to compare with; assay drift --accept makes one")
			} else {
				s.say("drift: no exchange of " + name + " could be compared")
			}
		}
	}
	for _, c := range read.Drift.Changes {
		seen.change(read.Drift, c)
	}
	if job.Kind == watch.Drift {
		for _, name := range read.Drift.Compared {
			seen.of(name).passed++
		}
	}
	return found
}

// made is what a command made: a report, or a reason why there is none.
type made struct {
	code   int    // the exit code
	why    string // redacted; "": there is a report
	said   string // the first line of standard error
	report []byte
	sent   int // requests
}

// firstError gives the first error that a command printed, or its first line.
func firstError(printed string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(printed), "\n")
	for line := range strings.Lines(printed) {
		if text, ok := strings.CutPrefix(line, "assay: "); ok {
			return strings.TrimSpace(text)
		}
	}
	return first
}

// command runs a command of assay for a job in this process, with flags and then with names, none of which
// is taken for a flag. The reason is what it printed on standard error, if it made no report.
func (w *watchRunner) command(ctx context.Context, job string, args, names []string, stdin io.Reader, each func(contract.Result), to string) made {
	if w.p.data != "" {
		args = append(args, "--data", w.p.data)
	}
	args = append(append(args, "--config", w.file, "--report", "json="+to, "--"), names...)
	var said bytes.Buffer
	inner := &program{stdin: stdin, stdout: io.Discard, stderr: &said, more: w.p.more, observe: each, now: w.p.now, source: job}
	inner.warned = func(text, hint string) { printError(w.p.stderr, nil, text, hint) } // such as a request that a killed run left
	if stdin == nil {
		inner.stdin = strings.NewReader("")
	}
	inner.shown = []string{"watch", "once", "--config", w.file} // what a report says to type
	m := made{code: inner.execute(ctx, args)}
	m.sent = int(inner.requests.Load())
	m.said = cut(firstError(said.String()))
	var err error
	if m.report, err = os.ReadFile(to); err == nil {
		return m
	}
	if m.why = m.said; m.why == "" {
		m.why = fmt.Sprintf("assay %s ended with exit code %d and made no report", args[0], m.code)
	}
	return m
}
