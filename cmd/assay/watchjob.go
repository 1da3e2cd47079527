package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
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
		o := watch.Outcome{}
		o.Exit, o.NoData, o.Report = w.drift(ctx, job, job.Folder, seen, filepath.Join(dir, "drift.json"))
		o.Observations = seen.observations()
		return o
	}
}

// live plays the cases of a job. Each request is sent once.
func (w *watchRunner) live(ctx context.Context, job config.WatchJob, seen *observed, to string) watch.Outcome {
	args := append([]string{"run"}, job.Selection...)
	if job.Sandbox {
		args = append(args, "--sandbox")
	} else {
		args = append(args, "--live", "--max-calls", strconv.Itoa(job.Calls), "--journal", journalOf(w.ledger, job.Name))
	}
	if job.Drift {
		args = append(args, "--shapes")
	}
	o := watch.Outcome{Sent: job.Calls}
	o.Exit, o.NoData, o.Report = w.command(ctx, append(args, "--fail-on", job.FailOn), nil, seen.result, to)
	o.Unreached = seen.unreached
	return w.withDrift(ctx, job, seen, to, o)
}

// journalOf is the file in which a job notes its live requests.
func journalOf(ledger, job string) string { return ledger + "." + job + ".ndjson" }

// withDrift compares the responses of a run with the baseline, if the job wants that.
func (w *watchRunner) withDrift(ctx context.Context, job config.WatchJob, seen *observed, made string, o watch.Outcome) watch.Outcome {
	if job.Drift && len(o.Report) > 0 && ctx.Err() == nil && len(seen.operations) > 0 {
		code, why, _ := w.drift(ctx, job, made, seen, made+".drift")
		if why != "" {
			for _, s := range seen.operations { // what the comparison could not say is not ok
				if s.passed > 0 && code == exitUsage {
					s.errors++
					s.say("drift: " + why)
				}
			}
		}
		o.Exit = worseExit(o.Exit, code)
	}
	o.Observations = seen.observations()
	if len(o.Observations) > 0 {
		o.NoData = ""
	}
	return o
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
func (w *watchRunner) drift(ctx context.Context, job config.WatchJob, from string, seen *observed, to string) (code int, why string, raw []byte) {
	args := []string{"drift", from, "--ledger", w.ledger}
	if job.Kind == watch.Drift {
		args = append(args, "--provider", job.Provider, "--fail-on", job.FailOn)
	}
	code, why, raw = w.command(ctx, args, nil, nil, to)
	if len(raw) == 0 {
		return code, why, nil
	}
	read, err := report.ReadJSON(raw)
	if err != nil || read.Drift == nil {
		return exitInconclusive, "the report of drift cannot be read", nil
	}
	for _, c := range read.Drift.Changes {
		seen.change(read.Drift, c)
	}
	if job.Kind == watch.Drift {
		for _, name := range read.Drift.Compared {
			seen.of(name).passed++
		}
	}
	return code, "", raw
}

// command runs a command of assay in this process. The reason is what it printed on standard
// error, if it made no report.
func (w *watchRunner) command(ctx context.Context, args []string, stdin io.Reader, each func(contract.Result), to string) (code int, why string, raw []byte) {
	if w.p.data != "" {
		args = append(args, "--data", w.p.data)
	}
	args = append(args, "--config", w.file, "--report", "json="+to)
	var said bytes.Buffer
	inner := &program{stdin: stdin, stdout: io.Discard, stderr: &said, more: w.p.more, observe: each, now: w.p.now}
	if stdin == nil {
		inner.stdin = strings.NewReader("")
	}
	code = inner.execute(ctx, args)
	raw, err := os.ReadFile(to)
	if err == nil {
		return code, "", raw
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(said.String()), "assay: "), "\n")
	if first == "" && errors.Is(err, os.ErrNotExist) {
		first = fmt.Sprintf("assay %s ended with exit code %d and made no report", args[0], code)
	}
	return code, cut(first), nil
}
