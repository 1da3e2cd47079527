package main

import (
	"math"
	"runtime"
	"runtime/debug"
	"sync"
)

// startMemory is what the process may use before the first garbage collection.
const startMemory = 32 << 20

// heap sets when garbage is collected, in a process that has nothing else to do. Without one,
// nil, nothing is set.
type heap struct {
	mu      sync.Mutex
	waits   bool // no garbage has been collected yet
	percent int  // as GOGC
	limit   int64
}

// startHeap puts off garbage collection until the process uses startMemory. Most commands end
// before, and some of them take a third less time. What GOGC or GOMEMLIMIT sets stays.
func startHeap() *heap {
	h := &heap{percent: debug.SetGCPercent(-1), limit: debug.SetMemoryLimit(-1)}
	if h.percent != 100 || h.limit != math.MaxInt64 {
		debug.SetGCPercent(h.percent)
		return h
	}
	debug.SetMemoryLimit(startMemory)
	h.waits = true
	runtime.AddCleanup(&struct{ garbage [64]byte }{}, (*heap).collected, h)
	return h
}

// collected ends the waiting: garbage has been collected.
func (h *heap) collected() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.waits = false
	debug.SetGCPercent(h.percent)
	debug.SetMemoryLimit(h.limit)
}

// often sets the percentage of GOGC.
func (h *heap) often(percent int) {
	if h == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.percent = percent; !h.waits {
		debug.SetGCPercent(percent)
	}
}

// bound sets the memory beyond which garbage is collected more often.
func (h *heap) bound(limit int64) {
	if h == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.limit = limit; !h.waits {
		debug.SetMemoryLimit(limit)
	}
}
