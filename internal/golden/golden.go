// Package golden compares the output of tests with files. With -args -update it writes the
// files instead. It uses gotest.tools/v3/golden with two differences: line ends count, and
// paths are relative to the folder of the test, not to testdata.
package golden

import (
	"bytes"
	"path/filepath"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"
)

// Update reports whether the test run writes golden files.
func Update() bool { return golden.FlagUpdate() }

// Compare fails the test if got differs from a file. The path is relative to the folder of
// the test.
func Compare(t testing.TB, file string, got []byte) {
	t.Helper()
	path, err := filepath.Abs(file) // a relative path would be below testdata
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(got, []byte("\r\n")) { // String treats it like \n
		assert.Check(t, golden.Bytes(got, path), "%s differs; go test with -args -update writes it", file)
		return
	}
	assert.Check(t, golden.String(string(got), path), "%s differs; go test with -args -update writes it", file)
}
