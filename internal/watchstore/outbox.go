package watchstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"assay/internal/watch"
)

// The states of a message in the outbox. A delivered one leaves only its id.
const (
	waits   = 0
	givenUp = 1
)

func messageKey(state int64, id []byte) key { return keyOf("message", state, id) }

// addMessage puts a message into the outbox, if none with its id was ever there. number is its
// place among the messages of its run.
func (t *tx) addMessage(m watch.Message, number int) error {
	at, id := m.Event.Time.UnixMilli(), digest(m.ID)
	event, err := t.data("SELECT data FROM watch_event WHERE time = ? AND id = ?", at, digest(m.Event.ID))
	if err != nil {
		return err
	}
	if event == nil {
		return fmt.Errorf("event %s: %w", m.Event.ID, watch.ErrUnknown)
	}
	var known int64
	if err := t.QueryRowContext(t.ctx, "SELECT (SELECT count(*) FROM watch_message WHERE state IN (0, 1) AND id = ?1) + (SELECT count(*) FROM watch_delivered WHERE id = ?1)", id).Scan(&known); err != nil || known > 0 {
		return err
	}
	return t.putMessage(waits, messageRecord{
		ID: m.ID, Channel: m.Channel, Event: m.Event.ID, At: at, Created: msOf(m.Created),
		Attempts: m.Attempts, Next: msOf(m.Next), Problem: m.Problem, Number: number,
	})
}

func (t *tx) putMessage(state int64, r messageRecord) error {
	id := digest(r.ID)
	data, err := put(messageKey(state, id), r)
	if err != nil {
		return err
	}
	return t.exec("INSERT INTO watch_message (state, id, data) VALUES (?, ?, ?)", state, id, data)
}

// messages reads the messages of a state.
func (t *tx) messages(state int64) (all []messageRecord, err error) {
	found, err := t.rows("SELECT id, data FROM watch_message WHERE state = ?", state)
	for _, row := range found {
		var r messageRecord
		if err := get(messageKey(state, []byte(row.text)), row.data, &r); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, err
}

// Due gives messages whose next attempt is due.
func (s *Store) Due(ctx context.Context, at time.Time, n int) (due []watch.Message, err error) {
	err = s.view(ctx, func(t *tx) error {
		all, err := t.messages(waits)
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(r messageRecord) bool { return r.Next > at.UnixMilli() })
		slices.SortFunc(all, func(a, b messageRecord) int {
			return cmp.Or(cmp.Compare(a.Created, b.Created), cmp.Compare(a.Number, b.Number), cmp.Compare(a.ID, b.ID))
		})
		for _, r := range all[:min(n, len(all))] {
			m, err := t.message(r)
			if err != nil {
				return err
			}
			due = append(due, m)
		}
		return nil
	})
	return due, err
}

// message adds the event to a message.
func (t *tx) message(r messageRecord) (watch.Message, error) {
	id := digest(r.Event)
	data, err := t.data("SELECT data FROM watch_event WHERE time = ? AND id = ?", r.At, id)
	if err != nil {
		return watch.Message{}, err
	}
	if data == nil {
		return watch.Message{}, damage("the event of a message is missing")
	}
	e, err := openEvent(r.At, id, data)
	return watch.Message{
		ID: r.ID, Channel: r.Channel, Event: e, Created: timeOf(r.Created),
		Attempts: r.Attempts, Next: timeOf(r.Next), Problem: r.Problem,
	}, err
}

// find reads a message of the outbox, and its state.
func (t *tx) find(id string) (r messageRecord, state int64, err error) {
	for _, state := range []int64{waits, givenUp} {
		data, err := t.data("SELECT data FROM watch_message WHERE state = ? AND id = ?", state, digest(id))
		if err != nil {
			return r, 0, err
		}
		if data != nil {
			return r, state, get(messageKey(state, digest(id)), data, &r)
		}
	}
	return r, 0, fmt.Errorf("message %s: %w", id, watch.ErrUnknown)
}

// Delivered removes a message from the outbox. Its id is kept, so that it is not added again.
func (s *Store) Delivered(ctx context.Context, id string, at time.Time) error {
	return s.transact(ctx, func(t *tx) error {
		if data, err := t.data("SELECT data FROM watch_delivered WHERE id = ?", digest(id)); err != nil || data != nil {
			return err
		}
		r, state, err := t.find(id)
		if err != nil {
			return err
		}
		if err := t.exec("DELETE FROM watch_message WHERE state = ? AND id = ?", state, digest(id)); err != nil {
			return err
		}
		return t.exec("INSERT INTO watch_delivered (id, data) VALUES (?, ?)", digest(id), keyOf("delivered", digest(id)).seal(ints(r.At, at.UnixMilli())))
	})
}

// Retry keeps a message for another attempt; a zero time gives it up.
func (s *Store) Retry(ctx context.Context, id string, next time.Time, why string) error {
	return s.transact(ctx, func(t *tx) error {
		r, state, err := t.find(id)
		if err != nil {
			return err
		}
		if err := t.exec("DELETE FROM watch_message WHERE state = ? AND id = ?", state, digest(id)); err != nil {
			return err
		}
		r.Attempts++
		r.Next, r.Problem = msOf(next), why
		state = waits
		if next.IsZero() {
			state = givenUp
		}
		return t.putMessage(state, r)
	})
}

// Outbox counts the messages that wait, and those that were given up.
func (s *Store) Outbox(ctx context.Context) (waiting, given int, err error) {
	err = s.view(ctx, func(t *tx) error {
		return t.QueryRowContext(t.ctx, "SELECT (SELECT count(*) FROM watch_message WHERE state = 0), (SELECT count(*) FROM watch_message WHERE state = 1)").Scan(&waiting, &given)
	})
	return waiting, given, err
}
