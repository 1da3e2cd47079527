package storetest

import (
	"testing"
	"time"

	"assay/internal/watch"
)

func allSteps() []watch.Step { return []watch.Step{watch.Single, watch.Minute, watch.Hour, watch.Day} }

// history reads the history of the thing that most tests use.
func (o *opened) history(step watch.Step, from, to time.Time) []watch.Point {
	o.t.Helper()
	got, err := o.History(o.t.Context(), thing, step, from, to)
	o.must(err)
	return got
}

// steps observes around the times at which minutes, hours and days begin, on a day on which
// many zones change their clocks.
func steps(t *testing.T, s *opened) {
	var all []time.Time
	for _, from := range []time.Time{
		time.Date(2026, 3, 28, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC),
		time.Date(2026, 3, 29, 2, 0, 0, 0, time.UTC), time.Date(2026, 3, 30, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 30, 0, 1, 0, 0, time.UTC),
	} {
		all = append(all, from.Add(-time.Millisecond), from, from.Add(time.Millisecond))
	}
	for i, at := range all {
		s.commit(watch.Commit{Slot: watch.Slot{Job: job, Time: noon.Add(time.Duration(i) * time.Second)}, Observations: []watch.Observation{ok(at)}})
	}
	first, end := all[0].AddDate(0, 0, -2), all[len(all)-1].Add(time.Hour)
	for step, length := range map[watch.Step]time.Duration{watch.Single: time.Millisecond, watch.Minute: time.Minute, watch.Hour: time.Hour, watch.Day: 24 * time.Hour} {
		var want []time.Time
		for _, at := range all {
			if at = at.Truncate(length); len(want) == 0 || !want[len(want)-1].Equal(at) {
				want = append(want, at)
			}
		}
		var got []time.Time
		for _, p := range s.history(step, first, end) {
			got = append(got, p.Time)
		}
		s.equal(string(step), got, want)
		for i, at := range want { // from is in it, to is not
			if inside := s.history(step, at, at.Add(time.Millisecond)); len(inside) != 1 || !inside[0].Time.Equal(want[i]) {
				t.Errorf("%s from %v: %+v", step, at, inside)
			}
			if outside := s.history(step, at.Add(time.Millisecond), at.Add(time.Millisecond)); len(outside) != 0 {
				t.Errorf("%s in no time: %+v", step, outside)
			}
			if before := s.history(step, at.Add(-length), at); len(before) > 0 && !before[0].Time.Before(at) {
				t.Errorf("%s up to %v: %+v", step, at, before)
			}
		}
	}
	if got, err := s.History(t.Context(), "no such thing", watch.Day, first, end); err != nil || len(got) != 0 {
		t.Errorf("a thing that was never observed: %+v, %v", got, err)
	}
	if _, err := s.History(t.Context(), thing, "week", first, end); err == nil {
		t.Error("there is no step week")
	}
}

// points adds different observations of one minute.
func points(t *testing.T, s *opened) {
	minute := noon.Truncate(time.Minute)
	bad := watch.Observation{
		Thing: thing, Time: minute.Add(20 * time.Second), State: watch.Failing, Codes: map[string]int{"0000": 1, "undocumented": 2}, Latencies: []int{1000, 5, 0},
		Findings: []watch.Finding{{ID: "1", Rule: "code-documented", Side: "provider"}, {ID: "2", Rule: "code-documented", Side: "provider"}, {ID: "3", Rule: "code-documented", Side: "documentation"}},
	}
	none := watch.Observation{Thing: thing, Time: minute.Add(59*time.Second + 999*time.Millisecond), State: watch.NoData, Maintenance: true}
	worse := watch.Observation{Thing: thing, Time: bad.Time, State: watch.Degraded, Latencies: []int{7}}
	other := ok(noon)
	other.Thing = "paytm-live paytm/refund"
	for i, o := range []watch.Observation{ok(minute), bad, none, worse, other} {
		s.commit(watch.Commit{Slot: watch.Slot{Job: job, Time: noon.Add(time.Duration(i) * time.Second)}, Observations: []watch.Observation{o}})
	}
	s.reopen()
	s.equal("single", s.history(watch.Single, minute, minute.Add(time.Minute)), []watch.Point{
		{Time: minute, States: map[watch.State]int{watch.OK: 1}, Codes: map[string]int{"0000": 1}, Responses: 1, Latency: 20, Slowest: 20},
		{
			Time: bad.Time, States: map[watch.State]int{watch.Failing: 1, watch.Degraded: 1}, Codes: map[string]int{"0000": 1, "undocumented": 2},
			Findings: map[string]int{"code-documented provider": 2, "code-documented documentation": 1}, Responses: 4, Latency: 1012, Slowest: 1000,
		},
		{Time: none.Time, States: map[watch.State]int{watch.NoData: 1}, Maintenance: 1},
	})
	for step, at := range map[watch.Step]time.Time{watch.Minute: minute, watch.Hour: noon.Truncate(time.Hour), watch.Day: noon.Truncate(24 * time.Hour)} {
		s.equal(string(step), s.history(step, at, at.Add(24*time.Hour)), []watch.Point{{
			Time: at, States: map[watch.State]int{watch.OK: 1, watch.Failing: 1, watch.Degraded: 1, watch.NoData: 1}, Codes: map[string]int{"0000": 2, "undocumented": 2},
			Findings: map[string]int{"code-documented provider": 2, "code-documented documentation": 1}, Responses: 5, Latency: 1032, Slowest: 1000, Maintenance: 1,
		}})
	}
}
