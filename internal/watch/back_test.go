package watch_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"assay/internal/watch"
)

// TestLoop_setBackAfterRuns sets the clock back while it runs. Each planned time after the change has a
// run, and a restart repeats none.
func TestLoop_setBackAfterRuns(t *testing.T) {
	t.Parallel()
	for _, back := range []time.Duration{90 * time.Second, 50 * time.Minute, 26 * time.Hour, 400 * 24 * time.Hour} {
		t.Run(back.String(), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "watch.db")
			var ran []time.Time
			var c *clock
			s := open(t, path)
			w, first := watcher(t, s, 90, []watch.Job{live(t)}, func(_ watch.Job, slot watch.Slot) watch.Outcome {
				ran = append(ran, slot.Time)
				if len(ran) == 60 {
					c.mu.Lock()
					defer c.mu.Unlock()
					c.now = c.now.Add(7*time.Millisecond - back)
					c.end = c.now.Add(10 * time.Minute)
				}
				if len(ran) > 60 {
					return found(watch.Failing)
				}
				return found(watch.OK)
			})
			c = first
			if err := w.Loop(t.Context()); err != nil {
				t.Fatal(err)
			}
			after := slices.Clone(ran[60:])
			if len(after) != 10 && len(after) != 9 || !after[0].After(ran[59].Add(-back)) || after[0].After(ran[59].Add(2*time.Minute-back)) {
				t.Fatalf("runs after the change: %v", after)
			}
			if last, err := s.Last(t.Context(), "live"); err != nil || !last.Equal(after[len(after)-1]) {
				t.Errorf("the latest run is of %v, %v", last, err)
			}
			if got := events(t, s); got != "began" {
				t.Errorf("events: %s", got)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = open(t, path)
			w, second := watcher(t, s, 0, []watch.Job{live(t)}, func(_ watch.Job, slot watch.Slot) watch.Outcome {
				ran = append(ran, slot.Time)
				return found(watch.OK)
			})
			second.now = after[len(after)-1].Add(-time.Millisecond) // the clock may be corrected a little
			second.end = second.now.Add(2 * time.Minute)
			if err := w.Loop(t.Context()); err != nil {
				t.Fatal(err)
			}
			all := append(after, ran[60+len(after):]...)
			for i := 1; i < len(all); i++ {
				if all[i].Sub(all[i-1]) != time.Minute {
					t.Errorf("%v has a run after %v", all[i], all[i-1])
				}
			}
		})
	}
}

// TestBudget_setBack counts the requests that were sent before the clock was set back.
func TestBudget_setBack(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "watch.db"))
	sent := 0
	var c *clock
	w, first := watcher(t, s, 300, []watch.Job{live(t)}, func(watch.Job, watch.Slot) watch.Outcome {
		if sent++; sent == 10 {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.now = c.now.Add(-30 * 24 * time.Hour)
			c.end = c.now.Add(30 * time.Minute)
		}
		return found(watch.OK)
	})
	c, w.Budgets = first, map[string][]watch.Budget{"live": {{Calls: 14, Per: time.Hour}}}
	if err := w.Loop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if sent != 12 { // each run may send three
		t.Errorf("%d requests within an hour", sent)
	}
	c.end = c.now.Add(3 * time.Hour)
	if err := w.Loop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if sent < 24 {
		t.Errorf("%d requests within three more hours", sent)
	}
}
