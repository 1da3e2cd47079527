package internal_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// standard are the linters that golangci-lint enables by default.
var standard = []string{"errcheck", "govet", "ineffassign", "staticcheck", "unused"}

// suppression matches a comment that silences a linter, in the syntax of golangci-lint,
// gosec or staticcheck.
var suppression = regexp.MustCompile(`//\s*(nolint\b[^/]*|#nosec\b.*|lint:(?:file-)?ignore\b.*)`)

// TestSuppressions checks that comments silence only linters that make lint runs. The
// linter nolintlint checks the rest: each comment has a linter and a reason, and silences
// something.
func TestSuppressions(t *testing.T) {
	t.Parallel()
	watch(t)
	var config struct {
		Linters struct {
			Default  string
			Enable   []string
			Settings struct {
				Nolintlint map[string]bool
			}
		}
	}
	if err := yaml.Unmarshal([]byte(text(t, "../.golangci.yml")), &config); err != nil {
		t.Fatal(err)
	}
	if config.Linters.Default != "standard" || !slices.Contains(config.Linters.Enable, "nolintlint") {
		t.Error(".golangci.yml does not enable the standard linters and nolintlint")
	}
	for setting, want := range map[string]bool{"allow-unused": false, "require-explanation": true, "require-specific": true} {
		if got, ok := config.Linters.Settings.Nolintlint[setting]; !ok || got != want {
			t.Errorf(".golangci.yml does not set %s of nolintlint to %t", setting, want)
		}
	}
	enabled := append(slices.Clone(standard), config.Linters.Enable...)
	for _, path := range sources(t) {
		if strings.HasSuffix(path, "internal/nolint_test.go") {
			continue
		}
		for i, line := range strings.Split(text(t, path), "\n") {
			for _, fault := range suppressionFaults(line, enabled) {
				t.Errorf("%s:%d: %s", path, i+1, fault)
			}
		}
	}
}

// TestSuppressionFaults lists comments that TestSuppressions reports.
func TestSuppressionFaults(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]int{
		"x() // a remark on nolinting":         0,
		"x() //nolint:errcheck // a reason":    0,
		"x() //nolint:gosec // a reason":       1,
		"x() //nolint:gosec,errcheck,dupl // ": 2,
		"x() //nolint":                         1,
		"x() // #nosec G304 -- a reason":       1,
		"x() //#nosec":                         1,
		"//lint:ignore SA1019 a reason":        1,
		"//lint:file-ignore SA1019 a reason":   1,
	} {
		if got := suppressionFaults(line, []string{"errcheck"}); len(got) != want {
			t.Errorf("%s: %q, want %d faults", line, got, want)
		}
	}
}

// suppressionFaults lists the faults of the comments in a line that silence a linter.
func suppressionFaults(line string, enabled []string) (faults []string) {
	for _, found := range suppression.FindAllStringSubmatch(line, -1) {
		names, ok := strings.CutPrefix(strings.TrimSpace(found[1]), "nolint:")
		if !ok {
			faults = append(faults, found[1]+": silence a linter as //nolint:LINTER // REASON")
			continue
		}
		for _, name := range strings.Split(names, ",") {
			if name = strings.TrimSpace(name); !slices.Contains(enabled, name) {
				faults = append(faults, ".golangci.yml does not enable "+name+": drop the comment, or enable it")
			}
		}
	}
	return faults
}
