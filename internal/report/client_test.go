package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"assay/internal/contract"
	"assay/internal/golden"
	"assay/internal/report"
)

var (
	violated = &contract.Template{ID: "conformant.violated", Text: "{n} rules are violated"}
	without  = &contract.Template{ID: "conformant.skipped", Text: "core rules were skipped: {skips}"}
)

// clientSample is sample for a client under test that violates rules.
func clientSample() *contract.Report {
	r := sample()
	r.Client = &contract.ClientReport{
		Name: "my-client", Version: "2.3", Protocol: "assay.client/v1", Calls: 1234,
		Skips: []contract.Skip{{What: "sent-once", Reason: "the platform retries"}}, Why: violated.Says(contract.ArgInt("n", 3)),
	}
	return r
}

// TestClientGolden writes the report of a client under test in every format.
func TestClientGolden(t *testing.T) {
	t.Parallel()
	for format, file := range map[string]string{"text": "client.txt", "json": "client.json", "junit": "client.xml"} {
		var b bytes.Buffer
		how := report.How{Again: report.Again{Command: "conform", Flags: []string{"--", "python3", "client.py"}}}
		if err := report.Runs().Write(&b, format, clientSample(), how); err != nil {
			t.Fatal(err)
		}
		golden.Compare(t, "testdata/"+file, b.Bytes())
		if format != "json" {
			continue
		}
		value, err := jsonschema.UnmarshalJSON(&b)
		if err != nil {
			t.Fatal(err)
		}
		if err := compiled(t).Validate(value); err != nil {
			t.Error(err)
		}
	}
}

// TestClientClosing checks the last line of the text report, and that what a client says of
// itself is escaped.
func TestClientClosing(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]contract.ClientReport{
		"conformant: my-client 2.3 (assay.client/v1), 1,234 calls":               {Name: "my-client", Version: "2.3", Protocol: "assay.client/v1", Calls: 1234, Conformant: true},
		"conformant: the client, 1 call":                                         {Calls: 1, Conformant: true},
		`conformant: a\x1bb, 12,345,678 calls`:                                   {Name: "a\x1bb", Calls: 12345678, Conformant: true},
		"not conformant: core rules were skipped: sent-once (the platform does)": {Why: without.Says(contract.ArgList("skips", []string{"sent-once (the platform does)"}))},
	} {
		r := &contract.Report{FailOn: contract.Error, Client: &c, Results: []contract.Result{{Case: "p/o/c", Verdict: contract.Pass, Evidence: contract.Documented}}}
		var b bytes.Buffer
		if err := report.Text(&b, r, report.How{}); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(b.String()), "\n")
		if got := lines[len(lines)-1]; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if got := lines[len(lines)-2]; got != "No request went to a provider. This run checks the client; it does not show how a provider behaves." {
			t.Errorf("%q", got)
		}
	}
}
