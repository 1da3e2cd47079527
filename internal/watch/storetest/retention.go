package storetest

import (
	"fmt"
	"testing"
	"time"

	"assay/internal/watch"
)

// retention deletes whole steps, also if it is interrupted and runs again.
func retention(t *testing.T, s *opened) {
	day := 24 * time.Hour
	keep := watch.Retention{Single: time.Hour, Minute: day, Hour: 3 * day, Day: 10 * day}
	for i := range 30 {
		at := noon.Add(-time.Duration(i) * 12 * time.Hour)
		s.commit(watch.Commit{Slot: slot(at), Observations: []watch.Observation{ok(at)}})
	}
	count := func(when string, single, minute, hour, days int) {
		t.Helper()
		got := make([]int, 0, 4)
		for _, step := range allSteps() {
			n := 0
			for _, p := range s.history(step, time.Time{}, noon.Add(time.Hour)) {
				n += p.States[watch.OK]
			}
			got = append(got, n)
		}
		s.equal(when, got, []int{single, minute, hour, days})
	}
	count("before", 30, 30, 30, 30)
	s.must(s.Compact(t.Context(), noon, keep))
	count("after it", 1, 3, 7, 22)
	s.must(s.Compact(t.Context(), noon, keep))
	count("after it ran twice", 1, 3, 7, 22)
	s.reopen()
	count("after a restart", 1, 3, 7, 22)
	s.must(s.Compact(t.Context(), noon.Add(-day), watch.DefaultRetention()))
	count("with a longer retention nothing comes back", 1, 3, 7, 22)
	late := noon.Add(-5 * day)
	s.commit(watch.Commit{Slot: slot(noon.Add(time.Second)), Observations: []watch.Observation{ok(late)}})
	count("an observation that comes late is in the steps that are kept", 1, 3, 7, 23)
	if got := s.history(watch.Day, noon.Add(-20*day), noon.Add(day)); !got[0].Time.Equal(noon.Add(-10 * day).Truncate(day)) {
		t.Errorf("the first day is %v", got[0].Time)
	}
}

func retentionOfRuns(t *testing.T, s *opened) {
	keep := watch.DefaultRetention()
	open := s.begin(slot(noon.Add(-time.Minute)))
	for i := range 5 {
		s.commit(watch.Commit{Slot: slot(noon.Add(time.Duration(i) * time.Minute)), Sent: 2})
	}
	later := noon.Add(keep.Single + time.Hour)
	s.must(s.Compact(t.Context(), noon.Add(keep.Single+2*time.Minute), keep)) // two of them
	if n, err := s.Calls(t.Context(), job, noon.Truncate(time.Hour)); err != nil || n != 3+5*2 {
		t.Errorf("%d requests while some runs are deleted, %v", n, err)
	}
	s.must(s.Compact(t.Context(), later, keep))
	s.must(s.Compact(t.Context(), later, keep))
	if at, err := s.Last(t.Context(), job); err != nil || !at.Equal(noon.Add(4*time.Minute)) {
		t.Errorf("the latest slot: %v, %v", at, err)
	}
	for i := range 5 {
		if ok, err := s.Begin(t.Context(), slot(noon.Add(time.Duration(i)*time.Minute)), later); ok || err != nil {
			t.Errorf("run %d begins again: %v, %v", i, ok, err)
		}
	}
	if all, err := s.Interrupted(t.Context()); err != nil || !same(all, []watch.Slot{open}) {
		t.Errorf("interrupted: %v, %v", all, err)
	}
	if n, err := s.Calls(t.Context(), job, noon.Truncate(time.Hour)); err != nil || n != 3+5*2 {
		t.Errorf("%d requests since the hour, %v", n, err)
	}
	if n, err := s.Calls(t.Context(), job, noon.Add(time.Hour)); err != nil || n != 0 {
		t.Errorf("%d requests since the next hour, %v", n, err)
	}
	if n, err := s.Calls(t.Context(), job, noon.Add(2*time.Minute)); err != nil || n < 3*2 {
		t.Errorf("%d requests since the third run, %v", n, err)
	}
	s.begin(slot(later))
}

func retentionOfTheRest(t *testing.T, s *opened) {
	keep := watch.DefaultRetention()
	old := noon.Add(-keep.Day - 48*time.Hour)
	event := func(id string, at time.Time) watch.Event { return watch.Event{ID: id, Thing: thing, Time: at} }
	a, b, c := event("a", old), event("b", old.Add(time.Hour)), event("c", noon)
	s.commit(watch.Commit{Slot: slot(noon), Events: []watch.Event{a, b, c}, Messages: []watch.Message{
		message("a given up", a, old), message("a delivered", a, old), message("b waits", b, old), message("c delivered", c, noon), message("c given up", c, noon),
	}, Things: []watch.Thing{{Name: "old", Seen: old}, {Name: "new", Seen: noon}}})
	s.must(s.Retry(t.Context(), "a given up", time.Time{}, ""))
	s.must(s.Retry(t.Context(), "c given up", time.Time{}, ""))
	s.must(s.Delivered(t.Context(), "a delivered", old))
	s.must(s.Delivered(t.Context(), "c delivered", old))
	s.must(s.Plan(t.Context(), watch.Window{ID: "old", From: old.Add(-time.Hour), To: old}))
	s.must(s.Plan(t.Context(), watch.Window{ID: "new", From: old, To: noon.Add(time.Hour)}))
	s.must(s.Compact(t.Context(), noon, keep))
	expect := func(when string, want string, waiting, given int) {
		t.Helper()
		all, err := s.Events(t.Context(), time.Time{}, 10)
		s.must(err)
		ids := ""
		for _, e := range all {
			ids += e.ID
		}
		s.equal(when, ids, want)
		s.counts(when, waiting, given)
	}
	expect("an event whose message waits is kept", "cb", 1, 1)
	s.due("it is still due", noon, 10, "b waits")
	s.must(s.Delivered(t.Context(), "b waits", noon))
	s.must(s.Compact(t.Context(), noon, keep))
	expect("after it was delivered", "c", 0, 1)
	s.commit(watch.Commit{Slot: slot(noon.Add(time.Minute)), Events: []watch.Event{c}, Messages: []watch.Message{message("c delivered", c, noon)}})
	s.counts("a delivered message is not sent again", 0, 1)
	things, err := s.Things(t.Context())
	s.must(err)
	windows, err := s.Windows(t.Context(), time.Time{})
	s.must(err)
	s.equal("things and windows", fmt.Sprint(len(things), things[0].Name, len(windows), windows[0].ID), fmt.Sprint(1, "new", 1, "new"))
}
