package filelock_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/internal/filelock"
)

// TestTry takes a lock once, and again after it is free.
func TestTry(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	first, err := filelock.Try(path)
	if err != nil || first == nil {
		t.Fatal(first, err)
	}
	if second, err := filelock.Try(path); second != nil || err != nil {
		t.Errorf("it is held twice: %v", err)
	}
	if holder := filelock.Holder(path); !strings.Contains(holder, fmt.Sprintf("process %d, since ", os.Getpid())) {
		t.Error(holder)
	}
	if held, err := filelock.Held(path); !held || err != nil {
		t.Errorf("it is not held: %v", err)
	}
	first.Unlock()
	if held, err := filelock.Held(path); held || err != nil {
		t.Errorf("it is held: %v", err)
	}
	again, err := filelock.Try(path)
	if err != nil || again == nil {
		t.Fatal("it is not free", err)
	}
	again.Unlock()
	if _, err := filelock.Try(filepath.Join(t.TempDir(), "none", "lock")); err == nil {
		t.Error("a lock in a folder that does not exist")
	}
	if filelock.Holder(path) == "" {
		t.Error("no holder")
	}
}
