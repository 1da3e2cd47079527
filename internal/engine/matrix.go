package engine

import (
	"context"
	"slices"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/rule"
)

// Why a cell has no outcome to compare.
var (
	withoutResponse  = &contract.Template{ID: "matrix.withoutResponse", Text: "there was no response to look at"}
	unwritten        = &contract.Template{ID: "matrix.unwritten", Text: "no case"}
	withoutSigning   = &contract.Template{ID: "matrix.unsigned", Text: "no case: requests are not signed"}
	withoutBasic     = &contract.Template{ID: "matrix.unauthorized", Text: "no case: requests carry no Authorization"}
	withoutSuchACode = &contract.Template{ID: "matrix.codeless", Text: "no case: the page lists no result code that is {state}"}
)

// Templates lists what the engine can say besides what rules do.
func Templates() []*contract.Template {
	return []*contract.Template{withoutResponse, unwritten, withoutSigning, withoutBasic, withoutSuchACode}
}

// matrix compares what the same scenario came to at each operation. What an
// operation has no case for is told of providers that were selected whole: of
// others nobody knows what was left out.
func (e *Engine) matrix(ctx context.Context, selected []*contract.Case, results []contract.Result) []contract.Comparison {
	rows := []contract.Comparison{}
	add := func(name string, state contract.State, cells []contract.Cell) {
		if len(cells) > 0 {
			rows = append(rows, contract.Comparison{Scenario: name, State: state, Cells: cells})
		}
	}
	for _, s := range contract.Scenarios() {
		var cells []contract.Cell
		for _, o := range e.operations() {
			cells = append(cells, e.cells(ctx, s, o, selected)...)
		}
		add(s.Name, s.State, cells)
	}
	add(contract.UndocumentedCode, contract.Unknown, undocumented(selected, results))
	return rows
}

func (e *Engine) operations() []*openapi.Operation {
	var all []*openapi.Operation
	for _, s := range e.Specs {
		all = append(all, s.Operations...)
	}
	return all
}

// cells is what the cases of an operation that play a scenario came to, or why
// there is none.
func (e *Engine) cells(ctx context.Context, s contract.Scenario, o *openapi.Operation, selected []*contract.Case) []contract.Cell {
	var cells []contract.Cell
	whole, played := true, false
	for _, c := range e.Fixtures.Cases {
		chosen := slices.Contains(selected, c)
		whole = whole && (chosen || c.Provider() != o.Provider)
		if c.Scenario != s.Name || c.Provider() != o.Provider || c.Operation() != o.ID {
			continue
		}
		played = true
		if chosen {
			cells = append(cells, e.cell(ctx, s, c))
		}
	}
	if played || !whole {
		return cells
	}
	why, doc := without(s, o)
	return []contract.Cell{{Operation: o.Name(), Why: why, Doc: doc}}
}

// cell is what one case came to, as the adapter read it.
func (e *Engine) cell(ctx context.Context, s contract.Scenario, c *contract.Case) contract.Cell {
	p, play := e.Subject(ctx, c)
	cell := contract.Cell{Operation: p.Operation.Name(), Case: c.Name}
	if play.Err != nil {
		cell.Why = withoutResponse.Says()
		return cell
	}
	read := p.Read(*play.Exchange)
	cell.Code, cell.State, cell.Differs = read.Code, read.State, read.State != s.State
	switch row := p.Operation.Code(read.Code); {
	case row == nil: // a code of nobody could be any text
		cell.Code, cell.Doc = "", p.Operation.URL
	case row.SeenIn != "":
		cell.Doc = "reading " + row.SeenIn + " of " + p.Operation.URL
	default:
		cell.Doc = p.Operation.URL + " " + row.Doc
	}
	return cell
}

// without tells why an operation has no case of a scenario, and the page that
// says so: none where somebody could write one.
func without(s contract.Scenario, o *openapi.Operation) (why contract.Message, doc string) {
	means := func(c *openapi.Code) bool { return c.State == s.State }
	switch {
	case s.Needs == contract.Signing && o.Sign.Request == nil:
		return withoutSigning.Says(), o.URL
	case s.Needs == contract.Authorization && o.Authorization == nil:
		return withoutBasic.Says(), o.URL
	case !slices.ContainsFunc(o.Codes, means):
		return withoutSuchACode.Says(contract.ArgText("state", string(s.State))), o.URL
	}
	return unwritten.Says(), ""
}

// undocumented is how a code of nobody is read: unknown-never-succeeds has every
// adapter read one in the place of a success's own.
func undocumented(selected []*contract.Case, results []contract.Result) []contract.Cell {
	one := rule.UnknownNeverSucceeds
	var cells []contract.Cell
	for _, r := range results {
		i := slices.IndexFunc(selected, func(c *contract.Case) bool { return c.Name == r.Case && c.Scenario == "accepted" })
		if i < 0 || !slices.Contains(r.Checked, one) {
			continue
		}
		cell := contract.Cell{Operation: r.Provider + "/" + r.Operation, Case: r.Case, State: contract.Unknown}
		for _, f := range r.Findings {
			if f.Rule == one {
				cell.State, cell.Differs, cell.Why, cell.Doc = "", true, f.Message, f.Doc
			}
		}
		cells = append(cells, cell)
	}
	return cells
}
