package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/history"
	"assay/internal/report"
	"assay/internal/shard"
	"assay/internal/testsize"
)

// reported runs a command with a JSON report, and returns the report, its file, the exit code and
// what was printed.
func reported(t *testing.T, args ...string) (r *contract.Report, file string, code int, printed string) {
	t.Helper()
	file = filepath.Join(plainDir(t), "report.json")
	code, printed = ran(t, append(args, "--report", "json="+file)...)
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, file, code, printed
	}
	read, err := report.ReadJSON(raw)
	if err != nil {
		t.Fatal(err)
	}
	return read.Run, file, code, printed
}

// ran runs a command, and returns the exit code and what was printed.
func ran(t *testing.T, args ...string) (int, string) {
	t.Helper()
	var out bytes.Buffer
	code := run(t.Context(), args, nil, &out, &out)
	return code, out.String()
}

// faulty lays data with faults: a finding in each of two cases, one of which has two.
func faulty(t *testing.T, names ...string) (dir string) {
	t.Helper()
	dir = plainDir(t)
	layFile(t, dir, "fixtures/README.md", "") // --data wants a folder
	for _, name := range names {
		seededFaults()[name].lay(t, dir)
	}
	return dir
}

// again are the lines and properties that say how a failure is repeated, and when the command ran:
// no report in JSON has that.
var again = regexp.MustCompile(`(?m)^.*(?:again: |   or: |reproduce|ginkgo|assay report |assay run ).*\n|"(?:reproduce|again|start|stop)": .*`)

// TestReportFormats writes every format of real reports from their JSON: they say the same as
// those that the run itself wrote. The short form has three of the six reports.
func TestReportFormats(t *testing.T) {
	t.Parallel()
	for _, name := range testsize.Some([]string{"wrong-type", "undocumented-code", "wrong-signature", "waivers", "missing-recording", "wrong-specification"}, 3) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, out := faulty(t, name), plainDir(t)
			args := []string{"run", seededFaults()[name].run, "--data", dir}
			read := []string{"report", filepath.Join(out, "run.json")}
			for _, format := range report.Runs().Names() {
				args = append(args, "--report", format+"="+filepath.Join(out, "run."+format))
				read = append(read, "--report", format+"="+filepath.Join(out, "read."+format))
			}
			code, _ := ran(t, args...)
			if got, printed := ran(t, read...); got != code || code == exitConforms {
				t.Errorf("exit %d of report, and %d of run\n%s", got, code, printed)
			}
			for _, format := range report.Runs().Names() {
				if format == "html" { // packed; TestReadJSON compares it
					continue
				}
				was, err := os.ReadFile(filepath.Join(out, "run."+format))
				if err != nil {
					t.Fatal(err)
				}
				is, err := os.ReadFile(filepath.Join(out, "read."+format))
				if err != nil {
					t.Fatal(err)
				}
				if was, is := again.ReplaceAllString(string(was), ""), again.ReplaceAllString(string(is), ""); was != is {
					t.Errorf("%s:\n%s\nwant\n%s", format, is, was)
				}
			}
		})
	}
}

// TestShards splits runs into parts: the union of the parts is the whole run, to the byte. The
// short form has two of the six runs.
func TestShards(t *testing.T) {
	t.Parallel()
	dir := faulty(t, "wrong-type", "wrong-signature", "waivers")
	type shards struct {
		of   int
		args []string
	}
	for _, c := range testsize.Some([]shards{{4, []string{"*/*/accepted"}}, {1, nil}, {3, []string{"--data", dir, "paytm/createOrder", "enkash"}}, {5, []string{"--data", dir}}, {2, nil}, {3, []string{"paytm", "--sandbox"}}}, 2) {
		t.Run(fmt.Sprint(c.of, c.args), func(t *testing.T) {
			t.Parallel()
			_, whole, code, _ := reported(t, append([]string{"run"}, c.args...)...)
			merge, names := []string{"report"}, map[string]int{}
			for i := 1; i <= c.of; i++ {
				part, file, _, printed := reported(t, append([]string{"run", "--shard", fmt.Sprintf("%d/%d", i, c.of)}, c.args...)...)
				if part == nil {
					t.Fatal(printed)
				}
				merge = append(merge, file)
				for _, r := range part.Results {
					if names[r.Case]++; names[r.Case] > 1 {
						t.Errorf("%s is in two shards", r.Case)
					}
				}
			}
			merged := filepath.Join(t.TempDir(), "merged.json")
			if got, printed := ran(t, append(merge, "--report", "json="+merged)...); got != code {
				t.Errorf("exit %d of the parts, and %d of the whole run\n%s", got, code, printed)
			}
			was, is := reproduced(t, whole), reproduced(t, merged)
			if was != is {
				t.Errorf("%s", difference(was, is))
			}
			if c.of > 1 {
				if got, printed := ran(t, append([]string{"report"}, merge[2:]...)...); got != exitInconclusive || !strings.Contains(printed, fmt.Sprintf("no report is shard 1/%d", c.of)) {
					t.Errorf("without the first shard: exit %d\n%s", got, printed)
				}
			}
		})
	}
}

// reproduced is a JSON report without the command that wrote it.
func reproduced(t *testing.T, file string) string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, _, _ := strings.Cut(string(raw), `  "reproduce": {`)
	return strings.TrimRight(before, ",\n} ")
}

// difference is the first line that differs, with those around it.
func difference(was, is string) string {
	a, b := strings.Split(was, "\n"), strings.Split(is, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d:\n%s\nwant\n%s", i, strings.Join(b[max(0, i-8):min(len(b), i+4)], "\n"), strings.Join(a[max(0, i-8):min(len(a), i+4)], "\n"))
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(b), len(a))
}

// TestShardStable adds cases to a selection: no case moves to another shard, and cases that
// follow each other stay together.
func TestShardStable(t *testing.T) {
	t.Parallel()
	cases := map[string]*contract.Case{}
	for i := range 300 {
		c := &contract.Case{Name: fmt.Sprintf("p/o/case-%d", i)}
		if i%3 > 0 {
			c.After = fmt.Sprintf("p/o/case-%d", i-1)
		}
		cases[c.Name] = c
	}
	lookup := func(name string) *contract.Case { return cases[name] }
	for of := 1; of < 9; of++ {
		counts := make([]int, of+1)
		for name, c := range cases {
			in := 0
			for i := 1; i <= of; i++ {
				if !shard.Has(contract.Shard{Index: i, Of: of}, lookup)(name) {
					continue
				}
				in++
				counts[i]++
				if c.After != "" && !shard.Has(contract.Shard{Index: i, Of: of}, lookup)(c.After) {
					t.Errorf("%s is not with %s", name, c.After)
				}
			}
			if in != 1 {
				t.Errorf("%s is in %d of %d shards", name, in, of)
			}
		}
		for i := 1; i <= of; i++ {
			if counts[i] < 300/of/3 {
				t.Errorf("shard %d/%d has %d of 300 cases", i, of, counts[i])
			}
		}
	}
}

// TestGate fails a run on what is new only: each fault is known, new, fixed and back again.
func TestGate(t *testing.T) {
	t.Parallel()
	sound, one, both := faulty(t), faulty(t, "wrong-type"), faulty(t, "wrong-type", "request-departs")
	const selection = "*/createOrder/a*"
	_, clean, code, _ := reported(t, "run", selection, "--data", sound)
	if code != exitConforms {
		t.Fatal("the data has faults")
	}
	_, first, code, _ := reported(t, "run", selection, "--data", one)
	if code != exitFindings {
		t.Fatal("the fault is not found")
	}
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"known":        {[]string{"--data", one, "--baseline", first}, exitConforms, `(?s)known error enkash/createOrder/accepted  fields-typed.*against .*: [0-9]+ known\n.*nothing new: [0-9]+ findings? known`},
		"new":          {[]string{"--data", both, "--baseline", first}, exitFindings, `(?s)new error paytm/createOrder/amount-invalid  request-documented.*: 1 new, [0-9]+ known`},
		"fixed":        {[]string{"--data", sound, "--baseline", first}, exitConforms, `(?s)fixed enkash/createOrder/accepted  fields-typed.*[0-9] fixed\n.*conforms`},
		"back":         {[]string{"--data", one, "--baseline", first, "--baseline", clean}, exitFindings, `(?s)back error enkash/createOrder/accepted  fields-typed.*back again`},
		"only-failed":  {[]string{"--data", one, "--only-failed", first}, exitFindings, `1 fail of 1 result`},
		"failed fixed": {[]string{"--data", sound, "--only-failed", first}, exitConforms, `(?s)1 pass of 1 result.*conforms`},
		"none failed":  {[]string{"--data", one, "--only-failed", clean}, exitConforms, `no selected case failed or was in error in .*; nothing was played`},
	} {
		got, printed := ran(t, append([]string{"run", selection}, c.args...)...)
		if got != c.code || !regexp.MustCompile(c.want).MatchString(printed) {
			t.Errorf("%s: exit %d, want %d and %s\n%s", name, got, c.code, c.want, printed)
		}
	}
	// the same with the report that was written
	_, second, _, _ := reported(t, "run", selection, "--data", both)
	if got, printed := ran(t, "report", second, "--baseline", first); got != exitFindings || !strings.Contains(printed, "new error paytm") || !strings.Contains(printed, "known error enkash") {
		t.Errorf("report: exit %d\n%s", got, printed)
	}
	// every format shows it
	for _, format := range report.Runs().Names() {
		if _, printed := ran(t, "report", second, "--baseline", first, "--report", format); !strings.Contains(printed, "known") && format != "sarif" || format == "sarif" && (!strings.Contains(printed, `"baselineState": "unchanged"`) || !strings.Contains(printed, `"baselineState": "new"`)) {
			t.Errorf("%s does not show what is known\n%s", format, printed)
		}
	}
	if _, printed := ran(t, "report", clean, "--baseline", first, "--report", "sarif"); !strings.Contains(printed, `"baselineState": "absent"`) || strings.Contains(printed, `"level": "error",`) {
		t.Errorf("sarif does not show what is fixed\n%s", printed)
	}
}

// TestGateError keeps an error an error: what cannot be looked at is not known.
func TestGateError(t *testing.T) {
	t.Parallel()
	dir := faulty(t, "missing-recording")
	_, file, code, _ := reported(t, "run", "enkash/createOrder/accepted", "--data", dir)
	if got, _ := ran(t, "run", "enkash/createOrder/accepted", "--data", dir, "--baseline", file); got != code || code != exitInconclusive {
		t.Errorf("exit %d, and %d with a baseline", code, got)
	}
}

// TestGateConform gates a client under test.
func TestGateConform(t *testing.T) {
	t.Parallel()
	r := &contract.Report{FailOn: contract.Error, Client: &contract.ClientReport{}, Results: []contract.Result{{
		Case: "p/o/c", Provider: "p", Operation: "o", Verdict: contract.Fail, Checked: []string{"r"},
		Findings: []contract.Finding{{Rule: "r", Severity: contract.Error, Fingerprint: "0"}},
	}, {Case: "p/o/d", Provider: "p", Operation: "o", Verdict: contract.Pass, Checked: []string{"r"}}}}
	was := *r
	was.Results = append([]contract.Result{}, r.Results...)
	if err := history.NewMarker(history.Earlier{Report: &was}).Report(r); err != nil {
		t.Fatal(err)
	}
	if err := conformExit(r); err != nil {
		t.Errorf("what is known fails: %v", err)
	}
	r.Client.Lost = 1
	if err := conformExit(r); err == nil {
		t.Error("a case without a request does not fail")
	}
}
