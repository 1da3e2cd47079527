package protocol

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/testsize"
)

// begun starts a test client.
func begun(t testing.TB, kind string) (*Process, error) {
	t.Helper()
	p := newProcess(t.Context(), []string{os.Args[0]}, append(os.Environ(), clientEnv+"="+kind))
	if kind == "silent" || kind == "late-hello" || strings.HasSuffix(kind, "-always") {
		p.wait = 50 * time.Millisecond
	}
	if err := p.begin(); err != nil {
		return nil, err
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p, nil
}

func ask(t testing.TB, c Client, id string, wait time.Duration) (Reply, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	return c.Do(ctx, Call{ID: id, Operation: "acme/pay", BaseURL: "http://127.0.0.1:1"})
}

// enough is more than a client takes that replies.
const enough = 20 * time.Second

func mustReply(t testing.TB, c Client, id string) {
	t.Helper()
	r, err := ask(t, c, id, enough)
	if err != nil || r.ID != id || r.Outcome.State != contract.Pending {
		t.Errorf("%s: %+v, %v", id, r, err)
	}
}

// mustFail expects no reply, for a reason.
func mustFail(t testing.TB, err error, why string) *NoReplyError {
	t.Helper()
	var noReply *NoReplyError
	if !errors.As(err, &noReply) || !strings.Contains(noReply.Why, why) {
		t.Fatalf("%v; expected: %s", err, why)
	}
	return noReply
}

// TestHostile has one call to which the client does something bad, between others that get
// their replies.
func TestHostile(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	for _, one := range []struct {
		kind   string
		why    string // of the bad call; "": it gets a reply
		line   string // of the client, in the error
		output string
		fault  string // after the reply
		wait   time.Duration
	}{
		{kind: "good"},
		{kind: "silent"},
		{kind: "late-hello"},
		{kind: "crash", why: "the client ended with exit status 3 before it replied", output: "boom"},
		{kind: "crash-after", fault: "the client ended with exit status 3 after its reply"},
		{kind: "end-after", fault: "the client ended after its reply"},
		{kind: "garbage", why: "that is not JSON", line: "oops"},
		{kind: "number", why: "is not a JSON object", line: "1"},
		{kind: "no-id", why: "has no id", line: `{"outcome":"pending"}`},
		{kind: "no-state", why: "has an outcome that is none", line: `{"id":"bad","outcome":"fine"}`},
		{kind: "twice", fault: "the client replied to a call twice"},
		{kind: "other-id", why: "a call that it did not get", line: `{"id":"other","outcome":"pending"}`},
		{kind: "never", why: "did not reply in time", output: "thinking", wait: 300 * time.Millisecond},
		{kind: "late", why: "did not reply in time", wait: 50 * time.Millisecond},
		{kind: "close-out", why: "closed its standard output"},
		{kind: "long-line", why: "a line of more than 1048576 bytes"},
		{kind: "lines", why: "that is not JSON", line: "x"},
		{kind: "errors"},
		{kind: "fork"},
		{kind: "fork-away"},
		{kind: "fork-end", why: "the client ended with exit status 1 before it replied"},
	} {
		t.Run(one.kind, func(t *testing.T) {
			t.Parallel()
			p, err := begun(t, one.kind)
			if err != nil {
				t.Fatal(err)
			}
			mustReply(t, p, "first")
			wait := enough
			if one.wait > 0 {
				wait = one.wait
			}
			_, err = ask(t, p, "bad", wait)
			if one.why == "" && err != nil {
				t.Errorf("%v", err)
			}
			if one.why != "" {
				e := mustFail(t, err, one.why)
				if e.Line != one.line || !strings.Contains(e.Output, one.output) {
					t.Errorf("line %q, output %q", e.Line, e.Output)
				}
				if timedOut := one.wait > 0; errors.Is(err, context.DeadlineExceeded) != timedOut {
					t.Errorf("timed out: %v", !timedOut)
				}
			}
			faults := p.Faults()
			if one.fault == "" && len(faults) > 0 {
				t.Errorf("faults: %v", faults)
			}
			if one.fault != "" {
				for deadline := time.Now().Add(enough); faults["bad"] == nil && time.Now().Before(deadline); faults = p.Faults() {
					time.Sleep(time.Millisecond)
				}
				failsWith(t, faults["bad"], one.fault)
			}
			for i := range 3 {
				mustReply(t, p, fmt.Sprintf("after%d", i))
			}
		})
	}
}

// TestNotAsked expects that a client is not started for ever.
func TestNotAsked(t *testing.T) {
	t.Parallel()
	for kind, wait := range map[string]time.Duration{"crash-before": enough, "crash-always": enough, "hang-always": 20 * time.Millisecond} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			p, err := begun(t, kind)
			if err != nil {
				t.Fatal(err)
			}
			for i := range maxNever {
				if _, err := ask(t, p, strconv.Itoa(i), wait); err == nil || strings.Contains(err.Error(), "any more") {
					t.Fatalf("call %d: %v", i, err)
				}
			}
			_, err = ask(t, p, "last", wait)
			failsWith(t, err, "is not asked any more: it was started 3 times and gave no reply")
		})
	}
}

// TestNotAsked_later expects the same of a client that replied at first.
func TestNotAsked_later(t *testing.T) {
	t.Parallel()
	p, err := begun(t, "crash")
	if err != nil {
		t.Fatal(err)
	}
	mustReply(t, p, "first")
	n := 0
	for ; n < 50; n++ {
		if _, err = ask(t, p, fmt.Sprintf("bad%d", n), enough); err == nil {
			t.Fatal("a reply")
		} else if strings.Contains(err.Error(), "any more") {
			break
		}
	}
	failsWith(t, err, "it was started 10 times in a row and gave no reply")
	if n != maxInRow+1 { // the first process replied
		t.Errorf("%d processes", n)
	}
}

func TestHello(t *testing.T) {
	t.Parallel()
	p, err := begun(t, "good")
	if err != nil {
		t.Fatal(err)
	}
	if h := p.Hello(); h.Name != "test" || h.Version != "1" || h.Concurrency != 4 || !h.Has("acme/pay") || h.Has("acme/refund") {
		t.Errorf("%+v", h)
	}
	late, err := begun(t, "late-hello")
	if err != nil {
		t.Fatal(err)
	}
	before := late.Hello()
	mustReply(t, late, "1")
	if before.Name != "" || late.Hello().Name != "test" {
		t.Errorf("%+v, then %+v", before, late.Hello())
	}
	_, err = begun(t, "other-protocol")
	failsWith(t, err, "speaks another protocol")
	_, err = begun(t, "wrong-hello")
	failsWith(t, err, "a member concurrency of the wrong type")
	banner, err := begun(t, "banner")
	if err != nil {
		t.Fatal(err)
	}
	_, err = ask(t, banner, "1", enough)
	if e := mustFail(t, err, "that is not JSON"); e.Line != "starting" {
		t.Errorf("%q", e.Line)
	}
	mustReply(t, banner, "2")
}

func TestReversed(t *testing.T) {
	t.Parallel()
	p, err := begun(t, "reversed")
	if err != nil {
		t.Fatal(err)
	}
	var asking sync.WaitGroup
	for i := range 3 * 20 {
		asking.Go(func() { mustReply(t, p, strconv.Itoa(i)) })
	}
	asking.Wait()
}

// TestLate_others has calls side by side of which one is late: the others get their replies, from
// the process that is then ended.
func TestLate_others(t *testing.T) {
	t.Parallel()
	p, err := begun(t, "reversed")
	if err != nil {
		t.Fatal(err)
	}
	var asking sync.WaitGroup
	asking.Go(func() { mustReply(t, p, "1") })
	if _, err := ask(t, p, "late", 50*time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	p.mu.Lock()
	var old *instance
	for in := range p.all {
		old = in
	}
	p.mu.Unlock()
	old.sending.Lock()
	_, err = old.stdin.WriteString(`{"id":"late"}` + "\n")
	old.sending.Unlock()
	if err != nil {
		t.Error(err)
	}
	asking.Wait()
	<-old.done
}

func TestUnread(t *testing.T) {
	t.Parallel()
	p, err := begun(t, "deaf")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	large := []byte(`"` + strings.Repeat("x", 1<<20) + `"`)
	_, err = p.Do(ctx, Call{ID: "1", Request: &Request{Body: large}})
	failsWith(t, err, "did not reply in time")

	p, err = begun(t, "close-in")
	if err != nil {
		t.Fatal(err)
	}
	mustReply(t, p, "1")
	for i := 2; err == nil && i < 100; i++ { // the second call may be in the pipe before it is closed
		_, err = ask(t, p, strconv.Itoa(i), 500*time.Millisecond)
	}
	var noReply *NoReplyError
	if !errors.As(err, &noReply) {
		t.Fatal(err)
	}
}

// TestMemory expects that a client that writes gigabytes costs no memory.
func TestMemory(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, kind := range []string{"long-line", "lines", "errors"} {
		p, err := begun(t, kind)
		if err != nil {
			t.Fatal(err)
		}
		_, err = ask(t, p, "bad", enough)
		if kind == "errors" && err != nil {
			t.Error(err)
		}
		mustReply(t, p, "then")
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 16<<20 {
		t.Errorf("%d bytes", grown)
	}
}

// TestOrphans expects that no process is left that a client started.
func TestOrphans(t *testing.T) {
	t.Parallel()
	kinds := []string{"fork"}
	if runtime.GOOS == "linux" {
		kinds = append(kinds, "fork-away", "fork-end")
	}
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			p, err := begun(t, kind)
			if err != nil {
				t.Fatal(err)
			}
			in := p.current
			_, _ = ask(t, p, "bad", enough) // fork-end gives no reply
			time.Sleep(10 * time.Millisecond)
			if err := p.Close(); err != nil {
				t.Error(err)
			}
			_, number, _ := strings.Cut(in.stderr.since(0), "child ")
			pid, err := strconv.Atoi(strings.TrimSpace(number))
			if err != nil {
				t.Fatal(err)
			}
			for deadline := time.Now().Add(5 * time.Second); !gone(pid); {
				if time.Now().After(deadline) {
					t.Fatalf("process %d is left", pid)
				}
				time.Sleep(time.Millisecond)
			}
		})
	}
}

// zombie reports whether a process has ended, and its parent has not waited for it.
func zombie(pid int) bool {
	state, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && bytes.Contains(state, []byte(") Z "))
}

// TestEnd expects that a client ends at once with its context, and soon with Close, also if
// it does not listen.
func TestEnd(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	p := newProcess(ctx, []string{os.Args[0]}, append(os.Environ(), clientEnv+"=never"))
	if err := p.begin(); err != nil {
		t.Fatal(err)
	}
	in := p.current
	time.AfterFunc(20*time.Millisecond, cancel)
	began := time.Now()
	if _, err := ask(t, p, "bad", enough); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	<-in.done
	if _, err := ask(t, p, "then", enough); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("%s", took)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	p, err := begun(t, "stays")
	if err != nil {
		t.Fatal(err)
	}
	mustReply(t, p, "1")
	in = p.current
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	<-in.done
	if _, err := ask(t, p, "2", enough); err == nil {
		t.Error("a reply after Close")
	}
}

func TestStart_absent(t *testing.T) {
	t.Parallel()
	if _, err := Start(t.Context(), []string{"./no-such-client"}, nil); err == nil {
		t.Error("started")
	}
}

// replyOf is a reply to a call.
func replyOf(c Call) Reply {
	o := contract.UnknownOutcome()
	o.State, o.Retry, o.Code = contract.Pending, contract.Never, "1"
	return Reply{ID: c.ID, Outcome: o}
}
