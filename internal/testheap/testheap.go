// Package testheap lets the heap of a test binary grow. Tests read the same specifications
// many times, so the garbage collector takes a quarter of their time otherwise.
package testheap

import (
	"os"
	"runtime/debug"
)

// What Grow sets: the percentage of GOGC, and the memory in which it holds.
const (
	percent = 400
	limit   = 512 << 20
)

// Grow makes garbage collection rarer, as long as the memory of the process is below half
// a gigabyte. A user's GOGC stays as it is.
func Grow() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}
