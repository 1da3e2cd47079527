package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"assay/internal/contract"
	"assay/internal/golden"
	"assay/internal/report"
)

var (
	another  = &contract.Template{ID: "code-agrees.status", Text: "code {code} comes with {documented} status"}
	unsigned = &contract.Template{ID: "signature.none", Text: "the response carries no signature"}
	codeless = &contract.Template{ID: "matrix.codeless", Text: "no case: the page lists no result code that is {state}"}
)

// sample has a result of every verdict, and findings that fail a run, that are expected,
// that are waived, and that are infos.
func sample() *contract.Report {
	finding := contract.Finding{
		Rule: "code-agrees", Severity: contract.Error, Side: contract.ProviderSide, At: "response#/status", Message: another.Says(contract.ArgText("code", "0"), contract.ArgText("documented", "<another>")),
		Doc: "https://docs.example.com/order Codes / 0", Fingerprint: "0123456789abcdef",
	}
	info, expected, waived, warning := finding, finding, finding, finding
	info.Severity, info.Rule = contract.Info, "fields-documented"
	expected.Expected, expected.Severity, expected.Rule = true, contract.Warning, "strict-interpretation"
	waived.Waived = &contract.AppliedWaiver{Owner: "Asha", Reason: "agreed with the provider", Expires: "2027-01-01"}
	warning.Severity, warning.Rule = contract.Warning, "strict-interpretation"
	finding.Locations = []contract.Location{
		{Kind: contract.SpecificationFile, File: "specs/p.yaml", Line: 209, Embedded: true},
		{Kind: contract.FixtureFile, File: "fixtures/p/createOrder/bad.yaml", Line: 3},
		{Kind: contract.CassetteFile, File: "cassettes/p/createOrder/bad.yaml"},
	}
	finding.Excerpt = &contract.Excerpt{Sent: "POST /order", Received: "HTTP 200\n  {\n>   \"status\": \"a\\u202eb\"\n  }"}
	return &contract.Report{
		Matrix: []contract.Comparison{
			{Scenario: "accepted", State: contract.Succeeded, Cells: []contract.Cell{
				{Operation: "p/createOrder", Case: "p/createOrder/good", Code: "0", State: contract.Succeeded, Doc: "https://docs.example.com/order Codes / 0"},
			}},
			{Scenario: "duplicate", State: contract.Duplicate, Cells: []contract.Cell{
				{Operation: "p/createOrder", Case: "p/createOrder/bad", Code: "9", State: contract.Invalid, Differs: true, Doc: "https://docs.example.com/order Codes / 9"},
				{Operation: "q/createOrder", Why: codeless.Says(contract.ArgText("state", "duplicate")), Doc: "https://docs.example.com/q"},
				{Operation: "q/initKyc", Why: codeless.Says(contract.ArgText("state", "duplicate")), Doc: "https://docs.example.com/kyc"},
				{Operation: "r/createOrder", Case: "r/createOrder/twice", State: contract.Unknown, Differs: true, Doc: "https://docs.example.com/r"},
			}},
		},
		Schema: "assay.report/v1", Assay: "0.0.0", FailOn: contract.Error,
		Specs: map[string]string{"p": "sha256:" + strings.Repeat("0a", 32)},
		Results: []contract.Result{
			{
				Case: "p/createOrder/good", Origin: "cassette:p/createOrder/good#1", Provider: "p", Operation: "createOrder", Verdict: contract.Pass,
				Evidence: contract.Documented, Code: "0", Checked: []string{"code-agrees", "strict-interpretation", "fields-documented"},
				Inconclusive: []contract.Gap{{Rule: "response-signed", Why: unsigned.Says()}}, Findings: []contract.Finding{info, expected, waived, warning},
			},
			{
				Case: "p/createOrder/bad", Origin: "cassette:p/createOrder/bad#1", Provider: "p", Operation: "createOrder", Verdict: contract.Fail,
				Evidence: contract.Simulated, Code: "0", Checked: []string{"code-agrees"}, Inconclusive: []contract.Gap{}, Findings: []contract.Finding{finding},
			},
			{
				Case: "p/createOrder/lost", Origin: "cassette:p/createOrder/lost", Provider: "p", Operation: "createOrder", Verdict: contract.Errored,
				Why: "cassette: no interaction for POST /order", Checked: []string{}, Inconclusive: []contract.Gap{}, Findings: []contract.Finding{},
			},
			{
				Case: "p/createOrder/silent", Provider: "p", Operation: "createOrder", Verdict: contract.Inconclusive,
				Why: "there is no cassette p/createOrder/silent", Checked: []string{}, Inconclusive: []contract.Gap{}, Findings: []contract.Finding{},
			},
			{
				Case: "p", Origin: "spec:specs/p.yaml", Provider: "p", Verdict: contract.Pass,
				Checked: []string{"spec-sound"}, Inconclusive: []contract.Gap{}, Findings: []contract.Finding{},
			},
		},
		Coverage: map[string]contract.Coverage{"p/createOrder": {
			Codes: map[string]contract.Evidence{"0": contract.Documented, "7": contract.Simulated}, Missing: []string{"9"}, Undocumented: map[string]contract.Evidence{"117": contract.Simulated},
			Figures: map[string]contract.Figure{
				"codes":  {Documented: 3, Could: 3, Did: map[contract.Evidence]int{contract.Documented: 1, contract.Simulated: 1}, Open: []string{"9"}},
				"values": {Documented: 4, Could: 2, Did: map[contract.Evidence]int{contract.Simulated: 2}, Open: []string{"request#/a=b", "request#/a=c"}},
			},
		}},
	}
}

func written(t *testing.T, format string, color, verbose bool) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := report.Runs().Write(&b, format, sample(), report.How{Color: color, Verbose: verbose}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	t.Parallel()
	golden.Compare(t, "testdata/plain.txt", written(t, "text", false, false))
	golden.Compare(t, "testdata/verbose.txt", written(t, "text", true, true))
	golden.Compare(t, "testdata/report.json", written(t, "json", false, false))
	golden.Compare(t, "testdata/junit.xml", written(t, "junit", false, false))
}

// TestJSONSchema checks the JSON against the published schema.
func TestJSONSchema(t *testing.T) {
	t.Parallel()
	schema := compiled(t)
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(written(t, "json", false, false)))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Error(err)
	}
	value.(map[string]any)["results"].([]any)[0].(map[string]any)["verdict"] = "green"
	if schema.Validate(value) == nil {
		t.Error("the schema accepts a verdict that is none")
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	return schemaOf(t, report.Schema)
}

func schemaOf(t *testing.T, text []byte) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("report.schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestJSONKeepsText(t *testing.T) {
	t.Parallel()
	if !bytes.Contains(written(t, "json", false, false), []byte("<another>")) {
		t.Error("the JSON escapes < and >")
	}
	var back contract.Report
	if err := json.Unmarshal(written(t, "json", false, false), &back); err != nil || len(back.Results) != 5 {
		t.Errorf("%d results, %v", len(back.Results), err)
	}
}

func TestJUnitCounts(t *testing.T) {
	t.Parallel()
	var suites struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Suites   []struct {
			Skipped int `xml:"skipped,attr"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(written(t, "junit", false, false), &suites); err != nil {
		t.Fatal(err)
	}
	if suites.Tests != 8 || suites.Failures != 1 || suites.Errors != 1 || suites.Suites[0].Skipped != 2 {
		t.Errorf("counted %+v", suites)
	}
}

// TestFormats writes every format twice. Both texts are the same, and the report is
// unchanged.
func TestFormats(t *testing.T) {
	t.Parallel()
	for _, f := range report.Runs() {
		r := sample()
		var once, again bytes.Buffer
		if err := f.Write(&once, r, report.How{Verbose: true}); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		if err := f.Write(&again, r, report.How{Verbose: true}); err != nil || once.Len() == 0 || once.String() != again.String() {
			t.Errorf("%s: written again it is another: %v", f.Name, err)
		}
		if !reflect.DeepEqual(r, sample()) {
			t.Errorf("%s changes the report", f.Name)
		}
	}
	if got := report.Runs().String(); got != strings.Join(report.Runs().Names()[:len(report.Runs())-1], ", ")+" or "+report.Runs()[len(report.Runs())-1].Name {
		t.Errorf("the formats are %s", got)
	}
}

func TestUnknownFormat(t *testing.T) {
	t.Parallel()
	if err := report.Runs().Write(&bytes.Buffer{}, "yaml", sample(), report.How{}); err == nil {
		t.Error("wrote a format there is not")
	}
}

// TestSameReason puts the inconclusive cases of an operation with the same reason
// together. --verbose lists all of them.
func TestSameReason(t *testing.T) {
	t.Parallel()
	r := &contract.Report{FailOnInconclusive: true}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		r.Results = append(r.Results, contract.Result{Case: "p/o/" + name, Provider: "p", Operation: "o", Verdict: contract.Inconclusive, Why: "there is no cassette"})
	}
	r.Results = append(r.Results, contract.Result{Case: "p/o/f", Provider: "p", Operation: "o", Verdict: contract.Errored, Why: "the connection was refused"})
	for verbose, want := range map[bool]string{
		false: "\ninconclusive 5 cases of p/o\n  there is no cassette\n  p/o/a\n  p/o/b\n  p/o/c\n  and 2 more; --verbose lists them\n\nerror p/o/f  (not checked)\n  the connection was refused\n",
		true:  "\ninconclusive 5 cases of p/o\n  there is no cassette\n  p/o/a\n  p/o/b\n  p/o/c\n  p/o/d\n  p/o/e\n\nerror p/o/f  (not checked)\n  the connection was refused\n",
	} {
		var b strings.Builder
		if err := report.Text(&b, r, report.How{Verbose: verbose}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), want) {
			t.Errorf("verbose %v: %s", verbose, b.String())
		}
	}
}
