package watchstore_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"assay/internal/testsize"
	"assay/internal/watch"
)

// TestAttackFullDisk fills a disk of 1 MB that has other files, which are deleted later. It
// needs the right to mount one.
func TestAttackFullDisk(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("no disk for the test: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	other, path := filepath.Join(dir, "other"), filepath.Join(dir, "assay.db")
	s := opened(t, path)
	acknowledged := 0
	for _, room := range []int{100_000, 150_000, 200_000} {
		if err := fillDisk(other, room); err != nil {
			t.Fatal(err)
		}
		acknowledged = fillUp(t, s, acknowledged)
		hasRuns(t, s, acknowledged)
		if err := s.Check(t.Context()); !errors.Is(err, watch.ErrFull) {
			t.Errorf("check: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = opened(t, path) // the disk is still full
		hasRuns(t, s, acknowledged)
		if err := os.Remove(other); err != nil {
			t.Fatal(err)
		}
		if err := s.Check(t.Context()); err != nil {
			t.Errorf("check: %v", err)
		}
		finish(t, s, acknowledged)
		acknowledged++
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = opened(t, path)
	hasRuns(t, s, acknowledged)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// fillDisk writes a file that leaves some room on its disk.
func fillDisk(path string, room int) error {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(path), &stat); err != nil {
		return err
	}
	size := int(stat.Bavail)*int(stat.Bsize) - room
	if size <= 0 {
		return errors.New("the disk is too small for the test")
	}
	return os.WriteFile(path, make([]byte, size), 0o600)
}
