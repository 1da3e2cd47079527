package testheap

import (
	"runtime/debug"
	"testing"
)

// TestGrow checks what Grow sets, and that it leaves GOGC alone.
func TestGrow(t *testing.T) {
	was := debug.SetGCPercent(77)
	memory := debug.SetMemoryLimit(-1)
	defer func() { debug.SetGCPercent(was); debug.SetMemoryLimit(memory) }()
	for value, want := range map[string]int{"100": 77, "": percent} {
		t.Setenv("GOGC", value)
		debug.SetGCPercent(77)
		Grow()
		if got := debug.SetGCPercent(77); got != want {
			t.Errorf("GOGC=%s: %d, want %d", value, got, want)
		}
	}
}
