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
)

// each is how many runs a writer records, and writers how many there are.
const (
	each    = 12
	writers = 4
)

// write records runs that all meet one change, and one of their own each.
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

// all holds a ledger to what writers have recorded: nothing lost, nothing twice.
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
			t.Errorf("%s: met by %d runs, %d times", e.At, e.Runs, e.Count)
		}
	}
	if n, err := l.Runs(t.Context()); err != nil || n != runs {
		t.Errorf("%d runs, want %d, %v", n, runs, err)
	}
}

// TestGoroutines has several write into one new file, each with a ledger of its own.
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

// TestOpenTogether has many open new files at once: making one is a matter of
// several steps, and nobody may be turned away.
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

// TestOneLedger has several write through one ledger.
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

// TestProcesses has several processes write into one new file.
func TestProcesses(t *testing.T) {
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

// TestKilled kills a process again and again while it records: whatever it had
// said was recorded is there, and no run is there in part.
func TestKilled(t *testing.T) {
	const name = "ASSAY_TEST_KILL"
	if path := os.Getenv(name); path != "" {
		l := opened(t, path)
		l.ResolvedAfter = 1 << 30
		begun, err := l.Runs(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for n := begun; ; n++ {
			recorded(t, l, at(1), mates(n)...)
			fmt.Println("recorded", n) // what the parent waits for
		}
	}
	t.Parallel()
	path := filepath.Join(t.TempDir(), "drift.db")
	random := rand.New(rand.NewPCG(1, 2))
	interrupted := 0
	for range 40 {
		said := killed(t, name+"="+path, time.Duration(random.IntN(8000))*time.Microsecond)
		if runs := whole(t, path); runs <= said {
			t.Fatalf("run %d was reported, and there are %d", said, runs)
		} else if runs > said+1 {
			interrupted++ // written, and killed before it could say so
		}
	}
	t.Logf("%d of 40 were killed between writing and saying so", interrupted)
}

// mates are what the n-th run meets: changes that no other meets, and one that
// all do. Letters, because positions of lists are one place.
func mates(n int64) []contract.Change {
	met := []contract.Change{change("member-added", "shared")}
	for i := range 5 {
		met = append(met, change("member-added", fmt.Sprintf("run%d-%d", n, i)))
	}
	return met
}

// whole holds a ledger to whole runs, and tells how many there are.
func whole(t *testing.T, path string) int64 {
	t.Helper()
	l, err := ledger.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // nothing was written
	var sound string
	if err := l.Database().QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&sound); err != nil || sound != "ok" {
		t.Fatalf("%q, %v", sound, err)
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

// killed starts this test as a process of its own, kills it some time after it
// has recorded a run, and tells which was the last it said it had.
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
			break // the line it was killed in
		}
		if timer == nil {
			timer = time.AfterFunc(after, func() { _ = c.Process.Kill() }) // a random moment
		}
	}
	_ = c.Wait() // killed
	if last < 0 {
		t.Fatal("it recorded nothing")
	}
	return last
}
