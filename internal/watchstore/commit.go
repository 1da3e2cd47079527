package watchstore

import (
	"context"
	"crypto/sha256"
	"fmt"

	"assay/internal/watch"
)

// Commit stores the end of a run in one transaction.
func (s *Store) Commit(ctx context.Context, c watch.Commit) error {
	return s.transact(ctx, func(t *tx) error {
		job, err := t.word(c.Slot.Job)
		if err != nil {
			return err
		}
		if err := t.end(job, c); err != nil {
			return err
		}
		if err := t.observeAll(c.Observations); err != nil {
			return err
		}
		for _, thing := range c.Things {
			if err := t.putThing(thing); err != nil {
				return err
			}
		}
		if err := t.announce(c); err != nil {
			return err
		}
		for name, mark := range c.Files {
			if err := t.putFile(job, name, mark); err != nil {
				return err
			}
		}
		return t.putReport(job, c)
	})
}

// observeAll adds observations to each step. One that comes late for a step that was deleted
// would be a part that passes for all of it: History leaves it out, and Compact deletes it.
func (t *tx) observeAll(all []watch.Observation) error {
	for _, o := range all {
		p, err := t.pointOf(o)
		if err != nil {
			return err
		}
		thing, err := t.word(o.Thing)
		if err != nil {
			return err
		}
		for _, s := range steps() {
			if err := t.add(s, thing, s.of(o.Time), p); err != nil {
				return err
			}
		}
	}
	return nil
}

// add adds a point to a step.
func (t *tx) add(s step, thing, at int64, p point) error {
	data, err := t.data(selectPoint(s), thing, at)
	if err != nil {
		return err
	}
	if data != nil {
		before, err := openPoint(s, thing, at, data)
		if err != nil {
			return err
		}
		before.add(p)
		p = before
	}
	return t.exec(replacePoint(s), thing, at, pointKey(s, thing, at).seal(p.encode()))
}

func pointKey(s step, thing, at int64) key { return keyOf(s.table, thing, at) }

// openPoint reads a row of a step.
func openPoint(s step, thing, at int64, data []byte) (point, error) {
	content, err := pointKey(s, thing, at).open(data)
	if err != nil {
		return point{}, err
	}
	return decode(content)
}

// putThing stores the state of a thing.
func (t *tx) putThing(thing watch.Thing) error {
	id, err := t.word(thing.Name)
	if err != nil {
		return err
	}
	data, err := put(keyOf("thing", id), recordThing(thing))
	if err != nil {
		return err
	}
	return t.exec(replaceThing, id, data)
}

// digest stands for an id in a key.
func digest(id string) []byte {
	sum := sha256.Sum256([]byte(id))
	return sum[:16]
}

func eventKey(at int64, id []byte) key { return keyOf("event", at, id) }

// announce stores the events of a run, and puts their messages into the outbox. An event or
// a message whose id was stored before is left out, also after it was delivered.
func (t *tx) announce(c watch.Commit) error {
	for _, e := range c.Events {
		at, id := e.Time.UnixMilli(), digest(e.ID)
		data, err := put(eventKey(at, id), recordEvent(e))
		if err != nil {
			return err
		}
		if err := t.exec("INSERT OR IGNORE INTO watch_event (time, id, data) VALUES (?, ?, ?)", at, id, data); err != nil {
			return err
		}
	}
	for i, m := range c.Messages {
		if err := t.addMessage(m, i); err != nil {
			return fmt.Errorf("message %s: %w", m.ID, err)
		}
	}
	return nil
}

// putFile stores what was checked of a file; a zero mark forgets it.
func (t *tx) putFile(job int64, name string, mark watch.FileMark) error {
	if mark == (watch.FileMark{}) {
		return t.exec("DELETE FROM watch_file WHERE job = ? AND name = ?", job, name)
	}
	data := fileKey(job, name).seal(append(ints(mark.Size), mark.Digest...))
	return t.exec("INSERT OR REPLACE INTO watch_file (job, name, data) VALUES (?, ?, ?)", job, name, data)
}

func fileKey(job int64, name string) key { return keyOf("file", job, name) }

// putReport replaces the report of a job, unless that is of a later slot.
func (t *tx) putReport(job int64, c watch.Commit) error {
	if c.Report == nil {
		return nil
	}
	slot := c.Slot.Time.Unix()
	before, err := t.data(selectReport, job)
	if err != nil {
		return err
	}
	if before != nil {
		stored, _, _, err := openReport(job, before)
		if err != nil || stored > slot {
			return err
		}
	}
	data := reportKey(job).seal(append(ints(slot, msOf(c.Ended)), pack(c.Report)...))
	return t.exec(replaceReport, job, data)
}

func reportKey(job int64) key { return keyOf("report", job) }

// openReport reads the slot, the end and the packed report of a row.
func openReport(job int64, data []byte) (slot, ended int64, packed []byte, err error) {
	content, err := reportKey(job).open(data)
	if err != nil {
		return 0, 0, nil, err
	}
	r := reader{rest: content}
	slot, ended = r.int(), r.int()
	return slot, ended, r.rest, r.err
}
