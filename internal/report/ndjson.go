package report

import (
	_ "embed"
	"io"
	"slices"
	"strings"

	"assay/internal/contract"
)

// EventsSchema is the JSON Schema of the lines that NDJSON and its parts write.
//
//go:embed events.schema.json
var EventsSchema []byte

// eventsVersion identifies the format of the lines.
const eventsVersion = "assay.events/v1"

// NDJSON writes a run as one JSON event for each result and a summary. Of checked traffic the
// report has no exchange, so commands write the events with WriteEvent while they judge.
func NDJSON(w io.Writer, r *contract.Report, how How) error {
	for _, result := range r.Results {
		if result.Origin == contract.WholeTraffic {
			continue
		}
		if err := WriteEvent(w, result, ""); err != nil {
			return err
		}
	}
	return WriteSummary(w, r, how)
}

// DriftNDJSON writes a comparison as one JSON event for each change and a summary.
func DriftNDJSON(w io.Writer, d *contract.Drift, how How) error {
	for _, c := range d.Changes {
		if err := writeLine(w, changeEvent{"change", ChangeOf(c)}); err != nil {
			return err
		}
	}
	o := overviewOfDrift(d, how)
	counts := map[string]int64{"compared": int64(len(d.Compared)), "missing": int64(len(d.Missing)), "skipped": int64(len(d.Skipped))}
	for _, i := range contract.Impacts() {
		counts[string(i)] = 0
	}
	for _, c := range d.Changes {
		counts[string(c.Impact)]++
	}
	return writeLine(w, summaryEvent{"summary", eventsVersion, o.Closing, o.Failed, d.Partial, counts, pairs(o.Reproduce)})
}

type exchangeEvent struct {
	Event     string            `json:"event"`
	Origin    string            `json:"origin"`
	Case      string            `json:"case"`
	Operation string            `json:"operation"`
	Verdict   contract.Verdict  `json:"verdict"`
	Why       string            `json:"why,omitempty"`
	Evidence  contract.Evidence `json:"evidence,omitempty"`
	Code      string            `json:"code"`
	Findings  []eventFinding    `json:"findings"`
}

type eventFinding struct {
	ID       string                  `json:"id"`
	Rule     string                  `json:"rule"`
	Severity contract.Severity       `json:"severity"`
	Side     contract.Side           `json:"side"`
	At       contract.Place          `json:"at"`
	Message  string                  `json:"message"`
	Doc      string                  `json:"doc,omitempty"`
	Expected bool                    `json:"expected"`
	Waived   *contract.AppliedWaiver `json:"waived"`
	Status   string                  `json:"status,omitempty"`
}

type changeEvent struct {
	Event string `json:"event"`
	Change
}

type summaryEvent struct {
	Event     string            `json:"event"`
	Schema    string            `json:"schema"`
	Closing   string            `json:"closing"`
	Failed    bool              `json:"failed"`
	Partial   bool              `json:"partial"` // the command was interrupted
	Counts    map[string]int64  `json:"counts"`
	Reproduce map[string]string `json:"reproduce"`
}

// WriteEvent writes one line for a result with its verdict. test is the name that a test gave
// the exchange; "": the case of the result, if it has one.
func WriteEvent(w io.Writer, r contract.Result, test string) error {
	kind := "exchange"
	if ofSpecification(r) {
		kind = "specification"
	}
	operation := strings.Trim(r.Provider+"/"+r.Operation, "/")
	switch { // the case of traffic is its operation
	case test != "":
	case r.Case != operation && r.Case != "traffic":
		test = r.Case
	}
	return writeLine(w, exchangeEvent{
		kind, Named(r.Origin), Named(test), operation, r.Verdict, Errors(r.Why), r.Evidence, Named(r.Code),
		append([]eventFinding{}, mapped(r.Findings, eventFindingOf)...),
	})
}

func eventFindingOf(f contract.Finding) eventFinding {
	shown := FindingOf(f)
	return eventFinding{shown.Fingerprint, shown.Rule, shown.Severity, shown.Side, shown.At, shown.Message, shown.Doc, shown.Expected, shown.Waived, shown.Status}
}

// WriteSummary writes the last line of the events of a run or of checked traffic.
func WriteSummary(w io.Writer, r *contract.Report, how How) error {
	o := overviewOf(r, how)
	counts := map[string]int64{}
	if t := r.Traffic; t != nil {
		counts = map[string]int64{
			"exchanges": t.Exchanges, "conforming": t.Conforming, "failing": t.Failing, "assumed": t.Assumed,
			"unreadable": t.Unreadable, "skipped": t.Skipped, "elsewhere": t.Elsewhere, "unmatched": t.Unmatched,
		}
	} else {
		for _, v := range []contract.Verdict{contract.Pass, contract.Fail, contract.Inconclusive, contract.Errored} {
			counts[string(v)] = int64(Counts(r)[v])
		}
	}
	failed := o.Failed || slices.ContainsFunc(r.Results, func(one contract.Result) bool { return one.Verdict == contract.Fail })
	return writeLine(w, summaryEvent{"summary", eventsVersion, o.Closing, failed, r.Traffic != nil && r.Traffic.Partial, counts, pairs(o.Reproduce)})
}

// writeLine writes a value as one line, in one Write: what was written before is whole if the
// process ends.
func writeLine(w io.Writer, value any) error {
	raw, err := Encode(value, "")
	if err == nil {
		_, err = w.Write(raw)
	}
	return err
}
