package testheap

import (
	"flag"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
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

// TestGrow_benchmarks checks that benchmarks keep Go's settings.
func TestGrow_benchmarks(t *testing.T) {
	was := debug.SetGCPercent(77)
	memory, args := debug.SetMemoryLimit(-1), os.Args
	defer func() { debug.SetGCPercent(was); debug.SetMemoryLimit(memory); os.Args = args }()
	t.Setenv("GOGC", "")
	for argument, want := range map[string]int{
		"-test.bench=Check$": 77, "--test.bench=.": 77, "-test.bench": 77,
		"-test.bench=": percent, "-test.benchtime=3x": percent, "-test.benchmem=true": percent, "check": percent,
	} {
		os.Args = []string{"judge.test", "-test.run=^$", argument}
		debug.SetGCPercent(77)
		Grow()
		if got := debug.SetGCPercent(77); got != want {
			t.Errorf("%s: %d, want %d", argument, got, want)
		}
	}
}

// TestOverlap checks that twice as many tests as processors may run at a time.
func TestOverlap(t *testing.T) {
	was := flag.Lookup("test.parallel").Value.String()
	defer func() { _ = flag.Set("test.parallel", was) }() // it had the value before
	if err := Overlap(); err != nil {
		t.Fatal(err)
	}
	if got := flag.Lookup("test.parallel").Value.String(); got != strconv.Itoa(2*runtime.GOMAXPROCS(0)) {
		t.Errorf("%s tests at a time", got)
	}
}
