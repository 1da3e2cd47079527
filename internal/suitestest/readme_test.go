package suitestest_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestReadme checks that the Go code of README.md is that of the examples, which compile.
func TestReadme(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../suites/README.md")
	if err != nil {
		t.Fatal(err)
	}
	examples, err := os.ReadFile("../../suites/example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	if len(blocks) < 3 {
		t.Fatalf("README.md has %d blocks of Go", len(blocks))
	}
	for _, b := range blocks {
		if !strings.Contains(outdented(string(examples)), strings.TrimPrefix(outdented(b[1]), "var _ = ")) {
			t.Errorf("README.md has code that is not in example_test.go:\n%s", b[1])
		}
	}
}

// outdented returns code without the tabs at the beginning of its lines.
func outdented(code string) string {
	return regexp.MustCompile(`(?m)^\t+`).ReplaceAllString(code, "")
}
