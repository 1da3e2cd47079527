package report

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"

	"assay/internal/contract"
)

// Schema is the JSON Schema of the documents that JSON writes.
//
//go:embed report.schema.json
var Schema []byte

// JSON writes the report as a document that satisfies Schema.
func JSON(w io.Writer, r *contract.Report, how How) error {
	d := documentOf(r)
	d.Reproduce = how.reproduce(r.Reproduce)
	return writeJSON(w, d)
}

func writeJSON(w io.Writer, document any) error {
	raw, err := Encode(document, "  ")
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	_, err = w.Write(raw)
	return err
}

// document is a run as JSON. It and the types below repeat the types of contract, with
// sentences in place of messages. TestJSONMembers checks that no member is missing.
type document struct {
	Schema             string                       `json:"schema"`
	Assay              string                       `json:"assay"`
	Specs              map[string]string            `json:"specs"`
	FailOn             contract.Severity            `json:"failOn"`
	FailOnInconclusive bool                         `json:"failOnInconclusive"`
	Results            []Result                     `json:"results"`
	Coverage           map[string]contract.Coverage `json:"coverage"`
	Matrix             []compared                   `json:"matrix"`
	Traffic            *counted                     `json:"traffic,omitempty"`
	Client             *clientReport                `json:"client,omitempty"`
	Baseline           *baseline                    `json:"baseline,omitempty"`
	Shard              *contract.Shard              `json:"shard,omitempty"`
	Shapes             []json.RawMessage            `json:"shapes,omitzero"`
	Reproduce          *contract.Reproduce          `json:"reproduce,omitempty"`
}

// Result is a result as JSON. ResultOf makes it.
type Result struct {
	Case         string            `json:"case"`
	Origin       string            `json:"origin"`
	Provider     string            `json:"provider"`
	Operation    string            `json:"operation"`
	Verdict      contract.Verdict  `json:"verdict"`
	Why          string            `json:"why,omitempty"`
	Evidence     contract.Evidence `json:"evidence"`
	Code         string            `json:"code,omitempty"`
	Checked      []string          `json:"checked"`
	Inconclusive []gap             `json:"inconclusive"`
	Findings     []Finding         `json:"findings"`
}

type gap struct {
	Rule   string `json:"rule"`
	Why    string `json:"why"`
	Reason string `json:"reason,omitempty"`
}

// Finding is a finding as JSON. FindingOf makes it.
type Finding struct {
	Rule        string                  `json:"rule"`
	Severity    contract.Severity       `json:"severity"`
	Side        contract.Side           `json:"side"`
	At          contract.Place          `json:"at"`
	Message     string                  `json:"message"`
	Args        contract.Args           `json:"args,omitempty"`
	Doc         string                  `json:"doc"`
	Fingerprint string                  `json:"fingerprint"`
	Expected    bool                    `json:"expected"`
	Waived      *contract.AppliedWaiver `json:"waived"`
	Status      string                  `json:"status,omitempty"`
	Rest        bool                    `json:"rest,omitempty"`
	Locations   []contract.Location     `json:"locations,omitempty"`
	Excerpt     *contract.Excerpt       `json:"excerpt,omitempty"`
}

type compared struct {
	Scenario string         `json:"scenario"`
	State    contract.State `json:"state"`
	Cells    []cell         `json:"cells"`
}

type cell struct {
	Operation string         `json:"operation"`
	Case      string         `json:"case,omitempty"`
	Code      string         `json:"code,omitempty"`
	State     contract.State `json:"state,omitempty"`
	Differs   bool           `json:"differs"`
	Why       string         `json:"why,omitempty"`
	Doc       string         `json:"doc,omitempty"`
}

type counted struct {
	Exchanges  int64                               `json:"exchanges"`
	Conforming int64                               `json:"conforming"`
	Failing    int64                               `json:"failing"`
	Assumed    int64                               `json:"assumed,omitempty"`
	Unreadable int64                               `json:"unreadable"`
	Skipped    int64                               `json:"skipped"`
	Elsewhere  int64                               `json:"elsewhere"`
	Unmatched  int64                               `json:"unmatched"`
	Operations map[string]*contract.OperationCount `json:"operations"`
	Groups     []group                             `json:"groups"`
	Partial    bool                                `json:"partial"`
	More       int                                 `json:"more"`
	Left       []string                            `json:"left,omitempty"`
}

type clientReport struct {
	Name       string          `json:"name"`
	Version    string          `json:"version,omitempty"`
	Protocol   string          `json:"protocol,omitempty"`
	Calls      int64           `json:"calls"`
	Skips      []contract.Skip `json:"skips"`
	Lost       int             `json:"lost,omitempty"`
	CoreSkips  []string        `json:"coreSkips,omitempty"`
	Conformant bool            `json:"conformant"`
	Why        string          `json:"why,omitempty"`
}

type group struct {
	Operation string   `json:"operation"`
	Finding   Finding  `json:"finding"`
	Count     int64    `json:"count"`
	Places    []string `json:"places"`
}

func documentOf(r *contract.Report) document {
	d := document{
		Schema: r.Schema, Assay: r.Assay, Specs: r.Specs, FailOn: r.FailOn, FailOnInconclusive: r.FailOnInconclusive,
		Results: mapped(r.Results, ResultOf), Coverage: namedCoverage(r.Coverage), Matrix: mapped(r.Matrix, comparedOf), Shapes: r.Shapes,
	}
	if c := r.Client; c != nil {
		d.Client = &clientReport{Named(c.Name), Named(c.Version), Named(c.Protocol), c.Calls, mapped(c.Skips, namedSkip), c.Lost, namedAll(c.CoreSkips), c.Conformant, Sentence(c.Why)}
	}
	d.Baseline, d.Shard = baselineOf(r.Baseline), r.Shard
	if t := r.Traffic; t != nil {
		d.Results = mapped(d.Results, withoutExcerpts)
		d.Traffic = &counted{
			t.Exchanges, t.Conforming, t.Failing, t.Assumed, t.Unreadable, t.Skipped, t.Elsewhere, t.Unmatched, namedCounts(t.Operations),
			mapped(t.Groups, func(g contract.Group) group {
				return group{g.Operation, withoutExcerpt(FindingOf(g.Finding)), g.Count, namedAll(g.Places)}
			}), t.Partial, t.More, t.Left,
		}
	}
	return d
}

// withoutExcerpts leaves out what was sent and received: JSON reports of traffic hold no value
// of it.
func withoutExcerpts(r Result) Result {
	r.Findings = mapped(r.Findings, withoutExcerpt)
	return r
}

func withoutExcerpt(f Finding) Finding {
	f.Excerpt = nil
	return f
}

// mapped applies a function to each item of a list. nil stays nil.
func mapped[A, B any](all []A, of func(A) B) []B {
	if all == nil {
		return nil
	}
	made := make([]B, len(all))
	for i := range all {
		made[i] = of(all[i])
	}
	return made
}

// ResultOf makes the sentences of a result.
func ResultOf(r contract.Result) Result {
	return Result{
		Named(r.Case), Named(r.Origin), r.Provider, r.Operation, r.Verdict, Errors(r.Why), r.Evidence, Named(r.Code), r.Checked,
		mapped(r.Inconclusive, func(g contract.Gap) gap { return gap{g.Rule, Sentence(g.Why), templateID(g.Why)} }), mapped(r.Findings, FindingOf),
	}
}

// templateID is the id of the template of a message, for programs.
func templateID(m contract.Message) string {
	if m.Template == nil {
		return ""
	}
	return m.Template.ID
}

// FindingOf makes the sentence of a finding.
func FindingOf(f contract.Finding) Finding {
	return Finding{f.Rule, f.Severity, f.Side, namedPlace(f.At), Sentence(f.Message), namedArgs(f.Message.Args), words(f.Doc), f.Fingerprint, f.Expected, namedWaiver(f.Waived), f.Status, f.Rest, namedLocations(f.Locations), f.Excerpt}
}

func comparedOf(c contract.Comparison) compared {
	return compared{c.Scenario, c.State, mapped(c.Cells, func(c contract.Cell) cell {
		return cell{c.Operation, Named(c.Case), Named(c.Code), c.State, c.Differs, Sentence(c.Why), words(c.Doc)}
	})}
}
