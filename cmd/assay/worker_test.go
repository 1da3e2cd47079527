package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// Starting assay takes longer than most of what scripts ask of it. So a script's
// commands run in workers: processes that run one command after the other, each in
// the folder and the environment of its script, and read the embedded data once.
// Nothing in the command knows of them, and no script shares one while it needs it.

// workerEnv makes the test a worker.
const workerEnv = "ASSAY_TEST_WORKER"

// errand is a command that a worker is to run.
type workerJob struct {
	Dir  string
	Env  []string
	Args []string
}

// outcome is what came of it.
type jobResult struct {
	Code           int
	Stdout, Stderr []byte
}

// work runs the commands that come on standard input until there are no more.
func work() int {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var e workerJob
		if err := in.Decode(&e); errors.Is(err, io.EOF) {
			return 0
		} else if err != nil {
			return workerFailed(err)
		}
		o, err := e.run()
		if err != nil {
			return workerFailed(err)
		}
		if err := out.Encode(o); err != nil {
			return workerFailed(err)
		}
	}
}

func workerFailed(err error) int {
	_, _ = fmt.Fprintln(os.Stderr, err) // there is no other place to report it
	return 1
}

// run runs the command as a process of its own would.
func (e workerJob) run() (jobResult, error) {
	if err := os.Chdir(e.Dir); err != nil {
		return jobResult{}, err
	}
	os.Clearenv()
	for _, pair := range e.Env {
		name, value, _ := strings.Cut(pair, "=")
		if err := os.Setenv(name, value); err != nil {
			return jobResult{}, err
		}
	}
	var stdout, stderr bytes.Buffer
	code := run(context.Background(), e.Args, strings.NewReader(""), &stdout, &stderr)
	return jobResult{code, stdout.Bytes(), stderr.Bytes()}, nil
}

// worker is one as the test sees it.
type worker struct {
	process *exec.Cmd
	in      io.WriteCloser
	out     *json.Decoder
	said    *bytes.Buffer
	asked   *json.Encoder
}

// workers are those that have nothing to do.
type workers struct {
	mu   sync.Mutex
	idle []*worker
}

// take gives a worker that has nothing to do, a new one if need be.
func (w *workers) take() (*worker, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := len(w.idle); n > 0 {
		last := w.idle[n-1]
		w.idle = w.idle[:n-1]
		return last, nil
	}
	c := exec.Command(os.Args[0]) //nolint:noctx // this very test, until its input ends
	c.Env = append(os.Environ(), workerEnv+"=1")
	said := &bytes.Buffer{}
	c.Stderr = said
	in, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &worker{c, in, json.NewDecoder(out), said, json.NewEncoder(in)}, c.Start()
}

func (w *workers) put(one *worker) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.idle = append(w.idle, one)
}

// end lets the workers come to their end, and fails the test if one fails.
func (w *workers) end(t *testing.T) {
	t.Helper()
	for _, one := range w.idle {
		if err := one.end(); err != nil {
			t.Error(err)
		}
	}
}

func (w *worker) end() error {
	err := w.in.Close()
	if ended := w.process.Wait(); err != nil || ended != nil {
		return fmt.Errorf("a worker ended with %w: %s", errors.Join(err, ended), w.said)
	}
	return nil
}

// run has a worker run a command.
func (w *workers) run(e workerJob) (o jobResult, err error) {
	one, err := w.take()
	if err != nil {
		return o, err
	}
	if err = errors.Join(one.asked.Encode(e), one.out.Decode(&o)); err != nil {
		return o, errors.Join(err, one.end())
	}
	w.put(one)
	return o, nil
}

// status has a worker run assay and holds it to an exit code: status 2 run --fail-on x.
// What it writes is what the script looks at next.
func (w *workers) status(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: status CODE ARGUMENT...")
	}
	o, err := w.run(workerJob{ts.MkAbs("."), environ(ts), args[1:]})
	ts.Check(err)
	_, err = ts.Stdout().Write(o.Stdout)
	_, more := ts.Stderr().Write(o.Stderr)
	ts.Check(errors.Join(err, more))
	if got := fmt.Sprint(o.Code); got != args[0] {
		ts.Fatalf("assay %s: exit status %s, want %s\n%s%s", strings.Join(args[1:], " "), got, args[0], o.Stdout, o.Stderr)
	}
}

// process is status for what only a process of its own shows: standard input, and
// what Go reads once, such as SSL_CERT_FILE.
func process(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: process CODE ARGUMENT...")
	}
	err := ts.Exec("assay", args[1:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("assay %s: %v, want exit status %s", strings.Join(args[1:], " "), err, args[0])
	}
}

// variables are the names that every script has of its environment.
type variables struct{}

// assigned finds the names that a script sets itself.
var assigned = regexp.MustCompile(`(?m)^(?:\[[^\]]*\] +)?env +(\w+)=`)

// environ is the environment of a script.
func environ(ts *testscript.TestScript) []string {
	names, _ := ts.Value(variables{}).([]string)
	script, err := os.ReadFile(filepath.Join(scripts, ts.Name()+".txtar"))
	ts.Check(err)
	for _, m := range assigned.FindAllSubmatch(script, -1) {
		names = append(names, string(m[1]))
	}
	var all []string
	for _, name := range names {
		all = append(all, name+"="+ts.Getenv(name))
	}
	return all
}
