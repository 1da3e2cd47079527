package ledger_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/ledger"
	"assay/internal/testsize"
)

// each is the number of runs a writer records, and writers the number of writers.
const (
	each    = 12
	writers = 4
)

// write records runs that all have one change in common and one of their own.
func write(t *testing.T, path, name string, runs int) {
	t.Helper()
	l, err := ledger.Open(t.Context(), path)
	if err != nil {
		t.Error(err)
		return
	}
	l.ResolvedAfter = 1 << 30
	for i := range runs {
		if _, err := l.Record(t.Context(), at(1).Add(time.Duration(i)*time.Hour), []contract.Change{change("member-added", "shared"), change("member-added", name+strconv.Itoa(i))}); err != nil {
			t.Error(err)
		}
		if _, err := l.Acknowledge(t.Context(), change("member-added", "shared").ID, name, "seen"); err != nil {
			t.Error(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// all checks that a ledger has every run of the writers once.
func all(t *testing.T, path string, runs int64) {
	t.Helper()
	l := opened(t, path)
	entries, err := l.List(t.Context())
	if err != nil || int64(len(entries)) != runs+1 {
		t.Fatalf("%d entries of %d runs, %v", len(entries), runs, err)
	}
	for _, e := range entries {
		want := int64(1)
		if e.At.Field() == "shared" {
			want = runs
		}
		if e.Runs != want || e.Count != 2*want {
			t.Errorf("%s: found by %d runs, %d times", e.At, e.Runs, e.Count)
		}
	}
	if n, err := l.Runs(t.Context()); err != nil || n != runs {
		t.Errorf("%d runs, want %d, %v", n, runs, err)
	}
}

// TestGoroutines writes into one new file from several goroutines, each with its own
// Ledger.
func TestGoroutines(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "drift.db")
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() { write(t, path, fmt.Sprintf("w%d-", w), each) })
	}
	group.Wait()
	all(t, path, writers*each)
}

// TestOpenTogether opens new files many times at once. Creating one takes several
// steps; every caller must get a ledger.
func TestOpenTogether(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for file := range 8 {
		path := filepath.Join(dir, fmt.Sprintf("drift%d.db", file))
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				l, err := ledger.Open(t.Context(), path)
				if err == nil {
					err = l.Close()
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
	}
}

// TestOneLedger writes through one Ledger from several goroutines.
func TestOneLedger(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "drift.db")
	l := opened(t, path)
	l.ResolvedAfter = 1 << 30
	var group sync.WaitGroup
	for w := range writers * each {
		group.Go(func() {
			if _, err := l.Record(t.Context(), at(1), []contract.Change{change("member-added", "shared"), change("member-added", fmt.Sprintf("w%d", w))}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if entries, err := l.List(t.Context()); err != nil || len(entries) != 1+writers*each {
		t.Errorf("%d entries, %v", len(entries), err)
	}
	if n, err := l.Runs(t.Context()); err != nil || n != writers*each {
		t.Errorf("%d runs, %v", n, err)
	}
}

// TestProcesses writes into one new file from several processes.
func TestProcesses(t *testing.T) {
	testsize.SkipUnlessFull(t)
	if path := os.Getenv("ASSAY_TEST_WRITE"); path != "" {
		write(t, path, os.Getenv("ASSAY_TEST_NAME"), each)
		return
	}
	t.Parallel()
	path := filepath.Join(t.TempDir(), "drift.db")
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			c := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestProcesses$")
			c.Env = append(os.Environ(), "ASSAY_TEST_WRITE="+path, fmt.Sprintf("ASSAY_TEST_NAME=w%d-", w))
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	group.Wait()
	all(t, path, writers*each)
}

// TestKilled kills a process many times while it records. Every run that it reported as recorded
// is there, and no run is there in part.
func TestKilled(t *testing.T) {
	testsize.SkipUnlessFull(t)
	const name = "ASSAY_TEST_KILL"
	if path := os.Getenv(name); path != "" {
		l := opened(t, path)
		l.ResolvedAfter = 1 << 30
		recordedRuns, err := l.Runs(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for n := recordedRuns; ; n++ {
			recorded(t, l, at(1), mates(n)...)
			fmt.Println("recorded", n) // the parent reads this
		}
	}
	t.Parallel()
	path := filepath.Join(t.TempDir(), "drift.db")
	random := rand.New(rand.NewPCG(1, 2))
	interrupted := 0
	const kills = 40
	for range kills {
		reported := killed(t, name+"="+path, time.Duration(random.IntN(8000))*time.Microsecond)
		if runs := whole(t, path); runs <= reported {
			t.Fatalf("run %d was reported, and there are %d", reported, runs)
		} else if runs > reported+1 {
			interrupted++ // recorded, and killed before reporting it
		}
	}
	t.Logf("%d of %d were killed after recording a run and before reporting it", interrupted, kills)
}

// mates returns the changes of the n-th run: five of its own, and one that all runs
// have. The names contain letters and digits, because all positions of a list are one
// place.
func mates(n int64) []contract.Change {
	changes := []contract.Change{change("member-added", "shared")}
	for i := range 5 {
		changes = append(changes, change("member-added", fmt.Sprintf("run%d-%d", n, i)))
	}
	return changes
}

// whole checks that a ledger has whole runs only, and returns their number.
func whole(t *testing.T, path string) int64 {
	t.Helper()
	l, err := ledger.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // nothing was written
	var result string
	if err := l.Database().QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&result); err != nil || result != "ok" {
		t.Fatalf("%q, %v", result, err)
	}
	runs, err := l.Runs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	entries, err := l.List(t.Context())
	if err != nil || int64(len(entries)) != 1+5*runs {
		t.Fatalf("%d entries of %d runs, %v", len(entries), runs, err)
	}
	return runs
}

// killed runs this test in a process of its own, kills it some time after it recorded a
// run, and returns the last run that it reported.
func killed(t *testing.T, env string, after time.Duration) (last int64) {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestKilled$")
	c.Env = append(os.Environ(), env)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	last = -1
	var timer *time.Timer
	for lines := bufio.NewScanner(out); lines.Scan(); {
		n, ok := strings.CutPrefix(lines.Text(), "recorded ")
		if !ok {
			t.Fatal(lines.Text())
		}
		if last, err = strconv.ParseInt(n, 10, 64); err != nil {
			break // an incomplete last line
		}
		if timer == nil {
			timer = time.AfterFunc(after, func() { _ = c.Process.Kill() }) // at a random moment
		}
	}
	_ = c.Wait() // killed
	if last < 0 {
		t.Fatal("the process recorded nothing")
	}
	return last
}
