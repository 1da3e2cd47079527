package watchstore_test

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"assay/internal/testsize"
	"assay/internal/watch"
	"assay/internal/watchstore"
)

// keepKilled is the retention of TestKilled: each Compact deletes something.
var keepKilled = watch.Retention{Single: 20 * time.Minute, Minute: 40 * time.Minute, Hour: 3 * time.Hour, Day: 10 * 24 * time.Hour}

// TestKilled kills a process many times while it stores runs, delivers messages and compacts.
// What it reported as stored is there, and no run is there in part.
func TestKilled(t *testing.T) {
	testsize.SkipUnlessFull(t)
	if path := os.Getenv("ASSAY_TEST_KILL"); path != "" {
		storeUntilKilled(t, path)
		return
	}
	t.Parallel()
	path := filepath.Join(t.TempDir(), "assay.db")
	random := rand.New(rand.NewPCG(1, 2))
	rounds, between := 15, 0
	if raced {
		rounds = 4
	}
	if testsize.Long() {
		rounds = 150
	}
	for range rounds {
		reported := killed(t, path, time.Duration(random.IntN(30000))*time.Microsecond)
		if whole(t, path, reported) > reported.stored+1 {
			between++
		}
	}
	t.Logf("%d of %d were killed after storing a run and before reporting it", between, rounds)
}

// storeUntilKilled goes on with the first run that has not ended.
func storeUntilKilled(t *testing.T, path string) {
	t.Helper()
	s, err := watchstore.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	last, err := s.Last(t.Context(), "paytm-live")
	open, interrupted := s.Interrupted(t.Context())
	if err := errors.Join(err, interrupted); err != nil {
		t.Fatal(err)
	}
	n := 0
	if !last.IsZero() {
		n = int(last.Sub(start)/time.Minute) + 1 - len(open)
	}
	for ; ; n++ {
		if len(open) == 0 {
			if ok, err := s.Begin(t.Context(), commit(n).Slot, commit(n).Slot.Time); err != nil || !ok {
				t.Fatal(n, ok, err)
			}
			fmt.Println("begun", n) // the parent reads these
		}
		open = nil
		if err := s.Commit(t.Context(), commit(n)); err != nil {
			t.Fatal(err)
		}
		fmt.Println("stored", n)
		if n%5 == 4 {
			if err := s.Delivered(t.Context(), fmt.Sprintf("event%d/chat", n-2), start); err != nil {
				t.Fatal(err)
			}
			fmt.Println("delivered", n-2)
			if err := s.Compact(t.Context(), start.Add(time.Duration(n)*time.Minute), keepKilled); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// reports are the last runs that a process reported.
type reports struct{ begun, stored, delivered int }

// killed runs the test in a process of its own, and kills it some time after its first
// report.
func killed(t *testing.T, path string, after time.Duration) reports {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestKilled$")
	c.Env = append(os.Environ(), "ASSAY_TEST_KILL="+path)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	r := reports{-1, -1, -1}
	var timer *time.Timer
	for lines := bufio.NewScanner(out); lines.Scan(); {
		what, number, ok := strings.Cut(lines.Text(), " ")
		n, err := strconv.Atoi(number)
		if !ok || err != nil {
			t.Fatal(lines.Text())
		}
		switch what {
		case "begun":
			r.begun = n
		case "stored":
			r.stored = n
		case "delivered":
			r.delivered = n
		}
		if timer == nil {
			timer = time.AfterFunc(after, func() { _ = c.Process.Kill() }) // at a random moment
		}
	}
	_ = c.Wait() // killed
	if timer == nil {
		t.Fatal("the process reported nothing")
	}
	return r
}

// whole checks that a file has whole runs only, and gives how many.
func whole(t *testing.T, path string, r reports) int {
	t.Helper()
	s, err := watchstore.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // what matters is read
	var result string
	if err := s.Database().QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&result); err != nil || result != "ok" {
		t.Fatalf("%q, %v", result, err)
	}
	events, err := s.Events(t.Context(), time.Time{}, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	runs := len(events)
	if runs <= r.stored || runs < r.begun {
		t.Fatalf("%+v were reported, and %d runs are stored", r, runs)
	}
	last, err := s.Last(t.Context(), "paytm-live")
	open, interrupted := s.Interrupted(t.Context())
	if err := errors.Join(err, interrupted); err != nil {
		t.Fatal(err)
	}
	if begun := int(last.Sub(start) / time.Minute); len(open) > 1 || begun != runs-1+len(open) || begun < r.begun {
		t.Fatalf("%+v were reported, the latest slot is %d of %d runs, and %d are open", r, begun, runs, len(open))
	}
	points, err := s.History(t.Context(), events[0].Thing, watch.Day, time.Time{}, start.AddDate(1, 0, 0))
	sum := 0
	for _, p := range points {
		sum += p.States[watch.Failing]
	}
	if err != nil || sum != runs {
		t.Fatalf("the days have %d of %d runs, %v", sum, runs, err)
	}
	due, err := s.Due(t.Context(), start.AddDate(1, 0, 0), 1<<30)
	if err != nil || slices.ContainsFunc(due, func(m watch.Message) bool { return m.ID == fmt.Sprintf("event%d/chat", r.delivered) }) {
		t.Fatalf("%+v were reported, and that message is due, %v", r, err)
	}
	if len(due) < runs || len(due) > 2*runs {
		t.Fatalf("%d messages of %d runs", len(due), runs)
	}
	rolledUp(t, s, runs)
	return runs
}

// rolledUp compacts up to the end, as an interrupted process would have done, and compares
// what is left with what was observed.
func rolledUp(t *testing.T, s *watchstore.Store, runs int) {
	t.Helper()
	end := start.Add(time.Duration(runs) * time.Minute)
	if err := s.Compact(t.Context(), end, keepKilled); err != nil {
		t.Fatal(err)
	}
	for step, c := range map[watch.Step]struct{ keep, length time.Duration }{
		watch.Single: {keepKilled.Single, time.Millisecond}, watch.Minute: {keepKilled.Minute, time.Minute}, watch.Hour: {keepKilled.Hour, time.Hour},
	} {
		since := end.Add(-c.keep).Truncate(c.length)
		want, got := 0, 0
		for n := range runs {
			if at := start.Add(time.Duration(n) * time.Minute); !at.Before(since) {
				want += 3 * n // both latencies
			}
		}
		points, err := s.History(t.Context(), "paytm-live paytm/createOrder", step, time.Time{}, end)
		for _, p := range points {
			got += p.Latency
		}
		if err != nil || got != want {
			t.Fatalf("%s: the latencies of %d runs sum up to %d, want %d, %v", step, runs, got, want, err)
		}
	}
}
