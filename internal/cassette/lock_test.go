package cassette_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay/internal/cassette"
	"assay/internal/testsize"
)

// TestTogether starts five processes at once, sixty times. Each saves cassettes into the same
// folder; the manifest has all of them, and nothing else is left. The short form does so three
// times.
func TestTogether(t *testing.T) {
	const together = 5
	rounds := 3
	if testsize.Full() {
		rounds = 8
	}
	if testsize.Long() {
		rounds = 60
	}
	if dir := os.Getenv("ASSAY_TEST_TOGETHER"); dir != "" {
		kept := map[string]cassette.Saved{}
		for name, one := range generation(t, 1) {
			kept[name+os.Getenv("ASSAY_TEST_NAME")] = one
			if len(kept) == 2 {
				break
			}
		}
		if err := cassette.Save(dir, kept); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Parallel()
	dir := empty(t)
	for round := range rounds {
		var all []*exec.Cmd
		for i := range together {
			c := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestTogether$")
			c.Env = append(os.Environ(), "ASSAY_TEST_TOGETHER="+dir, fmt.Sprintf("ASSAY_TEST_NAME=-%d-%d", round, i))
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			all = append(all, c)
		}
		for _, c := range all {
			if err := c.Wait(); err != nil {
				t.Fatalf("round %d: %v", round, err)
			}
		}
		if names := whole(t, dir); len(names) != 2*together*(round+1) {
			t.Fatalf("after round %d the manifest has %d cassettes, want %d", round, len(names), 2*together*(round+1))
		}
	}
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, _ error) error {
		if !d.IsDir() && !strings.HasSuffix(path, ".yaml") {
			t.Errorf("left behind: %s", path)
		}
		return nil
	})
}

// TestLock waits for a folder that is locked, and then names the holder.
func TestLock(t *testing.T) {
	t.Parallel()
	dir := empty(t)
	unlock, err := cassette.Lock(dir, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	_, err = cassette.Lock(dir, 50*time.Millisecond)
	var locked *cassette.LockedError
	if !errors.As(err, &locked) || !strings.Contains(err.Error(), fmt.Sprintf("process %d, since ", os.Getpid())) || !strings.Contains(err.Error(), dir) {
		t.Errorf("locked twice: %v", err)
	}
	time.AfterFunc(50*time.Millisecond, unlock)
	again, err := cassette.Lock(dir, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	again()
	if _, err := cassette.Lock(filepath.Join(dir, "none"), time.Second); err == nil {
		t.Error("a folder that does not exist is locked")
	}
}
