package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"assay/internal/atomicfile"
	"assay/internal/cassette"
	"assay/internal/testsize"
)

// drifted writes traffic that differs from the baseline, and returns the file.
func drifted(t *testing.T) string {
	t.Helper()
	line := `{"request":{"method":"POST","url":"https://stage-router.paytm.in/aoa-acquiring-biz/v2/order?mid=x&orderId=y","headers":{},"body":"{}"},"response":{"status":200,"headers":{"Content-Type":"application/json"},"body":"{\"new\":1,\"body\":{\"resultInfo\":{\"resultCode\":\"0000\",\"resultStatus\":\"S\"}}}"}}` + "\n"
	file := filepath.Join(t.TempDir(), "traffic.ndjson")
	if err := os.WriteFile(file, []byte(strings.Repeat(line, 20)), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// ledgerRuns reads a ledger with the command and returns the number of its runs.
func ledgerRuns(t *testing.T, file string) int {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"ledger", file, "--json"}, nil, &stdout, &stderr); code != exitConforms {
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	var list struct {
		Runs    int
		Entries []struct{ ID string }
	}
	if err := json.Unmarshal(stdout.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	if list.Runs > 0 && len(list.Entries) == 0 {
		t.Fatalf("%d runs and no change", list.Runs)
	}
	return list.Runs
}

// TestAttackTogether starts many drifts at once, which write to one new ledger: it has the run of
// each.
func TestAttackTogether(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	many := 5
	if testsize.Long() {
		many = 40
	}
	traffic, file := drifted(t), filepath.Join(t.TempDir(), "drift.db")
	var group sync.WaitGroup
	for range many {
		group.Go(func() {
			command := exec.CommandContext(t.Context(), "assay", "drift", traffic, "--ledger", file)
			if out, _ := command.CombinedOutput(); command.ProcessState.ExitCode() != exitFindings {
				t.Errorf("%s: %s", command.ProcessState, out)
			}
		})
	}
	group.Wait()
	if runs := ledgerRuns(t, file); runs != many {
		t.Errorf("%d runs of %d", runs, many)
	}
}

// killedAt runs a command, and kills it in the second half of the time that it takes.
func killedAt(t *testing.T, takes time.Duration, random *rand.Rand, args ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "assay", args...)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(takes/2+time.Duration(random.Int64N(int64(takes))*2/3), func() { _ = command.Process.Kill() }) // it may have ended
	_ = command.Wait()                                                                                            // killed, or not
}

// takes measures how long a command takes.
func takes(t *testing.T, args ...string) time.Duration {
	t.Helper()
	begun := time.Now()
	if out, err := exec.CommandContext(t.Context(), "assay", args...).CombinedOutput(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatalf("%v: %s", err, out)
	}
	return time.Since(begun)
}

// TestAttackKilledDrift kills drifts while they write to a ledger: it can always be read, and no
// run is lost or doubled.
func TestAttackKilledDrift(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	kills := 4
	if testsize.Long() {
		kills = 80
	}
	file := filepath.Join(t.TempDir(), "drift.db")
	args := []string{"drift", drifted(t), "--ledger", file}
	random, time := rand.New(rand.NewPCG(1, 2)), takes(t, args...)
	before := ledgerRuns(t, file)
	for range kills {
		killedAt(t, time, random, args...)
		after := ledgerRuns(t, file)
		if after != before && after != before+1 {
			t.Fatalf("%d runs after %d", after, before)
		}
		before = after
	}
	t.Logf("%d of %d were recorded", before-1, kills)
}

// TestAttackKilledRecord kills records while they write cassettes: every file is whole, old or
// new, the new ones are what the manifest says, and the next record completes the folder.
func TestAttackKilledRecord(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	kills := 4
	if testsize.Long() {
		kills = 120
	}
	data := filepath.Join(t.TempDir(), "data")
	export(t, data)
	dir := filepath.Join(data, "cassettes")
	args := []string{"record", "paytm", "--sandbox", "--yes", "--anyway", "--data", data}
	age(t, dir)
	random, time := rand.New(rand.NewPCG(1, 2)), takes(t, args...)
	all, old := intact(t, dir)
	if all == 0 || old == all {
		t.Fatalf("record writes %d of %d cassettes", all-old, all)
	}
	some := 0
	for range kills {
		age(t, dir)
		killedAt(t, time, random, args...)
		if all, old := intact(t, dir); old > 0 && old < all {
			some++
		}
	}
	t.Logf("%d of %d were killed while they wrote", some, kills)
	takes(t, args...)
	if now, old := intact(t, dir); now != all || old > 0 {
		t.Errorf("%d of %d cassettes, and %d are old", now, all, old)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*", "*", atomicfile.TempPrefix+"*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left: %v %v", left, err)
	}
}

// aged ends a cassette that record has to write again, because it is not what the manifest
// says.
const aged = "# old\n"

// age makes record write every cassette of Paytm again.
func age(t *testing.T, dir string) {
	t.Helper()
	for _, file := range paytmFiles(t, dir) {
		raw, err := os.ReadFile(file)
		if err == nil {
			err = replaced(file, append(bytes.TrimSuffix(raw, []byte(aged)), aged...))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func paytmFiles(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "paytm", "createOrder", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// intact checks that the cassettes of Paytm are what the manifest says, and returns their
// number. Those that record has not written again have a line more.
func intact(t *testing.T, dir string) (all, old int) {
	t.Helper()
	shelf, err := cassette.Open(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range paytmFiles(t, dir) {
		name := "paytm/createOrder/" + strings.TrimSuffix(filepath.Base(file), ".yaml")
		if strings.HasSuffix(name, ".shape") {
			continue
		}
		all++
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.HasSuffix(raw, []byte(aged)) {
			old++
			continue
		}
		if tape, err := shelf.Load(name); err != nil || !tape.Listed || tape.SHA256 != tape.Entry.SHA256 {
			t.Fatalf("%s is not what the manifest says: %v", name, err)
		}
	}
	return all, old
}
