package watchstore_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"assay/internal/watch"
	"assay/internal/watchstore"
)

// fillUp stores runs until there is no room, and gives how many were acknowledged. before
// runs are there already.
func fillUp(t *testing.T, s *watchstore.Store, before int) (acknowledged int) {
	t.Helper()
	for n := before; n < before+5000; n++ {
		err := store(t, s, n)
		if errors.Is(err, watch.ErrFull) {
			return n
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("there is always room")
	return 0
}

// hasRuns checks that a store has the first runs, each as a whole, and no other. One more may
// have begun.
func hasRuns(t *testing.T, s *watchstore.Store, runs int) {
	t.Helper()
	points, err := s.History(t.Context(), "paytm-live paytm/createOrder", watch.Single, start.AddDate(-1, 0, 0), start.AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	found := len(points)
	events, err := s.Events(t.Context(), start.AddDate(-1, 0, 0), 1<<30)
	waiting, _, outbox := s.Outbox(t.Context())
	things, thing := s.Things(t.Context())
	report, _, reported := s.Report(t.Context(), "paytm-live")
	if err := errors.Join(err, outbox, thing, reported); err != nil {
		t.Fatal(err)
	}
	if found != runs || len(events) != found || waiting != 2*found {
		t.Errorf("%d observations, %d events and %d messages of %d runs", found, len(events), waiting, runs)
	}
	if found > 0 && (things[0].Row != found-1 || string(report) != fmt.Sprintf(`{"run":%d}`, found-1)) {
		t.Errorf("the state is of run %d, and the report is %s, of %d runs", things[0].Row, report, found)
	}
	open, err := s.Interrupted(t.Context())
	if err != nil || len(open) > 1 {
		t.Errorf("%d runs are open, %v", len(open), err)
	}
}

// finish ends the run that found no room, or runs it.
func finish(t *testing.T, s *watchstore.Store, n int) {
	t.Helper()
	open, err := s.Interrupted(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(open) > 0 {
		err = s.Commit(t.Context(), commit(n))
	} else {
		err = store(t, s, n)
	}
	if err != nil {
		t.Errorf("there is room again: %v", err)
	}
}

// TestFull fills the file up to a limit. What was acknowledged stays, and the store goes on
// when there is room.
func TestFull(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "assay.db")
	s := opened(t, path)
	acknowledged := 0
	for _, pages := range []int{50, 51, 80} {
		set(t, s, fmt.Sprintf("max_page_count = %d", pages))
		acknowledged = fillUp(t, s, acknowledged)
		hasRuns(t, s, acknowledged)
		if err := s.Check(t.Context()); !errors.Is(err, watch.ErrFull) {
			t.Errorf("check: %v", err)
		}
		hasRuns(t, s, acknowledged)
		set(t, s, "max_page_count = 100000")
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
