package storetest

import (
	"errors"
	"testing"
	"time"

	"assay/internal/watch"
)

func begins(t *testing.T, s *opened) {
	first := s.begin(slot(noon))
	again := func(when string) {
		t.Helper()
		if ok, err := s.Begin(t.Context(), first, noon.Add(time.Hour)); ok || err != nil {
			t.Errorf("%s: begun %v, %v", when, ok, err)
		}
	}
	again("while it goes on")
	s.reopen()
	again("after a restart")
	s.must(s.Commit(t.Context(), watch.Commit{Slot: first, Ended: noon}))
	again("after its end")
	s.begin(slot(noon.Add(time.Second)))
	s.begin(slot(noon.Add(-time.Second)))
	s.begin(watch.Slot{Job: "enkash-live", Time: first.Time})
}

func interrupted(t *testing.T, s *opened) {
	expect := func(when string, want ...watch.Slot) {
		t.Helper()
		got, err := s.Interrupted(t.Context())
		s.must(err)
		s.equal(when, got, want)
	}
	expect("an empty store")
	later := s.begin(slot(noon.Add(time.Minute)))
	first := s.begin(slot(noon))
	other := s.begin(watch.Slot{Job: "enkash-live", Time: noon.Add(time.Minute)})
	expect("three runs", first, other, later)
	s.must(s.Commit(t.Context(), watch.Commit{Slot: first, Ended: noon}))
	expect("one has ended", other, later)
	s.reopen()
	expect("after a restart", other, later)
	s.must(s.Commit(t.Context(), watch.Commit{Slot: later, Ended: noon}))
	s.must(s.Commit(t.Context(), watch.Commit{Slot: other, Ended: noon}))
	expect("all have ended")
}

func calls(t *testing.T, s *opened) {
	expect := func(when string, since time.Time, want int) {
		t.Helper()
		if got, err := s.Calls(t.Context(), job, since); err != nil || got != want {
			t.Errorf("%s: %d requests, want %d, %v", when, got, want, err)
		}
	}
	expect("an empty store", time.Time{}, 0)
	first := s.begin(slot(noon))
	expect("a run that goes on counts with all that it may send", noon, 3)
	expect("a run that began before", noon.Add(time.Millisecond), 0)
	s.must(s.Commit(t.Context(), watch.Commit{Slot: first, Ended: noon.Add(10 * time.Second), Sent: 2}))
	expect("a run that ended counts with what it sent", noon, 2)
	expect("it may have sent all of them at its end", noon.Add(10*time.Second), 2)
	expect("after its end", noon.Add(10*time.Second+time.Millisecond), 0)
	s.begin(watch.Slot{Job: "enkash-live", Time: noon, Calls: 100})
	s.begin(slot(noon.Add(time.Minute)))
	s.commit(watch.Commit{Slot: slot(noon.Add(2 * time.Minute)), Sent: 1})
	s.commit(watch.Commit{Slot: slot(noon.Add(3 * time.Minute))})
	expect("several runs", noon, 2+3+1)
	s.reopen()
	expect("after a restart", noon, 2+3+1)
	expect("since a time between them", noon.Add(time.Minute), 3+1)
}

func last(t *testing.T, s *opened) {
	expect := func(when string, want time.Time) {
		t.Helper()
		if got, err := s.Last(t.Context(), job); err != nil || !got.Equal(want) || !want.IsZero() && got.Location() != time.UTC {
			t.Errorf("%s: %v, want %v, %v", when, got, want, err)
		}
	}
	expect("an empty store", time.Time{})
	s.begin(watch.Slot{Job: "enkash-live", Time: noon.Add(time.Hour)})
	expect("only another job ran", time.Time{})
	s.begin(slot(noon))
	expect("one run", noon)
	s.commit(watch.Commit{Slot: slot(noon.Add(-time.Hour))})
	expect("a late one of an earlier slot", noon)
	s.commit(watch.Commit{Slot: slot(noon.Add(time.Minute))})
	s.reopen()
	expect("after a restart", noon.Add(time.Minute))
}

func ends(t *testing.T, s *opened) {
	c := watch.Commit{Slot: slot(noon), Ended: noon, Observations: []watch.Observation{ok(noon)}}
	if err := s.Commit(t.Context(), c); !errors.Is(err, watch.ErrNotBegun) {
		t.Errorf("a run that did not begin: %v", err)
	}
	s.begin(c.Slot)
	s.must(s.Commit(t.Context(), c))
	if err := s.Commit(t.Context(), c); !errors.Is(err, watch.ErrEnded) {
		t.Errorf("a second end: %v", err)
	}
	s.reopen()
	if err := s.Commit(t.Context(), c); !errors.Is(err, watch.ErrEnded) {
		t.Errorf("a second end after a restart: %v", err)
	}
	for _, step := range allSteps() {
		if got := s.history(step, noon.Add(-48*time.Hour), noon.Add(48*time.Hour)); len(got) != 1 || got[0].States[watch.OK] != 1 {
			t.Errorf("%s: %+v", step, got)
		}
	}
}

// check uses the store after Check, and after a caller gave up.
func check(t *testing.T, s *opened) {
	s.must(s.Check(t.Context()))
	s.commit(watch.Commit{Slot: slot(noon), Observations: []watch.Observation{ok(noon)}})
	s.must(s.Check(t.Context()))
	s.reopen()
	s.must(s.Check(t.Context()))
	if got := s.history(watch.Single, noon, noon.Add(time.Minute)); len(got) != 1 {
		t.Errorf("%+v", got)
	}
}

// setBack sets the clock back to a time before some slots: each has one more run, and its
// requests still count.
func setBack(t *testing.T, s *opened) {
	minute := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }
	again := func(when string, n int, want bool) {
		t.Helper()
		if got, err := s.Begin(t.Context(), slot(minute(n)), minute(n)); got != want || err != nil {
			t.Errorf("%s, minute %d: begun %v, %v", when, n, got, err)
		}
	}
	s.must(s.SetBack(t.Context(), job, noon))
	for n := range 60 {
		s.commit(watch.Commit{Slot: slot(minute(n)), Sent: 2, Report: []byte("{}")})
	}
	s.commit(watch.Commit{Slot: watch.Slot{Job: "enkash-live", Time: minute(30)}, Sent: 5})
	s.begin(slot(minute(60)))
	now := minute(10).Add(7 * time.Millisecond)
	s.must(s.SetBack(t.Context(), job, now))
	s.reopen()
	again("before the change", 10, false)
	again("after it", 11, true)
	again("once", 11, false)
	again("it did not end", 60, false)
	s.must(s.SetBack(t.Context(), job, now))
	again("it goes on", 11, false)
	s.must(s.Commit(t.Context(), watch.Commit{Slot: slot(minute(11)), Ended: minute(11), Sent: 1, Report: []byte(`{"again":1}`)}))
	if report, _, err := s.Report(t.Context(), job); err != nil || string(report) != `{"again":1}` {
		t.Errorf("the report is %s, %v", report, err)
	}
	if ok, err := s.Begin(t.Context(), watch.Slot{Job: "enkash-live", Time: minute(30)}, now); ok || err != nil {
		t.Errorf("another job: begun %v, %v", ok, err)
	}
	if n, err := s.Calls(t.Context(), job, minute(-600)); err != nil || n != 60*2+1+3 {
		t.Errorf("%d requests, %v", n, err)
	}
	if n, err := s.Calls(t.Context(), job, minute(120)); err != nil || n != 0 {
		t.Errorf("%d requests in two hours, %v", n, err)
	}
	s.must(s.Compact(t.Context(), minute(100*24*60), watch.DefaultRetention())) // the clock was wrong for a while
	s.must(s.SetBack(t.Context(), job, minute(-60)))
	again("deleted", -59, true)
}
