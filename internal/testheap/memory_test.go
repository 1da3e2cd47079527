//go:build linux

package testheap

import (
	"os"
	"testing"
)

// TestTempInMemory checks that temporary folders are in memory until they are removed, and that a
// user's TMPDIR stays as it is.
func TestTempInMemory(t *testing.T) {
	t.Setenv("TMPDIR", "")
	remove, err := TempInMemory()
	if err != nil {
		t.Fatal(err)
	}
	dir := os.Getenv("TMPDIR")
	if err := remove(); err != nil {
		t.Fatal(err)
	}
	if dir == "" {
		t.Skip("this system has no room in " + inMemory)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", dir, err)
	}
	mine := t.TempDir()
	t.Setenv("TMPDIR", mine)
	if remove, err = TempInMemory(); err != nil || os.Getenv("TMPDIR") != mine || remove() != nil {
		t.Errorf("TMPDIR is %s, want %s (%v)", os.Getenv("TMPDIR"), mine, err)
	}
}
