package watchstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"assay/internal/watch"
)

// Things gives the state of every thing, by name.
func (s *Store) Things(ctx context.Context) (all []watch.Thing, err error) {
	err = s.view(ctx, func(t *tx) error {
		found, err := t.rows("SELECT thing, data FROM watch_thing")
		for _, row := range found {
			var r thingRecord
			if err := get(keyOf("thing", row.number), row.data, &r); err != nil {
				return err
			}
			all = append(all, r.thing())
		}
		return err
	})
	slices.SortFunc(all, func(a, b watch.Thing) int { return cmp.Compare(a.Name, b.Name) })
	return all, err
}

// kept gives the first time of a step that is kept.
func (t *tx) kept(s step) (since int64, err error) {
	data, err := t.data("SELECT data FROM watch_kept WHERE step = ?", s.number)
	if err != nil || data == nil {
		return never, err
	}
	err = readInts(keyOf("kept", s.number), data, &since)
	return since, err
}

// History gives what was observed of a thing, in steps.
func (s *Store) History(ctx context.Context, thing string, name watch.Step, from, to time.Time) (all []watch.Point, err error) {
	i := slices.IndexFunc(steps(), func(s step) bool { return s.name == name })
	if i < 0 {
		return nil, fmt.Errorf("there is no step %q", name)
	}
	step := steps()[i]
	err = s.view(ctx, func(t *tx) error {
		id, err := t.number(thing)
		if err != nil || id == 0 {
			return err
		}
		since, err := t.kept(step)
		if err != nil {
			return err
		}
		found, err := t.rows("SELECT time, data FROM "+step.table+" WHERE thing = ? AND time >= ? AND time < ? ORDER BY time", id, max(since, step.next(from)), step.next(to))
		if err != nil {
			return err
		}
		for _, row := range found {
			p, err := openPoint(step, id, row.number, row.data)
			if err != nil {
				return err
			}
			shown, err := t.shown(p, step.start(row.number))
			if err != nil {
				return err
			}
			all = append(all, shown)
		}
		return nil
	})
	return all, err
}

// Events gives the newest events since a time.
func (s *Store) Events(ctx context.Context, since time.Time, n int) (all []watch.Event, err error) {
	err = s.view(ctx, func(t *tx) error {
		times, err := t.rows("SELECT DISTINCT time, NULL FROM watch_event WHERE time >= ? ORDER BY time DESC LIMIT ?", since.UnixMilli(), n)
		if err != nil || len(times) == 0 {
			return err
		}
		for _, at := range times {
			found, err := t.rows("SELECT id, data FROM watch_event WHERE time = ?", at.number)
			if err != nil {
				return err
			}
			var together []watch.Event
			for _, row := range found {
				e, err := openEvent(at.number, []byte(row.text), row.data)
				if err != nil {
					return err
				}
				together = append(together, e)
			}
			slices.SortFunc(together, func(a, b watch.Event) int { return cmp.Compare(a.ID, b.ID) })
			if all = append(all, together...); len(all) >= n {
				all = all[:n]
				break
			}
		}
		return nil
	})
	return all, err
}

// openEvent reads a row of watch_event.
func openEvent(at int64, id, data []byte) (watch.Event, error) {
	var r eventRecord
	err := get(eventKey(at, id), data, &r)
	return r.event(), err
}

// Report gives the report of the newest run of a job that has one.
func (s *Store) Report(ctx context.Context, job string) (report []byte, at time.Time, err error) {
	err = s.view(ctx, func(t *tx) error {
		job, err := t.number(job)
		if err != nil || job == 0 {
			return err
		}
		data, err := t.data(selectReport, job)
		if err != nil || data == nil {
			return err
		}
		_, ended, packed, err := openReport(job, data)
		if err != nil {
			return err
		}
		at = timeOf(ended)
		report, err = unpack(packed)
		return err
	})
	return report, at, err
}

// Files gives what was checked of the files in the folder of a job.
func (s *Store) Files(ctx context.Context, job string) (all map[string]watch.FileMark, err error) {
	all = map[string]watch.FileMark{}
	err = s.view(ctx, func(t *tx) error {
		job, err := t.number(job)
		if err != nil || job == 0 {
			return err
		}
		found, err := t.rows("SELECT name, data FROM watch_file WHERE job = ?", job)
		for _, row := range found {
			content, err := fileKey(job, row.text).open(row.data)
			if err != nil {
				return err
			}
			r := reader{rest: content}
			size := r.int()
			if r.err != nil {
				return r.err
			}
			all[row.text] = watch.FileMark{Size: size, Digest: string(r.rest)}
		}
		return err
	})
	return all, err
}
