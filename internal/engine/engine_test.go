package engine_test

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/golden"
	"assay/internal/report"
)

// TestMain lets no test reach a network: whoever tries panics.
func TestMain(m *testing.M) {
	http.DefaultTransport = nobody{}
	os.Exit(m.Run())
}

type nobody struct{}

func (nobody) RoundTrip(r *http.Request) (*http.Response, error) {
	panic("a test asks " + r.URL.Host)
}

// TestEverythingConforms is `assay run`.
func TestEverythingConforms(t *testing.T) {
	t.Parallel()
	e := load(t)
	r := e.Run(t.Context(), e.Fixtures.Cases, contract.Error, "test", nil)
	var played []string
	for _, result := range r.Results {
		played = append(played, result.Case)
		if result.Verdict != contract.Pass {
			t.Errorf("%s is %s: %s %+v", result.Case, result.Verdict, result.Why, result.Findings)
		}
		for _, f := range result.Findings {
			if f.Counts() && f.Severity.AtLeast(contract.Warning) {
				t.Errorf("%s: %s: %s", result.Case, f.Rule, report.Sentence(f.Message))
			}
		}
	}
	for name, c := range r.Coverage {
		if len(c.Unproved) > 0 {
			t.Errorf("%s: no evidence for %v", name, c.Unproved)
		}
	}
	if len(r.Coverage) != len(operations(e)) {
		t.Errorf("coverage tells of %d operations, there are %d", len(r.Coverage), len(operations(e)))
	}
	golden.Set(t, "testdata/proved/cases.txt", played)
}

func operations(e *engine.Engine) []string {
	var names []string
	for _, s := range e.Specs {
		for _, o := range s.Operations {
			names = append(names, o.Name())
		}
	}
	return names
}

// TestTwice runs everything twice and wants the same report: nothing in it
// depends on the clock, on chance or on the order of maps.
func TestTwice(t *testing.T) {
	t.Parallel()
	flat := func() string {
		e := load(t)
		var b strings.Builder
		for _, r := range e.Run(t.Context(), e.Fixtures.Cases, contract.Error, "test", nil).Results {
			b.WriteString(r.Case + r.Origin + string(r.Verdict) + strings.Join(r.Checked, ","))
			for _, f := range r.Findings {
				b.WriteString(f.Rule + f.At + report.Sentence(f.Message) + f.Fingerprint)
			}
		}
		return b.String()
	}
	if first, second := flat(), flat(); first != second {
		t.Error("two runs give two reports")
	}
}

func TestSelect(t *testing.T) {
	t.Parallel()
	e := load(t)
	count := func(patterns ...string) int {
		selected, err := e.Select(patterns)
		if err != nil {
			t.Errorf("%v: %v", patterns, err)
		}
		return len(selected)
	}
	if count() != len(e.Fixtures.Cases) || count("paytm/createOrder/duplicate", "paytm/createOrder/dup*") != 1 || count("paytm") != count("paytm/createOrder") || count("*/createOrder/nothing-like-it") != 0 {
		t.Error("the selection is not what the patterns name")
	}
	for pattern, want := range map[string]string{
		"paytn": `no provider "paytn"; did you mean paytm?`, "paytm/createOrdr": "did you mean paytm/createOrder?",
		"paytm/createOrder/duplicat": "did you mean paytm/createOrder/duplicate?",
	} {
		_, err := e.Select([]string{pattern})
		var unknown *engine.UnknownNameError
		if !errors.As(err, &unknown) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", pattern, err, want)
		}
	}
}

// run runs one case with some cassette files changed.
func run(t *testing.T, name string, change map[string]string) contract.Result {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "cassettes"), os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	for file, text := range change {
		path := filepath.Join(dir, "cassettes", file)
		if text == "" {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	data := engine.Embedded()
	data.Cassettes = os.DirFS(filepath.Join(dir, "cassettes"))
	e, err := engine.New(data, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	selected, err := e.Select([]string{name})
	if err != nil {
		t.Fatal(err)
	}
	return e.Run(t.Context(), selected, contract.Error, "test", nil).Results[0]
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	const name = "paytm/createOrder/accepted"
	raw, err := os.ReadFile(filepath.Join(folder, name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	edit := func(old, replacement string) map[string]string {
		if !strings.Contains(string(raw), old) {
			t.Fatalf("%q does not stand in the cassette", old)
		}
		return map[string]string{name + ".yaml": strings.ReplaceAll(string(raw), old, replacement)}
	}
	for title, c := range map[string]struct {
		change  map[string]string
		verdict contract.Verdict
		says    string
	}{
		"as it is":             {nil, contract.Pass, ""},
		"no cassette":          {map[string]string{name + ".yaml": ""}, contract.Unproved, "there is no cassette " + name},
		"another request":      {edit(`"value":"1.00"`, `"value":"2.00"`), contract.Broken, `request#/body/txnAmount/value: asked "1.00", recorded "2.00"`},
		"no YAML":              {map[string]string{name + ".yaml": "a: ["}, contract.Broken, "cassettes/" + name + ".yaml"},
		"a changed answer":     {edit("Success", "Succes"), contract.Fail, "sha256"},
		"a personal value":     {edit("0000000001", "9988000001"), contract.Broken, "request#/body/userInfo/mobile: asked (a value not shown)"},
		"one that is unlisted": {map[string]string{"manifest.yaml": "{}\n"}, contract.Fail, "no entry"},
	} {
		r := run(t, name, c.change)
		text := r.Why
		for _, f := range r.Findings {
			text += "\n" + report.Sentence(f.Message)
		}
		if r.Verdict != c.verdict || !strings.Contains(text, c.says) {
			t.Errorf("%s: %s, %s; want %s and %q", title, r.Verdict, text, c.verdict, c.says)
		}
		if strings.Contains(text, "99880000") {
			t.Errorf("%s: a personal value is shown: %s", title, text)
		}
	}
}

func TestMisfits(t *testing.T) {
	t.Parallel()
	good, err := fs.ReadFile(engine.Embedded().Fixtures, "paytm/createOrder/accepted.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ file, old, replacement, want string }{
		"provider":   {"paytn/createOrder/x.yaml", "", "", "there is no provider paytn; did you mean paytm?"},
		"operation":  {"paytm/creatOrder/x.yaml", "", "", "paytm has no operation creatOrder; did you mean createOrder?"},
		"code":       {"paytm/createOrder/x.yaml", `"0000"`, `"0001"`, ":9: want.code: paytm/createOrder lists no code 0001"},
		"credential": {"paytm/createOrder/x.yaml", "order:", "credentials: {midd: x}\norder:", ":4: credentials: paytm has none called midd; did you mean mid?"},
		"switch":     {"paytm/createOrder/x.yaml", "order:", "merchant: {checksums: true}\norder:", "no switch called checksums"},
		"rule":       {"paytm/createOrder/x.yaml", `{code: "0000"}`, `{code: "0000", findings: [{rule: leter-kept}]}`, "did you mean letter-kept?"},
		"whole rule": {"paytm/createOrder/x.yaml", `{code: "0000"}`, `{code: "0000", findings: [{rule: spec-sound}]}`, "spec-sound says nothing of this case"},
	} {
		data := engine.Embedded()
		data.Fixtures = fstest.MapFS{c.file: {Data: []byte(strings.Replace(string(good), c.old, c.replacement, 1))}}
		if _, err := engine.New(data, engine.Options{}); err == nil || !strings.Contains(err.Error(), "fixtures/"+c.file) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
	}
	document, err := fs.ReadFile(engine.Embedded().Specs, "paytm.yaml")
	if err != nil {
		t.Fatal(err)
	}
	data := engine.Embedded()
	data.Specs = fstest.MapFS{"paytm.yaml": {Data: []byte(strings.Replace(string(document), "held: [code-expected]", "held: [code-expectd]", 1))}}
	if _, err := engine.New(data, engine.Options{}); err == nil || !strings.Contains(err.Error(), "held: there is no rule and no case code-expectd; did you mean code-expected?") {
		t.Errorf("held by nobody: %v", err)
	}
	data = engine.Embedded()
	data.Fixtures = fstest.MapFS{"waivers.yaml": {Data: []byte("- {rule: code-agree, where: p, owner: o, reason: r, expires: 2027-01-01}\n")}}
	if _, err := engine.New(data, engine.Options{}); err == nil || !strings.Contains(err.Error(), "did you mean code-agrees?") {
		t.Errorf("a waiver of no rule: %v", err)
	}
}

func TestOverAndExport(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "mine")
	n, err := engine.Embedded().Export(dir)
	if err != nil || n < 40 {
		t.Fatalf("exported %d files: %v", n, err)
	}
	if _, err := engine.Embedded().Export(dir); err == nil {
		t.Error("a second export overwrites the first")
	}
	laid, err := engine.Embedded().Over(dir)
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(laid, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if names := e.Providers(); !slices.Equal(names, load(t).Providers()) {
		t.Errorf("the exported providers are %v", names)
	}
	for _, bad := range []string{filepath.Join(dir, "nowhere"), filepath.Join(dir, "cassettes", "manifest.yaml"), t.TempDir()} {
		if _, err := engine.Embedded().Over(bad); err == nil {
			t.Errorf("%s can be laid over", bad)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "fixtures", "paytm", "createOrder", "another.yaml"), []byte("about: [\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := engine.New(laid, engine.Options{}); err == nil || !strings.Contains(err.Error(), "another.yaml") {
		t.Errorf("a file laid over is not read: %v", err)
	}
}
