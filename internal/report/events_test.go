package report_test

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"assay/internal/contract"
	"assay/internal/report"
)

// TestEventsSchema holds every line of ndjson, and JSON with its block reproduce, to the
// published schemas. What is no verdict and no summary is refused.
func TestEventsSchema(t *testing.T) {
	t.Parallel()
	events, whole, drift := schemaOf(t, report.EventsSchema), schemaOf(t, report.Schema), schemaOf(t, report.DriftSchema)
	how := report.How{Command: "assay run", Seed: "7"}
	d := &contract.Drift{
		Schema: contract.DriftSchema, FailOn: contract.Breaks, Compared: []string{"p/o"}, Missing: []string{}, Skipped: []string{},
		Changes: []contract.Change{{ID: "0123456789ab", Kind: contract.MemberRetyped, Impact: contract.Breaks, Operation: "p/o", At: "response#/x", Message: unsigned.Says(), Command: "c"}},
	}
	var b bytes.Buffer
	for _, write := range []func() error{
		func() error { return report.NDJSON(&b, sample(), how) },
		func() error { return report.NDJSON(&b, same(true), how) },
		func() error { return report.DriftNDJSON(&b, d, how) },
		func() error {
			return report.WriteEvent(&b, contract.Result{Origin: "har:a#1", Verdict: contract.Inconclusive}, "a test")
		},
	} {
		if err := write(); err != nil {
			t.Fatal(err)
		}
	}
	for line := range bytes.Lines(b.Bytes()) {
		if err := events.Validate(decoded(t, line)); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	for _, bad := range []string{`{}`, `{"event": "summary"}`, `{"event": "exchange", "origin": "", "case": "", "operation": "", "verdict": "green", "code": "", "findings": []}`} {
		if events.Validate(decoded(t, []byte(bad))) == nil {
			t.Errorf("the schema accepts %s", bad)
		}
	}
	for schema, write := range map[*jsonschema.Schema]func() error{
		whole: func() error { return report.JSON(&b, sample(), how) },
		drift: func() error { return report.DriftJSON(&b, d, how) },
	} {
		b.Reset()
		if err := write(); err != nil {
			t.Fatal(err)
		}
		value := decoded(t, b.Bytes()).(map[string]any)
		if err := schema.Validate(value); err != nil {
			t.Error(err)
		}
		if again := value["reproduce"].(map[string]any); again["command"] != "assay run" || again["seed"] != "7" {
			t.Errorf("reproduce is %v", again)
		}
	}
}

func decoded(t *testing.T, raw []byte) any {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return value
}
