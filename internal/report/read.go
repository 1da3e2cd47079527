package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"assay/internal/contract"
)

// Parsed is a JSON report that was read: of a run or checked traffic, or of a comparison. The
// other one is nil.
type Parsed struct {
	Run   *contract.Report
	Drift *contract.Drift
}

// ReadJSON reads what JSON or DriftJSON wrote. Every format can be written of the result, with
// the same sentences: they are finished, so their templates are not needed. It refuses a file
// that is damaged or cut, that another program or a newer assay wrote, or that has members or
// values that this assay does not know: such a file could hide a finding.
func ReadJSON(raw []byte) (Parsed, error) {
	var head struct {
		Schema string `json:"schema"`
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return Parsed{}, errors.New("the file is empty; it is no JSON report of assay")
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return Parsed{}, damage(err)
	}
	switch name, version, _ := strings.Cut(head.Schema, "/"); {
	case head.Schema == contract.ReportSchema:
		var d document
		if err := strictly(raw, &d); err != nil {
			return Parsed{}, err
		}
		r := reportOf(d)
		return Parsed{Run: r}, checkRun(r)
	case head.Schema == contract.DriftSchema:
		var c comparison
		if err := strictly(raw, &c); err != nil {
			return Parsed{}, err
		}
		d := driftOf(c)
		return Parsed{Drift: d}, checkDrift(d)
	case name == "assay.report" || name == "assay.drift":
		return Parsed{}, fmt.Errorf("it is a report of version %s, and this assay reads v1: use the assay that wrote it, or a newer one", quote(version))
	case head.Schema != "":
		return Parsed{}, fmt.Errorf("its schema is %s; it is no JSON report of assay", quote(head.Schema))
	}
	return Parsed{}, errors.New("it has no member schema; it is no JSON report of assay")
}

// strictly decodes one document, with no member that is not known and nothing behind it.
func strictly(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return damage(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("it is damaged: something stands behind the end of the report")
	}
	return nil
}

// damage says what is wrong with the JSON of a report, in words.
func damage(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &syntax) && strings.Contains(syntax.Error(), "unexpected end"):
		return errors.New("it is cut: the end is missing")
	case errors.As(err, &syntax):
		return fmt.Errorf("it is damaged, or no JSON: %s at byte %d", Foreign(syntax.Error()), syntax.Offset)
	case errors.As(err, &kind):
		return fmt.Errorf("it is damaged: the member %s is a %s", quote(kind.Field), Foreign(kind.Value))
	}
	if name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
		return fmt.Errorf("it has the member %s, which this assay does not know: a newer one wrote it, or it was changed", Foreign(name))
	}
	return errors.New("it is damaged: " + Errors(strings.TrimPrefix(err.Error(), "json: ")))
}

// says makes a message of a finished sentence. reason is the id of its template; "": not known.
func says(sentence, reason string, args contract.Args) contract.Message {
	if sentence == "" {
		return contract.Message{}
	}
	if reason == "" {
		reason = sentence // messages with different sentences are different
	}
	return contract.Message{Template: &contract.Template{ID: reason, Text: sentence, Finished: true}, Args: args}
}

func reportOf(d document) *contract.Report {
	r := &contract.Report{
		Schema: d.Schema, Assay: d.Assay, Specs: d.Specs, FailOn: d.FailOn, FailOnInconclusive: d.FailOnInconclusive,
		Results: mapped(d.Results, resultOf), Coverage: d.Coverage, Matrix: mapped(d.Matrix, comparisonRead), Shapes: d.Shapes,
		Baseline: baselineRead(d.Baseline), Shard: d.Shard, Reproduce: d.Reproduce,
	}
	if c := d.Client; c != nil {
		r.Client = &contract.ClientReport{Name: c.Name, Version: c.Version, Protocol: c.Protocol, Calls: c.Calls, Skips: c.Skips, Lost: c.Lost, CoreSkips: c.CoreSkips, Conformant: c.Conformant, Why: says(c.Why, "", nil)}
	}
	if t := d.Traffic; t != nil {
		r.Traffic = &contract.Traffic{
			Exchanges: t.Exchanges, Conforming: t.Conforming, Failing: t.Failing, Assumed: t.Assumed, Unreadable: t.Unreadable, Skipped: t.Skipped,
			Elsewhere: t.Elsewhere, Unmatched: t.Unmatched, Operations: t.Operations, Partial: t.Partial, More: t.More, Left: t.Left,
			Groups: mapped(t.Groups, func(g group) contract.Group {
				return contract.Group{Operation: g.Operation, Finding: findingOf(g.Finding), Count: g.Count, Places: g.Places}
			}),
		}
	}
	return r
}

func resultOf(r Result) contract.Result {
	return contract.Result{
		Case: r.Case, Origin: r.Origin, Provider: r.Provider, Operation: r.Operation, Verdict: r.Verdict, Why: r.Why, Evidence: r.Evidence, Code: r.Code, Checked: r.Checked,
		Inconclusive: mapped(r.Inconclusive, func(g gap) contract.Gap { return contract.Gap{Rule: g.Rule, Why: says(g.Why, g.Reason, nil)} }),
		Findings:     mapped(r.Findings, findingOf),
	}
}

func findingOf(f Finding) contract.Finding {
	return contract.Finding{
		Rule: f.Rule, Severity: f.Severity, Side: f.Side, At: f.At, Message: says(f.Message, "", f.Args), Doc: f.Doc, Fingerprint: f.Fingerprint,
		Expected: f.Expected, Waived: f.Waived, Status: f.Status, Rest: f.Rest, Locations: f.Locations, Excerpt: f.Excerpt,
	}
}

func comparisonRead(c compared) contract.Comparison {
	return contract.Comparison{Scenario: c.Scenario, State: c.State, Cells: mapped(c.Cells, func(c cell) contract.Cell {
		return contract.Cell{Operation: c.Operation, Case: c.Case, Code: c.Code, State: c.State, Differs: c.Differs, Why: says(c.Why, "", nil), Doc: c.Doc}
	})}
}

func baselineRead(b *baseline) *contract.Baseline {
	if b == nil {
		return nil
	}
	return &contract.Baseline{Files: b.Files, New: b.New, Known: b.Known, Back: b.Back, Unchecked: b.Unchecked, Fixed: mapped(b.Fixed, func(f fixedFinding) contract.FixedFinding {
		return contract.FixedFinding{ID: f.ID, Operation: f.Operation, Case: f.Case, Rule: f.Rule, Severity: f.Severity, At: f.At, Message: says(f.Message, "", nil), Doc: f.Doc}
	})}
}

func driftOf(c comparison) *contract.Drift {
	return &contract.Drift{
		Schema: c.Schema, Assay: c.Assay, Old: c.Old, New: c.New, Specs: c.Specs, FailOn: c.FailOn, Partial: c.Partial, Compared: c.Compared, Missing: c.Missing, Skipped: c.Skipped,
		Changes: mapped(c.Changes, changeOf), Timeline: c.Timeline, Baseline: baselineRead(c.Baseline), Shapes: c.Shapes, Reproduce: c.Reproduce,
	}
}

func changeOf(c Change) contract.Change {
	return contract.Change{
		ID: c.ID, Kind: c.Kind, Impact: c.Impact, Operation: c.Operation, Code: c.Code, At: c.At, Message: says(c.Message, "", c.Args), Why: says(c.Why, c.Reason, nil),
		Was: c.Was, Is: c.Is, Before: c.Before, Now: c.Now, Got: c.Got, First: c.First, Last: c.Last, Example: c.Example, Doc: c.Doc, Command: c.Command, Status: c.Status,
	}
}
