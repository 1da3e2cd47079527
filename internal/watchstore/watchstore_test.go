package watchstore_test

import (
	"path/filepath"
	"testing"
	"time"

	"assay/internal/watch"
	"assay/internal/watchstore"
)

func TestSmoke(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	s, err := watchstore.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	slot := watch.Slot{Job: "paytm-live", Time: at, Calls: 3}
	t.Log(s.Begin(t.Context(), slot, at))
	t.Log(s.Begin(t.Context(), slot, at))
	t.Log(s.Interrupted(t.Context()))
	t.Log(s.Calls(t.Context(), "paytm-live", at))
	e := watch.Event{ID: "e1", Kind: watch.Began, Thing: "x", Time: at, Findings: []watch.Finding{{ID: "1", Rule: "r", Side: "provider"}}}
	t.Log(s.Commit(t.Context(), watch.Commit{Slot: slot, Ended: at.Add(time.Second), Sent: 2, Report: []byte("{}"),
		Observations: []watch.Observation{{Thing: "paytm-live x", Slot: slot, Time: at, State: watch.Failing, Codes: map[string]int{"0000": 2}, Latencies: []int{30, 50}, Findings: e.Findings}},
		Things:       []watch.Thing{{Name: "paytm-live x", State: watch.Failing, Since: at}}, Events: []watch.Event{e}, Messages: []watch.Message{{ID: "m1", Channel: "c", Event: e, Created: at, Next: at}},
		Files: map[string]watch.FileMark{"a.har": {Size: 3, Digest: "abc"}}}))
	for _, st := range []watch.Step{watch.Single, watch.Minute, watch.Hour, watch.Day} {
		t.Log(s.History(t.Context(), "paytm-live x", st, at.Add(-time.Hour), at.Add(time.Hour)))
	}
	t.Log(s.Things(t.Context()))
	t.Log(s.Events(t.Context(), at, 10))
	t.Log(s.Due(t.Context(), at, 10))
	t.Log(s.Retry(t.Context(), "m1", at, "x"))
	t.Log(s.Delivered(t.Context(), "m1", at))
	t.Log(s.Outbox(t.Context()))
	t.Log(s.Report(t.Context(), "paytm-live"))
	t.Log(s.Files(t.Context(), "paytm-live"))
	t.Log(s.Check(t.Context()))
	t.Log(s.Compact(t.Context(), at.AddDate(0, 1, 0), watch.DefaultRetention()))
	t.Log(s.Last(t.Context(), "paytm-live"))
	t.Log(s.Calls(t.Context(), "paytm-live", at))
	t.Log(s.Close())
}
