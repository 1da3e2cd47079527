package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay/internal/watch"
)

// TestNewTraffic holds what is read of a folder, step by step.
func TestNewTraffic(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	known := map[string]watch.FileMark{}
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	move := func(from, to string) {
		t.Helper()
		if err := os.Rename(filepath.Join(dir, from), filepath.Join(dir, to)); err != nil {
			t.Fatal(err)
		}
	}
	long := strings.Repeat("x", headOfFile) + "\n"
	for _, step := range []struct {
		name  string
		do    func()
		whole string // names
		lines string
	}{
		{"nothing", func() {}, "", ""},
		{"hidden files, folders and empty ones", func() {
			put(".a.ndjson", "1\n")
			put("empty.ndjson", "")
			if err := os.Mkdir(filepath.Join(dir, "below"), 0o700); err != nil {
				t.Fatal(err)
			}
		}, "", ""},
		{"lines, and one that is not whole", func() { put("a.ndjson", "1\n2\n3") }, "", "1\n2\n"},
		{"the rest of it", func() { put("a.ndjson", "1\n2\n3\n4") }, "", "3\n"},
		{"nothing more", func() {}, "", ""},
		{"a file that stays as it is has no more to come", func() {
			if err := os.Chtimes(filepath.Join(dir, "a.ndjson"), time.Time{}, time.Now().Add(-time.Hour)); err != nil {
				t.Fatal(err)
			}
		}, "", "4"},
		{"another file of the same name", func() { put("a.ndjson", "9\n") }, "", "9\n"},
		{"a HAR", func() { put("b.har", "{}") }, "b.har", ""},
		{"a HAR that has changed", func() { put("b.har", "{ }") }, "b.har", ""},
		{"a file that is longer than its head", func() { put("long.log", long) }, "", long},
		{"its end", func() { put("long.log", long+"1\n") }, "", "1\n"},
		{"a rotation", func() {
			move("long.log", "long.log.1")
			put("long.log", "2\n")
		}, "", "2\n"},
		{"another one, with lines that came before it", func() {
			move("long.log.1", "long.log.2")
			move("long.log", "long.log.1")
			put("long.log.1", "2\n3\n")
			put("long.log", "4\n")
		}, "", "4\n3\n"},
		{"compressed after the rotation", func() { move("long.log.2", "long.log.2.gz") }, "", ""},
		{"another name for the same", func() { move("b.har", "c.har") }, "", ""},
	} {
		step.do()
		found, err := newTraffic(dir, known)
		if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		lines, err := io.ReadAll(io.MultiReader(found.added...))
		if err != nil {
			t.Fatal(err)
		}
		var whole []string
		for _, path := range found.whole {
			whole = append(whole, filepath.Base(path))
		}
		if got := strings.Join(whole, " "); got != step.whole || string(lines) != step.lines {
			t.Errorf("%s: whole %q and lines %.40q, want %q and %.40q", step.name, got, lines, step.whole, step.lines)
		}
		for name, mark := range found.marks {
			if mark == (watch.FileMark{}) {
				delete(known, name)
			} else {
				known[name] = mark
			}
		}
		found.close()
	}
	if _, err := newTraffic(filepath.Join(dir, "none"), known); err == nil {
		t.Error("a folder that does not exist has nothing new")
	}
}
