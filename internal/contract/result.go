package contract

import (
	"encoding/json"
	"maps"
	"slices"
)

// Verdict is what one result comes to.
type Verdict string

// The verdicts, in the order in which they win.
const (
	Errored      Verdict = "error"        // we could not look: no response, or a cassette without this request
	Fail         Verdict = "fail"         // a counting finding at or above the gate
	Inconclusive Verdict = "inconclusive" // nothing looked
	Pass         Verdict = "pass"
)

// Gap is a rule that applies and could not prove anything, with the reason.
type Gap struct {
	Rule string  `json:"rule"`
	Why  Message `json:"-"`
}

// Result is what is known of one case, or of one provider's specification.
type Result struct {
	Case         string    `json:"case"`
	Origin       string    `json:"origin"`
	Provider     string    `json:"provider"`
	Operation    string    `json:"operation"`
	Verdict      Verdict   `json:"verdict"`
	Why          string    `json:"why,omitempty"` // of broken and inconclusive
	Evidence     Evidence  `json:"evidence"`
	Code         string    `json:"code,omitempty"` // the result code that was met
	Checked      []string  `json:"checked"`
	Inconclusive []Gap     `json:"inconclusive"`
	Findings     []Finding `json:"findings"`
}

// Fails tells whether a finding counts and is at or above the gate.
func (r Result) Fails(failOn Severity) bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Counts() && f.Severity.AtLeast(failOn) })
}

// Coverage is what the results of one operation prove.
type Coverage struct {
	Codes        map[string]Evidence `json:"codes"`        // each documented code that was met, by its strongest evidence
	Missing      []string            `json:"missing"`      // the documented codes that were not
	Undocumented map[string]Evidence `json:"undocumented"` // codes met in the wild and documented nowhere
	Figures      map[string]Figure   `json:"figures"`      // by kind: codes, requestFields, responseFields, values, conditions
}

// Figure counts one kind of documented things.
type Figure struct {
	Documented int              `json:"documented"` // how many there are
	Could      int              `json:"could"`      // how many the cases and cassettes there are can show
	Did        map[Evidence]int `json:"did"`        // how many the passing results showed, by their strongest evidence
	Open       []string         `json:"open"`       // those they did not
}

// Shown is how many the run showed.
func (f Figure) Shown() int { return f.Documented - len(f.Open) }

// ReportSchema names the form of a report; its JSON Schema is published in
// internal/report/report.schema.json.
const ReportSchema = "assay.report/v1"

// Report is a run.
type Report struct {
	Schema string            `json:"schema"`
	Assay  string            `json:"assay"`
	Specs  map[string]string `json:"specs"` // provider to sha256 of its specification
	FailOn Severity          `json:"failOn"`
	// FailOnInconclusive says that an inconclusive case or code fails the run as well.
	FailOnInconclusive bool `json:"failOnInconclusive"`

	Results  []Result            `json:"results"`
	Coverage map[string]Coverage `json:"coverage"`          // by provider/operation
	Matrix   []Comparison        `json:"matrix"`            // the same scenario over all providers
	Traffic  *Traffic            `json:"traffic,omitempty"` // of check and proxy
	// Shapes are what the exchanges looked like, as internal/shape writes them, for
	// assay drift to compare; nil: nobody asked for them.
	Shapes []json.RawMessage `json:"shapes,omitzero"`
}

// Inconclusive lists what the run looked for and could not show: cases without an
// response, as "provider/operation/case", and documented codes of the operations
// that were looked at, as "provider/operation/CODE".
func (r *Report) Inconclusive() []string {
	var all []string
	for _, result := range r.Results {
		if result.Verdict == Inconclusive {
			all = append(all, result.Case)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Coverage)) {
		for _, code := range r.Coverage[name].Missing {
			all = append(all, name+"/"+code)
		}
	}
	return all
}

// Judged is the verdict of a result: broken before fail before inconclusive before
// pass.
func (r Result) VerdictAt(failOn Severity) Verdict {
	switch {
	case r.Verdict != "":
		return r.Verdict
	case r.Fails(failOn):
		return Fail
	case len(r.Checked) == 0:
		return Inconclusive
	}
	return Pass
}
