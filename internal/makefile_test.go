package internal_test

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// target is a target of the Makefile.
type target struct {
	name, group, about string
	recipe             []string
}

var ruleLine = regexp.MustCompile(`^([a-z][a-z0-9-]*):[^=#]*(?:## (.*))?$`)

// targets reads the targets of the Makefile, and the names that .PHONY lists.
func targets(t *testing.T) (all []target, phony []string) {
	t.Helper()
	group := ""
	for line := range strings.Lines(text(t, "../Makefile")) {
		line = strings.TrimSuffix(line, "\n")
		if title, ok := strings.CutPrefix(line, "##@ "); ok {
			group = title
		}
		if names, ok := strings.CutPrefix(line, ".PHONY:"); ok {
			phony = append(phony, strings.Fields(names)...)
		}
		if found := ruleLine.FindStringSubmatch(line); found != nil {
			all = append(all, target{name: found[1], group: group, about: found[2]})
		}
		if command, ok := strings.CutPrefix(line, "\t"); ok && len(all) > 0 {
			last := &all[len(all)-1]
			last.recipe = append(last.recipe, command)
		}
	}
	if len(all) < 15 {
		t.Fatalf("found only %d targets in the Makefile", len(all))
	}
	return all, phony
}

// TestMakefile checks that every target has a group, a line in make help, and a place in
// .PHONY.
func TestMakefile(t *testing.T) {
	t.Parallel()
	all, phony := targets(t)
	var names []string
	for _, target := range all {
		names = append(names, target.name)
		if target.group == "" {
			t.Errorf("make %s has no group: move it below a line ##@ GROUP", target.name)
		}
		if target.about == "" || len(target.about) > 84 {
			t.Errorf("make %s: the text after ## has %d characters; make help shows 1 to 84", target.name, len(target.about))
		}
		if len(target.recipe) == 0 {
			t.Errorf("make %s has no commands", target.name)
		}
		if !slices.Contains(phony, target.name) {
			t.Errorf("make %s is not in .PHONY: it would do nothing if a file of that name existed", target.name)
		}
	}
	for _, name := range phony {
		if !slices.Contains(names, name) {
			t.Errorf(".PHONY lists %s, which is not a target", name)
		}
	}
}

// TestMakeHelp checks that make help prints every target below its group.
func TestMakeHelp(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("make is not on the PATH")
	}
	c := exec.CommandContext(t.Context(), "make", "--no-print-directory", "help")
	c.Dir = ".."
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	printed, group := map[string]string{}, ""
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, " ") {
			group = strings.TrimSpace(line)
		} else {
			name, about, _ := strings.Cut(strings.TrimSpace(line), " ")
			printed[name] = group + ": " + strings.TrimSpace(about)
		}
		if strings.TrimSpace(line) == "" {
			group = ""
		}
	}
	all, _ := targets(t)
	for _, target := range all {
		if want := target.group + ": " + target.about; printed[target.name] != want {
			t.Errorf("make help prints %q for %s, want %q", printed[target.name], target.name, want)
		}
	}
	if len(printed) != len(all) {
		t.Errorf("make help prints %d targets of %d", len(printed), len(all))
	}
}

// TestMakeFuzz checks that make fuzz runs every fuzz test.
func TestMakeFuzz(t *testing.T) {
	t.Parallel()
	watch(t)
	all, _ := targets(t)
	at := slices.IndexFunc(all, func(target target) bool { return target.name == "fuzz" })
	if at < 0 {
		t.Fatal("there is no make fuzz")
	}
	recipe, count := strings.ReplaceAll(strings.Join(all[at].recipe, "\n")+"\n", " -fuzzminimizetime 1x\n", "\n"), 0
	declared := regexp.MustCompile(`(?m)^func (Fuzz\w+)\(\w+ \*testing\.F\)`)
	for _, path := range sources(t) {
		for _, found := range declared.FindAllStringSubmatch(text(t, path), -1) {
			count++
			pkg := "./" + filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), ".."+string(filepath.Separator)))
			if !strings.Contains(recipe, " "+pkg+" -run '^$$' -fuzz "+found[1]+" -fuzztime $(FUZZTIME)\n") {
				t.Errorf("make fuzz does not run %s of %s for FUZZTIME", found[1], pkg)
			}
		}
	}
	if count != len(all[at].recipe) {
		t.Errorf("make fuzz has %d commands for %d fuzz tests", len(all[at].recipe), count)
	}
}

// variable returns the value of a variable of the Makefile, as the shell gets it.
func variable(t *testing.T, name string) string {
	t.Helper()
	found := regexp.MustCompile(`(?m)^` + name + ` +:= (.*)$`).FindStringSubmatch(text(t, "../Makefile"))
	if found == nil {
		t.Fatalf("the Makefile has no %s", name)
	}
	return strings.ReplaceAll(found[1], "$$", "$")
}

// TestMakeGolden checks that make golden runs every test that writes a golden file. A
// function that several tests call counts as that of the test before it.
func TestMakeGolden(t *testing.T) {
	t.Parallel()
	watch(t)
	makefile := text(t, "../Makefile")
	packages, writers := strings.Fields(variable(t, "GOLDEN")), regexp.MustCompile(variable(t, "WRITERS"))
	declared := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	written := map[string]bool{}
	for _, path := range sources(t) {
		pkg := "./" + filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), ".."+string(filepath.Separator)))
		if pkg == "./internal" || pkg == "./internal/golden" || pkg == "./internal/recording" || !strings.HasSuffix(path, "_test.go") { // make cassettes runs that of recording
			continue
		}
		name := ""
		for line := range strings.Lines(text(t, path)) {
			if found := declared.FindStringSubmatch(line); found != nil {
				name = found[1]
			}
			if !strings.Contains(line, "golden.Compare(") && !strings.Contains(line, "golden.Set(") && !strings.Contains(line, "golden.Update(") {
				continue
			}
			if strings.Contains(makefile, "-run "+name+" ./") { // it needs Node, and has a target of its own
				continue
			}
			if written[name] = true; !slices.Contains(packages, pkg) || !writers.MatchString(name) {
				t.Errorf("make golden does not run %s of %s", name, pkg)
			}
		}
	}
	if len(written) < 20 {
		t.Errorf("only %d tests write golden files", len(written))
	}
}
