package proxy

import (
	_ "embed"
	"fmt"
	"io"
	"slices"
	"time"

	"assay/internal/contract"
	"assay/internal/report"
)

// LogVersion identifies the format of a log line.
const LogVersion = "assay.proxy/v1"

// LogSchema is the JSON Schema of the lines that WriteLogLine writes.
//
//go:embed log.schema.json
var LogSchema []byte

// logLine describes an exchange with findings. It contains no body and no header value.
type logLine struct {
	Schema    string       `json:"schema"`
	Time      string       `json:"time"`
	Exchange  string       `json:"exchange"`
	Operation string       `json:"operation"`
	Code      string       `json:"code,omitempty"`
	Status    int          `json:"status,omitempty"`
	Duration  int64        `json:"durationMs"`
	Verdict   string       `json:"verdict"`
	Refused   string       `json:"refused,omitempty"`
	Findings  []logFinding `json:"findings"`
}

type logFinding struct {
	problemFinding
	Fingerprint string              `json:"fingerprint"`
	Locations   []contract.Location `json:"locations,omitempty"`
}

// WriteLogLine writes one line of JSON for an exchange. It writes nothing if the exchange
// has no finding or if all its findings are waived.
func WriteLogLine(w io.Writer, s Observed) error {
	l := logLine{
		Schema: LogVersion, Time: s.Time.UTC().Format("2006-01-02T15:04:05.000Z"), Exchange: s.Origin(), Operation: s.Operation,
		Code: report.Named(s.Result.Code), Status: s.Exchange.Response.Status, Duration: s.Exchange.Response.Duration.Round(time.Millisecond).Milliseconds(),
		Verdict: string(s.Result.Verdict), Refused: s.Refused,
	}
	for _, f := range s.Result.Findings {
		if f.Counts() {
			shown := report.FindingOf(f)
			l.Findings = append(l.Findings, logFinding{problemOf(shown), f.Fingerprint, shown.Locations})
		}
	}
	if len(l.Findings) == 0 {
		return nil
	}
	slices.SortStableFunc(l.Findings, func(a, b logFinding) int { return severityRank(b.problemFinding) - severityRank(a.problemFinding) })
	raw, err := report.Encode(l, "")
	if err != nil {
		return fmt.Errorf("proxy: %w", err)
	}
	_, err = w.Write(raw) // one Write, so that concurrent writers do not mix lines
	return err
}
