package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"assay/internal/catalog"
	"assay/internal/engine"
	"assay/internal/golden"
	"assay/internal/report"
	"assay/internal/shape"
	"assay/internal/testheap"
	"assay/internal/testsize"
	"assay/internal/traffic"
	"assay/internal/transport"
)

// TestScripts runs testdata/script: commands as a user types them, with their exit
// codes and output.
var scripts = filepath.Join("testdata", "script")

func TestMain(m *testing.M) {
	handleIgnored()
	if os.Getenv(workerEnv) != "" {
		testheap.Grow()
		os.Exit(work())
	}
	testscript.Main(withState{m}, map[string]func(){"assay": grown(main), "nonsense": grown(nonsense), "driftnonsense": grown(driftNonsense), "measured": measured, "testclient": grown(testClient), "ordering": grown(ordering), "watching": grown(watchByWorld)})
}

// handleIgnored handles signals that this process was started to ignore, such as SIGINT in the
// background of a shell script: otherwise the commands that tests start would ignore them too,
// and never end.
func handleIgnored() {
	if name := filepath.Base(os.Args[0]); !strings.HasSuffix(name, ".test") && !strings.HasSuffix(name, ".test.exe") {
		return // one of these commands
	}
	for _, one := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		if signal.Ignored(one) {
			signal.Notify(make(chan os.Signal, 1), one)
		}
	}
}

// grown runs a command with a larger heap. The command whose memory is measured goes without.
func grown(command func()) func() {
	return func() {
		testheap.Grow()
		command()
	}
}

// withState runs tests with a state directory of their own: no test writes to the journal
// of a user.
type withState struct{ *testing.M }

func (m withState) Run() int {
	remove, err := testheap.TempInMemory()
	if err != nil {
		return workerFailed(err)
	}
	state, err := os.MkdirTemp("", "assay-state-")
	if err == nil {
		err = os.Setenv("XDG_STATE_HOME", state)
	}
	if err != nil {
		return workerFailed(errors.Join(err, remove()))
	}
	exportedTo = filepath.Join(state, "exported")
	testheap.Grow()
	if err := testheap.Overlap(); err != nil {
		return workerFailed(err)
	}
	code := m.M.Run()
	if err := errors.Join(exportedUnchanged(), os.RemoveAll(state), remove()); err != nil {
		return workerFailed(err)
	}
	return code
}

// TestScripts runs testdata/script: what a person types, and what comes back.
func TestScripts(t *testing.T) {
	t.Parallel()
	runScripts(t, scripts)
}

// runScripts runs the scripts of a folder.
func runScripts(t *testing.T, dir string) {
	t.Helper()
	stands, outages, workers := &sync.Map{}, &sync.Map{}, &workers{}
	t.Cleanup(func() { workers.end(t) })
	testscript.Run(t, testscript.Params{
		Dir: dir, UpdateScripts: golden.Update(), RequireExplicitExec: true, Condition: condition,
		Setup: func(e *testscript.Env) error {
			e.Setenv("NO_COLOR", "")
			e.Setenv("XDG_STATE_HOME", filepath.Join(e.WorkDir, ".state"))
			providers, err := filepath.Abs("testdata")
			if err != nil {
				return err
			}
			e.Setenv("PROVIDERS", providers)
			var names []string
			for _, pair := range e.Vars {
				name, _, _ := strings.Cut(pair, "=")
				names = append(names, name)
			}
			e.Values[variables{}] = slices.Clip(names)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": workers.status, "process": process, "served": sandboxForScript, "proxied": proxyForScript(stands), "ended": stopProxy(stands), "asked": recordRequests, "sent": sendRequest, "ledgered": recordInLedger, "edited": editFile, "exported": exportForScript,
			"losing": losingProvider(outages), "left": requestCount(outages),
		},
	})
}

// condition says whether a script runs a step: [full] are the steps of make test-full only.
func condition(name string) (bool, error) {
	if name != "full" {
		return false, fmt.Errorf("there is no condition %q", name)
	}
	return testsize.Full(), nil
}

// sandboxForScript starts a sandbox on a free port for the rest of the script and sets
// BASE to its address.
func sandboxForScript(ts *testscript.TestScript, _ bool, args []string) {
	for i := range args {
		if i > 0 && args[i-1] == "--data" {
			args[i] = ts.MkAbs(args[i])
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	output := make(chan string, 1)
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, append([]string{"sandbox"}, args...), nil, &firstLine{output: output}, io.Discard)
	}()
	ts.Defer(func() {
		stop()
		if code := <-done; code != exitConforms {
			ts.Fatalf("the sandbox ended with %d", code)
		}
	})
	words := strings.Fields(<-output)
	base, _ := strings.CutSuffix(words[1], "/"+words[0])
	ts.Setenv("BASE", base)
}

// recordRequests sends the request of a case to the sandbox at BASE, a number of times,
// and appends the exchanges to a file, one a line: asked FILE CASE TIMES [PREFER].
func recordRequests(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: asked FILE CASE TIMES [PREFER]")
	}
	k, err := catalog.Load(catalog.Embedded(), catalog.Options{})
	ts.Check(err)
	e := engine.New(k, engine.Cassettes(k))
	c := e.Fixtures.Case(args[1])
	request, _, err := e.Request(context.Background(), c)
	ts.Check(err)
	times, err := strconv.Atoi(args[2])
	ts.Check(err)
	var lines []byte
	for range times {
		to := request
		to.Header = request.Header.Clone()
		to.Header["Prefer"] = args[3:]
		u, err := url.Parse(ts.Getenv("BASE") + "/" + c.Provider() + e.Spec(c.Provider()).Operation(c.Operation()).Path)
		ts.Check(err)
		u.RawQuery, to.URL = request.URL.RawQuery, u
		ex, err := transport.Send(context.Background(), http.DefaultTransport, to)
		ts.Check(err)
		ex.Request = request
		lines, err = traffic.Append(lines, ex)
		ts.Check(err)
	}
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	ts.Check(err)
	_, err = f.Write(lines)
	ts.Check(errors.Join(err, f.Close()))
}

// firstLine sends the first line written to it to a channel.
type firstLine struct {
	output chan string
	line   strings.Builder
	once   sync.Once
}

func (f *firstLine) Write(p []byte) (int, error) {
	f.line.Write(p)
	if first, _, whole := strings.Cut(f.line.String(), "\n"); whole {
		f.once.Do(func() { f.output <- first })
	}
	return len(p), nil
}

// TestHelpHasExamples checks that every command has an example.
func TestHelpHasExamples(t *testing.T) {
	t.Parallel()
	for _, c := range (&program{stdout: &bytes.Buffer{}, stderr: &bytes.Buffer{}}).command().Commands() {
		if c.Example == "" && !slices.Contains([]string{"completion", "help"}, c.Name()) {
			t.Errorf("%s has no example", c.Name())
		}
	}
}

func TestNothingIsSaidTwice(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	if code := run(context.Background(), []string{"run", "paytm"}, nil, &stdout, &stderr); code != exitConforms || stderr.Len() > 0 || stdout.Len() == 0 {
		t.Errorf("exit %d, %d bytes, and standard error %q", code, stdout.Len(), stderr.String())
	}
}

// TestReportSchema checks the JSON report of a real run against its schema. The short form has two
// of the five.
func TestReportSchema(t *testing.T) {
	t.Parallel()
	for _, args := range testsize.Some([]string{"run --sandbox", "run", "run --shapes", "run --fail-on info", "check ../../cassettes --shapes"}, 2) {
		checkShapes(t, checkSchema(t, report.Schema, args), strings.Contains(args, "shapes"))
	}
}

// TestDriftSchema checks the JSON report of a real comparison against its schema. The short form has
// no comparison of the cases.
func TestDriftSchema(t *testing.T) {
	t.Parallel()
	for _, args := range testsize.Some([]string{"drift spec ../../cassettes", "drift cases", "drift cases sandbox", "drift ../../cassettes"}, 2) {
		checkShapes(t, checkSchema(t, report.DriftSchema, args), true)
	}
	checkShapes(t, checkSchema(t, report.DriftSchema, "drift --spec ../../internal/specdiff/testdata/enkash-amount/before.yaml ../../internal/specdiff/testdata/enkash-amount/after.yaml"), false)
}

// TestShapesAgree learns shapes of the same traffic with check and with drift.
func TestShapesAgree(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	var texts []string
	for _, args := range []string{"check ../../cassettes --shapes --workers 1", "check ../../cassettes --shapes --workers 3", "drift ../../cassettes"} {
		report, ok := checkSchema(t, []byte("true"), args).(map[string]any)
		raw, err := json.Marshal(report["shapes"])
		if !ok || err != nil || len(raw) < 1000 {
			t.Fatalf("assay %s: %v: %s", args, err, raw)
		}
		texts = append(texts, string(raw))
	}
	if texts[0] != texts[1] || texts[0] != texts[2] {
		t.Error("the shapes depend on who learnt them")
	}
}

// checkShapes checks the shapes of a report against their schema.
func checkShapes(t *testing.T, report any, wanted bool) {
	t.Helper()
	object, _ := report.(map[string]any)
	shapes, ok := object["shapes"].([]any)
	if ok != wanted || wanted && len(shapes) == 0 {
		t.Errorf("%d shapes", len(shapes))
	}
	schema := compiled(t, shape.Schema)
	for _, s := range shapes {
		if err := schema.Validate(s); err != nil {
			t.Error(err)
		}
	}
}

// checkSchema checks the JSON that a command writes against a schema.
func checkSchema(t *testing.T, published []byte, args string) any {
	t.Helper()
	schema := compiled(t, published)
	var stdout, stderr bytes.Buffer
	run(t.Context(), append(strings.Fields(args), "--report", "json"), nil, &stdout, &stderr)
	value, err := jsonschema.UnmarshalJSON(&stdout)
	if err != nil {
		t.Fatalf("assay %s: %v: %s", args, err, stderr.String())
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("assay %s: %v", args, err)
	}
	return value
}

// BenchmarkColdRun measures a complete `assay run` in a separate process: wall time and
// the largest resident set.
func BenchmarkColdRun(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "assay")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	var wall []time.Duration
	var memory int64
	for b.Loop() {
		c := exec.CommandContext(b.Context(), binary, "run", "--report", "json")
		c.Env = append(os.Environ(), "GOMAXPROCS=2")
		began := time.Now()
		if err := c.Run(); err != nil {
			b.Fatal(err)
		}
		wall = append(wall, time.Since(began))
		if usage, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
			memory = max(memory, usage.Maxrss)
		}
	}
	slices.Sort(wall)
	b.ReportMetric(float64(wall[len(wall)/2].Milliseconds()), "ms/run")
	if runtime.GOOS == "linux" { // in kilobytes on Linux
		b.ReportMetric(float64(memory)/1024, "MB-resident")
	}
}

// TestLogIsQuiet checks that the standard logger writes nothing: net/http logs parts of
// responses, such as bytes after the end of one.
func TestLogIsQuiet(t *testing.T) {
	var output bytes.Buffer
	before := log.Writer()
	log.SetOutput(&output)
	defer log.SetOutput(before)
	if code := run(t.Context(), []string{"version"}, strings.NewReader(""), io.Discard, io.Discard); code != 0 {
		t.Fatal(code)
	}
	log.Print("a body with somebody's number in it")
	if output.Len() > 0 {
		t.Errorf("the log has %s", &output)
	}
}

// TestFolderNames runs the command in folders whose names mean something in URLs: in three of six in
// the short form.
func TestFolderNames(t *testing.T) {
	t.Parallel()
	for _, name := range testsize.Some([]string{"a b", "d\u00e9", "a%41", "a#b", "a%b", "a?b"}, 3) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), name)
			if err := os.Mkdir(dir, 0o750); err != nil {
				t.Skip("this system has no such names: ", err)
			}
			command := exec.CommandContext(t.Context(), "assay", "list", "providers")
			command.Dir = dir
			if out, err := command.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}
