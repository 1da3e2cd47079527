package contract

import "encoding/json"

// DriftSchema is the name of the JSON format of Drift.
const DriftSchema = "assay.drift/v1"

// Drift is the result of a comparison of responses or of documents.
type Drift struct {
	Schema string    `json:"schema"`
	Assay  string    `json:"assay"`
	Old    DriftSide `json:"old"`
	New    DriftSide `json:"new"`
	// Specs are the SHA-256 of the specifications, by provider; with --spec those of the two
	// documents, under old and new.
	Specs  map[string]string `json:"specs,omitempty"`
	FailOn Impact            `json:"failOn"`
	// Partial: the comparison was interrupted. It covers what was read before.
	Partial bool `json:"partial,omitzero"`
	// Compared lists operations that both sides have. Missing lists operations that
	// only the new side has. Skipped lists operations of the old side that the new side
	// has no exchanges of.
	Compared []string `json:"compared"`
	Missing  []string `json:"missing"`
	Skipped  []string `json:"skipped"`
	Changes  []Change `json:"changes"` // worst first
	// Timeline is the history of all changes in the ledger, the oldest first; nil: no ledger
	// was given. It has changes that this comparison did not find, too.
	Timeline []TimelineEntry `json:"timeline,omitempty"`
	Baseline *Baseline       `json:"baseline,omitempty"`
	// Shapes are the shapes of the new side, as internal/shape writes them; nil if
	// documents were compared.
	Shapes    []json.RawMessage `json:"shapes,omitzero"`
	Reproduce *Reproduce        `json:"reproduce,omitempty"` // nil: not known
}

// DriftSide is one of the two sides of a comparison.
type DriftSide struct {
	Name       string `json:"name"`
	Exchanges  int64  `json:"exchanges"`  // exchanges of documented operations
	Unmatched  int64  `json:"unmatched"`  // exchanges that matched no documented operation; ignored
	Unreadable int64  `json:"unreadable"` // entries that could not be read
	// Omitted is what was not compared, because the recording lacks it.
	Omitted Omitted `json:"omitted,omitzero"`
}

// Omitted counts what was not learnt, because the recording lacks it: see Exchange.Omitted.
type Omitted struct {
	// Exchanges lack the body of the response, or a part of it, or their result code.
	Exchanges int64 `json:"exchanges,omitzero" yaml:"exchanges,omitempty"`
	// Requests lack their body, or a part of it.
	Requests int64 `json:"requests,omitzero" yaml:"requests,omitempty"`
	// Values were replaced by something else, such as ***.
	Values int64 `json:"values,omitzero" yaml:"values,omitempty"`
}

// Plus adds other counts.
func (o Omitted) Plus(other Omitted) Omitted {
	return Omitted{o.Exchanges + other.Exchanges, o.Requests + other.Requests, o.Values + other.Values}
}

// Failing returns the number of changes for which Fails is true.
func (d *Drift) Failing() int {
	n := 0
	for _, c := range d.Changes {
		if d.Fails(c) {
			n++
		}
	}
	return n
}

// Fails reports whether a change is at or above FailOn, not acknowledged, and not known from a
// baseline. A change that only a ledger knows fails.
func (d *Drift) Fails(c Change) bool {
	return c.Impact.AtLeast(d.FailOn) && c.Status != Acknowledged && (d.Baseline == nil || c.Status != StatusKnown)
}
