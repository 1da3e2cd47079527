package journal_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay/internal/journal"
)

func at() time.Time { return time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC) }

// TestJournal ends a run after each step. The next run names exactly the requests whose
// fate the journal does not know, once, without a value.
func TestJournal(t *testing.T) {
	t.Parallel()
	const reference = "ORDER-0815"
	type step = func(*journal.Journal) error
	send := func(j *journal.Journal) error { return j.Sending("a/b/c", []string{reference}) }
	receive := func(j *journal.Journal) error { return j.Received("a/b/c", 200, "0000") }
	lose := func(j *journal.Journal) error { return j.Lost("a/b/c") }
	other := func(j *journal.Journal) error { return j.Sending("a/b/d", nil) }
	for name, c := range map[string]struct {
		steps []step
		want  string
	}{
		"nothing":          {nil, ""},
		"sending":          {[]step{send}, "a/b/c"},
		"received":         {[]step{send, receive}, ""},
		"lost":             {[]step{send, lose}, ""},
		"sent again":       {[]step{send, receive, send}, "a/b/c"},
		"two":              {[]step{send, other}, "a/b/c a/b/d"},
		"one of two":       {[]step{send, receive, other}, "a/b/d"},
		"after a response": {[]step{other, send, receive}, "a/b/d"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "new", "journal.ndjson")
			j, _, err := journal.Open(path, at)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range c.steps {
				if err := s(j); err != nil {
					t.Fatal(err)
				}
			}
			if _, _, err := journal.Open(path, at); !errors.Is(err, journal.ErrBusy) {
				t.Errorf("a second run opens it: %v", err)
			}
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{c.want, ""} {
				j, inFlight, err := journal.Open(path, at)
				if err != nil {
					t.Fatal(err)
				}
				var cases []string
				for _, e := range inFlight {
					cases = append(cases, e.Case)
					if e.Case == "a/b/c" && (len(e.References) != 1 || e.References[0] != journal.Digest(reference) || !e.Time.Equal(at())) {
						t.Errorf("%+v", e)
					}
				}
				if got := strings.Join(cases, " "); got != want {
					t.Errorf("in flight: %q, want %q", got, want)
				}
				if err := j.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if raw, err := os.ReadFile(path); err != nil || strings.Contains(string(raw), reference) {
				t.Errorf("%v %s", err, raw)
			}
		})
	}
}

// TestJournalCut cuts a journal at each byte, as a kill can. It opens, and its requests are
// in flight or were not sent.
func TestJournalCut(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	j, _, err := journal.Open(path, at)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(j.Sending("a/b/c", []string{"r"}), j.Received("a/b/c", 200, "0000"), j.Close()); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	first := strings.IndexByte(string(whole), '\n') + 1
	for n := range len(whole) + 1 {
		if err := os.WriteFile(path, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		j, inFlight, err := journal.Open(path, at)
		if err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		if want := n >= first && n < len(whole); (len(inFlight) == 1) != want {
			t.Errorf("%d bytes: %+v", n, inFlight)
		}
		if err := errors.Join(j.Sending("a/b/e", nil), j.Close()); err != nil {
			t.Fatal(err)
		}
		if j, inFlight, err = journal.Open(path, at); err != nil || len(inFlight) != 1 || inFlight[0].Case != "a/b/e" {
			t.Fatalf("%d bytes, and a line: %+v, %v", n, inFlight, err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestJournalOther opens files that are no journal. None is changed.
func TestJournalOther(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"hello", "hello\n", "{}\n", `{"schema":"assay.exchange/v1"}` + "\n", strings.Repeat("x", 100_000) + "\n"} {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := journal.Open(path, at); err == nil {
			t.Errorf("%.20q is opened", text)
		}
		if raw, err := os.ReadFile(path); err != nil || string(raw) != text {
			t.Errorf("%.20q was changed", text)
		}
	}
	if _, _, err := journal.Open(t.TempDir(), at); err == nil {
		t.Error("a folder is opened")
	}
}

// TestJournalSize begins a new file when one is large.
func TestJournalSize(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	line := `{"schema":"assay.journal/v1","event":"received","case":"a/b/c","time":"2026-11-01T00:00:00Z"}` + "\n"
	last := strings.ReplaceAll(line, "received", "sending")
	if err := os.WriteFile(path, []byte(strings.Repeat(line, 1<<20/len(line)+1)+last), 0o600); err != nil {
		t.Fatal(err)
	}
	j, inFlight, err := journal.Open(path, at)
	if err != nil || len(inFlight) != 1 {
		t.Fatal(inFlight, err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if raw, err := os.ReadFile(path); err != nil || len(raw) > 1000 {
		t.Errorf("%d bytes, %v", len(raw), err)
	}
	if raw, err := os.ReadFile(path + ".old"); err != nil || len(raw) < 1<<20 {
		t.Errorf("%d bytes, %v", len(raw), err)
	}
}
