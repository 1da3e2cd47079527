package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"assay/internal/watch"
)

// together watches with several jobs at once, while others read, compact and deliver.
func together(t *testing.T, s *opened) {
	const jobs, runs = 4, 20
	var group, readers sync.WaitGroup
	done := make(chan struct{})
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if err := lookAround(t, s); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for j := range jobs {
		group.Go(func() {
			for i := range runs {
				if err := oneRun(t, s, fmt.Sprintf("job%d", j), noon.Add(time.Duration(i)*time.Second)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	close(done)
	readers.Wait()
	for _, step := range allSteps() {
		sum := 0
		for _, p := range s.history(step, noon.Add(-24*time.Hour), noon.Add(time.Hour)) {
			sum += p.States[watch.OK]
		}
		if sum != jobs*runs {
			t.Errorf("%s: %d observations, want %d", step, sum, jobs*runs)
		}
	}
	due, err := s.Due(t.Context(), noon.AddDate(1, 0, 0), 1000)
	delivered := jobs*runs - len(due)
	if waiting, given, outbox := s.Outbox(t.Context()); err != nil || outbox != nil || waiting != len(due) || given != 0 {
		t.Errorf("%d wait, %d are due, %v, %v", waiting, len(due), err, outbox)
	}
	t.Logf("%d of %d messages were delivered in between", delivered, jobs*runs)
	if all, err := s.Events(t.Context(), time.Time{}, 1000); err != nil || len(all) != jobs*runs {
		t.Errorf("%d events, %v", len(all), err)
	}
	if all, err := s.Interrupted(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%d interrupted, %v", len(all), err)
	}
}

// oneRun begins and ends a run of a job. All jobs observe the same thing.
func oneRun(t *testing.T, s watch.Store, name string, at time.Time) error {
	c := full(at)
	c.Slot.Job = name
	c.Events[0].ID += name
	c.Messages[0].ID += name
	c.Messages[0].Event = c.Events[0]
	c.Observations[0].Codes = map[string]int{"code " + name + at.Format(time.TimeOnly): 1}
	ok, err := s.Begin(t.Context(), c.Slot, at)
	if err != nil || !ok {
		return fmt.Errorf("%v: begun %v, %w", c.Slot, ok, err)
	}
	return s.Commit(t.Context(), c)
}

// lookAround reads, compacts, and delivers one message. What is read must be whole.
func lookAround(t *testing.T, s watch.Store) error {
	points, err := s.History(t.Context(), thing, watch.Day, noon.Add(-24*time.Hour), noon.Add(time.Hour))
	if err != nil {
		return err
	}
	for _, p := range points {
		codes := 0
		for _, n := range p.Codes {
			codes += n
		}
		if codes != p.States[watch.OK] || p.Latency != 20*p.Responses {
			return fmt.Errorf("a point in part: %+v", p)
		}
	}
	if _, err := s.Things(t.Context()); err != nil {
		return err
	}
	if err := s.Compact(t.Context(), noon, watch.DefaultRetention()); err != nil {
		return err
	}
	due, err := s.Due(t.Context(), noon.AddDate(1, 0, 0), 1)
	if err != nil || len(due) == 0 {
		return err
	}
	return s.Delivered(t.Context(), due[0].ID, noon)
}

// togetherBegin begins the same slots many times at once.
func togetherBegin(t *testing.T, s *opened) {
	const many = 8
	for i := range 10 {
		var group sync.WaitGroup
		var lock sync.Mutex
		begun := 0
		for range many {
			group.Go(func() {
				ok, err := s.Begin(t.Context(), slot(noon.Add(time.Duration(i)*time.Second)), noon)
				if err != nil {
					t.Error(err)
				}
				if ok {
					lock.Lock()
					begun++
					lock.Unlock()
				}
			})
		}
		group.Wait()
		if begun != 1 {
			t.Errorf("a slot began %d times", begun)
		}
	}
}
