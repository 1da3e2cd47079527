package contract

import "encoding/json"

// DriftSchema names the form of a Drift in JSON.
const DriftSchema = "assay.drift/v1"

// Drift is what a comparison comes to: of what responses looked like, or of documents.
type Drift struct {
	Schema string    `json:"schema"`
	Assay  string    `json:"assay"`
	Old    DriftSide `json:"old"`
	New    DriftSide `json:"new"`
	FailOn Impact    `json:"failOn"`
	// Compared are operations that both sides have, Missing those of the new one
	// that the old one has not, and Unseen those of the old one that the new one
	// shows nothing of.
	Compared []string `json:"compared"`
	Missing  []string `json:"missing"`
	Skipped  []string `json:"skipped"`
	Changes  []Change `json:"changes"` // the worst first
	// Shapes are what the new side looks like, as internal/shape writes them; nil:
	// documents were compared.
	Shapes []json.RawMessage `json:"shapes,omitzero"`
}

// DriftSide is one of the two that were compared.
type DriftSide struct {
	Name       string `json:"name"`
	Exchanges  int64  `json:"exchanges"`  // of documented operations
	Unmatched  int64  `json:"unmatched"`  // of nobody known; left alone
	Unreadable int64  `json:"unreadable"` // that could not be read
}

// Failing is how many changes are at or above the gate.
func (d *Drift) Failing() int {
	n := 0
	for _, c := range d.Changes {
		if d.Fails(c) {
			n++
		}
	}
	return n
}

// Fails tells whether a change is at or above the gate, and nobody knows of it.
func (d *Drift) Fails(c Change) bool { return c.Impact.AtLeast(d.FailOn) && c.Status != Acknowledged }
