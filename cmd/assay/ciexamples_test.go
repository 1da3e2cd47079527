package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"assay/internal/testsize"
)

// fakeGH keeps issues as lines "number|STATE|title" in a file, as the commands that the
// workflow uses change them.
const fakeGH = `
touch "$STATE"
case "$1 $2" in
"label create") ;;
"issue list")
  first=1
  printf '['
  while IFS='|' read -r number state title; do
    if [ "$first" = 0 ]; then printf ','; fi
    first=0
    printf '{"number":%s,"state":"%s","title":"%s"}' "$number" "$state" "$title"
  done < "$STATE"
  printf ']'
  ;;
"issue create")
  while [ "$1" != --title ]; do shift; done
  echo "$(($(wc -l < "$STATE") + 1))|OPEN|$2" >> "$STATE"
  ;;
"issue edit") ;;
"issue reopen") sed -i "s/^$3|CLOSED|/$3|OPEN|/" "$STATE" ;;
*) exit 9 ;;
esac
`

// driftChange is a change as the JSON report of a drift has it.
func driftChange(id, impact, status string) map[string]any {
	return map[string]any{
		"id": id, "impact": impact, "status": status, "kind": "member-retyped", "operation": "paytm/createOrder", "at": "response#/body/x",
		"message": "is \"a\"\n@everyone <script> `rm`", "why": "our adapter reads it",
	}
}

// TestNightlyIssues checks that each change that breaks has one issue, however often the
// workflow runs.
func TestNightlyIssues(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("needs python3")
	}
	step := stepNamed(t, stepsOf(t, "docs/ci/nightly-drift.yml"), "One issue")
	r := newRunner(t)
	r.command(t, "gh", fakeGH)
	r.expressions = map[string]string{
		"github.token": "token", "github.repository": "o/r", "github.run_id": "7", "github.server_url": "https://github.example",
	}
	if err := os.Mkdir(filepath.Join(r.dir, "work", "assay-reports"), 0o700); err != nil {
		t.Fatal(err)
	}
	night := func(changes ...map[string]any) {
		t.Helper()
		raw, err := json.Marshal(map[string]any{"changes": changes})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(r.dir, "work", "assay-reports", "drift.json"), raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(r.dir, "calls"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, code := r.do(t, step); code != 0 {
			t.Fatalf("exit code %d\n%s", code, out)
		}
	}
	issues := func(want ...string) {
		t.Helper()
		if got := nonEmpty(r.read("state")); !slices.Equal(got, want) {
			t.Errorf("issues\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	did := func(what string) int {
		return len(slices.DeleteFunc(r.calls(), func(call string) bool { return !strings.HasPrefix(call, "gh|issue|"+what) }))
	}
	const first, second = "assay: paytm/createOrder breaks [aaaaaaaaaaaa]", "assay: paytm/createOrder breaks [bbbbbbbbbbbb]"

	night(driftChange("cccccccccccc", "degrades", "new"), driftChange("dddddddddddd", "breaks", "acknowledged"))
	issues()
	night(driftChange("aaaaaaaaaaaa", "breaks", "new"), driftChange("cccccccccccc", "degrades", "known"))
	issues("1|OPEN|" + first)
	body := r.read("temp/assay-issues/aaaaaaaaaaaa.md")
	if !strings.Contains(body, "    is \"a\" @everyone <script> `rm`\n") || !strings.Contains(body, "https://github.example/o/r/actions/runs/7") {
		t.Errorf("the body is\n%s", body)
	}
	night(driftChange("aaaaaaaaaaaa", "breaks", "known"), driftChange("bbbbbbbbbbbb", "breaks", "new"))
	issues("1|OPEN|"+first, "2|OPEN|"+second)
	night(driftChange("aaaaaaaaaaaa", "breaks", "known"), driftChange("bbbbbbbbbbbb", "breaks", "known"))
	issues("1|OPEN|"+first, "2|OPEN|"+second)
	if did("create") != 0 || did("edit") != 2 {
		t.Errorf("calls %q: want two edits and no new issue", r.calls())
	}
	if err := os.WriteFile(filepath.Join(r.dir, "state"), []byte("1|CLOSED|"+first+"\n2|CLOSED|"+second+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	night(driftChange("aaaaaaaaaaaa", "breaks", "back"), driftChange("bbbbbbbbbbbb", "breaks", "known"))
	issues("1|OPEN|"+first, "2|CLOSED|"+second)
}

// TestNightlyExit checks that the workflow fails as assay did, and also if assay did not run.
func TestNightlyExit(t *testing.T) {
	t.Parallel()
	step := stepNamed(t, stepsOf(t, "docs/ci/nightly-drift.yml"), "Fail if")
	for given, want := range map[string]int{"0": 0, "1": 1, "3": 3, "": 3} {
		r := newRunner(t)
		r.expressions = map[string]string{"steps.assay.outputs.exit-code": given}
		if out, code := r.do(t, step); code != want {
			t.Errorf("%q: exit code %d, want %d\n%s", given, code, want, out)
		}
	}
}

// TestExampleArguments checks the arguments that the workflow examples give to the action.
func TestExampleArguments(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"docs/ci/release-gate.yml", "docs/ci/nightly-drift.yml"} {
		found := 0
		for _, s := range stepsOf(t, file) {
			if strings.Contains(s.Uses, "/assay@") {
				found++
				checkArguments(t, strings.Join(append([]string{"assay", s.With["command"]}, nonEmpty(s.With["args"])...), "|"))
			}
		}
		if found != 1 {
			t.Errorf("%s uses the action %d times", file, found)
		}
	}
}

// TestGitLabTemplate runs the scripts of the template.
func TestGitLabTemplate(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/ci/gitlab.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]struct {
		Before    []string `yaml:"before_script"`
		Script    []string
		Variables map[string]string
		Artifacts struct{ Reports map[string]string }
	}
	if err := yaml.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	job := file[".assay"]
	r := newRunner(t)
	r.command(t, "assay", fakeAssay)
	for name, text := range job.Variables {
		r.variables = append(r.variables, name+"="+text)
	}
	for given, want := range map[string]int{"0": 0, "1": 1} {
		r.variables = append(r.variables, "FAKE_EXIT="+given)
		if out, code := r.do(t, ciStep{Name: "gitlab", Run: strings.Join(append(job.Before, job.Script...), "\n")}); code != want {
			t.Errorf("exit code %d, want %d\n%s", code, want, out)
		}
	}
	for _, call := range r.calls() {
		checkArguments(t, call)
	}
	for kind, path := range job.Artifacts.Reports {
		if r.read("work/"+path) == "" {
			t.Errorf("no step writes the report %s, %s", kind, path)
		}
	}
}

// TestGitLabBuild builds assay where the image has none.
func TestGitLabBuild(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/ci/gitlab.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]struct {
		Before []string `yaml:"before_script"`
	}
	if err := yaml.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	r := newRunner(t)
	r.path = "/usr/bin:/bin" // no assay is there
	r.command(t, "git", "")
	r.command(t, "go", "")
	r.variables = []string{"ASSAY_REF=v1", "ASSAY_SOURCE=https://gitlab.example/assay.git"}
	script := strings.ReplaceAll(strings.Join(file[".assay"].Before, "\n"), "/tmp/assay-source", filepath.Join(r.dir, "temp"))
	if out, code := r.do(t, ciStep{Name: "gitlab", Run: script}); code != 0 {
		t.Errorf("exit code %d\n%s", code, out)
	}
	want := []string{"git|clone|--quiet|--depth|1|--branch|v1|https://gitlab.example/assay.git|" + filepath.Join(r.dir, "temp"), "go|build|-o|/usr/local/bin/assay|./cmd/assay"}
	if got := r.calls(); !slices.Equal(got, want) {
		t.Errorf("calls %q, want %q", got, want)
	}
}

// TestPreCommitHooks checks that assay takes what the hooks run.
func TestPreCommitHooks(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var hooks []struct {
		ID, Name, Entry, Language, Files string
		Pass                             *bool `yaml:"pass_filenames"`
	}
	if err := yaml.Unmarshal(raw, &hooks); err != nil {
		t.Fatal(err)
	}
	for _, h := range hooks {
		if h.ID == "" || h.Name == "" || h.Language != "golang" || h.Files == "" {
			t.Errorf("%+v: expected id, name, language golang and files", h)
		}
		call := strings.ReplaceAll(h.Entry, " ", "|")
		if h.Pass == nil {
			call += "|specs/paytm.yaml|fixtures/waivers.yaml"
		}
		checkArguments(t, call)
	}
	if len(hooks) == 0 {
		t.Error("there are no hooks")
	}
}
