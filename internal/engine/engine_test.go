package engine_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/golden"
	"assay/internal/report"
)

// TestMain makes every test panic that uses the default transport.
func TestMain(m *testing.M) { enginetest.Main(m) }

// TestEverythingConforms does what `assay run` does.
func TestEverythingConforms(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
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
		if len(c.Missing) > 0 {
			t.Errorf("%s: no evidence for %v", name, c.Missing)
		}
	}
	if len(r.Coverage) != len(operations(e)) {
		t.Errorf("coverage lists %d operations, want %d", len(r.Coverage), len(operations(e)))
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

// TestPlayTwice compares the reports of two runs: nothing in them depends on the clock,
// on randomness or on the order of maps.
func TestPlayTwice(t *testing.T) {
	t.Parallel()
	flat := func() string {
		e := enginetest.Load(t)
		var b strings.Builder
		for _, r := range e.Run(t.Context(), e.Fixtures.Cases, contract.Error, "test", nil).Results {
			b.WriteString(r.Case + r.Origin + string(r.Verdict) + strings.Join(r.Checked, ","))
			for _, f := range r.Findings {
				b.WriteString(f.Rule + string(f.At) + report.Sentence(f.Message) + f.Fingerprint)
			}
		}
		return b.String()
	}
	if first, second := flat(), flat(); first != second {
		t.Error("the reports of two runs differ")
	}
}

// cassetteFiles are the cassettes on disk.
var cassetteFiles = sync.OnceValues(func() (fstest.MapFS, error) {
	all, disk := fstest.MapFS{}, os.DirFS("../../cassettes")
	return all, fs.WalkDir(disk, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(disk, name)
		all[name] = &fstest.MapFile{Data: raw}
		return err
	})
})

// run runs one case with changed cassette files.
func run(t *testing.T, name string, change map[string]string) contract.Result {
	t.Helper()
	stored, err := cassetteFiles()
	if err != nil {
		t.Fatal(err)
	}
	changed := maps.Clone(stored)
	for file, text := range change {
		changed[file] = &fstest.MapFile{Data: []byte(text)}
		if text == "" {
			delete(changed, file)
		}
	}
	data := catalog.Embedded()
	data.Cassettes = changed
	e := enginetest.LoadData(t, data, catalog.Options{})
	selected, err := e.Select([]string{name})
	if err != nil {
		t.Fatal(err)
	}
	return e.Run(t.Context(), selected, contract.Error, "test", nil).Results[0]
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	const name = "paytm/createOrder/accepted"
	raw, err := os.ReadFile(filepath.Join("../../cassettes", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	edit := func(old, replacement string) map[string]string {
		if !strings.Contains(string(raw), old) {
			t.Fatalf("the cassette does not contain %q", old)
		}
		return map[string]string{name + ".yaml": strings.ReplaceAll(string(raw), old, replacement)}
	}
	for title, c := range map[string]struct {
		change  map[string]string
		verdict contract.Verdict
		says    string
	}{
		"unchanged":           {nil, contract.Pass, ""},
		"no cassette":         {map[string]string{name + ".yaml": ""}, contract.Inconclusive, "there is no cassette " + name},
		"another request":     {edit(`"value":"1.00"`, `"value":"2.00"`), contract.Errored, `request#/body/txnAmount/value: sent "1.00", recorded "2.00"`},
		"not YAML":            {map[string]string{name + ".yaml": "a: ["}, contract.Errored, "cassettes/" + name + ".yaml"},
		"a changed response":  {edit("Success", "Succes"), contract.Fail, "sha256"},
		"a personal value":    {edit("0000000001", "9988000001"), contract.Errored, "request#/body/userInfo/mobile: sent (a value not shown)"},
		"not in the manifest": {map[string]string{"manifest.yaml": "{}\n"}, contract.Fail, "no entry"},
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
