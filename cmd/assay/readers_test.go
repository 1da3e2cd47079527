//go:build reports

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"assay/internal/report"
)

// readers is the folder with the readers and schemas of others, which make test-reports fetches.
const readers = "testdata/reports"

// TestReaders writes every kind of report in the formats of others, and reads them with the
// schemas and programs of those who use them.
func TestReaders(t *testing.T) {
	t.Parallel()
	kinds := map[string]func(t *testing.T, reports []string){
		"run":        command("run", "paytm"),
		"findings":   command("check", "../../cassettes/paytm", "../../cassettes/enkash"),
		"changes":    command("drift", "cases", "../../cassettes/paytm/createOrder/fault-missing-field.yaml", "--provider", "paytm"),
		"compared":   command("drift", "cases", "../../cassettes/paytm", "--provider", "paytm"),
		"unreadable": command("check", filepath.Join(readers, "read.js")),
		"conform": func(t *testing.T, reports []string) {
			command("conform", "paytm/createOrder/accepted", "--client", testService(t, "renaming"))(t, reports)
		},
		"exec": command("exec", "paytm", "--sandbox", "--", "node", "-e", `fetch(process.env.ASSAY_PAYTM_URL + "/aoa-acquiring-biz/v2/order", { method: "POST", body: "{}" })`),
		"proxy": func(t *testing.T, reports []string) {
			up := httptest.NewServer(newSandbox(t))
			defer up.Close()
			p := newRunningProxy(t, append([]string{"paytm", "--to", up.URL + "/paytm"}, reports...)...)
			_, _ = postOrder(t.Context(), http.DefaultClient, p.base, "READ0001", `{"body":{"a":1}}`, nil)
			if code := p.end(); code != exitFindings {
				t.Fatal(p.words.String())
			}
		},
	}
	for name, write := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			at := func(format string) string { return filepath.Join(dir, format) }
			var reports []string
			for _, format := range []string{"json", "ndjson", "junit", "sarif", "gitlab", "ctrf"} {
				reports = append(reports, "--report", format+"="+at(format))
			}
			write(t, reports)
			readSARIF(t, at("sarif"))
			readCTRF(t, at("ctrf"))
			readJUnit(t, at("junit"))
			readJenkins(t, at("junit"))
			readGitLab(t, at("gitlab"))
			readEvents(t, at("ndjson"))
		})
	}
}

// command runs a command with the reports.
func command(args ...string) func(t *testing.T, reports []string) {
	return func(t *testing.T, reports []string) {
		t.Helper()
		at := slices.Index(args, "--")
		if at < 0 {
			at = len(args)
		}
		var out bytes.Buffer
		if code := run(t.Context(), slices.Insert(slices.Clone(args), at, reports...), strings.NewReader(""), &out, &out); code == exitUsage {
			t.Fatal(out.String())
		}
	}
}

// validated reads JSON values, which must satisfy a schema.
func validated(t *testing.T, schema []byte, texts ...[]byte) (all []any) {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiled.Validate(value); err != nil {
			t.Errorf("%.200s: %.2000v", text, err)
		}
		all = append(all, value)
	}
	return all
}

func content(t *testing.T, file string) []byte {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// read gives what a reader in JavaScript found.
func read(t *testing.T, format, file string) (found map[string]any) {
	t.Helper()
	raw, err := exec.CommandContext(t.Context(), "node", filepath.Join(readers, "read.js"), format, file).Output()
	if err != nil {
		var detail *exec.ExitError
		if errors.As(err, &detail) {
			t.Fatalf("%s: %v\n%s", format, err, detail.Stderr)
		}
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &found); err != nil {
		t.Fatal(err)
	}
	return found
}

// readSARIF holds a log to the schema of SARIF 2.1.0, and to the rules of the multitool, also
// those of GitHub.
func readSARIF(t *testing.T, file string) {
	t.Helper()
	system := map[string]string{"linux": "linux", "darwin": "darwin", "windows": "win32"}[runtime.GOOS]
	tool := filepath.Join(readers, "node_modules/@microsoft/sarif-multitool-"+system)
	validated(t, content(t, filepath.Join(tool, "sarif-2.1.0.json")), content(t, file))
	if found := multitool(t, filepath.Join(tool, "Sarif.Multitool"), file); len(found) > 0 {
		t.Errorf("sarif: %s", strings.Join(found, "\n"))
	}
}

var multitoolError = regexp.MustCompile(`(?m)error [A-Z]+[0-9]+: .*$`)

// multitool gives the errors that the multitool finds. It must find one in a damaged copy, so
// that a tool that reads nothing is noticed.
func multitool(t *testing.T, binary, file string) []string {
	t.Helper()
	if err := os.Chmod(binary, 0o755); err != nil { // npm leaves out the mode
		t.Fatal(err)
	}
	damaged := file + ".damaged.sarif"
	whole := file + ".sarif"
	text := content(t, file)
	if err := os.WriteFile(whole, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(damaged, bytes.ReplaceAll(text, []byte(`"fullDescription"`), []byte(`"properties"`)), 0o600); err != nil {
		t.Fatal(err)
	}
	validate := func(file string) []string {
		out, err := exec.CommandContext(t.Context(), binary, "validate", "--rule-kind", "Sarif;Ghas", file).CombinedOutput()
		if err != nil || !bytes.Contains(out, []byte("1 files scanned")) {
			t.Fatalf("sarif-multitool: %v\n%s", err, out)
		}
		return multitoolError.FindAllString(string(out), -1)
	}
	if strings.Contains(t.Name(), "findings") && len(validate(damaged)) == 0 {
		t.Error("sarif-multitool accepts a rule without a description, which GitHub refuses")
	}
	return validate(whole)
}

// readCTRF holds a report to the schema, and reads it with the library of CTRF.
func readCTRF(t *testing.T, file string) {
	t.Helper()
	validated(t, content(t, filepath.Join(readers, "node_modules/ctrf/dist/ctrf-schema-0.0.json")), content(t, file))
	summary := read(t, "ctrf", file)
	sum := 0.0
	for _, status := range []string{"passed", "failed", "pending", "skipped", "other"} {
		sum += summary[status].(float64)
	}
	if sum != summary["tests"] || sum == 0 || summary["start"].(float64) == 0 || summary["stop"].(float64) < summary["start"].(float64) {
		t.Errorf("ctrf: %v", summary)
	}
}

// readJUnit reads a document, and compares its counts with its tests.
func readJUnit(t *testing.T, file string) {
	t.Helper()
	found := read(t, "junit", file)
	if found["tests"] != found["cases"] || found["failures"] != float64(len(found["messages"].([]any))) || found["cases"].(float64) == 0 {
		t.Errorf("junit: %v", found)
	}
	for _, m := range found["messages"].([]any) {
		if m == nil || m == "" {
			t.Errorf("junit: a failure without a message: %v", found)
		}
	}
}

// readJenkins holds a document to the schema of Jenkins. A copy with an attribute that the
// schema does not have must be refused, so that a schema that allows everything is noticed.
func readJenkins(t *testing.T, file string) {
	t.Helper()
	if found := read(t, "jenkins", file)["errors"].([]any); len(found) > 0 {
		t.Errorf("jenkins: %v", found)
	}
	damaged := file + ".damaged.xml"
	text := bytes.Replace(content(t, file), []byte("<testcase "), []byte(`<testcase skipped="0" `), 1)
	if err := os.WriteFile(damaged, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if found := read(t, "jenkins", damaged)["errors"].([]any); len(found) != 1 {
		t.Errorf("jenkins: in a document with one fault: %v", found)
	}
}

// readGitLab keeps the rules that GitLab documents for Code Quality reports, and holds the
// issues to the types of Code Climate, whose format it is.
// https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
func readGitLab(t *testing.T, file string) {
	t.Helper()
	var all []struct {
		Description, Fingerprint, Severity string
		Check                              string `json:"check_name"`
		Location                           struct {
			Path  string
			Lines struct{ Begin int }
		}
	}
	raw := content(t, file)
	if err := json.Unmarshal(raw, &all); err != nil || all == nil || raw[0] != '[' {
		t.Fatalf("gitlab: %v: %.100s", err, raw)
	}
	if len(all) > 0 {
		typed(t, raw, true)
	}
	if strings.HasSuffix(t.Name(), "changes") { // the compiler must refuse something
		typed(t, bytes.Replace(raw, []byte(`"end": `), []byte(`"last": `), 1), false)
	}
	known := map[string]bool{}
	for _, one := range all {
		path := one.Location.Path
		switch {
		case one.Description == "" || one.Check == "" || one.Fingerprint == "" || path == "" || one.Location.Lines.Begin < 1,
			known[one.Fingerprint],
			!slices.Contains([]string{"info", "minor", "major", "critical", "blocker"}, one.Severity),
			strings.HasPrefix(path, "./") || strings.Contains(path, `\`):
			t.Errorf("gitlab: %+v", one)
		}
		known[one.Fingerprint] = true
	}
}

// typed has the compiler of TypeScript compare issues with the types of Code Climate.
func typed(t *testing.T, issues []byte, fits bool) {
	t.Helper()
	at, err := filepath.Abs(filepath.Join(readers, "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	types, err := json.Marshal(filepath.ToSlash(filepath.Join(at, "codeclimate-types/index.d.ts")))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"issues.ts":     "import type { Issue } from 'codeclimate-types'\nexport const issues: Issue[] = " + string(issues),
		"tsconfig.json": `{"compilerOptions": {"strict": true, "noEmit": true, "types": [], "paths": {"codeclimate-types": [` + string(types) + `]}}, "files": ["issues.ts"]}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.CommandContext(t.Context(), "node", filepath.Join(at, "typescript/bin/tsc"), "-p", dir).CombinedOutput()
	if (err == nil) != fits || err != nil && !bytes.Contains(out, []byte("issues.ts(")) {
		t.Errorf("gitlab: fits %t, want %t: %v\n%.2000s", err == nil, fits, err, out)
	}
}

// readEvents holds each line to our own schema. The last one is the summary.
func readEvents(t *testing.T, file string) {
	t.Helper()
	lines := bytes.Split(bytes.TrimSuffix(content(t, file), []byte("\n")), []byte("\n"))
	for i, one := range validated(t, report.EventsSchema, lines...) {
		event := one.(map[string]any)
		if last := i == len(lines)-1; last != (event["event"] == "summary") {
			t.Errorf("ndjson: line %d of %d is %v", i+1, len(lines), event["event"])
		}
	}
}
