package journal_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"assay/internal/journal"
)

// disk is a file on a disk that has room for some bytes only, or that does not sync or cut.
type disk struct {
	journal.File
	room         int // bytes of a write; below 0: no limit
	unsynced     bool
	cannotBeCut  bool
	writes, cuts int
}

func (d *disk) WriteAt(p []byte, at int64) (int, error) {
	d.writes++
	if d.room < 0 || len(p) <= d.room {
		return d.File.WriteAt(p, at)
	}
	n, err := d.File.WriteAt(p[:d.room], at)
	return n, errors.Join(err, syscall.ENOSPC)
}

func (d *disk) Sync() error {
	if d.unsynced {
		return syscall.EIO
	}
	return d.File.Sync()
}

func (d *disk) Truncate(size int64) error {
	d.cuts++
	if d.cannotBeCut {
		return syscall.EIO
	}
	return d.File.Truncate(size)
}

func openOn(t *testing.T, path string, d *disk) (*journal.Journal, []journal.Entry) {
	t.Helper()
	j, inFlight, err := journal.Open(path, at)
	if err != nil {
		t.Fatal(err)
	}
	j.Replace(func(f journal.File) journal.File { d.File = f; return d })
	return j, inFlight
}

func cases(entries []journal.Entry) string {
	var names []string
	for _, e := range entries {
		names = append(names, e.Case)
	}
	return strings.Join(names, " ")
}

// TestJournalFull fills the disk at each byte of a line. The line is gone, the lines after it
// stand alone, and the next run names the requests that are noted.
func TestJournalFull(t *testing.T) {
	t.Parallel()
	type step = func(*journal.Journal) error
	for name, c := range map[string]struct {
		fails step
		want  string // in flight after it and after a/b/e
	}{
		"sending":  {func(j *journal.Journal) error { return j.Sending("a/b/d", []string{"r"}) }, "a/b/c a/b/e"},
		"received": {func(j *journal.Journal) error { return j.Received("a/b/c", 200, "0000") }, "a/b/c a/b/e"},
		"lost":     {func(j *journal.Journal) error { return j.Lost("a/b/c") }, "a/b/c a/b/e"},
	} {
		for _, room := range []int{0, 1, 30, 80} { // less than a line has
			t.Run(fmt.Sprintf("%s/%d", name, room), func(t *testing.T) {
				t.Parallel()
				path, d := filepath.Join(t.TempDir(), "journal.ndjson"), &disk{room: -1}
				j, _ := openOn(t, path, d)
				if err := j.Sending("a/b/c", nil); err != nil {
					t.Fatal(err)
				}
				before, _ := os.ReadFile(path)
				d.room = room
				if err := c.fails(j); !errors.Is(err, syscall.ENOSPC) {
					t.Errorf("the disk is full: %v", err)
				}
				if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
					t.Errorf("the file has %q, want %q", after, before)
				}
				d.room = -1
				if err := errors.Join(j.Sending("a/b/e", nil), j.Close()); err != nil {
					t.Fatal(err)
				}
				j, inFlight := openOn(t, path, d)
				if got := cases(inFlight); got != c.want {
					t.Errorf("in flight: %s, want %s", got, c.want)
				}
				if err := j.Close(); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}

// TestJournalTorn cannot remove a line that failed. The journal takes nothing more, so that
// nothing more is sent, and the next run can read it.
func TestJournalTorn(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]disk{
		"no room":     {room: 20, cannotBeCut: true},
		"not on disk": {room: -1, unsynced: true, cannotBeCut: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, d := filepath.Join(t.TempDir(), "journal.ndjson"), &disk{room: -1}
			j, _ := openOn(t, path, d)
			if err := j.Sending("a/b/c", nil); err != nil {
				t.Fatal(err)
			}
			d.room, d.unsynced, d.cannotBeCut = bad.room, bad.unsynced, bad.cannotBeCut
			if err := j.Received("a/b/c", 200, "0000"); err == nil {
				t.Error("a line is written that is not on the disk")
			}
			d.room, d.unsynced, d.cannotBeCut = -1, false, false
			before := d.writes
			if err := j.Sending("a/b/e", nil); err == nil || d.writes != before {
				t.Errorf("a request may be sent although the journal is torn: %v", err)
			}
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			j, inFlight := openOn(t, path, d)
			if got, unknown := cases(inFlight), "a/b/c"; got != unknown && bad.room >= 0 {
				t.Errorf("in flight: %s, want %s", got, unknown)
			}
			if err := errors.Join(j.Sending("a/b/e", nil), j.Close()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestJournalUnsynced cuts a line that did not reach the disk.
func TestJournalUnsynced(t *testing.T) {
	t.Parallel()
	path, d := filepath.Join(t.TempDir(), "journal.ndjson"), &disk{room: -1}
	j, _ := openOn(t, path, d)
	d.unsynced = true
	if err := j.Sending("a/b/c", nil); !errors.Is(err, syscall.EIO) || d.cuts != 1 {
		t.Errorf("%v, %d cuts", err, d.cuts)
	}
	d.unsynced = false
	if err := errors.Join(j.Sending("a/b/d", nil), j.Close()); err != nil {
		t.Fatal(err)
	}
	j, inFlight := openOn(t, path, d)
	if got := cases(inFlight); got != "a/b/d" {
		t.Errorf("in flight: %s", got)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestJournalFullAtOpen has no room for the note that requests were named. Open refuses, and
// the next run names all of them.
func TestJournalFullAtOpen(t *testing.T) {
	t.Parallel()
	path, d := filepath.Join(t.TempDir(), "journal.ndjson"), &disk{room: -1}
	j, _ := openOn(t, path, d)
	if err := errors.Join(j.Sending("a/b/c", nil), j.Sending("a/b/d", nil)); err != nil {
		t.Fatal(err)
	}
	d.room = 150 // one line and a part of another
	if err := j.Report([]journal.Entry{{Case: "a/b/c"}, {Case: "a/b/d"}}); !errors.Is(err, syscall.ENOSPC) {
		t.Error(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j, inFlight := openOn(t, path, d)
	if got := cases(inFlight); got != "a/b/c a/b/d" || inFlight[0].File != path {
		t.Errorf("in flight: %s in %s", got, inFlight[0].File)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}
