package dashboard_test

import (
	"context"
	"encoding/json"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"assay/internal/dashboard"
	"assay/internal/dashboard/month"
	"assay/internal/watch"
	"assay/internal/watchstore"
)

// TestStore shows what the store of `assay watch` has after a few runs.
func TestStore(t *testing.T) {
	t.Parallel()
	s, err := watchstore.Open(t.Context(), filepath.Join(t.TempDir(), "watch.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	o := options(month.New())
	o.Store = s
	d := dashboard.New(o)
	inOrder(t, text(t, get(t, d, "/"), http.StatusOK), "Nothing was observed yet", "no run has ended", "Next runs", "north-live")
	job := month.Jobs()[0]
	var thing watch.Thing
	begin := month.Now().Truncate(time.Hour).Add(-3 * time.Hour)
	for i := range 20 {
		slot := watch.Slot{Job: job.Name, Time: begin.Add(time.Duration(i) * every(t, job)), Calls: 3}
		seen := watch.Observation{Thing: "north-live northpay/createOrder", Slot: slot, Time: slot.Time.Add(time.Second), State: watch.OK, Why: "passed", Codes: map[string]int{"0000": 1}, Latencies: []int{100 + i, 300}}
		if i >= 15 {
			seen.State, seen.Why, seen.Findings = watch.Failing, "a member is missing", []watch.Finding{{ID: "f", Rule: "fields-required", Side: "provider", Severity: "error", Sentence: "the member is missing"}}
		}
		after, events := watch.Observe(thing, seen, job)
		thing = after
		if _, err := s.Begin(t.Context(), slot, slot.Time); err != nil {
			t.Fatal(err)
		}
		run := watch.Commit{Slot: slot, Ended: slot.Time.Add(2 * time.Second), Sent: 2, Observations: []watch.Observation{seen}, Things: []watch.Thing{after}, Events: events}
		if err := s.Commit(t.Context(), run); err != nil {
			t.Fatal(err)
		}
		d.Committed(run)
	}
	inOrder(t, text(t, get(t, d, "/"), http.StatusOK),
		"1 of 1 thing failing", "a member is missing", "the member is missing", "last 24 hours: ok 75.0%, failing 25.0% of 20 observations; latency 204 ms, slowest 300 ms", "<code>0000</code> ×20", "began, was ok")
	const target = "/thing?name=north-live+northpay%2FcreateOrder&step="
	inOrder(t, text(t, get(t, d, target+"hour"), http.StatusOK), ">2026-11-29 16:00</time>", `<td class="num">3</td>`, `<td class="num error-1">5</td>`, "fields-required provider ×5", ">2026-11-29 15:00</time>", `<td class="num">12</td>`)
	inOrder(t, text(t, get(t, d, target+"day"), http.StatusOK), ">2026-11-29</time>", `<td class="num">15</td>`, `<td class="num error-1">5</td>`)
	inOrder(t, text(t, get(t, d, target+"run"), http.StatusOK), ">2026-11-29 16:35:01</time>", ">2026-11-29 16:30:01</time>")
	inOrder(t, text(t, get(t, d, target+"minute"), http.StatusOK), ">2026-11-29 16:35</time>", ">2026-11-29 16:30</time>")
	text(t, get(t, d, "/readyz"), http.StatusOK)
	if all := scrape(t, d); !slices.Contains(all, `assay_watch_requests_total{job="north-live",provider="northpay"} 40`) || !slices.Contains(all, "assay_watch_outbox_waiting 0") {
		t.Error(all)
	}
}

// every is the time between the runs of a job.
func every(t *testing.T, j watch.Job) time.Duration {
	t.Helper()
	first := j.Schedule.Next(month.Now())
	return j.Schedule.Next(first).Sub(first)
}

// countedStore counts how often the states are read.
type countedStore struct {
	*month.Store
	reads atomic.Int64
}

func (s *countedStore) Things(ctx context.Context) ([]watch.Thing, error) {
	s.reads.Add(1)
	return s.Store.Things(ctx)
}

// TestCache makes the overview once for many pages: after a change, or when it is old.
func TestCache(t *testing.T) {
	t.Parallel()
	s := &countedStore{Store: month.New()}
	now := month.Now()
	o := options(s.Store)
	o.Store, o.Now = s, func() time.Time { return now }
	d := dashboard.New(o)
	for _, one := range []struct {
		then func()
		want int64
	}{
		{func() {}, 1}, {d.Changed, 2}, {func() { now = now.Add(4 * time.Second) }, 2}, {func() { now = now.Add(2 * time.Second) }, 3}, {func() { now = now.Add(-time.Hour) }, 4},
	} {
		one.then()
		var pages sync.WaitGroup
		for range 20 {
			pages.Go(func() { text(t, get(t, d, "/"), http.StatusOK) })
		}
		pages.Wait()
		if got := s.reads.Load(); got != one.want {
			t.Errorf("the states were read %d times, want %d", got, one.want)
		}
	}
}

// TestCache_gone makes a whole page although the client that asks for it goes away.
func TestCache_gone(t *testing.T) {
	t.Parallel()
	ctx, leave := context.WithCancel(t.Context())
	o := options(month.New())
	o.Store = left{month.New(), leave}
	d := dashboard.New(o)
	get(t, d, "/", func(r *http.Request) { *r = *r.WithContext(ctx) })
	inOrder(t, text(t, get(t, d, "/"), http.StatusOK), "1 of 8 things failing")
}

// left is a store whose client goes away while it is read.
type left struct {
	*month.Store
	leave func()
}

func (s left) Things(ctx context.Context) ([]watch.Thing, error) {
	s.leave()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.Store.Things(ctx)
}

// TestAPI has the data of the pages as JSON.
func TestAPI(t *testing.T) {
	t.Parallel()
	d := dashboard.New(options(month.New()))
	r := get(t, d, "/api/things")
	var all struct {
		Time   time.Time
		Faults []string
		Things []struct {
			Name, State, Why string
			Problem          *watch.Problem
			Findings         []watch.Finding
		}
	}
	if err := json.Unmarshal([]byte(text(t, r, http.StatusOK)), &all); err != nil || r.Header.Get("Content-Type") != "application/json" {
		t.Fatal(err, r.Header)
	}
	if len(all.Things) != 8 || all.Faults == nil || all.Things[0].Name != "north-live northpay/createOrder" || all.Things[0].State != "failing" || len(all.Things[0].Findings) != 2 || all.Things[2].State != "no data" || all.Things[2].Problem == nil || !all.Time.Equal(month.Now()) {
		t.Errorf("%+v", all)
	}
	var history struct {
		Step   watch.Step
		Points []watch.Point
	}
	if err := json.Unmarshal([]byte(text(t, get(t, d, "/api/history?step=day&name=north-live+northpay%2FcreateOrder"), http.StatusOK)), &history); err != nil {
		t.Fatal(err)
	}
	if n := len(history.Points); n != 29 || history.Step != watch.Day || history.Points[8].States[watch.Failing] < 40 {
		t.Errorf("%d points: %+v", n, history)
	}
	text(t, get(t, d, "/api/history?step=year"), http.StatusBadRequest)
}
