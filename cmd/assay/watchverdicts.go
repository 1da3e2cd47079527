package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"assay/internal/contract"
	"assay/internal/lazy"
	"assay/internal/report"
	"assay/internal/watch"
)

// proxyVerdict is a line that assay proxy wrote: of its log, which has the exchanges with
// findings, or of its report as ndjson, which has all. Both are redacted.
type proxyVerdict struct {
	Event     string           `json:"event"`
	Schema    string           `json:"schema"`
	Operation string           `json:"operation"`
	Verdict   contract.Verdict `json:"verdict"`
	Code      string           `json:"code"`
	Duration  int64            `json:"durationMs"`
	Findings  []struct {
		ID          string                  `json:"id"`
		Fingerprint string                  `json:"fingerprint"`
		Rule        string                  `json:"rule"`
		Severity    contract.Severity       `json:"severity"`
		Side        contract.Side           `json:"side"`
		At          string                  `json:"at"`
		Message     string                  `json:"message"`
		Expected    bool                    `json:"expected"`
		Waived      *contract.AppliedWaiver `json:"waived"`
		Status      string                  `json:"status"`
	} `json:"findings"`
}

// verdictStart matches the start of such a line.
var verdictStart = lazy.Regexp(`^\{"(schema":"assay\.proxy/v1"|event":")`)

// hasVerdicts reports whether the line at an offset has a verdict.
func hasVerdicts(f io.ReaderAt, at int64) bool {
	start := make([]byte, 64)
	n, _ := f.ReadAt(start, at) // without a start it has none
	return verdictStart().Match(bytes.TrimSpace(start[:n]))
}

// findingID matches the id of a finding.
var findingID = lazy.Regexp(`^[0-9a-f]{16}$`)

// plainCode matches what can be a documented result code.
var plainCode = lazy.Regexp(`^[A-Za-z0-9_.:/-]{1,40}$`)

// judged adds the verdicts of lines about some operations. It says why if a line cannot be
// read.
func (o *observed) judged(lines io.Reader, operations []string) (why string) {
	d := json.NewDecoder(lines)
	for n := 1; ; n++ {
		var line proxyVerdict
		err := d.Decode(&line)
		if errors.Is(err, io.EOF) {
			return ""
		}
		if err != nil {
			return fmt.Sprintf("line %d of what assay proxy wrote cannot be read", n)
		}
		if (line.Event == "" || line.Event == "exchange") && slices.Contains(operations, line.Operation) {
			o.verdictOf(line)
		}
	}
}

func (o *observed) verdictOf(line proxyVerdict) {
	one := o.of(line.Operation)
	failed, warned := false, false
	for _, f := range line.Findings {
		counts := contract.Finding{Expected: f.Expected, Waived: f.Waived, Status: f.Status}.Counts()
		if !counts || !slices.Contains(contract.Severities(), f.Severity) {
			continue
		}
		one.add(watch.Finding{
			ID: findingID().FindString(f.ID + f.Fingerprint), Rule: report.Foreign(f.Rule), Side: report.Foreign(string(f.Side)),
			Severity: string(f.Severity), Sentence: report.Foreign(f.Message),
		})
		failed = failed || f.Severity.AtLeast(o.failOn)
		warned = warned || f.Severity.AtLeast(contract.Warning)
	}
	switch {
	case failed:
		one.failed++
	case warned:
		one.warned++
	case line.Verdict == contract.Pass:
		one.passed++
	default:
		one.errors++
		one.say("assay proxy could not check an exchange")
		return
	}
	code := line.Code
	if !plainCode().MatchString(code) {
		code = undocumented
	}
	one.codes[code]++
	if line.Duration > 0 {
		one.latencies = append(one.latencies, int(line.Duration))
	}
}

// exit is the exit code for what was seen.
func (o *observed) exit() int {
	code := exitConforms
	for _, s := range o.operations {
		switch state, _ := s.verdict(); state {
		case watch.Failing:
			code = worseExit(code, exitFindings)
		case watch.NoData:
			code = worseExit(code, exitInconclusive)
		}
	}
	return code
}
