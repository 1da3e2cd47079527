package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"assay/internal/catalog"
	"assay/internal/engine"
	"assay/internal/testsize"
	"assay/internal/traffic"
)

// distinctExchanges repeats recorded exchanges up to a number, each time with a
// different response.
type distinctExchanges struct {
	lines []string
	left  int
	rest  []byte
}

func (d *distinctExchanges) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(d.rest) == 0 {
			if d.left == 0 {
				break
			}
			d.left--
			d.rest = []byte(strings.Replace(d.lines[d.left%len(d.lines)], `"durationMs":1`, fmt.Sprintf(`"durationMs":%d.%06d`, 1+d.left%400, d.left), 1))
		}
		k := copy(p[n:], d.rest)
		n, d.rest = n+k, d.rest[k:]
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// BenchmarkDrift compares a million exchanges from standard input with the baseline, in
// a separate process. It measures wall time and the largest resident set.
func BenchmarkDrift(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "assay")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	k, err := catalog.Load(catalog.Embedded(), catalog.Options{})
	if err != nil {
		b.Fatal(err)
	}
	e := engine.New(k, engine.Cassettes(k))
	var lines []string
	for _, c := range e.Fixtures.Cases {
		play := e.Play(b.Context(), c)
		if play.Err != nil || c.Fault != "" {
			continue
		}
		ex := *play.Exchange
		ex.Response.Duration = time.Millisecond
		line, err := traffic.Append(nil, ex)
		if err != nil {
			b.Fatal(err)
		}
		lines = append(lines, string(line))
	}
	all := testsize.Benchmark(1_000_000, 10_000)
	for b.Loop() {
		c := exec.CommandContext(b.Context(), binary, "drift", "-", "--fail-on", "breaks")
		c.Env = append(os.Environ(), "GOMAXPROCS=2")
		c.Stdin = &distinctExchanges{lines: lines, left: all}
		began := time.Now()
		out, err := c.Output()
		if err != nil || !bytes.Contains(out, []byte(fmt.Sprintf("(%d exchanges)", all))) {
			b.Fatalf("%v: %s", err, out)
		}
		b.ReportMetric(float64(all)/time.Since(began).Seconds(), "exchanges/s")
		if usage, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok && runtime.GOOS == "linux" { // in kilobytes on Linux
			b.ReportMetric(float64(usage.Maxrss)/1024, "MB-resident")
		}
	}
}
