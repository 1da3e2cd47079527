package main

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"
)

// heapIs gives the percentage of GOGC and the limit of memory that hold.
func heapIs() (percent int, limit int64) {
	read := []metrics.Sample{{Name: "/gc/gogc:percent"}, {Name: "/gc/gomemlimit:bytes"}}
	metrics.Read(read)
	return int(int64(read[0].Value.Uint64())), int64(read[1].Value.Uint64()) // -1 is the largest
}

// TestHeap starts as a command does: no garbage is collected before startMemory; from then on
// it is as usual, or as the command has set it.
func TestHeap(t *testing.T) {
	percent, limit := heapIs()
	defer func() { debug.SetGCPercent(percent); debug.SetMemoryLimit(limit) }()
	for name, entry := range map[string]struct {
		command func(h *heap)
		percent int
		limit   int64
	}{
		"as usual": {func(*heap) {}, 100, math.MaxInt64},
		"often":    {func(h *heap) { h.often(75) }, 75, math.MaxInt64},
		"bound":    {func(h *heap) { h.often(400); h.bound(1 << 40) }, 400, 1 << 40},
	} {
		debug.SetGCPercent(100)
		debug.SetMemoryLimit(math.MaxInt64)
		h := startHeap()
		entry.command(h)
		p, l := heapIs()
		h.mu.Lock()
		waits := h.waits // garbage may be collected at any time
		h.mu.Unlock()
		if waits && (p != -1 || l != startMemory) {
			t.Errorf("%s: it starts with %d and %d", name, p, l)
		}
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
			runtime.GC()
			if p, l := heapIs(); p == entry.percent && l == entry.limit {
				break
			}
		}
		if p, l := heapIs(); p != entry.percent || l != entry.limit {
			t.Errorf("%s: %d and %d after a collection", name, p, l)
		}
		h.often(50)
		h.bound(1 << 41)
		if p, l := heapIs(); p != 50 || l != 1<<41 {
			t.Errorf("%s: %d and %d, set after a collection", name, p, l)
		}
	}
}

// TestHeapOfUser has a user who has set GOGC or GOMEMLIMIT: both stay.
func TestHeapOfUser(t *testing.T) {
	percent, limit := heapIs()
	defer func() { debug.SetGCPercent(percent); debug.SetMemoryLimit(limit) }()
	for _, user := range []struct {
		percent int
		limit   int64
	}{{77, math.MaxInt64}, {100, 1 << 40}, {-1, 1 << 40}} {
		debug.SetGCPercent(user.percent)
		debug.SetMemoryLimit(user.limit)
		startHeap()
		if p, l := heapIs(); p != user.percent || l != user.limit {
			t.Errorf("%d and %d instead of %d and %d", p, l, user.percent, user.limit)
		}
	}
	debug.SetGCPercent(88)
	none := (*heap)(nil)
	none.often(50)
	none.bound(1 << 41)
	if p, _ := heapIs(); p != 88 {
		t.Errorf("%d is set without a heap", p)
	}
}
