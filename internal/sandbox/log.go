package sandbox

import (
	_ "embed"
	"fmt"
	"io"

	"assay/internal/report"
)

// LogVersion identifies the format of a log line.
const LogVersion = "assay.sandbox/v1"

// LogSchema is the JSON Schema of the lines that WriteLogLine writes.
//
//go:embed log.schema.json
var LogSchema []byte

// logLine describes a request. It contains no body and no header value.
type logLine struct {
	Schema     string   `json:"schema"`
	Time       string   `json:"time"`
	Operation  string   `json:"operation"`
	Request    string   `json:"request,omitempty"` // method and path, if no operation is documented there
	Reference  string   `json:"reference,omitempty"`
	Code       string   `json:"code,omitempty"`
	Status     int      `json:"status,omitempty"`
	Because    Reason   `json:"because"`
	When       string   `json:"when,omitempty"`
	Problem    string   `json:"problem,omitempty"`
	Violations []string `json:"violations,omitempty"`
	Fault      string   `json:"fault,omitempty"`
}

// WriteLogLine writes one line of JSON for a request.
func WriteLogLine(w io.Writer, o Observed) error {
	l := logLine{
		Schema: LogVersion, Time: o.Time.UTC().Format("2006-01-02T15:04:05.000Z"), Operation: o.Operation,
		Reference: report.Named(o.Reference), Code: o.Code, Status: o.Status, Because: o.Because, When: o.When,
		Problem: report.Foreign(o.Problem), Violations: o.Violations, Fault: o.Fault,
	}
	if o.Operation == "" {
		l.Request = report.Foreign(o.Method + " " + o.Path)
	}
	raw, err := report.Encode(l, "")
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	_, err = w.Write(raw) // one Write, so that concurrent writers do not mix lines
	return err
}
