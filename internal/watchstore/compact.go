package watchstore

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"assay/internal/watch"
)

// part is how many rows one transaction of Compact deletes. Others can write in between.
const part = 2000

// Compact deletes what is older than its retention. Runs are kept as long as single
// observations, calls as long as hours, and events, delivered messages and windows as long
// as days.
func (s *Store) Compact(ctx context.Context, at time.Time, keep watch.Retention) error {
	age := []time.Duration{keep.Single, keep.Minute, keep.Hour, keep.Day}
	for i, step := range steps() {
		since, err := s.keep(ctx, step, step.of(at.Add(-age[i])))
		if err != nil {
			return err
		}
		if err := s.deletePoints(ctx, step, since); err != nil {
			return err
		}
	}
	if err := s.deleteRuns(ctx, at.Add(-keep.Single)); err != nil {
		return err
	}
	if err := s.deleteRest(ctx, at.Add(-keep.Hour), at.Add(-keep.Day)); err != nil {
		return err
	}
	return classify(s.file.Shrink(ctx))
}

// keep notes from when on a step is kept, and gives that time. It never moves back: what was
// deleted is not there.
func (s *Store) keep(ctx context.Context, step step, since int64) (int64, error) {
	err := s.transact(ctx, func(t *tx) error {
		before, err := t.kept(step)
		if err != nil || before >= since {
			since = max(since, before)
			return err
		}
		return t.exec("INSERT OR REPLACE INTO watch_kept (step, data) VALUES (?, ?)", step.number, keyOf("kept", step.number).seal(ints(since)))
	})
	return since, err
}

// parts runs do, which deletes at most a part, until it deletes less.
func (s *Store) parts(ctx context.Context, do func(*tx) (deleted int64, err error)) error {
	for {
		var n int64
		err := s.transact(ctx, func(t *tx) (err error) {
			n, err = do(t)
			return err
		})
		if err != nil || n < part {
			return err
		}
	}
}

// deletePoints deletes the points of a step before a time.
func (s *Store) deletePoints(ctx context.Context, step step, before int64) error {
	things, err := s.owners(ctx, step.table, "thing", "time", before)
	for _, thing := range things {
		if err := s.parts(ctx, func(t *tx) (int64, error) {
			return t.delete("DELETE FROM "+step.table+" WHERE thing = ?1 AND time < ?2 AND time <= coalesce((SELECT time FROM "+step.table+" WHERE thing = ?1 ORDER BY time LIMIT 1 OFFSET ?3), ?2)", thing, before, part-1)
		}); err != nil {
			return err
		}
	}
	return err
}

// owners gives the things or jobs that have rows before a time. It reads one row of each: a
// query for DISTINCT would read all.
func (s *Store) owners(ctx context.Context, table, owner, at string, before int64) (all []int64, err error) {
	next := "SELECT " + owner + ", " + at + " FROM " + table + " WHERE " + owner + " > ? ORDER BY " + owner + ", " + at + " LIMIT 1"
	err = s.view(ctx, func(t *tx) error {
		for id := int64(0); ; {
			var first int64
			err := t.QueryRowContext(ctx, next, id).Scan(&id, &first)
			switch {
			case errors.Is(err, sql.ErrNoRows):
				return nil
			case err != nil:
				return err
			case first < before:
				all = append(all, id)
			}
		}
	})
	return all, err
}

// delete runs a statement, and gives how many rows it deleted.
func (t *tx) delete(statement string, args ...any) (int64, error) {
	result, err := t.ExecContext(t.ctx, statement, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// deleteRuns deletes runs that are over, of slots before a time. The job keeps the latest of
// their slots, which cannot begin again, and how many requests they sent in each hour.
func (s *Store) deleteRuns(ctx context.Context, before time.Time) error {
	jobs, err := s.owners(ctx, "watch_run", "job", "slot", before.Unix())
	for _, job := range jobs {
		if err := s.parts(ctx, func(t *tx) (int64, error) { return t.deleteRuns(job, before.Unix()) }); err != nil {
			return err
		}
	}
	return err
}

func (t *tx) deleteRuns(job, before int64) (n int64, err error) {
	runs, err := t.rows("SELECT slot, data FROM watch_run WHERE job = ? AND slot < ? ORDER BY slot LIMIT ?", job, before, 2*part)
	if err != nil {
		return 0, err
	}
	latest, _, err := t.deleted(job)
	if err != nil {
		return 0, err
	}
	calls := map[int64]int64{}
	for _, row := range runs {
		r, err := openRun(job, row.number, row.data)
		if err != nil {
			return 0, err
		}
		if r.over == 0 {
			continue
		}
		if r.sent != 0 {
			calls[hourOf(timeOf(max(r.begun, r.ended)))] += r.sent
		}
		latest = max(latest, row.number)
		if err := t.exec("DELETE FROM watch_run WHERE job = ? AND slot = ?", job, row.number); err != nil {
			return 0, err
		}
		if n++; n == part {
			break
		}
	}
	if n == 0 {
		return 0, nil
	}
	for hour, sent := range calls {
		if err := t.addCalls(job, hour, sent); err != nil {
			return 0, err
		}
	}
	return n, t.exec("INSERT OR REPLACE INTO watch_job (job, data) VALUES (?, ?)", job, keyOf("job", job).seal(ints(latest)))
}

// addCalls adds the requests of deleted runs to their hour.
func (t *tx) addCalls(job, hour, sent int64) error {
	data, err := t.data("SELECT data FROM watch_calls WHERE job = ? AND hour = ?", job, hour)
	if err != nil {
		return err
	}
	if data != nil {
		var before int64
		if err := readInts(keyOf("calls", job, hour), data, &before); err != nil {
			return err
		}
		sent += before
	}
	return t.exec("INSERT OR REPLACE INTO watch_calls (job, hour, data) VALUES (?, ?, ?)", job, hour, keyOf("calls", job, hour).seal(ints(sent)))
}

// deleteRest deletes calls before one time, and events, messages that do not wait, windows
// and things before another.
func (s *Store) deleteRest(ctx context.Context, hours, days time.Time) error {
	if err := s.parts(ctx, func(t *tx) (int64, error) {
		return t.delete("DELETE FROM watch_calls WHERE (job, hour) IN (SELECT job, hour FROM watch_calls WHERE hour < ? LIMIT ?)", hourOf(hours), part)
	}); err != nil {
		return err
	}
	if err := s.transact(ctx, func(t *tx) error { return t.deleteAnnounced(days) }); err != nil {
		return err
	}
	return s.transact(ctx, func(t *tx) error { return t.deleteStale(days) })
}

// deleteAnnounced deletes events before a time with their messages. An event whose message
// waits stays, and so do those after it.
func (t *tx) deleteAnnounced(before time.Time) error {
	limit := before.UnixMilli()
	waiting, err := t.messages(waits)
	if err != nil {
		return err
	}
	for _, m := range waiting {
		limit = min(limit, m.At)
	}
	var old int64
	if err := t.QueryRowContext(t.ctx, "SELECT count(*) FROM watch_event WHERE time < ?", limit).Scan(&old); err != nil || old == 0 {
		return err
	}
	given, err := t.messages(givenUp)
	if err != nil {
		return err
	}
	for _, m := range given {
		if m.At < limit {
			if err := t.exec("DELETE FROM watch_message WHERE state = ? AND id = ?", givenUp, digest(m.ID)); err != nil {
				return err
			}
		}
	}
	delivered, err := t.rows("SELECT id, data FROM watch_delivered")
	if err != nil {
		return err
	}
	for _, row := range delivered {
		var at, when int64
		if err := readInts(keyOf("delivered", []byte(row.text)), row.data, &at, &when); err != nil {
			return err
		}
		if at < limit {
			if err := t.exec("DELETE FROM watch_delivered WHERE id = ?", []byte(row.text)); err != nil {
				return err
			}
		}
	}
	return t.exec("DELETE FROM watch_event WHERE time < ?", limit)
}

// deleteStale deletes windows that ended before a time, and things that were not seen since.
func (t *tx) deleteStale(before time.Time) error {
	windows, err := t.windows()
	if err != nil {
		return err
	}
	for _, w := range windows {
		if w.To.Before(before) {
			if err := t.exec("DELETE FROM watch_window WHERE id = ?", w.ID); err != nil {
				return err
			}
		}
	}
	things, err := t.rows("SELECT thing, data FROM watch_thing")
	if err != nil {
		return err
	}
	for _, row := range things {
		var r thingRecord
		if err := get(keyOf("thing", row.number), row.data, &r); err != nil {
			return err
		}
		if timeOf(r.Seen).Before(before) {
			if err := t.exec("DELETE FROM watch_thing WHERE thing = ?", row.number); err != nil {
				return err
			}
		}
	}
	return nil
}
