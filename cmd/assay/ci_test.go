package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"assay/internal/report"
)

// ciStep is a step of the action or of a workflow.
type ciStep struct {
	ID, Name, Uses, Run string
	Env, With           map[string]string
}

// stepsOf reads the steps of the action, or of the only job of a workflow.
func stepsOf(t *testing.T, path string) []ciStep {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Runs struct{ Steps []ciStep }
		Jobs map[string]struct{ Steps []ciStep }
	}
	if err := yaml.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	all := file.Runs.Steps
	for _, job := range file.Jobs {
		all = append(all, job.Steps...)
	}
	return all
}

// runner is a machine of a pipeline: a working directory, fake commands, and files for what
// steps say.
type runner struct {
	dir, bin    string
	path        string            // where commands are that are no fakes
	expressions map[string]string // the values of ${{ }}
	variables   []string
}

func newRunner(t *testing.T) *runner {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil || runtime.GOOS == "windows" {
		t.Skip("needs bash")
	}
	dir := t.TempDir()
	r := &runner{dir: dir, bin: filepath.Join(dir, "bin"), path: os.Getenv("PATH"), expressions: map[string]string{}}
	for _, sub := range []string{"bin", "work", "temp"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// command makes a fake command. Each of its calls is a line of the file calls.
func (r *runner) command(t *testing.T, name, script string) {
	t.Helper()
	text := "#!/usr/bin/env bash\nset -euo pipefail\n{ printf '%s' " + name + "; printf '|%s' \"$@\"; echo; } >> \"$CALLS\"\n" + script
	if err := os.WriteFile(filepath.Join(r.bin, name), []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
}

func (r *runner) read(name string) string {
	raw, _ := os.ReadFile(filepath.Join(r.dir, name)) // a file that no step wrote is empty
	return string(raw)
}

var expression = regexp.MustCompile(`\$\{\{ *(.*?) *\}\}`)

// do runs a step as GitHub does, and returns its output and exit code.
func (r *runner) do(t *testing.T, s ciStep) (output string, code int) {
	t.Helper()
	fill := func(text string) string {
		return expression.ReplaceAllStringFunc(text, func(found string) string {
			name := expression.FindStringSubmatch(found)[1]
			v, ok := r.expressions[name]
			if !ok {
				t.Errorf("step %s%s: the test gives no value for %s", s.ID, s.Name, name)
			}
			return v
		})
	}
	if strings.Contains(s.Run, "${{") {
		t.Errorf("step %s%s: an expression stands in the script; give it as a variable, or an input becomes a part of the script", s.ID, s.Name)
	}
	script := filepath.Join(r.dir, "step.sh")
	if err := os.WriteFile(script, []byte(s.Run), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), "bash", "--noprofile", "--norc", "-eo", "pipefail", script)
	c.Dir = filepath.Join(r.dir, "work")
	c.Env = append([]string{
		"PATH=" + r.bin + string(os.PathListSeparator) + r.path, "HOME=" + r.dir, "CALLS=" + filepath.Join(r.dir, "calls"), "STATE=" + filepath.Join(r.dir, "state"),
		"GITHUB_OUTPUT=" + filepath.Join(r.dir, "output"), "GITHUB_STEP_SUMMARY=" + filepath.Join(r.dir, "summary"), "RUNNER_TEMP=" + filepath.Join(r.dir, "temp"),
	}, r.variables...)
	for name, text := range s.Env {
		c.Env = append(c.Env, name+"="+fill(text))
	}
	out, err := c.CombinedOutput()
	if c.ProcessState == nil {
		t.Fatal(err)
	}
	return string(out), c.ProcessState.ExitCode()
}

func (r *runner) calls() []string {
	return nonEmpty(r.read("calls"))
}

// fakeAssay writes each report that it is asked for, and ends with FAKE_EXIT.
const fakeAssay = `
if [ "$1" = version ]; then printf 'assay 0.1.0\ncommit 0123\n'; exit; fi
for arg in "$@"; do
  case $arg in *=*/*) echo "::error::forged by the report" > "${arg##*=}" ;; esac
done
exit "${FAKE_EXIT:-0}"
`

func stepNamed(t *testing.T, steps []ciStep, name string) ciStep {
	t.Helper()
	i := slices.IndexFunc(steps, func(s ciStep) bool { return s.ID == name || strings.HasPrefix(s.Name, name) })
	if i < 0 {
		t.Fatalf("there is no step %q", name)
	}
	return steps[i]
}

// checkArguments checks that assay takes the arguments of a recorded call, and its formats.
func checkArguments(t *testing.T, call string) {
	t.Helper()
	args := strings.Split(call, "|")[1:]
	c, rest, err := fresh().Find(args)
	if err == nil {
		err = c.ParseFlags(rest)
	}
	if err == nil {
		err = c.ValidateArgs(c.Flags().Args())
	}
	if err != nil {
		t.Errorf("assay %v: %v", args, err)
		return
	}
	formats := report.Runs().Names()
	switch c.Name() {
	case "drift":
		formats = report.Drifts().Names()
	case "lint":
		formats = report.Lints().Names()
	}
	if c.Flags().Lookup("report") != nil {
		names, err := c.Flags().GetStringArray("report")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseReportsOf(names, formats); err != nil {
			t.Errorf("assay %v: %v", args, err)
		}
	}
}

// TestAction runs the steps of action.yml that are scripts.
func TestAction(t *testing.T) {
	t.Parallel()
	steps := stepsOf(t, "action.yml")
	run := stepNamed(t, steps, "assay")
	for title, c := range map[string]struct {
		command, args, version string
		exit                   string
		code                   int
		want                   string // the call of assay, without the reports
	}{
		"conforms":      {"run", "", "", "0", 0, "assay|run"},
		"findings":      {"run", "paytm\n\n--fail-on=warning\n", "0.1.0", "1", 1, "assay|run|paytm|--fail-on=warning"},
		"inconclusive":  {"check", "traffic *.har\n", "", "3", 3, "assay|check|traffic *.har"},
		"no reports":    {"doctor", "--live", "", "0", 0, "assay|doctor|--live"},
		"another":       {"run", "", "9.9.9", "0", 2, ""},
		"no injection":  {"run", "$(touch ../injected)\n; touch ../injected", "", "0", 0, "assay|run|$(touch ../injected)|; touch ../injected"},
		"a drift":       {"drift", "live\n--provider=paytm\n--report=json=assay-reports/drift.json", "", "1", 1, "assay|drift|live|--provider=paytm|--report=json=assay-reports/drift.json"},
		"a client":      {"conform", "paytm\n--\npython3\nclient.py", "", "0", 0, "assay|conform|paytm|--|python3|client.py"},
		"wrong command": {"rnu", "", "", "2", 2, "assay|rnu"},
	} {
		t.Run(strings.ReplaceAll(title, " ", "-"), func(t *testing.T) {
			t.Parallel()
			r := newRunner(t)
			r.command(t, "assay", fakeAssay)
			if out, code := r.do(t, stepNamed(t, steps, "find")); code != 0 || r.read("output") != "assay="+filepath.Join(r.bin, "assay")+"\n" {
				t.Fatalf("exit code %d: %s%s", code, out, r.read("output"))
			}
			r.variables = []string{"FAKE_EXIT=" + c.exit}
			r.expressions = map[string]string{
				"steps.find.outputs.assay || steps.build.outputs.assay": filepath.Join(r.bin, "assay"),
				"inputs.command": c.command, "inputs.args": c.args, "inputs.version": c.version, "inputs.reports": "assay-reports",
			}
			out, code := r.do(t, run)
			if code != c.code || !strings.HasSuffix(r.read("output"), fmt.Sprintf("\nexit-code=%d\n", c.code)) {
				t.Errorf("exit code %d, want %d; outputs %q\n%s", code, c.code, r.read("output"), out)
			}
			got := ""
			for _, call := range r.calls() {
				if call == "assay|version" {
					continue
				}
				if c.command != "rnu" && title != "no injection" {
					checkArguments(t, call)
				}
				got = regexp.MustCompile(`\|--report\|[^|]*`).ReplaceAllString(call, "")
			}
			if got != c.want {
				t.Errorf("called %s, want %s", got, c.want)
			}
			if r.read("injected") != "" {
				t.Error("an input became a part of the script")
			}
			if text := r.read("work/assay-reports/assay.txt"); text != "" {
				token := regexp.MustCompile(`(?m)^::stop-commands::([0-9a-f]{32})$`).FindStringSubmatch(out)
				if token == nil || !strings.HasSuffix(out, text+"::"+token[1]+"::\n") {
					t.Errorf("commands are not stopped while the report is shown:\n%s", out)
				}
			}
		})
	}
}

// TestActionBuild builds assay from the files of the action, if there is no binary.
func TestActionBuild(t *testing.T) {
	t.Parallel()
	r := newRunner(t)
	source := filepath.Join(r.dir, "action")
	if err := os.Mkdir(source, 0o700); err != nil {
		t.Fatal(err)
	}
	r.command(t, "go", "pwd >> \"$CALLS\"\ntouch \"$3\"\n")
	r.expressions = map[string]string{"github.action_path": source}
	out, code := r.do(t, stepNamed(t, stepsOf(t, "action.yml"), "build"))
	built := filepath.Join(r.dir, "temp", "assay-bin", "assay")
	if code != 0 || r.read("output") != "assay="+built+"\n" {
		t.Errorf("exit code %d, outputs %q\n%s", code, r.read("output"), out)
	}
	if got := r.calls(); len(got) != 2 || got[0] != "go|build|-o|"+built+"|./cmd/assay" || filepath.Base(got[1]) != "action" {
		t.Errorf("calls %q", got)
	}
}
