package ledger_test

import (
	"path/filepath"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/ledger"
)

// TestTimeline follows two changes: one is acknowledged, goes and comes back, the other stays.
func TestTimeline(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "drift.db")
	l := opened(t, path)
	l.Now, l.ResolvedAfter = func() time.Time { return at(2).Add(time.Hour) }, 2
	a, b := change("member-added", "a"), change("member-added", "b")
	of := func(id string) contract.TimelineEntry {
		t.Helper()
		all, err := l.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		line := ledger.Timeline(all)
		if len(line) > 1 && line[0].FirstSeen.After(line[1].FirstSeen) {
			t.Error("the oldest is not first")
		}
		for _, e := range line {
			if e.ID == id {
				return e
			}
		}
		t.Fatalf("%s is not in the timeline", id)
		return contract.TimelineEntry{}
	}
	recorded(t, l, at(1), a)
	if e := of(a.ID); !e.FirstSeen.Equal(at(1)) || !e.LastSeen.Equal(at(1)) || !e.Acknowledged.IsZero() || !e.Gone.IsZero() || e.Runs != 1 || e.Sentence == "" {
		t.Errorf("found: %+v", e)
	}
	if _, err := l.Acknowledge(t.Context(), a.ID, "Asha", "announced"); err != nil {
		t.Fatal(err)
	}
	recorded(t, l, at(3), a, b)
	if e := of(a.ID); !e.LastSeen.Equal(at(3)) || !e.Acknowledged.Equal(at(2).Add(time.Hour)) || e.By != "Asha" {
		t.Errorf("acknowledged: %+v", e)
	}
	recorded(t, l, at(4), b)
	recorded(t, l, at(5), b)
	if e := of(a.ID); !e.Gone.Equal(at(5)) || !e.LastSeen.Equal(at(3)) {
		t.Errorf("gone: %+v", e)
	}
	recorded(t, l, at(6), a, b)
	if e := of(a.ID); !e.Gone.IsZero() || !e.Acknowledged.IsZero() || e.By != "" || !e.FirstSeen.Equal(at(1)) || !e.LastSeen.Equal(at(6)) {
		t.Errorf("back: %+v", e)
	}
	if e := of(b.ID); !e.FirstSeen.Equal(at(3)) || e.Runs != 4 {
		t.Errorf("the other: %+v", e)
	}
}
