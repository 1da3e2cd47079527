package engine_test

import (
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"

	"assay/internal/adapter"
	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/enginetest"
	"assay/internal/report"
	"assay/internal/rule"
)

// TestMatrix expects the same outcome of a scenario with every provider. It lists each
// difference, and each has a document.
func TestMatrix(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	known := []string{"enkash", "ipayments", "paytm", "paytring"} // their differences are listed below
	var differing []string
	for _, row := range e.Run(t.Context(), e.Fixtures.Cases, contract.Error, "test", nil).Matrix {
		for _, c := range row.Cells {
			provider, _, _ := strings.Cut(c.Operation, "/")
			if adapter.Providers()[provider] == nil {
				if c.State != "" {
					t.Errorf("%s at %s: %s, but no client speaks %s", row.Scenario, c.Operation, c.State, provider)
				}
				continue
			}
			switch {
			case c.State == "" && !strings.HasPrefix(report.Sentence(c.Why), "no case: "):
				t.Errorf("%s at %s: %q explains nothing", row.Scenario, c.Operation, report.Sentence(c.Why))
			case c.Differs == (c.State == row.State) && c.State != "":
				t.Errorf("%s at %s: %s, and differs: %t", row.Scenario, c.Operation, c.State, c.Differs)
			case (c.Differs || c.State == "") && !strings.HasPrefix(c.Doc, "https://"):
				t.Errorf("%s at %s: no document explains it", row.Scenario, c.Operation)
			}
			if c.Differs && slices.Contains(known, provider) {
				differing = append(differing, row.Scenario+" "+c.Operation+" "+string(c.State))
			}
		}
	}
	want := []string{
		"wrong-credentials paytring/createOrder invalid", // one code for every refusal
		"wrong-signature paytring/createOrder invalid",
		"unknown-merchant ipayments/createOrder rejected", // FAILURE, with its own message
		"unknown-merchant ipayments/initKyc rejected",
	}
	if !slices.Equal(differing, want) {
		t.Errorf("%q differ, want %q", differing, want)
	}
}

// TestMatrixComplete expects a cell for every scenario of every operation.
func TestMatrixComplete(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	rows := e.Run(t.Context(), e.Fixtures.Cases, contract.Error, "test", nil).Matrix
	if len(rows) != len(contract.Scenarios())+1 {
		t.Fatalf("the matrix compares %d scenarios", len(rows))
	}
	for _, row := range rows {
		played := 0
		for _, name := range operations(e) {
			if !slices.ContainsFunc(row.Cells, func(c contract.Cell) bool { return c.Operation == name }) {
				t.Errorf("%s has no cell for %s", row.Scenario, name)
			}
		}
		for _, c := range row.Cells {
			if c.State != "" {
				played++
			}
		}
		if played == 0 {
			t.Errorf("no case plays %s", row.Scenario)
		}
	}
}

// TestMatrixOfSelection selects some cases: the matrix has no cells for others.
func TestMatrixOfSelection(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	selected, err := e.Select([]string{"paytm/createOrder/duplicate", "paytm/createOrder/least"})
	if err != nil {
		t.Fatal(err)
	}
	rows := e.Run(t.Context(), selected, contract.Error, "test", nil).Matrix
	if len(rows) != 1 || rows[0].Scenario != "duplicate" || len(rows[0].Cells) != 1 {
		t.Fatalf("%+v", rows)
	}
	want := contract.Cell{
		Operation: "paytm/createOrder", Case: "paytm/createOrder/duplicate", Code: "324", State: contract.Duplicate,
		Doc: "https://developer.paytm.com/docs/api/ai-router-create-order-api Response Codes & Messages / 324",
	}
	if !reflect.DeepEqual(rows[0].Cells[0], want) {
		t.Errorf("%+v, want %+v", rows[0].Cells[0], want)
	}
}

// TestMatrixNoResponse removes a cassette: the cell says that there was no response.
func TestMatrixNoResponse(t *testing.T) {
	t.Parallel()
	data := catalog.Embedded()
	data.Cassettes = whyNoCase{data.Cassettes, "paytm/createOrder/duplicate.yaml"}
	e := enginetest.LoadData(t, data, catalog.Options{})
	rows := e.Run(t.Context(), []*contract.Case{e.Fixtures.Case("paytm/createOrder/duplicate")}, contract.Error, "test", nil).Matrix
	if len(rows) != 1 || rows[0].Cells[0].State != "" || rows[0].Cells[0].Differs || rows[0].Cells[0].Why.Template == nil {
		t.Errorf("%+v", rows)
	}
}

// without is a file system without one of its files.
type whyNoCase struct {
	fs.FS
	gone string
}

func (w whyNoCase) Open(name string) (fs.File, error) {
	if name == w.gone {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return w.FS.Open(name)
}

// TestMatrixWrongAdapter has an adapter that reads an undocumented code as something else
// than unknown: the matrix shows the finding.
func TestMatrixWrongAdapter(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	c := e.Fixtures.Case("paytm/createOrder/accepted")
	succeeds := &contract.Template{ID: "succeeds", Text: "reads it as succeeded"}
	result := contract.Result{
		Case: c.Name, Provider: "paytm", Operation: "createOrder", Checked: []string{rule.UnknownNeverSucceeds},
		Findings: []contract.Finding{{Rule: rule.UnknownNeverSucceeds, Message: succeeds.Says(), Doc: "https://docs.example.com"}},
	}
	rows := e.Matrix(t.Context(), []*contract.Case{c}, []contract.Result{result})
	last := rows[len(rows)-1]
	if last.Scenario != contract.UndocumentedCode || last.State != contract.Unknown || !last.Cells[0].Differs || last.Cells[0].Why.Template != succeeds {
		t.Errorf("%+v", last)
	}
}
