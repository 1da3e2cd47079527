//go:build linux

package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"assay/internal/testsize"
)

// gone waits until a process has ended; a zombie has.
func gone(t *testing.T, text string) {
	t.Helper()
	id, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(maxEnd()); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		state, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(id), "stat"))
		if err != nil || strings.Contains(string(state), ") Z ") {
			return
		}
	}
	t.Errorf("process %d goes on", id)
	_ = syscall.Kill(id, syscall.SIGKILL)
}

// TestExecSignal ends commands that never end, also those that ignore signals, and what they
// started. The report has what they sent before.
func TestExecSignal(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	signals := terminating()
	for name, signal := range signals {
		for _, kind := range []string{"willing", "deaf"} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				t.Parallel()
				steps := []string{"exec", "paytm", "--sandbox", "--report", "json=r.json", "--", "ordering", "Assay-Case=test_one", "paytm/createOrder/amount-invalid", "left", "away", "ready", "wait"}
				if kind == "deaf" {
					steps = append(steps[:7:7], append([]string{"deaf"}, steps[7:]...)...)
				}
				s := start(t, nil, nil, steps...)
				s.waitFor("ready")
				s.ends(exitInconclusive, signal)
				if !strings.Contains(s.errors(), "assay: interrupted: the command was ended, and the report covers what it sent before; 1 request") {
					t.Errorf("it says %q", s.errors())
				}
				if report := string(s.report()); !strings.Contains(report, `"origin": "test_one (proxy#1)"`) || !strings.Contains(report, `"partial": true`) {
					t.Errorf("%.500s", report)
				}
				out := strings.Fields(s.output.String())
				gone(t, out[len(out)-1])
				gone(t, out[len(out)-2])
			})
		}
	}
}

// TestExecSignalTwice ends a command that ignores signals at once.
func TestExecSignalTwice(t *testing.T) {
	t.Parallel()
	s := start(t, nil, nil, "exec", "paytm", "--sandbox", "--", "ordering", "deaf", "left", "ready", "wait")
	s.waitFor("ready")
	s.ends(exitInconclusive, syscall.SIGTERM, syscall.SIGINT)
	gone(t, s.output.String())
}

// TestExecLeft ends what a command leaves running.
func TestExecLeft(t *testing.T) {
	t.Parallel()
	s := start(t, nil, nil, "exec", "paytm", "--sandbox", "--", "ordering", "left", "away")
	s.ends(exitInconclusive)
	for _, id := range strings.Fields(s.output.String()) {
		gone(t, id)
	}
}

// TestExecKilled gives the code that shells give for a command that a signal ended.
func TestExecKilled(t *testing.T) {
	t.Parallel()
	s := start(t, nil, nil, "exec", "paytm", "--sandbox", "--", "sh", "-c", "kill -9 $$")
	s.ends(137)
	if !strings.Contains(s.errors(), "assay: the command ended with 137; no request came to ASSAY_PAYTM_URL (3)") {
		t.Errorf("it says %q", s.errors())
	}
}
