package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// BenchmarkVersion measures how long `assay version` takes in a process of its own, built as
// in a release, and the size of the binary. Most of the time goes into the packages that a
// command needs before it starts.
func BenchmarkVersion(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "assay")
	build := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	info, err := os.Stat(binary)
	if err != nil {
		b.Fatal(err)
	}
	var wall, work []time.Duration
	for b.Loop() {
		began := time.Now()
		c := exec.CommandContext(b.Context(), binary, "version")
		if err := c.Run(); err != nil {
			b.Fatal(err)
		}
		wall = append(wall, time.Since(began))
		work = append(work, c.ProcessState.UserTime()+c.ProcessState.SystemTime())
	}
	slices.Sort(wall)
	slices.Sort(work)
	b.ReportMetric(wall[len(wall)/2].Seconds()*1e3, "ms/start")
	b.ReportMetric(work[len(work)/2].Seconds()*1e3, "ms-CPU/start")
	b.ReportMetric(float64(info.Size())/1e6, "MB-binary")
}
