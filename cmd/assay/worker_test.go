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
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// Starting assay takes longer than most commands of the scripts. So workers run them:
// processes that run one command after another, each with the folder and the
// environment of its script, and that read the embedded data once. The command itself
// has no code for this. A worker serves one script at a time.

// workerEnv makes the test binary a worker.
const workerEnv = "ASSAY_TEST_WORKER"

// workerJob is a command for a worker.
type workerJob struct {
	Dir  string
	Env  []string
	Args []string // the last one may be <FILE: standard input, which is empty otherwise
}

// jobResult is the result of a job.
type jobResult struct {
	Code           int
	Stdout, Stderr []byte
}

// work runs the jobs on standard input until it ends.
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

// run runs the command as a separate process would.
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
	var stdin []byte
	args := e.Args
	if last := len(args) - 1; last >= 0 && strings.HasPrefix(args[last], "<") {
		var err error
		if stdin, err = os.ReadFile(args[last][1:]); err != nil {
			return jobResult{}, err
		}
		args = args[:last]
	}
	var stdout, stderr bytes.Buffer
	code := run(context.Background(), args, bytes.NewReader(stdin), &stdout, &stderr)
	return jobResult{code, stdout.Bytes(), stderr.Bytes()}, nil
}

// worker is a worker process and its pipes.
type worker struct {
	process *exec.Cmd
	in      io.WriteCloser
	out     *json.Decoder
	said    *bytes.Buffer
	asked   *json.Encoder
}

// workers are the idle workers.
type workers struct {
	mu   sync.Mutex
	idle []*worker
}

// take gives an idle worker, or starts one.
func (w *workers) take() (*worker, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := len(w.idle); n > 0 {
		last := w.idle[n-1]
		w.idle = w.idle[:n-1]
		return last, nil
	}
	c := exec.Command(os.Args[0]) //nolint:noctx // the test binary itself, until its input ends
	c.Env = append(os.Environ(), workerEnv+"=1")
	said := &bytes.Buffer{}
	c.Stderr, c.WaitDelay = said, 20*time.Second // a process that it leaves behind may hold standard error
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

// end stops the workers and fails the test if one fails.
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

// run runs a job in a worker.
func (w *workers) run(e workerJob) (o jobResult, err error) {
	one, err := w.take()
	if err != nil {
		return o, err
	}
	hangs := time.AfterFunc(2*time.Minute, func() { _ = one.process.Process.Signal(syscall.SIGQUIT) }) // it shows its goroutines
	defer hangs.Stop()
	if err = errors.Join(one.asked.Encode(e), one.out.Decode(&o)); err != nil {
		return o, errors.Join(err, one.end())
	}
	w.put(one)
	return o, nil
}

// status runs assay in a worker and checks the exit code: status 2 run --fail-on x. The
// script sees the output. Standard input is empty, or a file: status 1 drift - <new.ndjson.
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

// process is status in a new process: for what the process itself inherits or passes on, such
// as standard input, and for variables that Go reads once, such as SSL_CERT_FILE.
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

// variables is the key of the names of the environment variables of every script.
type variables struct{}

// assigned finds the variables that a script sets.
var assigned = regexp.MustCompile(`(?m)^(?:\[[^\]]*\] +)?env +(\w+)=`)

// environ gives the environment of a script.
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
