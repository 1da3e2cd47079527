package watchstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"assay/internal/watch"
)

// run is a row of watch_run. ended and sent are 0 while the run goes on.
type run struct {
	begun, calls, ended, sent int64 // times in milliseconds
	over                      int64 // 1: it ended
}

func runKey(job, slot int64) key { return keyOf("run", job, slot) }

func (r run) seal(job, slot int64) []byte {
	return runKey(job, slot).seal(ints(r.begun, r.calls, r.over, r.ended, r.sent))
}

func openRun(job, slot int64, data []byte) (r run, err error) {
	err = readInts(runKey(job, slot), data, &r.begun, &r.calls, &r.over, &r.ended, &r.sent)
	return r, err
}

// since gives how many requests the run may have sent since a time.
func (r run) since(at time.Time) int64 {
	ms := at.UnixMilli()
	switch {
	case r.over == 0 && r.begun >= ms:
		return r.calls
	case r.over != 0 && (r.begun >= ms || r.ended >= ms):
		return r.sent
	}
	return 0
}

// Begin notes a run before it does anything.
func (s *Store) Begin(ctx context.Context, slot watch.Slot, at time.Time) (begun bool, err error) {
	due := slot.Time.Unix()
	err = s.transact(ctx, func(t *tx) error {
		begun = false
		job, err := t.word(slot.Job)
		if err != nil {
			return err
		}
		deleted, _, err := t.deleted(job)
		if err != nil || due <= deleted {
			return err
		}
		if data, err := t.data(selectRun, job, due); err != nil || data != nil {
			return err
		}
		begun = true
		return t.exec(insertRun, job, due, run{begun: at.UnixMilli(), calls: int64(slot.Calls)}.seal(job, due))
	})
	return begun && err == nil, err
}

// never is before every slot.
const never = -1 << 62

// deleted gives the latest slot of a job whose run was deleted, and whether there is one.
func (t *tx) deleted(job int64) (slot int64, ok bool, err error) {
	data, err := t.data(selectJob, job)
	if err != nil || data == nil {
		return never, false, err
	}
	err = readInts(keyOf("job", job), data, &slot)
	return slot, true, err
}

// end notes the end of a run.
func (t *tx) end(job int64, c watch.Commit) error {
	due := c.Slot.Time.Unix()
	data, err := t.data(selectRun, job, due)
	if err != nil {
		return err
	}
	if data == nil {
		return fmt.Errorf("%s at %s: %w", c.Slot.Job, c.Slot.Time.UTC().Format(time.RFC3339), watch.ErrNotBegun)
	}
	r, err := openRun(job, due, data)
	if err != nil {
		return err
	}
	if r.over != 0 {
		return fmt.Errorf("%s at %s: %w", c.Slot.Job, c.Slot.Time.UTC().Format(time.RFC3339), watch.ErrEnded)
	}
	r.over, r.ended, r.sent = 1, c.Ended.UnixMilli(), int64(c.Sent)
	return t.exec(updateRun, r.seal(job, due), job, due)
}

// Interrupted gives the runs that have begun and not ended.
func (s *Store) Interrupted(ctx context.Context) (all []watch.Slot, err error) {
	err = s.view(ctx, func(t *tx) error {
		jobs, err := t.rows("SELECT DISTINCT job, NULL FROM watch_run")
		if err != nil {
			return err
		}
		for _, j := range jobs {
			of, err := t.interrupted(j.number)
			if err != nil {
				return err
			}
			all = append(all, of...)
		}
		return nil
	})
	slices.SortFunc(all, func(a, b watch.Slot) int { return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Job, b.Job)) })
	return all, err
}

// interrupted gives the runs of a job that have begun and not ended.
func (t *tx) interrupted(job int64) (all []watch.Slot, err error) {
	name, err := t.text(job)
	if err != nil {
		return nil, err
	}
	runs, err := t.rows("SELECT slot, data FROM watch_run WHERE job = ?", job)
	for _, row := range runs {
		r, err := openRun(job, row.number, row.data)
		if err != nil {
			return nil, err
		}
		if r.over == 0 {
			all = append(all, watch.Slot{Job: name, Time: time.Unix(row.number, 0).UTC(), Calls: int(r.calls)})
		}
	}
	return all, err
}

// Calls gives how many requests the runs of a job may have sent since a time. Of runs that
// Compact deleted, it counts the whole hour in which they ended.
func (s *Store) Calls(ctx context.Context, job string, since time.Time) (sum int, err error) {
	err = s.view(ctx, func(t *tx) error {
		job, err := t.number(job)
		if err != nil || job == 0 {
			return err
		}
		runs, err := t.rows("SELECT slot, data FROM watch_run WHERE job = ?", job)
		if err != nil {
			return err
		}
		for _, row := range runs {
			r, err := openRun(job, row.number, row.data)
			if err != nil {
				return err
			}
			sum += int(r.since(since))
		}
		hours, err := t.rows("SELECT hour, data FROM watch_calls WHERE job = ? AND hour >= ?", job, hourOf(since))
		for _, row := range hours {
			var n int64
			if err := readInts(keyOf("calls", job, row.number), row.data, &n); err != nil {
				return err
			}
			sum += int(n)
		}
		return err
	})
	return sum, err
}

// hourOf gives the hour that a time is in.
func hourOf(at time.Time) int64 { return steps()[2].of(at) }

// Last gives the latest slot of a job.
func (s *Store) Last(ctx context.Context, job string) (at time.Time, err error) {
	err = s.view(ctx, func(t *tx) error {
		job, err := t.number(job)
		if err != nil || job == 0 {
			return err
		}
		runs, err := t.rows("SELECT slot, data FROM watch_run WHERE job = ? ORDER BY slot DESC LIMIT 1", job)
		if err != nil {
			return err
		}
		slot, deleted, err := t.deleted(job)
		if err != nil {
			return err
		}
		if len(runs) > 0 {
			if _, err := openRun(job, runs[0].number, runs[0].data); err != nil {
				return err
			}
			slot = max(slot, runs[0].number)
		}
		if deleted || len(runs) > 0 {
			at = time.Unix(slot, 0).UTC()
		}
		return nil
	})
	return at, err
}
