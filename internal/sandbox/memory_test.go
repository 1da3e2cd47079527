package sandbox

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

// TestMemory remembers as many keys as it may, and forgets the first of them.
func TestMemory(t *testing.T) {
	t.Parallel()
	m := newMemory(3)
	of := func(i int) key { return keyOf("order", strconv.Itoa(i)) }
	for i := range 8 {
		if !m.first(of(i)) || m.first(of(i)) {
			t.Errorf("%d is new once", i)
		}
		for j := range 8 {
			if want := j <= i && j > i-3; m.holds(of(j)) != want {
				t.Errorf("after %d: %d is remembered: %t", i, j, !want)
			}
		}
	}
	if len(m.all) != 3 || len(m.ring) != 3 {
		t.Errorf("%d and %d are held, want 3", len(m.all), len(m.ring))
	}
	if keyOf("a b", "c") == keyOf("a", "c") || keyOf("a", "b") == keyOf("a", "c") {
		t.Error("other texts have one key")
	}
}

// TestMemoryTogether has many remember one key at once, which is new to one.
func TestMemoryTogether(t *testing.T) {
	t.Parallel()
	m, firsts := newMemory(100), atomic.Int64{}
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			for i := range 100 {
				if m.first(keyOf("order", strconv.Itoa(i))) {
					firsts.Add(1)
				}
			}
		})
	}
	all.Wait()
	if firsts.Load() != 100 {
		t.Errorf("100 keys were new %d times", firsts.Load())
	}
}
