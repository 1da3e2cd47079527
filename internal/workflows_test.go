package internal_test

import (
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// workflow has the members of a GitHub workflow that the tests check.
type workflow struct {
	Permissions map[string]string
	Concurrency map[string]string
	Jobs        map[string]struct {
		Uses    yaml.Node
		Timeout int `yaml:"timeout-minutes"`
		Steps   []struct {
			Uses yaml.Node
			Run  string
			With map[string]string
		}
	}
}

// TestWorkflows checks that workflows are safe: actions are pinned by commit, permissions
// are minimal, and jobs have timeouts. It also checks that a job uses the Go version of
// go.mod.
func TestWorkflows(t *testing.T) {
	t.Parallel()
	minor := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(text(t, "../go.mod"))
	for _, file := range workflows(t) {
		var w workflow
		if err := yaml.Unmarshal([]byte(text(t, file)), &w); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if len(w.Permissions) != 1 || w.Permissions["contents"] != "read" {
			t.Errorf("%s: permissions are %v, want contents: read; a job that needs more asks for it", file, w.Permissions)
		}
		if w.Concurrency["group"] == "" {
			t.Errorf("%s: the concurrency group is missing", file)
		}
		for name, job := range w.Jobs {
			if job.Uses.Value != "" {
				t.Errorf("%s: job %s calls another workflow: write its steps here", file, name)
			}
			if job.Timeout == 0 || job.Timeout > 60 {
				t.Errorf("%s: job %s needs timeout-minutes, at most 60", file, name)
			}
			for _, step := range job.Steps {
				if fault := pinFault(step.Uses.Value, step.Uses.LineComment); step.Run == "" && fault != "" {
					t.Errorf("%s:%d: %s: %s", file, step.Uses.Line, step.Uses.Value, fault)
				}
				if v, ok := step.With["go-version"]; ok && !strings.HasPrefix(v, minor[1]+".") {
					t.Errorf("%s: job %s uses Go %s, but go.mod has %s", file, name, v, minor[1])
				}
			}
		}
	}
}

// pinFault returns what is wrong with the action of a step, or "".
func pinFault(uses, comment string) string {
	switch {
	case !regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40}$`).MatchString(uses):
		return "pin the action to a commit of 40 hex digits"
	case !regexp.MustCompile(`^# v\d+\.\d+\.\d+$`).MatchString(comment):
		return "add the version of that commit as a comment: # v1.2.3"
	}
	return ""
}

// TestActionPins checks that the action pins the actions that it uses.
func TestActionPins(t *testing.T) {
	t.Parallel()
	var action struct {
		Runs struct {
			Steps []struct {
				Uses yaml.Node
				Run  string
			}
		}
	}
	if err := yaml.Unmarshal([]byte(text(t, "../action.yml")), &action); err != nil {
		t.Fatal(err)
	}
	used := 0
	for _, step := range action.Runs.Steps {
		if step.Run != "" {
			continue
		}
		used++
		if fault := pinFault(step.Uses.Value, step.Uses.LineComment); fault != "" {
			t.Errorf("../action.yml:%d: %s: %s", step.Uses.Line, step.Uses.Value, fault)
		}
	}
	if used == 0 {
		t.Error("the action uses no action")
	}
}

// TestPinFault lists actions that TestWorkflows accepts and refuses.
func TestPinFault(t *testing.T) {
	t.Parallel()
	commit := strings.Repeat("0123456789", 4)
	for _, c := range []struct {
		uses, comment string
		ok            bool
	}{
		{"actions/checkout@" + commit, "# v7.0.1", true},
		{"actions/cache/restore@" + commit, "# v7.0.1", true},
		{"actions/checkout@" + commit, "", false},
		{"actions/checkout@" + commit, "# v7", false},
		{"actions/checkout@" + commit[1:], "# v7.0.1", false},
		{"actions/checkout@v7.0.1", "# v7.0.1", false},
		{"actions/checkout", "# v7.0.1", false},
		{"docker://alpine:3", "# v3.0.0", false},
		{"", "", false},
	} {
		if fault := pinFault(c.uses, c.comment); (fault == "") != c.ok {
			t.Errorf("%q with %q: %q", c.uses, c.comment, fault)
		}
	}
}

// TestMakeTargetsExist checks that the Makefile has every target that a workflow or .ci/run
// runs.
func TestMakeTargetsExist(t *testing.T) {
	t.Parallel()
	all, _ := targets(t)
	exists := func(name string) bool {
		return slices.ContainsFunc(all, func(target target) bool { return target.name == name })
	}
	count := 0
	for _, file := range workflows(t) {
		var w workflow
		if err := yaml.Unmarshal([]byte(text(t, file)), &w); err != nil {
			t.Fatal(err)
		}
		for name, job := range w.Jobs {
			for _, step := range job.Steps {
				for _, target := range makeTargets(step.Run) {
					if count++; !exists(target) {
						t.Errorf("%s: job %s runs make %s, which the Makefile does not have", file, name, target)
					}
				}
			}
		}
	}
	for _, stage := range regexp.MustCompile(`(?m)^stage ([\w-]+) \d+$`).FindAllStringSubmatch(text(t, "../.ci/run"), -1) {
		if count++; !exists(stage[1]) {
			t.Errorf(".ci/run runs make %s, which the Makefile does not have", stage[1])
		}
	}
	if count < 10 {
		t.Errorf("found only %d make targets in workflows and .ci/run", count)
	}
}

// makeCommand matches a call of make with its arguments.
var makeCommand = regexp.MustCompile(`\bmake((?: +[\w-]+(?:=\S+)?)+)`)

// makeTargets returns the targets that a script passes to make.
func makeTargets(script string) (all []string) {
	for _, found := range makeCommand.FindAllStringSubmatch(script, -1) {
		for _, word := range strings.Fields(found[1]) {
			if !strings.HasPrefix(word, "-") && !strings.Contains(word, "=") {
				all = append(all, word)
			}
		}
	}
	return all
}

// TestMakeTargets checks makeTargets.
func TestMakeTargets(t *testing.T) {
	t.Parallel()
	for script, want := range map[string][]string{
		"make vet lint-specs":            {"vet", "lint-specs"},
		"cd x && make -s fuzz A=10s\nls": {"fuzz"},
		"make run | tee x; make test":    {"run", "test"},
		"go run ./cmd/assay run --makes": nil,
	} {
		if got := makeTargets(script); !slices.Equal(got, want) {
			t.Errorf("%q runs %q, want %q", script, got, want)
		}
	}
}

// TestDependabot checks that dependabot.yml lists every ecosystem and folder with
// dependencies.
func TestDependabot(t *testing.T) {
	t.Parallel()
	var config struct {
		Updates []struct {
			Ecosystem   string `yaml:"package-ecosystem"`
			Directory   string
			Directories []string
		}
	}
	if err := yaml.Unmarshal([]byte(text(t, "../.github/dependabot.yml")), &config); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, u := range config.Updates {
		for _, dir := range append(u.Directories, u.Directory) {
			if dir != "" {
				got = append(got, u.Ecosystem+" "+dir)
			}
		}
	}
	want := []string{"gomod /", "github-actions /"}
	err := filepath.WalkDir("..", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || file != ".." && strings.HasPrefix(d.Name(), ".")):
			return filepath.SkipDir
		case d.Name() == "package.json":
			want = append(want, "npm "+path.Dir(strings.TrimPrefix(filepath.ToSlash(file), "..")))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("dependabot.yml has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// workflows returns the paths of the workflow files, and of the examples for users.
func workflows(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("../.github/workflows/*.y*ml")
	all = append(all, "../docs/ci/release-gate.yml", "../docs/ci/nightly-drift.yml")
	if err != nil || len(all) == 0 {
		t.Fatalf("%d workflows, %v", len(all), err)
	}
	return all
}
