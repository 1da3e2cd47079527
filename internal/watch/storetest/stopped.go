package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"assay/internal/watch"
)

// countdown is a context that is cancelled when it was looked at so many times.
type countdown struct {
	context.Context
	lock   sync.Mutex
	left   int
	cancel context.CancelFunc
}

// Done counts.
func (c *countdown) Done() <-chan struct{} {
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.left--; c.left == 0 {
		c.cancel()
	}
	return c.Context.Done()
}

// stopped gives a context that stops an operation at its n-th look.
func stopped(t *testing.T, n int) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	return &countdown{Context: ctx, left: n, cancel: cancel}
}

// stoppedCompact stops Compact at many moments. Each step is then as before or as after it,
// and in the end all are as after it.
func stoppedCompact(t *testing.T, s *opened) {
	const runs = 40
	keep := watch.Retention{Single: time.Hour, Minute: 2 * time.Hour, Hour: 1000 * time.Hour, Day: 24 * time.Hour}
	r := &remembered{all: map[watch.Step][]watch.Observation{}, since: map[watch.Step]time.Time{}}
	for i := range runs {
		o := ok(noon.Add(time.Duration(i-runs) * 97 * time.Minute))
		r.observe(o)
		s.commit(watch.Commit{Slot: slot(o.Time), Sent: 1, Observations: []watch.Observation{o}})
	}
	history := func() (all [4][]watch.Point) {
		for i, step := range allSteps() {
			all[i] = s.history(step, time.Time{}, noon)
		}
		return all
	}
	before := history()
	r.compact(noon, keep)
	stops := 0
	for n := 1; ; n += 1 + n/10 {
		err := s.Compact(stopped(t, n), noon, keep)
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped at %d: %v", n, err)
		}
		done := true
		for i, got := range history() {
			want := r.history(thing, allSteps()[i], time.Time{}, noon)
			if after := same(got, want); !after && !same(got, before[i]) {
				t.Fatalf("stopped at %d, %s is neither as before nor as after: %+v", n, allSteps()[i], got)
			} else if !after {
				done = false
			}
		}
		if calls, e := s.Calls(t.Context(), job, time.Time{}); e != nil || calls != runs {
			t.Fatalf("stopped at %d: %d requests, want %d, %v", n, calls, runs, e)
		}
		if err == nil && !done {
			t.Fatalf("it ended, and did not do all")
		}
		if err == nil {
			break
		}
		stops++
	}
	if stops < 4 {
		t.Errorf("it was stopped %d times", stops)
	}
	if last, err := s.Last(t.Context(), job); err != nil || !last.Equal(slot(noon.Add(-97*time.Minute)).Time) {
		t.Errorf("the latest slot: %v, %v", last, err)
	}
}

// stoppedCommit stops Commit at many moments: all of it is stored, or nothing.
func stoppedCommit(t *testing.T, s *opened) {
	s.commit(full(noon))
	c := full(noon.Add(time.Minute))
	s.begin(c.Slot)
	before := s.content()
	for n := 1; ; n += 1 + n/10 {
		err := s.Commit(stopped(t, n), c)
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped at %d: %v", n, err)
		}
		if got := s.content(); !same(got, before) {
			t.Fatalf("stopped at %d:\ngot  %+v\nwant %+v", n, got, before)
		}
	}
	if open, err := s.Interrupted(t.Context()); err != nil || len(open) != 0 || same(s.content(), before) {
		t.Errorf("it ended, and stored nothing: %v, %v", open, err)
	}
}
