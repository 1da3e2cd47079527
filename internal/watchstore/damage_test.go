package watchstore_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay/internal/testsize"
	"assay/internal/watch"
	"assay/internal/watchstore"
)

// commit is the n-th run of a test: something in each table.
func commit(n int) watch.Commit {
	at := start.Add(time.Duration(n) * time.Minute)
	slot := watch.Slot{Job: "paytm-live", Time: at, Calls: 3}
	found := watch.Finding{ID: fmt.Sprintf("%012x", n), Rule: "code-documented", Side: "provider", Severity: "error", Sentence: "the code is not documented"}
	event := watch.Event{ID: fmt.Sprintf("event%d", n), Kind: watch.Began, Thing: "paytm-live paytm/createOrder", Job: slot.Job, Provider: "paytm", From: watch.OK, To: watch.Failing, Time: at, Since: at, Why: "1 finding", Findings: []watch.Finding{found}}
	return watch.Commit{
		Slot: slot, Ended: at.Add(time.Second), Sent: 2, Report: []byte(fmt.Sprintf(`{"run":%d}`, n)),
		Observations: []watch.Observation{{Thing: event.Thing, Slot: slot, Time: at, State: watch.Failing, Codes: map[string]int{"0000": 1, fmt.Sprint(n % 7): 1}, Latencies: []int{n, 2 * n}, Findings: event.Findings}},
		Things:       []watch.Thing{{Name: event.Thing, Job: slot.Job, Provider: "paytm", State: watch.Failing, Since: at, Seen: at, Row: n, Problem: &watch.Problem{Event: event.ID, State: watch.Failing, Since: at}}},
		Events:       []watch.Event{event},
		Messages:     []watch.Message{{ID: event.ID + "/chat", Channel: "chat", Event: event, Created: at, Next: at}, {ID: event.ID + "/mail", Channel: "mail", Event: event, Created: at, Next: at}},
		Files:        map[string]watch.FileMark{fmt.Sprintf("log%d.ndjson", n%5): {Size: int64(n + 1), Digest: strings.Repeat("0a", 32)}},
	}
}

// store begins and ends the n-th run.
func store(t testing.TB, s watch.Store, n int) error {
	t.Helper()
	c := commit(n)
	ok, err := s.Begin(t.Context(), c.Slot, c.Slot.Time)
	if err == nil && !ok {
		return fmt.Errorf("run %d began before", n)
	}
	if err != nil {
		return err
	}
	return s.Commit(t.Context(), c)
}

// contentOf reads everything of a store.
func contentOf(t *testing.T, s watch.Store) (string, error) {
	t.Helper()
	ctx := t.Context()
	var b strings.Builder
	var all error
	add := func(v any, err error) {
		all = errors.Join(all, err)
		fmt.Fprintf(&b, "%+v\n", v)
	}
	things, err := s.Things(ctx)
	add(len(things), err)
	for _, thing := range things {
		add(*thing.Problem, nil)
		thing.Problem = nil
		add(thing, nil)
	}
	for _, step := range []watch.Step{watch.Single, watch.Minute, watch.Hour, watch.Day} {
		add(s.History(ctx, "paytm-live paytm/createOrder", step, time.Time{}, start.AddDate(1, 0, 0)))
	}
	add(s.Interrupted(ctx))
	add(s.Calls(ctx, "paytm-live", time.Time{}))
	add(s.Last(ctx, "paytm-live"))
	add(s.Events(ctx, time.Time{}, 1000))
	add(s.Due(ctx, start.AddDate(1, 0, 0), 1000))
	add(s.Files(ctx, "paytm-live"))
	add(s.Windows(ctx, time.Time{}))
	report, at, err := s.Report(ctx, "paytm-live")
	add(fmt.Sprint(string(report), at), err)
	waiting, given, err := s.Outbox(ctx)
	add([]int{waiting, given}, err)
	return b.String(), all
}

// example makes the bytes of a file with something in each table, and its content.
func example(t *testing.T, runs int) (raw []byte, content string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "assay.db")
	s := opened(t, path)
	for n := range runs {
		if err := store(t, s, n); err != nil {
			t.Fatal(err)
		}
	}
	_, begun := s.Begin(t.Context(), watch.Slot{Job: "paytm-live", Time: start.Add(-time.Hour), Calls: 5}, start)
	if err := errors.Join(
		begun,
		s.Plan(t.Context(), watch.Window{ID: "w", Provider: "paytm", From: start, To: start.AddDate(0, 1, 0), Why: "upgrade", By: "asha"}),
		s.Delivered(t.Context(), "event0/chat", start), s.Retry(t.Context(), "event1/chat", time.Time{}, "refused"),
		s.Compact(t.Context(), start.Add(time.Duration(runs/2)*time.Minute), watch.Retention{Single: time.Minute, Minute: time.Minute, Hour: 24 * time.Hour, Day: 24 * time.Hour}),
	); err != nil {
		t.Fatal(err)
	}
	content, err := contentOf(t, s)
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	raw, err = os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw, content
}

// reading opens a file with the given bytes, and reads everything.
func reading(t *testing.T, path string, raw []byte) (string, error) {
	t.Helper()
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := watchstore.Open(t.Context(), path)
	if err != nil {
		return "", err
	}
	content, err := contentOf(t, s)
	return content, errors.Join(err, s.Close())
}

// TestAttackFlippedBytes changes bytes of a file. Either all that is read is what was written, or
// an error says that the file is damaged.
func TestAttackFlippedBytes(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	raw, want := example(t, 60)
	path := filepath.Join(t.TempDir(), "assay.db")
	if got, err := reading(t, path, raw); err != nil || got != want {
		t.Fatalf("an undamaged file: %v", err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	rounds, found := 120, 0
	if raced {
		rounds = 20
	}
	if testsize.Long() {
		rounds = 20000
	}
	for range rounds {
		flipped := bytes.Clone(raw)
		at, by := random.IntN(len(raw)), byte(1+random.IntN(255))
		flipped[at] ^= by
		got, err := reading(t, path, flipped)
		switch {
		case errors.Is(err, watch.ErrDamaged) || err != nil && strings.Contains(err.Error(), "written by a newer assay"):
			found++
		case err != nil:
			t.Errorf("byte %d of %d, ^%#x: %v", at, len(raw), by, err)
		case got != want:
			t.Errorf("byte %d of %d, ^%#x: something else is read", at, len(raw), by)
		}
	}
	if found < rounds/10 {
		t.Errorf("%d of %d changes were found", found, rounds)
	}
	t.Logf("%d of %d changes were found; the others are in bytes that nothing reads", found, rounds)
}

// TestDamagedRow damages the rows of one table after the other. What reads or changes them
// reports it, and stores nothing.
func TestDamagedRow(t *testing.T) {
	t.Parallel()
	raw, _ := example(t, 10)
	for table, do := range map[string]func(*watchstore.Store) error{
		"watch_run":     func(s *watchstore.Store) error { return s.Commit(t.Context(), commit(10)) },
		"watch_hour":    func(s *watchstore.Store) error { return s.Commit(t.Context(), commit(10)) },
		"watch_report":  func(s *watchstore.Store) error { return s.Commit(t.Context(), commit(10)) },
		"watch_thing":   func(s *watchstore.Store) error { return s.Check(t.Context()) },
		"watch_kept":    func(s *watchstore.Store) error { return s.Compact(t.Context(), start, watch.DefaultRetention()) },
		"watch_message": func(s *watchstore.Store) error { return s.Delivered(t.Context(), "event3/chat", start) },
		"watch_window":  func(s *watchstore.Store) error { return s.Cancel(t.Context(), "w", start) },
	} {
		path := filepath.Join(t.TempDir(), "assay.db")
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		s := opened(t, path)
		if ok, err := s.Begin(t.Context(), commit(10).Slot, start); err != nil || !ok {
			t.Fatal(ok, err)
		}
		if _, err := s.Database().ExecContext(t.Context(), "UPDATE "+table+" SET data = x'0102030405'"); err != nil {
			t.Fatal(err)
		}
		if err := do(s); !errors.Is(err, watch.ErrDamaged) || !strings.Contains(err.Error(), "move it away") {
			t.Errorf("%s: %v", table, err)
		}
		if _, err := contentOf(t, s); !errors.Is(err, watch.ErrDamaged) {
			t.Errorf("%s: reading: %v", table, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestDamagedKey changes keys. No query finds such a row any more; opening the file does.
func TestDamagedKey(t *testing.T) {
	t.Parallel()
	raw, _ := example(t, 10)
	for _, damage := range []string{
		"UPDATE watch_word SET id = id + 1000", "UPDATE watch_run SET slot = slot + 1", "UPDATE watch_hour SET thing = thing + 1000",
		"UPDATE watch_event SET time = time + 1", "UPDATE watch_delivered SET id = x'00'", "UPDATE watch_file SET name = name || 'x'", "UPDATE watch_window SET id = 'v'",
	} {
		path := filepath.Join(t.TempDir(), "assay.db")
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		s := opened(t, path)
		_, err := s.Database().ExecContext(t.Context(), damage)
		if err := errors.Join(err, s.Close()); err != nil {
			t.Fatal(err)
		}
		if _, err := watchstore.Open(t.Context(), path); !errors.Is(err, watch.ErrDamaged) || !strings.Contains(err.Error(), "move it away") {
			t.Errorf("%s: %v", damage, err)
		}
	}
}

// TestCut cuts a file short.
func TestCut(t *testing.T) {
	t.Parallel()
	raw, _ := example(t, 60)
	path := filepath.Join(t.TempDir(), "assay.db")
	for length := len(raw) - 1; length > 0; length -= 1 + len(raw)/60 {
		if _, err := reading(t, path, raw[:length]); !errors.Is(err, watch.ErrDamaged) || !strings.HasPrefix(err.Error(), path+": ") {
			t.Errorf("%d of %d bytes: %v", length, len(raw), err)
		}
	}
}

// TestCutInUse cuts a file short while it is in use, and puts it back.
func TestCutInUse(t *testing.T) {
	t.Parallel()
	raw, want := example(t, 200)
	path := filepath.Join(t.TempDir(), "assay.db")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	s := opened(t, path)
	defer s.Close()            //nolint:errcheck // it is damaged
	set(t, s, "shrink_memory") // what is in memory is not damaged
	if err := os.Truncate(path, int64(len(raw)/2)/4096*4096); err != nil {
		t.Fatal(err)
	}
	if _, err := contentOf(t, s); !errors.Is(err, watch.ErrDamaged) {
		t.Errorf("%v", err)
	}
	if got, err := reading(t, path, raw); err != nil || got != want {
		t.Errorf("after the file was put back: %v", err)
	}
}

// TestForeign opens what is not a store.
func TestForeign(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := reading(t, filepath.Join(dir, "text.db"), bytes.Repeat([]byte("a log line\n"), 1000)); !errors.Is(err, watch.ErrDamaged) || !strings.Contains(err.Error(), "not an SQLite file") {
		t.Errorf("a text: %v", err)
	}
	raw, _ := example(t, 2)
	other := bytes.Clone(raw)
	copy(other[68:], "abcd") // the application id
	if _, err := reading(t, filepath.Join(dir, "other.db"), other); !errors.Is(err, watch.ErrDamaged) || !strings.Contains(err.Error(), "another program") {
		t.Errorf("a file of another program: %v", err)
	}
	newer := filepath.Join(dir, "newer.db")
	s := opened(t, newer)
	_, err := s.Database().ExecContext(t.Context(), "INSERT INTO version (version) VALUES (99)")
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(newer)
	if _, err := watchstore.Open(t.Context(), newer); err == nil || errors.Is(err, watch.ErrDamaged) || !strings.Contains(err.Error(), "written by a newer assay") {
		t.Errorf("a newer file: %v", err)
	}
	if after, _ := os.ReadFile(newer); !bytes.Equal(before, after) {
		t.Error("the newer file was changed")
	}
}
