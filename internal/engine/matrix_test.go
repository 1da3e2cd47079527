package engine_test

import (
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/enginetest"
	"assay/internal/report"
	"assay/internal/rule"
)

// TestMatrix holds the same scenario to the same outcome with every provider.
// Each difference there is stands here, and has a document.
func TestMatrix(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	known := []string{"enkash", "ipayments", "paytm", "paytring"} // of whom every difference is listed
	var differing []string
	for _, row := range e.Run(t.Context(), e.Fixtures.Cases, contract.Error, "test", nil).Matrix {
		for _, c := range row.Cells {
			switch {
			case c.State == "" && !strings.HasPrefix(report.Sentence(c.Why), "no case: "):
				t.Errorf("%s at %s: %q explains nothing", row.Scenario, c.Operation, report.Sentence(c.Why))
			case c.Differs == (c.State == row.State) && c.State != "":
				t.Errorf("%s at %s: %s, and differs: %t", row.Scenario, c.Operation, c.State, c.Differs)
			case (c.Differs || c.State == "") && !strings.HasPrefix(c.Doc, "https://"):
				t.Errorf("%s at %s: no document explains it", row.Scenario, c.Operation)
			}
			provider, _, _ := strings.Cut(c.Operation, "/")
			if c.Differs && slices.Contains(known, provider) {
				differing = append(differing, row.Scenario+" "+c.Operation+" "+string(c.State))
			}
		}
	}
	want := []string{
		"wrong-credentials paytring/createOrder invalid", // one code for whatever is refused
		"wrong-signature paytring/createOrder invalid",
		"unknown-merchant ipayments/createOrder rejected", // FAILURE, with a message of its own
		"unknown-merchant ipayments/initKyc rejected",
	}
	if !slices.Equal(differing, want) {
		t.Errorf("differing are %q, want %q", differing, want)
	}
}

// TestMatrixIsWhole wants a cell for every scenario at every operation.
func TestMatrixIsWhole(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	rows := e.Run(t.Context(), e.Fixtures.Cases, contract.Error, "test", nil).Matrix
	if len(rows) != len(contract.Scenarios())+1 {
		t.Fatalf("%d scenarios are compared", len(rows))
	}
	for _, row := range rows {
		played := 0
		for _, name := range operations(e) {
			if !slices.ContainsFunc(row.Cells, func(c contract.Cell) bool { return c.Operation == name }) {
				t.Errorf("%s says nothing of %s", row.Scenario, name)
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

// TestMatrixOfSome tells of a part of the cases what they came to, and nothing
// of what was not asked.
func TestMatrixOfSome(t *testing.T) {
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

// TestMatrixOfNoResponse says that nothing was looked at where there is no
// cassette, and no more.
func TestMatrixOfNoResponse(t *testing.T) {
	t.Parallel()
	data := catalog.Embedded()
	data.Cassettes = without{data.Cassettes, "paytm/createOrder/duplicate.yaml"}
	e := enginetest.Over(t, data, catalog.Options{})
	rows := e.Run(t.Context(), []*contract.Case{e.Fixtures.Case("paytm/createOrder/duplicate")}, contract.Error, "test", nil).Matrix
	if len(rows) != 1 || rows[0].Cells[0].State != "" || rows[0].Cells[0].Differs || rows[0].Cells[0].Why.Template == nil {
		t.Errorf("%+v", rows)
	}
}

// without is a file system that one file is gone from.
type without struct {
	fs.FS
	gone string
}

func (w without) Open(name string) (fs.File, error) {
	if name == w.gone {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return w.FS.Open(name)
}

// TestMatrixOfCarelessReader has an adapter that the rules found out: a code of
// nobody is no longer unknown with it.
func TestMatrixOfCarelessReader(t *testing.T) {
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
