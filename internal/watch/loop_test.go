package watch_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"assay/internal/watch"
	"assay/internal/watchstore"
)

// clock is a clock that waits for nothing: it is set to the time that is waited for, until
// the end, when it ends the loop.
type clock struct {
	mu  sync.Mutex
	now time.Time
	end time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Wait(ctx context.Context, until time.Time, _ <-chan struct{}) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if until.After(c.end) {
		return errors.New("the end")
	}
	if until.After(c.now) {
		c.now = until
	}
	return ctx.Err()
}

// failing is a store whose methods fail as a test says.
type failing struct {
	watch.Store
	begin, commit error
	after         error // of Commit, which stores and then fails once
}

func (f *failing) Begin(ctx context.Context, s watch.Slot, at time.Time) (bool, error) {
	if f.begin != nil {
		return false, f.begin
	}
	return f.Store.Begin(ctx, s, at)
}

func (f *failing) Commit(ctx context.Context, c watch.Commit) error {
	if f.commit != nil {
		return f.commit
	}
	err := f.Store.Commit(ctx, c)
	if err == nil && f.after != nil {
		err, f.after = f.after, nil
	}
	return err
}

// TestLoop_seemed goes on after a commit that seemed to fail and did not: it is stored once.
func TestLoop_seemed(t *testing.T) {
	t.Parallel()
	s := &failing{Store: open(t, filepath.Join(t.TempDir(), "watch.db")), after: errors.New("the connection was lost")}
	w, _ := watcher(t, s, 4, []watch.Job{live(t)}, func(watch.Job, watch.Slot) watch.Outcome { return found(watch.Failing) })
	if err := w.Loop(t.Context()); err != nil {
		t.Fatal(err)
	}
	points, err := s.History(t.Context(), "live paytm/createOrder", watch.Single, begin, begin.Add(time.Hour))
	if err != nil || len(points) != 4 {
		t.Errorf("%d points, %v", len(points), err)
	}
	if got := events(t, s); got != "began" {
		t.Errorf("events: %s", got)
	}
	if st := w.Status(); st.Fault.Err != nil || st.Pending != 0 {
		t.Errorf("%+v", st)
	}
}

func open(t *testing.T, path string) *watchstore.Store {
	t.Helper()
	s, err := watchstore.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // some tests close it themselves
	return s
}

func every(t *testing.T, interval time.Duration) watch.Schedule {
	t.Helper()
	s, err := watch.Every(interval, 0)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// live is a job that sends at most three requests a run, every minute.
func live(t *testing.T) watch.Job {
	t.Helper()
	return watch.Job{
		Name: "live", Provider: "paytm", Kind: watch.Live, Schedule: every(t, time.Minute), Calls: 3, Things: []string{"paytm/createOrder"},
		Thresholds: watch.Thresholds{Failures: 2, Successes: 2, NoData: 2},
	}
}

// watcher runs jobs for some minutes. run says what each run finds.
func watcher(t *testing.T, s watch.Store, minutes int, jobs []watch.Job, run func(watch.Job, watch.Slot) watch.Outcome) (*watch.Watcher, *clock) {
	t.Helper()
	c := &clock{now: begin, end: begin.Add(time.Duration(minutes) * time.Minute)}
	return &watch.Watcher{
		Store: s, Jobs: jobs, Clock: c, Keep: watch.DefaultRetention(), Parallel: 1,
		Run: func(_ context.Context, j watch.Job, slot watch.Slot) watch.Outcome { return run(j, slot) },
	}, c
}

func found(state watch.State) watch.Outcome {
	return watch.Outcome{Observations: []watch.Observation{{Thing: "live paytm/createOrder", State: state, Why: "why"}}, Sent: 1}
}

// events gives the kinds of all events, the oldest first.
func events(t *testing.T, s watch.Store) string {
	t.Helper()
	all, err := s.Events(t.Context(), time.Time{}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(all)
	var kinds []string
	for _, e := range all {
		kinds = append(kinds, string(e.Kind))
	}
	return strings.Join(kinds, " ")
}

// TestLoop runs jobs when they are due, in order, and each slot once.
func TestLoop(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "watch.db"))
	other := watch.Job{Name: "other", Kind: watch.Folder, Schedule: every(t, 2*time.Minute), Thresholds: watch.Thresholds{Failures: 1, Successes: 1, NoData: 1}}
	var ran []string
	run := func(j watch.Job, slot watch.Slot) watch.Outcome {
		ran = append(ran, fmt.Sprintf("%s %d", j.Name, int(slot.Time.Sub(begin)/time.Minute)))
		if j.Name == "other" {
			return watch.Outcome{}
		}
		return found(watch.OK)
	}
	w, c := watcher(t, s, 4, []watch.Job{live(t), other}, run)
	if err := w.Loop(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := "live 1, live 2, other 2, live 3, live 4, other 4"
	if got := strings.Join(ran, ", "); got != want {
		t.Errorf("it ran %s, want %s", got, want)
	}
	// A process that starts again at the same time runs no slot twice.
	c.now, c.end, ran = begin, begin.Add(5*time.Minute), nil
	if err := w.Loop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(ran, ", "); got != "live 5" {
		t.Errorf("after a restart it ran %s", got)
	}
	if st := w.Status(); st.Fault.Err != nil || st.Pending != 0 || st.Started.IsZero() || !st.Next["live"].Equal(begin.Add(6*time.Minute)) {
		t.Errorf("%+v", st)
	}
}

// TestLoop_offline sends nothing without connectivity, and takes the verdicts of a run back
// during which it was lost.
func TestLoop_offline(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		online func(n int) error // by the number of the question
		run    watch.Outcome
		runs   int
		state  watch.State
	}{
		"never":              {online: func(int) error { return errors.New("no route") }, run: found(watch.OK), runs: 0, state: watch.NoData},
		"always":             {online: func(int) error { return nil }, run: found(watch.OK), runs: 4, state: watch.OK},
		"an outage":          {online: func(int) error { return nil }, run: watch.Outcome{Observations: found(watch.Failing).Observations, Unreached: true}, runs: 4, state: watch.Failing},
		"lost during a run":  {online: func(n int) error { return map[bool]error{true: errors.New("no route")}[n%2 == 1] }, run: watch.Outcome{Observations: found(watch.Failing).Observations, Unreached: true}, runs: 4, state: watch.NoData},
		"a response is data": {online: func(n int) error { return map[bool]error{true: errors.New("no route")}[n > 3] }, run: found(watch.Failing), runs: 4, state: watch.Failing},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, filepath.Join(t.TempDir(), "watch.db"))
			runs, asked := 0, 0
			w, _ := watcher(t, s, 4, []watch.Job{live(t)}, func(watch.Job, watch.Slot) watch.Outcome {
				runs++
				return test.run
			})
			w.Online = func(context.Context) error {
				asked++
				return test.online(asked - 1)
			}
			if err := w.Loop(t.Context()); err != nil {
				t.Fatal(err)
			}
			things, err := s.Things(t.Context())
			if err != nil || len(things) != 1 || things[0].State != test.state || runs != test.runs {
				t.Errorf("%d runs, %+v, %v", runs, things, err)
			}
		})
	}
}

// TestLoop_budget sends no more than the budget permits, also over a restart.
func TestLoop_budget(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "watch.db")
	runs := 0
	for restart := range 2 {
		s := open(t, path)
		w, c := watcher(t, s, 60, []watch.Job{live(t)}, func(watch.Job, watch.Slot) watch.Outcome {
			runs++
			o := found(watch.OK)
			o.Sent = 3
			return o
		})
		c.now, c.end = begin.Add(time.Duration(restart*30)*time.Minute), begin.Add(time.Duration(30+restart*30)*time.Minute)
		w.Budgets = map[string][]watch.Budget{"live": {{Calls: 10, Per: time.Hour}}}
		if err := w.Loop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if things, err := s.Things(t.Context()); err != nil || things[0].State != watch.NoData || !strings.Contains(things[0].Why, "budget of 10 requests") {
			t.Errorf("%+v %v", things, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if runs != 3 {
		t.Errorf("%d runs of 3 requests in an hour with a budget of 10", runs)
	}
}

// TestLoop_store runs nothing that it cannot note, and keeps what it cannot store.
func TestLoop_store(t *testing.T) {
	t.Parallel()
	real := open(t, filepath.Join(t.TempDir(), "watch.db"))
	s := &failing{Store: real}
	runs := 0
	var logged []string
	w, _ := watcher(t, s, 8, []watch.Job{live(t)}, func(_ watch.Job, slot watch.Slot) watch.Outcome {
		runs++
		switch slot.Time.Sub(begin) / time.Minute {
		case 3: // the disk is full after the run has begun
			s.commit, s.begin = watch.ErrFull, watch.ErrFull
		case 4, 5:
			t.Error("it ran without a store")
		}
		return found(watch.Failing)
	})
	w.Log = func(line string) {
		logged = append(logged, line)
		if st := w.Status(); strings.Contains(line, "fails") && (!errors.Is(st.Fault.Err, watch.ErrFull) || st.Fault.Since.IsZero()) {
			t.Errorf("the status is %+v", st)
		}
	}
	w.Deliver = func(_ context.Context, now time.Time) time.Time {
		if now.Sub(begin) >= 5*time.Minute {
			s.commit, s.begin = nil, nil // there is room again
		}
		return time.Time{}
	}
	if err := w.Loop(t.Context()); err != nil {
		t.Fatal(err)
	}
	points, err := real.History(t.Context(), "live paytm/createOrder", watch.Single, begin, begin.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	var minutes []int
	for _, p := range points {
		minutes = append(minutes, int(p.Time.Sub(begin)/time.Minute))
	}
	if want := []int{1, 2, 3, 6, 7, 8}; !slices.Equal(minutes, want) || runs != len(want) {
		t.Errorf("observations of the minutes %v after %d runs, want %v", minutes, runs, want)
	}
	if got := events(t, real); got != "began" {
		t.Errorf("events: %s", got)
	}
	if len(logged) != 2 || !strings.Contains(logged[0], "the store fails") || !strings.Contains(logged[1], "works again") {
		t.Errorf("%q", logged)
	}
}

// TestLoop_end stores what the store did not take before, although nothing runs any more.
func TestLoop_end(t *testing.T) {
	t.Parallel()
	for name, room := range map[string]bool{"there is room again": true, "the disk stays full": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &failing{Store: open(t, filepath.Join(t.TempDir(), "watch.db")), commit: watch.ErrFull}
			w, c := watcher(t, s, 1, []watch.Job{live(t)}, func(watch.Job, watch.Slot) watch.Outcome { return found(watch.Failing) })
			w.Deliver = func(_ context.Context, now time.Time) time.Time {
				if room && now.Equal(c.end) {
					s.commit = nil
				}
				return time.Time{}
			}
			err := w.Loop(t.Context())
			points, fault := s.History(t.Context(), "live paytm/createOrder", watch.Single, begin, begin.Add(time.Hour))
			if fault != nil || len(points) != map[bool]int{true: 1}[room] || (err == nil) != room {
				t.Errorf("%d points, the end is %v, %v", len(points), err, fault)
			}
		})
	}
}

// TestLoop_setBack plans again when the clock is set back: a job does not wait until the clock
// is where it was.
func TestLoop_setBack(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "watch.db"))
	var ran []time.Time
	var c *clock
	var w *watch.Watcher
	w, c = watcher(t, s, 3, []watch.Job{live(t)}, func(_ watch.Job, slot watch.Slot) watch.Outcome {
		ran = append(ran, slot.Time)
		if len(ran) == 1 {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.now = c.now.Add(-5 * time.Hour)
			c.end = c.now.Add(3 * time.Minute)
		}
		return found(watch.OK)
	})
	if err := w.Loop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(ran) < 3 || !ran[1].Before(begin) {
		t.Errorf("it ran at %v", ran)
	}
}

// TestLoop_jitter starts a run that is due and has its jitter before it, after a restart.
func TestLoop_jitter(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "watch.db"))
	j := live(t)
	var err error
	if j.Schedule, err = watch.Every(24*time.Hour, 6*time.Hour); err != nil {
		t.Fatal(err)
	}
	start := j.Schedule.Start(j.Name, begin)
	if start.Sub(begin) < time.Minute {
		t.Fatalf("the jitter is only %s", start.Sub(begin))
	}
	for name, test := range map[string]struct {
		now  time.Time
		runs int
	}{"before its start": {start.Add(-time.Minute), 1}, "after its start": {start.Add(time.Minute), 0}} {
		runs := 0
		w, c := watcher(t, s, 0, []watch.Job{j}, func(watch.Job, watch.Slot) watch.Outcome {
			runs++
			return found(watch.OK)
		})
		c.now, c.end = test.now, start.Add(time.Hour)
		if err := w.Loop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if runs != test.runs {
			t.Errorf("%s: %d runs", name, runs)
		}
	}
}

// TestResume ends a run that a killed process left: no data, and not run again.
func TestResume(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "watch.db"))
	slot := watch.Slot{Job: "live", Time: begin.Add(time.Minute), Calls: 3}
	if begun, err := s.Begin(t.Context(), slot, slot.Time); !begun || err != nil {
		t.Fatal(begun, err)
	}
	w, _ := watcher(t, s, 1, []watch.Job{live(t)}, func(watch.Job, watch.Slot) watch.Outcome {
		t.Error("the slot ran again")
		return watch.Outcome{}
	})
	if err := w.Loop(t.Context()); err != nil {
		t.Fatal(err)
	}
	things, err := s.Things(t.Context())
	if err != nil || len(things) != 1 || things[0].State != watch.NoData || !strings.Contains(things[0].Why, "may have been accepted") {
		t.Errorf("%+v %v", things, err)
	}
	if left, err := s.Interrupted(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("%v %v", left, err)
	}
	if calls, err := s.Calls(t.Context(), "live", begin); err != nil || calls != 3 {
		t.Errorf("%d requests count, %v: it is unknown how many were sent", calls, err)
	}
}

// TestLoop_parallel lets a slow job hold up no other, and never runs one twice at a time.
func TestLoop_parallel(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "watch.db"))
	slow, quick := live(t), live(t)
	slow.Name, quick.Name = "slow", "quick"
	free := make(chan struct{})
	var mu sync.Mutex
	ran := map[string]int{}
	ctx, cancel := context.WithCancel(t.Context())
	w, _ := watcher(t, s, 0, []watch.Job{slow, quick}, func(j watch.Job, _ watch.Slot) watch.Outcome {
		mu.Lock()
		ran[j.Name]++
		n := ran[j.Name]
		mu.Unlock()
		switch {
		case j.Name == "slow":
			<-free
		case n == 3:
			close(free)
			cancel()
		}
		return watch.Outcome{}
	})
	w.Parallel, w.Clock = 2, &steps{now: begin}
	if err := w.Loop(ctx); err != nil {
		t.Fatal(err)
	}
	if ran["slow"] != 1 || ran["quick"] < 3 {
		t.Errorf("%v", ran)
	}
}

// steps is a clock that goes on by what is waited for, and never ends.
type steps struct {
	mu  sync.Mutex
	now time.Time
}

func (c *steps) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *steps) Wait(ctx context.Context, until time.Time, wake <-chan struct{}) error {
	select {
	case <-wake:
		return ctx.Err()
	default:
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if until.After(c.now) {
		c.now = until
	}
	return ctx.Err()
}
