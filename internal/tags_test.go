package internal_test

import (
	"go/build"
	"go/build/constraint"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestTags checks that .ci/run compiles every Go file. It runs make vet, which vets every
// package without build tags, and again with the tags that the Makefile lists.
func TestTags(t *testing.T) {
	t.Parallel()
	watch(t)
	makefile, run := text(t, "../Makefile"), text(t, "../.ci/run")
	listed := regexp.MustCompile(`(?m)^TAGS +:= (\S+)$`).FindStringSubmatch(makefile)
	if listed == nil {
		t.Fatal("the Makefile has no line TAGS := tag,tag")
	}
	if !strings.Contains(makefile, "\n\t$(GO) vet ./...\n\t$(GO) vet -tags $(TAGS) ./...\n") {
		t.Error("make vet must vet every package, once without tags and once with $(TAGS)")
	}
	if !regexp.MustCompile(`(?m)^stage vet `).MatchString(run) {
		t.Error(".ci/run does not run make vet")
	}
	tags := strings.Split(listed[1], ",")
	var windows []string // the packages that make vet also vets for Windows
	if line := regexp.MustCompile(`\n\tGOOS=windows \$\(GO\) vet (.*)\n`).FindStringSubmatch(makefile); line != nil {
		windows = strings.Fields(line[1])
	}
	used := map[string]bool{}
	for _, path := range sources(t) {
		forWindows := slices.Contains(windows, "./internal/"+filepath.Base(filepath.Dir(path))) && compiles(t, path, "windows", nil)
		if !forWindows && !compiles(t, path, "linux", nil) && !compiles(t, path, "linux", tags) {
			t.Errorf("make vet does not compile %s: add its build tag to TAGS in the Makefile", path)
		}
		for _, tag := range requiredTags(t, path) {
			used[tag] = true
		}
	}
	for _, tag := range tags {
		if !used[tag] {
			t.Errorf("TAGS in the Makefile lists %s, which no Go file uses", tag)
		}
	}
}

// compiles reports whether the go command compiles a file with these tags on a system.
// .ci/run runs on Linux.
func compiles(t *testing.T, path, system string, tags []string) bool {
	t.Helper()
	on := build.Default
	on.GOOS, on.BuildTags, on.ToolTags = system, tags, nil
	ok, err := on.MatchFile(filepath.Dir(path), filepath.Base(path))
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

// requiredTags returns the build tags in a file's constraint.
func requiredTags(t *testing.T, path string) (tags []string) {
	t.Helper()
	for line := range strings.Lines(text(t, path)) {
		if strings.HasPrefix(line, "package ") {
			break
		}
		if !constraint.IsGoBuild(line) {
			continue
		}
		expr, err := constraint.Parse(line)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		expr.Eval(func(tag string) bool {
			tags = append(tags, tag)
			return false
		})
	}
	return tags
}

// sources returns the Go files of all packages.
func sources(t *testing.T) (all []string) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != ".." && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "_")):
			return filepath.SkipDir
		case filepath.Ext(path) == ".go":
			all = append(all, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(all, func(path string) bool { return strings.HasSuffix(path, "tags_test.go") }) {
		t.Fatalf("found %d Go files, but not this one", len(all))
	}
	return all
}

func text(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
