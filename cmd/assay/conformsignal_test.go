//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSignalConform interrupts a run whose client never replies and has started a process of
// its own: the run ends with its reports, and both processes are gone.
func TestSignalConform(t *testing.T) {
	t.Parallel()
	s := start(t, nil, []string{"PIDS=" + filepath.Join(t.TempDir(), "pids")}, "conform", "paytm", "--report", "json=r.json", "--", "testclient", "stuck")
	var pids []string
	for deadline := time.Now().Add(maxEnd()); len(pids) < 2; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("processes %v: %s", pids, s.errors())
		}
		raw, _ := os.ReadFile(pidFile(s.Env)) // it is not there at first
		pids = strings.Fields(string(raw))
	}
	s.ends(exitInconclusive, syscall.SIGINT)
	if report := string(s.report()); !strings.Contains(report, "interrupted") {
		t.Errorf("%.300s", report)
	}
	for _, text := range pids {
		pid, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(maxEnd()); running(pid); time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("process %d is left", pid)
			}
		}
	}
}

// pidFile returns the file with the numbers of the processes of a stuck client.
func pidFile(env []string) string {
	for _, pair := range env {
		if file, ok := strings.CutPrefix(pair, "PIDS="); ok {
			return file
		}
	}
	return ""
}

// running reports whether a process runs. A zombie does not.
func running(pid int) bool {
	state, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return syscall.Kill(pid, 0) == nil && (err != nil || !strings.Contains(string(state), ") Z "))
}
