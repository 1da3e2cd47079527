package report_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"assay/internal/contract"
	"assay/internal/golden"
	"assay/internal/report"
	"assay/internal/testsize"
)

// TestHTML compares the pages of a run, a comparison and a ledger with golden files.
func TestHTML(t *testing.T) {
	t.Parallel()
	golden.Compare(t, "testdata/run.html", pageOf(t, report.Runs(), sample(), families()))
	golden.Compare(t, "testdata/drift.html", pageOf(t, report.Drifts(), sampleDrift(), report.How{}))
	golden.Compare(t, "testdata/ledger.html", pageOf(t, report.Ledgers(), sampleDrift().Timeline, report.How{Command: "assay ledger drift.db --report html=ledger.html"}))
}

func families() report.How {
	return report.How{
		Command: "assay run p --report html=page.html", Seed: "7", Began: time.Date(2026, 11, 1, 9, 30, 0, 0, time.UTC), Again: report.Again{},
		Families: map[string]string{
			"code-agrees": "response", "strict-interpretation": "request", "fields-documented": "response", "spec-sound": "specification", "response-signed": "response",
			"fields-typed": "response", "code-documented": "response", "fields-required": "response", "request-documented": "request", "outcome-agrees": "client", "signature-verified": "client",
		},
	}
}

// pageOf writes a report as HTML. Style, script and their digests are left out, so that a
// golden file shows only what the report says.
func pageOf[T any](t *testing.T, formats report.Formats[T], of T, how report.How) []byte {
	t.Helper()
	text := html5(t, formats, of, how)
	for _, part := range [][2]string{{"<style>", "</style>"}, {"<script>", "</script>"}, {`<template id="rest">`, "</template>"}, {`Policy" content="`, `"`}} {
		before, behind, ok := strings.Cut(text, part[0])
		if !ok {
			continue
		}
		_, after, _ := strings.Cut(behind, part[1])
		text = before + part[0] + part[1] + after
	}
	return []byte(text)
}

func html5[T any](t testing.TB, formats report.Formats[T], of T, how report.How) string {
	t.Helper()
	var b bytes.Buffer
	if err := formats.Write(&b, "html", of, how); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// sampleDrift has a change of every impact and a timeline with every state.
func sampleDrift() *contract.Drift {
	text := &contract.Template{ID: "x", Text: "was {was}, is {now}"}
	why := &contract.Template{ID: "impact.x", Text: "our adapter reads it"}
	d := &contract.Drift{
		Assay: "0.0.0", FailOn: contract.Breaks, Compared: []string{"p/createOrder", "q/status"}, Missing: []string{"p/refund"}, Skipped: []string{"q/refund"},
		Old: contract.DriftSide{Name: "monday.ndjson", Exchanges: 1200}, New: contract.DriftSide{Name: "tuesday.ndjson", Exchanges: 1180, Unreadable: 2},
	}
	d.Baseline = &contract.Baseline{Files: []string{"last-week.json"}, New: 1, Known: 2, Back: 1, Fixed: []contract.FixedFinding{{
		ID: "0123456789af", Operation: "q/status", Rule: string(contract.MemberRemoved), Severity: contract.Error, At: "response#/body/gone", Message: text.Says(contract.ArgText("was", "there"), contract.ArgText("now", "there again")),
	}}}
	on := func(day int) time.Time { return time.Date(2026, 10, day, 3, 0, 0, 0, time.UTC) }
	for i, impact := range contract.Impacts() {
		kind := []contract.Kind{contract.MemberRetyped, contract.MemberAbsent, contract.CodeNew, contract.HeaderAdded}[i]
		c := contract.Change{
			ID: fmt.Sprintf("0123456789a%d", i), Kind: kind, Impact: impact, Operation: d.Compared[i%2], Code: "0000", At: contract.Place(fmt.Sprintf("response#/body/member%d", i)),
			Status: []string{"new", "back", "known", contract.Acknowledged}[i], Message: text.Says(contract.ArgText("was", "a string"), contract.ArgText("now", "an array")), Why: why.Says(),
			Was: contract.Count{N: 0, Of: 1200}, Is: contract.Count{N: 5, Of: 1180}, Before: contract.Value{Types: []string{"string"}}, Now: contract.Value{Types: []string{"array"}},
			First: "tuesday.ndjson#3", Last: "tuesday.ndjson#991", Doc: "https://docs.example.com/order Codes / 0000", Command: "assay drift monday.ndjson tuesday.ndjson --only " + fmt.Sprintf("0123456789a%d", i),
			Example: []byte(`{"body":{"member":["string"]}}`),
		}
		d.Changes = append(d.Changes, c)
		e := contract.TimelineEntry{ID: c.ID, Operation: c.Operation, Kind: kind, Impact: impact, At: c.At, Sentence: "was a string, is an array", FirstSeen: on(1 + 5*i), LastSeen: on(20 + i), Runs: int64(20 - 5*i)}
		switch i {
		case 1:
			e.Gone = on(28)
		case 3:
			e.By, e.Acknowledged = "Asha", on(22)
		}
		d.Timeline = append(d.Timeline, e)
	}
	return d
}

// many makes a run with this many findings, of providers, operations, rules and severities
// as they occur.
func many(n int) *contract.Report {
	r := sample()
	r.Results, r.Coverage, r.Matrix = nil, nil, nil
	template := &contract.Template{ID: "fields-typed.type", Text: "the value is {got|a}, and the documents say {want|a}"}
	rules := []string{"fields-typed", "code-documented", "fields-required", "request-documented", "outcome-agrees", "signature-verified"}
	providers := []string{"northpay", "eastpay", "southpay", "westpay"}
	operations := []string{"createOrder", "orderStatus", "refund", "initKyc", "mandate"}
	for i := range n {
		provider, operation := providers[i%4], operations[i/4%5]
		f := contract.Finding{
			Rule: rules[i%6], Severity: contract.Severities()[i%3], Side: []contract.Side{contract.ProviderSide, contract.ClientSide}[i/6%2], At: contract.Place(fmt.Sprintf("response#/body/orders/%d/amount%d", i%10, i%97)),
			Message: template.Says(contract.ArgText("got", "string"), contract.ArgText("want", "integer")), Doc: "https://docs.example.com/" + provider + "/" + operation + " Response / body",
			Locations: []contract.Location{{Kind: contract.SpecificationFile, File: "specs/" + provider + ".yaml", Line: 100 + i%900, Embedded: true}, {Kind: contract.FixtureFile, File: fmt.Sprintf("fixtures/%s/%s/case%d.yaml", provider, operation, i), Line: 3}},
			Excerpt:   &contract.Excerpt{Sent: "POST /" + operation, Received: fmt.Sprintf("HTTP 200\n  {\n>   \"amount%d\": \"%d.00\",\n    \"status\": \"TXN_SUCCESS\"\n  }", i%97, i)},
		}
		if i%17 == 3 {
			f.Waived = &contract.AppliedWaiver{Owner: "Asha", Reason: "agreed with the provider", Expires: "2027-01-01"}
		}
		f.Expected = i%23 == 5
		f.Identify(provider, operation)
		r.Results = append(r.Results, contract.Result{
			Case: fmt.Sprintf("%s/%s/case%d", provider, operation, i), Origin: "live", Provider: provider, Operation: operation, Verdict: "", Evidence: contract.Sandbox,
			Checked: []string{f.Rule}, Inconclusive: []contract.Gap{}, Findings: []contract.Finding{f},
		})
	}
	for i := range r.Results {
		r.Results[i].Verdict = r.Results[i].VerdictAt(r.FailOn)
	}
	return r
}

// unpacked is the text that the script of a page shows; "": the text has no script.
func unpacked(t testing.TB, page string) string {
	t.Helper()
	_, behind, ok := strings.Cut(page, `<template id="rest">`)
	if !ok {
		return ""
	}
	packed, _, _ := strings.Cut(behind, "</template>")
	z, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(packed)))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestHTML_foreign writes a text from outside at every place of a page, and reads it back.
func TestHTML_foreign(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	of := func(v string, ofTraffic bool) *contract.Report {
		r := foreignReport(v, ofTraffic)
		r.Coverage["p/o"] = contract.Coverage{Codes: map[string]contract.Evidence{v: contract.Documented}, Missing: []string{v}, Figures: map[string]contract.Figure{v: {Documented: 1, Open: []string{v}}}}
		r.Matrix = []contract.Comparison{{Scenario: v, Cells: []contract.Cell{{Operation: v, Code: v, State: contract.Invalid, Differs: true, Doc: v}}}}
		r.Client = &contract.ClientReport{Name: v, Skips: []contract.Skip{{What: v, Reason: v}}}
		return r
	}
	for _, v := range append(foreignTexts(), "</script><script>alert(1)</script>", "</template><b onload=x>", "javascript:alert(1)", "https://x.test/\"onclick=x", "https://x.test/4111111111111111", "{{.}}", "'+alert(1)+'") {
		for _, flag := range []bool{false, true} {
			for _, page := range []string{html5(t, report.Runs(), of(v, flag), report.How{Command: v, Seed: v}), html5(t, report.Drifts(), foreignDrift(v, flag), report.How{Command: v, Seed: v}), html5(t, report.Ledgers(), foreignDrift(v, flag).Timeline, report.How{Command: v})} {
				check(t, "html", page, 0)
				if found := person.FindString(page + unpacked(t, page)); found != "" {
					t.Errorf("%q: the page shows %s", v, found)
				}
			}
		}
	}
}

// TestHTML_size keeps pages with many findings small.
func TestHTML_size(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	const large = 10_000
	for n, most := range map[int]int{0: 100 << 10, 12: 120 << 10, large: large * (5 << 20) / 10_000} {
		text := html5(t, report.Runs(), many(n), families())
		if len(text) > most {
			t.Errorf("%d findings take %d bytes, want at most %d", n, len(text), most)
		}
		var all []map[string]any
		if rest := unpacked(t, text); n > 0 && (json.Unmarshal([]byte(rest), &all) != nil || len(all) != n) {
			t.Errorf("%d findings: the script shows %d", n, len(all))
		}
		if got, want := strings.Count(text, `<details class="issue`), min(n-(n+17)/23, 200); got != want { // every 23rd is expected
			t.Errorf("%d findings: %d stand in the page, want %d", n, got, want)
		}
		t.Logf("%d findings: %d bytes", n, len(text))
	}
}

// attributes are all attributes of the page. None has the name of an event.
var attributes = strings.Fields(`open class id lang charset content name http-equiv rel href hidden role scope tabindex for type
	autocomplete spellcheck placeholder colspan viewbox viewBox d x y width height cx cy r transform preserveAspectRatio data-noun data-nouns`)

// checkPage reads a page back: there is nothing in it that the template does not make.
func checkPage(t *testing.T, text string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	elements := strings.Fields(`html head meta title link style body a header main section nav form p h1 h2 h3 span ul ol li dl div dt dd
		details summary code pre kbd input button label table thead tbody tr th td svg rect path circle template script`)
	scripts := 0
	for node := range root.Descendants() {
		if node.Type != html.ElementNode {
			continue
		}
		if !slices.Contains(elements, node.Data) {
			t.Fatalf("html: the element %s in %s", node.Data, text)
		}
		if node.Data == "script" || node.Data == "style" {
			scripts++
		}
		for _, a := range node.Attr {
			if !slices.Contains(attributes, a.Key) && !strings.HasPrefix(a.Key, "aria-") {
				t.Fatalf("html: the attribute %s of %s", a.Key, node.Data)
			}
			if plain := a.Val == "data:," || strings.HasPrefix(a.Val, "#") || strings.HasPrefix(a.Val, "https://") || strings.HasPrefix(a.Val, "http://"); a.Key == "href" && !plain {
				t.Fatalf("html: a link to %s", a.Val)
			}
		}
	}
	if scripts > 2 {
		t.Fatalf("html: %d scripts and styles", scripts)
	}
	var all []any
	rest := unpacked(t, text)
	if rest == "" {
		return
	}
	if err := json.Unmarshal([]byte(rest), &all); err != nil {
		t.Fatalf("html: %v: %s", err, rest)
	}
	each(all, func(s string) {
		if strings.ContainsFunc(s, unseen) {
			t.Fatalf("html: the script shows %q", s)
		}
	})
}

// each calls f with each text of a JSON value.
func each(value any, f func(string)) {
	switch v := value.(type) {
	case string:
		f(v)
	case []any:
		for _, one := range v {
			each(one, f)
		}
	case map[string]any:
		for _, one := range v {
			each(one, f)
		}
	}
}
