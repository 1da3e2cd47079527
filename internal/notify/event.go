package notify

import (
	"bytes"
	_ "embed"
	"time"

	"assay/internal/report"
	"assay/internal/watch"
)

// EventSchema is the name and version of the JSON that webhooks and commands get.
const EventSchema = "assay.event/v1"

// Schema is the JSON Schema of assay.event/v1.
//
//go:embed event.schema.json
var Schema []byte

// payload is the JSON of a message, in the form that Standard Webhooks recommends.
type payload struct {
	Schema    string    `json:"schema"`
	ID        string    `json:"id"`
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"` // of the event
	Data      data      `json:"data"`
}

type data struct {
	Event    string          `json:"event"`
	Kind     watch.EventKind `json:"kind"`
	Thing    string          `json:"thing"`
	Job      string          `json:"job"`
	Provider string          `json:"provider"`
	From     watch.State     `json:"from"`
	To       watch.State     `json:"to"`
	Since    *time.Time      `json:"since,omitempty"`
	Why      string          `json:"why"`
	Subject  string          `json:"subject"`
	Text     string          `json:"text"`
	Findings []watch.Finding `json:"findings"`
	More     int             `json:"more"`
}

// JSON writes a message as assay.event/v1, on one line without a line feed. Every attempt
// has the same bytes.
func JSON(m watch.Message) ([]byte, error) {
	e := safe(m.Event)
	subject, text := Say(m.Event)
	p := payload{
		Schema: EventSchema, ID: wireID(m), Type: "watch." + string(e.Kind), Timestamp: e.Time.UTC(),
		Data: data{
			Event: e.ID, Kind: e.Kind, Thing: e.Thing, Job: e.Job, Provider: e.Provider, From: e.From, To: e.To,
			Why: e.Why, Subject: subject, Text: text, Findings: e.Findings, More: e.More,
		},
	}
	if !e.Since.IsZero() {
		since := e.Since.UTC()
		p.Data.Since = &since
	}
	raw, err := report.Encode(p, "")
	return bytes.TrimSuffix(raw, []byte("\n")), err
}
