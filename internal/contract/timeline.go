package contract

import "time"

// TimelineEntry says when a change was found and what became of it, as a ledger knows it.
// The sentence is finished: internal/report escapes it as a text from outside.
type TimelineEntry struct {
	ID        string    `json:"id"`
	Operation string    `json:"operation"` // provider/operation
	Kind      Kind      `json:"kind"`
	Impact    Impact    `json:"impact"`
	At        Place     `json:"at,omitempty"`
	Sentence  string    `json:"message,omitempty"`
	FirstSeen time.Time `json:"firstSeen"` // start of the first run that found it
	LastSeen  time.Time `json:"lastSeen"`
	Runs      int64     `json:"runs"` // how many runs found it
	// Acknowledged is when By accepted the change. It is zero if the change is not
	// acknowledged, or was by an older assay.
	Acknowledged time.Time `json:"acknowledged,omitzero"`
	By           string    `json:"by,omitempty"`
	// Gone is the start of the run that resolved the change; zero: it is not resolved.
	Gone time.Time `json:"gone,omitzero"`
}
