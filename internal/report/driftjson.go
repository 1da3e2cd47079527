package report

import (
	_ "embed"
	"encoding/json"
	"io"

	"assay/internal/contract"
)

// DriftSchema is the JSON Schema of the documents that DriftJSON writes.
//
//go:embed drift.schema.json
var DriftSchema []byte

// DriftJSON writes a comparison as a document that satisfies DriftSchema.
func DriftJSON(w io.Writer, d *contract.Drift, how How) error {
	c := comparisonOf(d)
	c.Reproduce = how.reproduce(d.Reproduce)
	return writeJSON(w, c)
}

// comparison is a comparison as JSON. It and Change repeat the types of contract, with
// sentences in place of messages. TestJSONMembers checks that no member is missing.
type comparison struct {
	Schema    string                   `json:"schema"`
	Assay     string                   `json:"assay"`
	Old       contract.DriftSide       `json:"old"`
	New       contract.DriftSide       `json:"new"`
	Specs     map[string]string        `json:"specs,omitempty"`
	FailOn    contract.Impact          `json:"failOn"`
	Partial   bool                     `json:"partial,omitzero"`
	Compared  []string                 `json:"compared"`
	Missing   []string                 `json:"missing"`
	Skipped   []string                 `json:"skipped"`
	Changes   []Change                 `json:"changes"`
	Timeline  []contract.TimelineEntry `json:"timeline,omitempty"`
	Baseline  *baseline                `json:"baseline,omitempty"`
	Shapes    []json.RawMessage        `json:"shapes,omitzero"`
	Reproduce *contract.Reproduce      `json:"reproduce,omitempty"`
}

// Change is a change as JSON. ChangeOf makes it.
type Change struct {
	ID        string          `json:"id"`
	Kind      contract.Kind   `json:"kind"`
	Impact    contract.Impact `json:"impact"`
	Operation string          `json:"operation"`
	Code      string          `json:"code"`
	At        contract.Place  `json:"at"`
	Message   string          `json:"message"`
	Args      contract.Args   `json:"args,omitempty"`
	Why       string          `json:"why,omitempty"`
	Reason    string          `json:"reason,omitempty"`
	Was       contract.Count  `json:"was,omitzero"`
	Is        contract.Count  `json:"is,omitzero"`
	Before    contract.Value  `json:"before,omitzero"`
	Now       contract.Value  `json:"now,omitzero"`
	Got       contract.Value  `json:"got,omitzero"`
	First     string          `json:"first"`
	Last      string          `json:"last"`
	Example   json.RawMessage `json:"example,omitempty"`
	Doc       string          `json:"doc,omitempty"`
	Command   string          `json:"command,omitempty"`
	Status    string          `json:"status,omitempty"`
}

func comparisonOf(d *contract.Drift) comparison {
	return comparison{d.Schema, d.Assay, namedSide(d.Old), namedSide(d.New), d.Specs, d.FailOn, d.Partial, d.Compared, namedAll(d.Missing), namedAll(d.Skipped), mapped(d.Changes, ChangeOf), mapped(d.Timeline, namedEntry), baselineOf(d.Baseline), d.Shapes, nil}
}

// ChangeOf makes the sentences of a change. The member reason is the template id of Why,
// for programs.
func ChangeOf(c contract.Change) Change {
	c = NamedChange(c)
	return Change{
		c.ID, c.Kind, c.Impact, c.Operation, c.Code, c.At, Sentence(c.Message), namedArgs(c.Message.Args), Sentence(c.Why), templateID(c.Why),
		c.Was, c.Is, c.Before, c.Now, c.Got, c.First, c.Last, c.Example, words(c.Doc), c.Command, c.Status,
	}
}
