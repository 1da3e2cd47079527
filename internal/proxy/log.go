package proxy

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"assay/internal/contract"
)

// LogVersion is the form of a line of the log.
const LogVersion = "assay.proxy/v1"

// LogSchema is the JSON Schema of a line that Line writes.
//
//go:embed log.schema.json
var LogSchema []byte

// line is an exchange with findings, without anything that was said in it.
type line struct {
	Schema    string   `json:"schema"`
	Time      string   `json:"time"`
	Exchange  string   `json:"exchange"`
	Operation string   `json:"operation"`
	Code      string   `json:"code,omitempty"`
	Status    int      `json:"status,omitempty"`
	Duration  int64    `json:"durationMs"`
	Verdict   string   `json:"verdict"`
	Refused   string   `json:"refused,omitempty"`
	Findings  []logged `json:"findings"`
}

type logged struct {
	named
	Fingerprint string              `json:"fingerprint"`
	Locations   []contract.Location `json:"locations,omitempty"`
}

// Line writes an exchange that has findings that count as one line of JSON, and
// one that has none not at all.
func Line(w io.Writer, s Observed) error {
	l := line{
		Schema: LogVersion, Time: s.Time.UTC().Format("2006-01-02T15:04:05.000Z"), Exchange: s.Origin(), Operation: s.Operation,
		Code: s.Result.Code, Status: s.Exchange.Response.Status, Duration: s.Exchange.Response.Duration.Round(time.Millisecond).Milliseconds(),
		Verdict: string(s.Result.Verdict), Refused: s.Refused,
	}
	for _, f := range s.Result.Findings {
		if f.Counts() {
			l.Findings = append(l.Findings, logged{nameOf(f), f.Fingerprint, f.Locations})
		}
	}
	if len(l.Findings) == 0 {
		return nil
	}
	slices.SortStableFunc(l.Findings, func(a, b logged) int { return rank(b.named) - rank(a.named) })
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(l); err != nil {
		return fmt.Errorf("proxy: %w", err)
	}
	_, err := w.Write(b.Bytes()) // in one piece, so that no line is ever half of two
	return err
}
