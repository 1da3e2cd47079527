package contract

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// Verdict is the verdict of a result.
type Verdict string

// The verdicts, from the strongest: the strongest verdict of several results is that of
// the run.
const (
	Errored      Verdict = "error"        // not checked, or not completely: no response, no recording of the request, or a rule panicked
	Fail         Verdict = "fail"         // a finding that counts, at or above the --fail-on severity
	Inconclusive Verdict = "inconclusive" // no rule checked anything
	Pass         Verdict = "pass"
)

// Gap is a rule that applies but could check nothing, with the reason.
type Gap struct {
	Rule string  `json:"rule"`
	Why  Message `json:"-"`
}

// Result is the result of one case, or of the specification of a provider.
type Result struct {
	Case         string    `json:"case"`
	Origin       string    `json:"origin"`
	Provider     string    `json:"provider"`
	Operation    string    `json:"operation"`
	Verdict      Verdict   `json:"verdict"`
	Why          string    `json:"why,omitempty"` // the reason for error and inconclusive
	Evidence     Evidence  `json:"evidence"`
	Code         string    `json:"code,omitempty"` // the result code of the response
	Refusal      bool      `json:"-"`              // the response refuses the request as documented
	Checked      []string  `json:"checked"`
	Inconclusive []Gap     `json:"inconclusive"`
	Findings     []Finding `json:"findings"`
	Stack        []string  `json:"-"` // where assay panicked: function names and lines
	// Took is the time from the request to the end of the response; 0: not known.
	Took time.Duration `json:"-"`
	// NoResponse: the request was sent, and no whole response came.
	NoResponse bool `json:"-"`
}

// Crashed returns the result after assay panicked: the verdict is error, and the message
// is added to Why. Findings of the rules that did not panic stay.
func (r Result) Crashed(message string, stack []string) Result {
	if r.Why != "" {
		message = r.Why + "\n" + message
	}
	r.Verdict, r.Why = Errored, message
	r.Stack = append(slices.Clip(r.Stack), stack...)
	return r
}

// Fails reports whether a finding counts and is at or above failOn.
func (r Result) Fails(failOn Severity) bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Counts() && f.Severity.AtLeast(failOn) })
}

// Coverage says what the results of one operation prove.
type Coverage struct {
	Codes        map[string]Evidence `json:"codes"`        // the documented codes that occurred, with their strongest evidence
	Missing      []string            `json:"missing"`      // the documented codes that did not occur
	Undocumented map[string]Evidence `json:"undocumented"` // codes that occurred and that no document lists
	Figures      map[string]Figure   `json:"figures"`      // by kind: codes, requestFields, responseFields, values, conditions
}

// Figure counts one kind of documented items.
type Figure struct {
	Documented int              `json:"documented"` // number of documented items
	Could      int              `json:"could"`      // number that the existing cases and cassettes can show
	Did        map[Evidence]int `json:"did"`        // number that passing results showed, by their strongest evidence
	Open       []string         `json:"open"`       // the items that no passing result showed
	// Items and Extra are only set for a shard. Items are those that passing results showed.
	// Extra lists those of them that no cassette could show.
	Items map[string]Evidence `json:"items,omitempty"`
	Extra []string            `json:"extra,omitempty"`
}

// Shown returns the number of items that the run showed.
func (f Figure) Shown() int { return f.Documented - len(f.Open) }

// ReportSchema is the name of the JSON format of a report. Its JSON Schema is
// internal/report/report.schema.json.
const ReportSchema = "assay.report/v1"

// Report is the report of a run.
type Report struct {
	Schema string            `json:"schema"`
	Assay  string            `json:"assay"`
	Specs  map[string]string `json:"specs"` // SHA-256 of each provider's specification
	FailOn Severity          `json:"failOn"`
	// FailOnInconclusive: what Inconclusive lists fails the run as well.
	FailOnInconclusive bool `json:"failOnInconclusive"`

	Results  []Result            `json:"results"`
	Coverage map[string]Coverage `json:"coverage"`          // by provider/operation
	Matrix   []Comparison        `json:"matrix"`            // each scenario over all providers
	Traffic  *Traffic            `json:"traffic,omitempty"` // only for check and proxy
	Client   *ClientReport       `json:"client,omitempty"`  // only for a client under test
	Baseline *Baseline           `json:"baseline,omitempty"`
	Shard    *Shard              `json:"shard,omitempty"` // only for a part of a run
	// Shapes are the shapes of the exchanges, as internal/shape writes them, for assay
	// drift to compare; nil: not requested.
	Shapes    []json.RawMessage `json:"shapes,omitzero"`
	Reproduce *Reproduce        `json:"reproduce,omitempty"` // nil: not known
}

// Inconclusive lists what the run could not check: inconclusive cases, as
// "provider/operation/case", and documented codes that did not occur at the checked
// operations, as "provider/operation/CODE". For traffic it lists rules that checked no
// exchange of an operation, as "provider/operation/rule".
func (r *Report) Inconclusive() []string {
	var all []string
	for _, result := range r.Results {
		if result.Verdict == Inconclusive {
			all = append(all, result.Case)
		}
		if result.Origin == WholeTraffic {
			for _, gap := range result.Inconclusive {
				all = append(all, result.Case+"/"+gap.Rule)
			}
		}
	}
	if r.Shard != nil {
		return all // codes that do not occur here may occur in another shard
	}
	for _, name := range slices.Sorted(maps.Keys(r.Coverage)) {
		for _, code := range r.Coverage[name].Missing {
			all = append(all, name+"/"+code)
		}
	}
	return all
}

// VerdictAt returns the verdict of a result: error before fail before inconclusive
// before pass. It returns Verdict if that is set.
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
