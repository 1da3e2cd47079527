package notify_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"assay/internal/notify"
	"assay/internal/watch"
	"assay/internal/watchstore"
)

// TestStore delivers from the real store: in order, while the receiver fails, is restarted
// with the store, and comes back.
func TestStore(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var got []string
	down := true
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, r.Header.Get("webhook-id"))
		if down {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer s.Close()
	all, err := notify.New([]notify.Config{{Name: "ops", Kind: notify.Webhook, URL: s.URL}}, notify.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	path, c := t.TempDir()+"/watch.db", newClock()
	var ids []string
	work := func(kinds ...watch.EventKind) notify.Pass {
		store, err := watchstore.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = store.Close() }()
		for _, kind := range kinds {
			c.add(time.Minute)
			e := event(kind, watch.OK, watch.Failing, 0)
			e.Time, e.ID = c.now(), string(kind)
			slot := watch.Slot{Job: e.Job, Time: c.now()}
			if ok, err := store.Begin(t.Context(), slot, c.now()); err != nil || !ok {
				t.Fatal(ok, err)
			}
			m := notify.NewMessage(e, "ops", c.now())
			ids = append(ids, m.ID)
			if err := store.Commit(t.Context(), watch.Commit{Slot: slot, Ended: c.now(), Events: []watch.Event{e}, Messages: []watch.Message{m}}); err != nil {
				t.Fatal(err)
			}
		}
		d := notify.NewDelivery(store, all, c.now)
		p := pass(t, d)
		if waiting, lost, err := store.Outbox(t.Context()); err != nil || lost != 0 || (waiting == 0) != p.Next.IsZero() {
			t.Errorf("%d wait, %d lost, %v, %+v", waiting, lost, err, p)
		}
		return p
	}
	p := work(watch.Began, watch.Changed)
	if p.Sent != 0 || len(got) != 1 {
		t.Errorf("%+v, %v", p, got)
	}
	if p = work(); len(got) != 1 { // the later message is due, and the earlier one waits
		t.Errorf("%+v, %v", p, got)
	}
	if p = work(watch.Over); p.Sent != 0 || len(got) != 2 || got[1] != ids[0] {
		t.Errorf("%+v, %v", p, got)
	}
	mu.Lock()
	down = false
	mu.Unlock()
	c.set(p.Next)
	if p = work(); p.Sent != 3 || !slices.Equal(got, []string{ids[0], ids[0], ids[0], ids[1], ids[2]}) || !p.Next.IsZero() {
		t.Errorf("%+v, %v of %v", p, got, ids)
	}
}
