package report_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/report"
)

// asJSON is a report as JSON.
func asJSON(t *testing.T, r *contract.Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := report.JSON(&b, r, report.How{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rich is sample with the parts that only some commands write.
func rich() *contract.Report {
	r := sample()
	r.Results[0].Findings[3].Status = contract.StatusKnown
	r.Results[1].Findings[0].Status = contract.StatusBack
	r.Results[0].Findings[0].Message = another.Says(
		contract.ArgText("code", "a{b}\u202e\n##[x]"), contract.ArgList("documented", []string{"x", "y"}), contract.ArgInt("n", 12345678901234567), contract.ArgNumber("f", 1e21),
		contract.ArgInts("is", []int{1, 2}), contract.ArgList("none", nil), contract.ArgJSON("j", json.RawMessage(`{"b":1,"a":["\u003c"]}`)), contract.ArgMessage("m", unsigned.Says(contract.ArgText("z", "1"))),
	)
	r.Baseline = &contract.Baseline{Files: []string{"old.json"}, New: 1, Fixed: []contract.FixedFinding{{ID: strings.Repeat("0", 16), Operation: "p/createOrder", Case: "p/createOrder/good", Rule: "code-agrees", Severity: contract.Error, At: "response#/status", Message: unsigned.Says()}}}
	r.Shard = &contract.Shard{Index: 1, Of: 2, Total: 10, Positions: []int{0, 1, 2, 3, 5}}
	r.Traffic = nil
	return r
}

func TestReadJSON(t *testing.T) {
	t.Parallel()
	drifted := &contract.Drift{
		Schema: contract.DriftSchema, Assay: "0", FailOn: contract.Degrades, Compared: []string{"p/createOrder"}, Missing: []string{}, Skipped: []string{},
		Changes: []contract.Change{{ID: "0123456789ab", Kind: contract.MemberAdded, Impact: contract.Breaks, Operation: "p/createOrder", At: "response#/a", Message: another.Says(contract.ArgText("code", "a|b")), Why: unsigned.Says(), Now: contract.Value{Types: []string{"string"}}, Example: json.RawMessage(`{"a":"string"}`)}},
	}
	for name, r := range map[string]*contract.Report{"sample": sample(), "rich": rich()} {
		raw := asJSON(t, r)
		read, err := report.ReadJSON(raw)
		if err != nil || read.Drift != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if again := asJSON(t, read.Run); !bytes.Equal(again, raw) {
			t.Errorf("%s: read and written again:\n%s\nwant\n%s", name, again, raw)
		}
		for _, format := range report.Runs() {
			var is, want bytes.Buffer
			how := report.How{Verbose: true}
			if err := format.Write(&is, read.Run, how); err != nil {
				t.Fatal(err)
			}
			if err := format.Write(&want, r, how); err != nil {
				t.Fatal(err)
			}
			if is.String() != want.String() {
				t.Errorf("%s as %s:\n%s\nwant\n%s", name, format.Name, is.String(), want.String())
			}
		}
	}
	var raw bytes.Buffer
	if err := report.DriftJSON(&raw, drifted, report.How{}); err != nil {
		t.Fatal(err)
	}
	read, err := report.ReadJSON(raw.Bytes())
	if err != nil || read.Run != nil {
		t.Fatal(err)
	}
	for _, format := range report.Drifts() {
		var is, want bytes.Buffer
		if err := format.Write(&is, read.Drift, report.How{}); err != nil {
			t.Fatal(err)
		}
		if err := format.Write(&want, drifted, report.How{}); err != nil {
			t.Fatal(err)
		}
		if is.String() != want.String() {
			t.Errorf("drift as %s:\n%s\nwant\n%s", format.Name, is.String(), want.String())
		}
	}
}

func TestReadJSONRefuses(t *testing.T) {
	t.Parallel()
	whole := string(asJSON(t, sample()))
	for name, bad := range map[string]struct{ raw, want string }{
		"empty":         {"  \n", "empty"},
		"cut":           {whole[:len(whole)/2], "it is cut: the end is missing"},
		"other text":    {"<html>", "damaged, or no JSON"},
		"a list":        {"[]", "damaged"},
		"other program": {`{"version": "2.1.0"}`, "no member schema"},
		"other schema":  {`{"schema": "assay.ledger/v1"}`, `"assay.ledger/v1"; it is no JSON report`},
		"newer":         {strings.Replace(whole, "assay.report/v1", "assay.report/v2", 1), `version "v2", and this assay reads v1`},
		"newer member":  {strings.Replace(whole, `"failOn"`, `"mood": 1, "failOn"`, 1), `the member "mood", which this assay does not know`},
		"more behind":   {whole + "{}", "damaged"},
		"verdict":       {strings.Replace(whole, `"verdict": "fail"`, `"verdict": "passed"`, 1), `verdict is "passed"`},
		"no verdict":    {strings.Replace(whole, `"verdict": "fail",`, ``, 1), `verdict is ""`},
		"severity":      {strings.Replace(whole, `"severity": "error"`, `"severity": "none"`, 1), `severity is "none"`},
		"fingerprint":   {strings.Replace(whole, `"0123456789abcdef"`, `"x"`, 1), `fingerprint is "x"`},
		"type":          {strings.Replace(whole, `"failOn": "error"`, `"failOn": 7`, 1), `the member "failOn" is a number`},
		"no results":    {`{"schema": "assay.report/v1", "failOn": "error"}`, "no member specs, results or coverage"},
		"fail on":       {strings.Replace(whole, `"failOn": "error"`, `"failOn": ""`, 1), `failOn is ""`},
	} {
		_, err := report.ReadJSON([]byte(bad.raw))
		if err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%s: %v, want %s", name, err, bad.want)
		}
	}
}

// TestReadEscapes reads a report that somebody changed: what it says must not control a
// terminal.
func TestReadEscapes(t *testing.T) {
	t.Parallel()
	r := sample()
	r.Results[1].Findings[0].Message = (&contract.Template{ID: "x", Text: "PLACEHOLDER"}).Says()
	raw := bytes.Replace(asJSON(t, r), []byte("PLACEHOLDER"), []byte(`{code} \u001b[31m\u202e ::error:: write to asha@acme-shop.in`), 1)
	read, err := report.ReadJSON(raw)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := report.Text(&b, read.Run, report.How{}); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); strings.ContainsAny(text, "\x1b\u202e") || strings.Contains(text, "asha@") || !strings.Contains(text, `{code} \x1b[31m\u202e`) {
		t.Errorf("%s", text)
	}
}

func FuzzReadJSON(f *testing.F) {
	var b bytes.Buffer
	if err := report.JSON(&b, sample(), report.How{}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`{"schema":"assay.drift/v1","failOn":"minor","compared":[],"changes":[]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		read, err := report.ReadJSON(raw)
		if err != nil {
			return
		}
		if (read.Run == nil) == (read.Drift == nil) {
			t.Fatal("neither or both")
		}
		if read.Run == nil {
			return
		}
		once := asJSON(t, read.Run)
		again, err := report.ReadJSON(once)
		if err != nil {
			t.Fatalf("written again, it cannot be read: %v", err)
		}
		if twice := asJSON(t, again.Run); !bytes.Equal(once, twice) {
			t.Errorf("%s\nbecomes\n%s", once, twice)
		}
		if !reflect.DeepEqual(report.Counts(read.Run), report.Counts(again.Run)) {
			t.Error("verdicts changed")
		}
	})
}
