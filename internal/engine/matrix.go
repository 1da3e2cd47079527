package engine

import (
	"context"
	"slices"

	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/openapi"
	"assay/internal/rule"
)

// The reasons why a cell has no outcome.
var (
	noResponse      = &contract.Template{ID: "matrix.withoutResponse", Text: "there was no response", WayOut: "the result of the case has the reason"}
	noOutcome       = &contract.Template{ID: "matrix.panicked", Text: "the adapter panicked while it read the response", WayOut: "the result of the case has the reason"}
	noCase          = &contract.Template{ID: "matrix.unwritten", Text: "no case", WayOut: "add one with scenario: {scenario}"}
	noSigning       = &contract.Template{ID: "matrix.unsigned", Text: "no case: requests are not signed"}
	noAuthorization = &contract.Template{ID: "matrix.unauthorized", Text: "no case: requests carry no Authorization"}
	noSuchCode      = &contract.Template{ID: "matrix.codeless", Text: "no case: the page lists no result code for {state}"}
)

// Templates lists the engine's messages, besides those of the rules: its reasons, and why
// the documents exclude a scenario.
func Templates() []*contract.Template {
	return append(Reasons(), noSigning, noAuthorization, noSuchCode)
}

// matrix compares the outcomes of each scenario across operations. For a provider of which
// all cases are selected it also lists operations without a case; for others they may
// only not be selected.
func (e *Engine) matrix(ctx context.Context, selected []*contract.Case, results []contract.Result, of *part) []contract.Comparison {
	rows := []contract.Comparison{}
	add := func(name string, state contract.State, cells []contract.Cell) {
		if len(cells) > 0 {
			rows = append(rows, contract.Comparison{Scenario: name, State: state, Cells: cells})
		}
	}
	for _, s := range contract.Scenarios() {
		var cells []contract.Cell
		for _, o := range e.operations() {
			cells = append(cells, e.cells(ctx, s, o, selected, results, of)...)
		}
		add(s.Name, s.State, cells)
	}
	add(contract.UndocumentedCode, contract.Unknown, undocumentedCodeCells(selected, results, of))
	return rows
}

func (e *Engine) operations() []*openapi.Operation {
	var all []*openapi.Operation
	for _, s := range e.Specs {
		all = append(all, s.Operations...)
	}
	return all
}

// fail makes the result of a case an error after assay panicked, unless it is one.
func fail(results []contract.Result, name string, crashed *crash.Error) {
	for i, r := range results {
		if r.Case == name && r.Verdict != contract.Errored {
			results[i] = withCrash(r, crashed)
		}
	}
}

// cells returns the outcomes of the selected cases of an operation that play a scenario,
// or one cell with the reason why there is no case. If the adapter panics over a response,
// the result of the case becomes an error.
func (e *Engine) cells(ctx context.Context, s contract.Scenario, o *openapi.Operation, selected []*contract.Case, results []contract.Result, of *part) []contract.Cell {
	var cells []contract.Cell
	whole, played := true, false
	for _, c := range e.Fixtures.Cases {
		chosen := slices.Contains(selected, c)
		whole = whole && (chosen || c.Provider() != o.Provider)
		if c.Scenario != s.Name || c.Provider() != o.Provider || c.Operation() != o.ID {
			continue
		}
		played = true
		if !chosen || !of.nextCell(s.Name, c.Name) {
			continue
		}
		cell := contract.Cell{Operation: o.Name(), Case: c.Name, Why: noOutcome.Says()}
		if crashed := crash.Contain("reading the response of "+c.Name, func() { cell = e.cell(ctx, s, c) }); crashed != nil {
			fail(results, c.Name, crashed)
		}
		cells = append(cells, cell)
	}
	if played || !whole || !of.nextCell(s.Name, o.Name()) {
		return cells
	}
	why, doc := whyNoCase(s, o)
	return []contract.Cell{{Operation: o.Name(), Why: why, Doc: doc}}
}

// cell returns the outcome of one case as the adapter reads it.
func (e *Engine) cell(ctx context.Context, s contract.Scenario, c *contract.Case) contract.Cell {
	p, play := e.Subject(ctx, c)
	cell := contract.Cell{Operation: p.Operation.Name(), Case: c.Name}
	if play.Err != nil {
		cell.Why = noResponse.Says()
		return cell
	}
	if p.Read == nil {
		cell.Why = rule.NoClient(p.Spec.Provider)
		return cell
	}
	read := p.Read(*play.Exchange)
	cell.Code, cell.State, cell.Differs = read.Code, read.State, read.State != s.State
	row := p.Operation.Code(read.Code)
	if met, ok := p.View.ResultCode(); ok && met.Row != nil && met.Code == read.Code {
		row, cell.Code = met.Row, met.Name()
	}
	switch {
	case row == nil: // an undocumented code could be any text
		cell.Code, cell.Doc = "", p.Operation.URL
	case row.SeenIn != "":
		cell.Doc = "ambiguity " + row.SeenIn + " of " + p.Operation.URL
	default:
		cell.Doc = p.Operation.URL + " " + row.Doc
	}
	return cell
}

// whyNoCase returns why an operation has no case of a scenario, and the page that says so.
// There is no page if the case is possible but not written.
func whyNoCase(s contract.Scenario, o *openapi.Operation) (why contract.Message, doc string) {
	means := func(c *openapi.Code) bool { return c.State == s.State }
	switch {
	case s.Needs == contract.Signing && o.Sign.Request == nil:
		return noSigning.Says(), o.URL
	case s.Needs == contract.Authorization && o.Authorization == nil:
		return noAuthorization.Says(), o.URL
	case !slices.ContainsFunc(o.Codes, means):
		return noSuchCode.Says(contract.ArgText("state", string(s.State))), o.URL
	}
	return noCase.Says(contract.ArgText("scenario", s.Name)), ""
}

// undocumentedCodeCells returns how adapters read an undocumented code. The rule
// unknown-never-succeeds puts one into every accepted response.
func undocumentedCodeCells(selected []*contract.Case, results []contract.Result, of *part) []contract.Cell {
	one := rule.UnknownNeverSucceeds
	var cells []contract.Cell
	add := func(result int, c contract.Cell) {
		cells = append(cells, c)
		if of != nil {
			of.cell(contract.UndocumentedCode, of.Positions[result])
		}
	}
	for at, r := range results {
		i := slices.IndexFunc(selected, func(c *contract.Case) bool { return c.Name == r.Case && c.Scenario == "accepted" })
		if i < 0 {
			continue
		}
		if why, ok := rule.Unspoken(r.Inconclusive, one); ok {
			add(at, contract.Cell{Operation: r.Provider + "/" + r.Operation, Case: r.Case, Why: why})
			continue
		}
		if !slices.Contains(r.Checked, one) {
			continue
		}
		cell := contract.Cell{Operation: r.Provider + "/" + r.Operation, Case: r.Case, State: contract.Unknown}
		for _, f := range r.Findings {
			if f.Rule == one {
				cell.State, cell.Differs, cell.Why, cell.Doc = "", true, f.Message, f.Doc
			}
		}
		add(at, cell)
	}
	return cells
}
