//go:build release

package internal_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// alone runs the commands of README.md's sixty seconds with the binary alone: in an empty
// folder, without the go command, and without a home. They print what README.md shows.
func alone(t *testing.T, binary, commit string) {
	readme := text(t, "../README.md")
	_, readme, ok := strings.Cut(readme, "\n## In sixty seconds\n")
	section, _, closed := strings.Cut(readme, "\n## ")
	if !ok || !closed {
		t.Fatal("README.md has no section In sixty seconds")
	}
	dir := t.TempDir()
	home := filepath.Join(dir, "home")
	raw := text(t, binary)
	if err := os.WriteFile(filepath.Join(dir, "assay"), []byte(raw), 0o700); err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile("(?s)```\n\\$ assay ([^\n]*)\n(.*?)```").FindAllStringSubmatch(section, -1)
	if len(shown) < 2 {
		t.Fatalf("README.md shows %d commands in sixty seconds", len(shown))
	}
	for _, block := range shown {
		args := append(strings.Fields(block[1]), leftOut(t, block[2])...)
		got := command(t, dir, []string{"PATH=" + dir, "HOME=" + home}, "./assay", args...)
		if strings.TrimSpace(got) != strings.TrimSpace(block[2]) {
			t.Errorf("assay %s prints\n%s\nREADME.md shows\n%s", block[1], got, block[2])
		}
	}
	said := command(t, dir, []string{"PATH=" + dir, "HOME=" + home}, "./assay", "version")
	if !strings.HasPrefix(said, "assay "+os.Getenv("ASSAY_VERSION")+"\ncommit "+commit+"\nspecification ") {
		t.Errorf("assay version prints\n%s\nwant the commit %s", said, commit)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || !slices.Equal(left, []string{filepath.Join(dir, "assay")}) {
		t.Errorf("the commands leave %v, %v", left, err)
	}
}

// leftOut returns the providers to name in a run, if README.md leaves out others, as
// TestReadme allows.
func leftOut(t *testing.T, shown string) []string {
	t.Helper()
	files, err := filepath.Glob("../specs/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var providers []string
	for _, found := range regexp.MustCompile(`(?m)^(\w+) +\d+ +\d+ \(\d+ %\)`).FindAllStringSubmatch(shown, -1) {
		providers = append(providers, found[1])
	}
	if len(providers) == len(files) {
		return nil
	}
	return providers
}

// suitesElsewhere runs the Ginkgo suites in an empty folder, with Ginkgo's flags, and
// without the go command.
func suitesElsewhere(t *testing.T, binary string) {
	dir := t.TempDir()
	out := command(t, dir, []string{"PATH=" + dir, "HOME=" + dir}, binary, "-test.v", "-test.run=TestContracts", "--ginkgo.no-color", "--ginkgo.label-filter=enkash && response", "--ginkgo.junit-report=suites.xml")
	if !regexp.MustCompile(`(?m)^sentences: 0 failed, [1-9]\d* passed`).MatchString(out) {
		t.Errorf("assay.test prints\n%.2000s", out)
	}
	if report := text(t, filepath.Join(dir, "suites.xml")); !strings.Contains(report, "enkash/createOrder/accepted") {
		t.Errorf("the report of assay.test is\n%.2000s", report)
	}
}
