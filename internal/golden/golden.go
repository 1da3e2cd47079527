// Package golden is for tests: it compares what they get with files of testdata,
// and writes those files with -args -update. It is gotest.tools/v3/golden, but that
// line ends count, and that files stand where the test says.
package golden

import (
	"bytes"
	"path/filepath"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"
)

// Update tells whether what is compared with is to be written.
func Update() bool { return golden.FlagUpdate() }

// Compare compares with a file, which lies below the folder of the test.
func Compare(t testing.TB, file string, got []byte) {
	t.Helper()
	path, err := filepath.Abs(file) // it would look for another one in testdata
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(got, []byte("\r\n")) { // which String takes for a plain line end
		assert.Check(t, golden.Bytes(got, path), "%s differs (-args -update writes it)", file)
		return
	}
	assert.Check(t, golden.String(string(got), path), "%s differs (-args -update writes it)", file)
}
