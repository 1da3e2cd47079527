package watchstore

import (
	"context"
	"time"
)

// SetBack forgets the runs of a job that ended and whose slots are after a time, because the
// clock was set back to it. What they sent counts by the new clock.
func (s *Store) SetBack(ctx context.Context, job string, now time.Time) error {
	return s.transact(ctx, func(t *tx) error {
		job, err := t.number(job)
		if err != nil || job == 0 {
			return err
		}
		if err := t.forget(job, now); err != nil {
			return err
		}
		if err := t.lowerReport(job, now); err != nil {
			return err
		}
		deleted, ok, err := t.deleted(job)
		if err != nil || !ok || deleted <= now.Unix() {
			return err
		}
		return t.exec("DELETE FROM watch_job WHERE job = ?", job)
	})
}

// forget deletes the runs of slots after a time, and gives their requests the hours that they
// have by the new clock: the latest end is now.
func (t *tx) forget(job int64, now time.Time) error {
	found, err := t.rows("SELECT slot, data FROM watch_run WHERE job = ? AND slot > ?", job, now.Unix())
	if err != nil {
		return err
	}
	sent, latest := map[int64]int64{}, now.UnixMilli() // by time in milliseconds
	for _, row := range found {
		r, err := openRun(job, row.number, row.data)
		if err != nil {
			return err
		}
		if r.over == 0 {
			continue
		}
		at := max(r.begun, r.ended)
		sent[at], latest = sent[at]+r.sent, max(latest, at)
		if err := t.exec("DELETE FROM watch_run WHERE job = ? AND slot = ?", job, row.number); err != nil {
			return err
		}
	}
	hours, err := t.rows("SELECT hour, data FROM watch_calls WHERE job = ? AND hour > ?", job, hourOf(now))
	if err != nil {
		return err
	}
	for _, row := range hours { // of runs that were deleted
		var n int64
		if err := readInts(keyOf("calls", job, row.number), row.data, &n); err != nil {
			return err
		}
		at := steps()[2].start(row.number).UnixMilli()
		sent[at], latest = sent[at]+n, max(latest, at)
		if err := t.exec("DELETE FROM watch_calls WHERE job = ? AND hour = ?", job, row.number); err != nil {
			return err
		}
	}
	calls, behind := map[int64]int64{}, latest-now.UnixMilli()
	for at, n := range sent {
		calls[hourOf(timeOf(at-behind))] += n
	}
	for hour, n := range calls {
		if n == 0 {
			continue
		}
		if err := t.addCalls(job, hour, n); err != nil {
			return err
		}
	}
	return nil
}

// lowerReport lets runs of slots after a time replace the report of a job.
func (t *tx) lowerReport(job int64, now time.Time) error {
	data, err := t.data(selectReport, job)
	if err != nil || data == nil {
		return err
	}
	stored, ended, packed, err := openReport(job, data)
	if err != nil || stored <= now.Unix() {
		return err
	}
	return t.exec(replaceReport, job, reportKey(job).seal(append(ints(now.Unix(), ended), packed...)))
}
