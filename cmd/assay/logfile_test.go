package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestLogFile writes twenty lines of ten bytes with different limits. Every line that is
// kept is whole and in order, and no more files stay than were asked for.
func TestLogFile(t *testing.T) {
	t.Parallel()
	for title, c := range map[string]struct {
		before string // what an earlier run left
		most   int64
		keep   int
		want   []int // lines in the log, in the log's .1, and so on
	}{
		"no limit":           {most: 0, keep: 2, want: []int{20}},
		"far below":          {most: 1000, keep: 2, want: []int{20}},
		"exactly full":       {most: 200, keep: 2, want: []int{20}},
		"one file":           {most: 100, keep: 1, want: []int{10, 10}},
		"a line over":        {most: 109, keep: 3, want: []int{10, 10}},
		"older ones go":      {most: 30, keep: 2, want: []int{2, 3, 3}},
		"shorter than lines": {most: 1, keep: 2, want: []int{1, 1, 1}},
		"an earlier run":     {before: strings.Repeat("earlier..\n", 9), most: 100, keep: 5, want: []int{9, 10, 10}},
		"a full earlier run": {before: strings.Repeat("earlier..\n", 11), most: 100, keep: 5, want: []int{10, 10, 11}},
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "log")
			if c.before != "" {
				if err := os.WriteFile(path, []byte(c.before), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			l, err := openLog(path, c.most, c.keep)
			if err != nil {
				t.Fatal(err)
			}
			for n := range 20 {
				if _, err := fmt.Fprintf(l, "line %04d\n", n); err != nil {
					t.Fatal(err)
				}
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			files, err := filepath.Glob(path + "*")
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(files)
			var counts []int
			last := "line 9999"
			for _, file := range files {
				raw, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				lines := strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n")
				counts = append(counts, len(lines))
				for _, line := range slices.Backward(lines) {
					if len(line) != 9 || line >= last && line != "earlier.." {
						t.Errorf("%s: %q stands before %q", file, line, last)
					}
					last = line
				}
			}
			if !slices.Equal(counts, c.want) {
				t.Errorf("the files hold %d lines, want %d", counts, c.want)
			}
		})
	}
}

// TestLogFileShared rotates a log that two processes write: neither renames what the
// other has just begun.
func TestLogFileShared(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	var both [2]*logFile
	for i := range both {
		var err error
		if both[i], err = openLog(path, 20, 1); err != nil {
			t.Fatal(err)
		}
	}
	for _, write := range []struct {
		who  int
		text string
	}{{0, "first....\n"}, {0, "second...\n"}, {0, "third....\n"}, {1, "fourth...\n"}, {1, "fifth....\n"}, {1, "sixth....\n"}} {
		if _, err := both[write.who].Write([]byte(write.text)); err != nil {
			t.Fatal(err)
		}
	}
	full, err := os.ReadFile(path + ".1")
	if err != nil {
		t.Fatal(err)
	}
	now, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(full) + "|" + string(now); got != "first....\nsecond...\nfourth...\nfifth....\n|third....\nsixth....\n" {
		t.Errorf("the log holds %q", got)
	}
	for _, l := range both {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestLogFilePipe checks that what is no regular file is never renamed.
func TestLogFilePipe(t *testing.T) {
	t.Parallel()
	l, err := openLog(os.DevNull, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := l.Write([]byte("a line\n")); err != nil {
			t.Error(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}
