package watchstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"assay/internal/watch"
)

func windowKey(id string) key { return keyOf("window", id) }

// Plan adds a maintenance window, or replaces the one with its id.
func (s *Store) Plan(ctx context.Context, w watch.Window) error {
	return s.transact(ctx, func(t *tx) error { return t.putWindow(w) })
}

func (t *tx) putWindow(w watch.Window) error {
	data, err := put(windowKey(w.ID), windowRecord{w.ID, w.Provider, msOf(w.From), msOf(w.To), w.Why, w.By})
	if err != nil {
		return err
	}
	return t.exec("INSERT OR REPLACE INTO watch_window (id, data) VALUES (?, ?)", w.ID, data)
}

// Cancel ends a maintenance window now. One that has not begun is removed.
func (s *Store) Cancel(ctx context.Context, id string, at time.Time) error {
	return s.transact(ctx, func(t *tx) error {
		data, err := t.data("SELECT data FROM watch_window WHERE id = ?", id)
		if err != nil {
			return err
		}
		if data == nil {
			return fmt.Errorf("window %s: %w", id, watch.ErrUnknown)
		}
		w, err := openWindow(id, data)
		switch {
		case err != nil || !at.Before(w.To):
			return err
		case !at.After(w.From):
			return t.exec("DELETE FROM watch_window WHERE id = ?", id)
		}
		w.To = at
		return t.putWindow(w)
	})
}

// openWindow reads a row of watch_window.
func openWindow(id string, data []byte) (watch.Window, error) {
	var r windowRecord
	err := get(windowKey(id), data, &r)
	return watch.Window{ID: r.ID, Provider: r.Provider, From: timeOf(r.From), To: timeOf(r.To), Why: r.Why, By: r.By}, err
}

// windows reads all windows.
func (t *tx) windows() (all []watch.Window, err error) {
	found, err := t.rows("SELECT id, data FROM watch_window")
	for _, row := range found {
		w, err := openWindow(row.text, row.data)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, err
}

// Windows gives the windows that end after a time, by their beginning.
func (s *Store) Windows(ctx context.Context, after time.Time) (all []watch.Window, err error) {
	err = s.view(ctx, func(t *tx) error {
		all, err = t.windows()
		return err
	})
	all = slices.DeleteFunc(all, func(w watch.Window) bool { return !w.To.After(after) })
	slices.SortFunc(all, func(a, b watch.Window) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.ID, b.ID)) })
	return all, err
}
