// Package golden is for tests: it compares what they get with files of testdata,
// and writes those files with -args -update.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what is compared with: golden files, cassettes and corpora")

// Update tells whether what is compared with is to be written.
func Update() bool { return *update }

// Compare compares with a file, which lies below the folder of the test.
func Compare(t testing.TB, file string, got []byte) {
	t.Helper()
	if *update {
		Write(t, file, got)
	}
	want, err := os.ReadFile(file) //nolint:gosec // a file of the test's
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(lines(want), lines(got)); diff != "" {
		t.Errorf("%s differs (-args -update writes it):\n%s", file, diff)
	}
}

// Write writes a file, and the folders that it needs.
func Write(t testing.TB, file string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil { //nolint:gosec // committed data
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o644); err != nil { //nolint:gosec // committed data
		t.Fatal(err)
	}
}

// lines are told apart one by one, their ends too.
func lines(text []byte) []string { return strings.SplitAfter(string(text), "\n") }
