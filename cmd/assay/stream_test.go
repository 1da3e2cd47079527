package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"assay/internal/contract"
	"assay/internal/report"
)

// played is the result of a case.
func playedResult(name string, verdict contract.Verdict) contract.Result {
	return contract.Result{Case: "p/o/" + name, Origin: "cassette:" + name, Provider: "p", Operation: "o", Verdict: verdict}
}

// TestStream writes events to several files: each line is there at once, one file that cannot be
// opened keeps no other from being written, and the end has what changed since its event.
func TestStream(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var stdout bytes.Buffer
	p := &program{stdout: &stdout}
	to := []output{{format: "ndjson", path: filepath.Join(dir, "a")}, {format: "ndjson", path: filepath.Join(dir, "none", "b")}, {format: "text"}, {format: "ndjson"}}
	calls := 0
	each := p.streamed(to, func(contract.Result) { calls++ })
	r := &contract.Report{FailOn: contract.Error}
	for i, name := range []string{"one", "two", "three"} {
		r.Results = append(r.Results, playedResult(name, contract.Pass))
		each(r.Results[i])
		raw, err := os.ReadFile(to[0].path)
		if err != nil || strings.Count(string(raw), "\n") != i+1 || string(raw) != stdout.String() || !strings.HasSuffix(string(raw), "}\n") {
			t.Errorf("after %d events: %v, %s", i+1, err, raw)
		}
	}
	r.Results[1].Verdict, r.Results[1].Why = contract.Errored, "a second reply came"
	r.Results = append(r.Results, contract.Result{Case: "p", Origin: "spec:p.yaml", Provider: "p", Verdict: contract.Pass})
	err := p.writeRun(to, r, report.How{})
	if err == nil || !strings.Contains(err.Error(), "none/b: no such file") && !strings.Contains(err.Error(), "cannot find") {
		t.Error(err)
	}
	raw, _ := os.ReadFile(to[0].path)
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	if calls != 3 || len(lines) != 6 || !strings.Contains(lines[3], "a second reply came") || !strings.Contains(lines[4], `"event":"specification"`) || !strings.Contains(lines[5], `"event":"summary"`) {
		t.Errorf("%d calls, %s", calls, raw)
	}
}

// TestNoStream has no ndjson report: nothing is called for an exchange.
func TestNoStream(t *testing.T) {
	t.Parallel()
	p := &program{}
	if p.stream([]output{{format: "json"}}) != nil || p.streamed([]output{{format: "text"}}, nil) != nil {
		t.Error("something is called for each exchange although no report wants it")
	}
}

// fullDisk takes some lines and then no more.
type fullDisk struct{ room int }

func (f *fullDisk) Write(text []byte) (int, error) {
	if f.room--; f.room < 0 {
		return 0, errors.New("no space left")
	}
	return len(text), nil
}

// TestStreamFault has a file that becomes full: the command goes on, and the fault is the first
// one.
func TestStreamFault(t *testing.T) {
	t.Parallel()
	s := &stream{w: &fullDisk{1}, close: func() error { return errors.New("close") }}
	for range 3 {
		s.write([]byte("{}\n"), nil)
	}
	if err := s.finish(nil); err == nil || err.Error() != "no space left" {
		t.Error(err)
	}
}

// blocked is a file whose disk does not respond.
type blocked struct {
	begun sync.Once
	busy  chan struct{} // closed when the first write has begun
	free  chan struct{}
}

func (b *blocked) Write(text []byte) (int, error) {
	b.begun.Do(func() { close(b.busy) })
	<-b.free
	return len(text), nil
}

// TestStreamLater has a disk that does not respond: no event waits for it. What came too fast is
// left out, and the report says so.
func TestStreamLater(t *testing.T) {
	t.Parallel()
	disk := &blocked{busy: make(chan struct{}), free: make(chan struct{})}
	to := []output{{format: "ndjson", stream: &stream{w: disk, close: func() error { return nil }}}}
	later(to)
	to[0].stream.write([]byte("{}\n"), nil)
	<-disk.busy // writing holds what it needs
	for range maxQueuedEvents + 10 {
		to[0].stream.write([]byte("{}\n"), nil)
	}
	close(disk.free)
	if err := to[0].stream.finish([]byte("{}\n")); err == nil || !strings.Contains(err.Error(), "events are left out, because they came too fast") {
		t.Error(err)
	}
	quick := []output{{format: "ndjson", stream: &stream{w: io.Discard, close: func() error { return nil }}}}
	later(quick)
	quick[0].stream.write([]byte("{}\n"), nil)
	if err := quick[0].stream.finish(nil); err != nil {
		t.Error(err)
	}
}
