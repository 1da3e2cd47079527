// Package testheap makes test binaries faster. It lets their heap grow: tests read the same
// specifications many times, so the garbage collector takes a quarter of their time otherwise.
// It lets tests that wait overlap, and puts their temporary files into memory.
package testheap

import (
	"flag"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
)

// What Grow sets: the percentage of GOGC, and the memory in which it holds.
const (
	percent = 1000
	limit   = 1 << 30
)

// Grow makes garbage collection rarer, as long as the memory of the process is below a
// gigabyte. A user's GOGC stays as it is, and so do Go's settings in benchmarks: those compare
// with programs that set nothing.
func Grow() {
	if os.Getenv("GOGC") == "" && !slices.ContainsFunc(os.Args[1:], benchmarks) {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}

// benchmarks reports whether an argument of a test binary asks for benchmarks.
func benchmarks(argument string) bool {
	name, pattern, given := strings.Cut(strings.TrimLeft(argument, "-"), "=")
	return name == "test.bench" && (pattern != "" || !given)
}

// Overlap lets twice as many tests run at a time as there are processors. It is for tests that
// wait for processes and time-outs. The flag -parallel stays as it is.
func Overlap() error {
	return flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0)))
}
