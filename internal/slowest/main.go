// Command slowest runs go test and prints its output. If the run takes longer than 90
// seconds, it also lists the ten slowest tests. Its last lines name the tests that did not end,
// such as one that hangs until the time-out. The exit code is that of go test, or 2 if go test
// cannot be run.
//
//	go run ./internal/slowest ./...
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

const (
	limit     = 90 * time.Second
	maxListed = 10
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run returns the exit code of go test.
func run(args []string, stdout, stderr io.Writer) int {
	c := exec.Command("go", append([]string{"test", "-json"}, args...)...) //nolint:noctx // the arguments are the caller's
	c.Stderr = stderr
	out, err := c.StdoutPipe()
	if err != nil {
		return fail(stderr, err)
	}
	began := time.Now()
	if err := c.Start(); err != nil {
		return fail(stderr, err)
	}
	tests, hung, err := filter(out, stdout)
	if err != nil {
		return fail(stderr, err)
	}
	err = c.Wait()
	if took := time.Since(began); took > limit {
		printSlowest(stdout, took, tests)
	}
	for _, name := range hung {
		_, _ = fmt.Fprintln(stdout, "did not end:", name) // there is nowhere to report it
	}
	var ended *exec.ExitError
	switch {
	case errors.As(err, &ended):
		return ended.ExitCode()
	case err != nil:
		return fail(stderr, err)
	}
	return 0
}

func fail(stderr io.Writer, err error) int {
	_, _ = fmt.Fprintln(stderr, "slowest:", err) // there is nowhere to report it
	return 2
}

// event is a line of go test -json.
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64 // seconds
}

// testTime is the time of a test without subtests.
type testTime struct {
	name    string
	seconds float64
}

// filter reads the output of go test -json and writes it as go test would: a line for each
// package, and the output of tests that fail. It returns the times of the tests, and those
// that did not end.
func filter(from io.Reader, to io.Writer) (times []testTime, hung []string, err error) {
	output := map[string][]string{} // by package and test
	took := map[string]float64{}    // by package and test
	parents := map[string]bool{}    // those that have tests below them
	running := map[string]bool{}    // those that have begun, not ended, and do not wait for their turn
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil {
				e = event{Action: "output", Output: string(line)} // the linker's output is not JSON
			}
			handle(e, output, took, parents, to)
			follow(e, running)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, err
		}
	}
	for name, seconds := range took {
		if !parents[name] {
			times = append(times, testTime{name, seconds})
		}
	}
	slices.SortFunc(times, func(a, b testTime) int {
		return cmp.Or(cmp.Compare(b.seconds, a.seconds), strings.Compare(a.name, b.name))
	})
	for _, name := range slices.Sorted(maps.Keys(running)) {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(running)), func(other string) bool { return strings.HasPrefix(other, name+"/") }) {
			hung = append(hung, name)
		}
	}
	return times, hung, nil
}

// follow notes which tests run. A test that waits for its turn does not.
func follow(e event, running map[string]bool) {
	name := e.Package + " " + e.Test
	switch {
	case e.Test == "":
	case e.Action == "run", e.Action == "cont":
		running[name] = true
	case e.Action == "pause", e.Action == "pass", e.Action == "fail", e.Action == "skip":
		delete(running, name)
	}
}

// handle handles one event.
func handle(e event, output map[string][]string, took map[string]float64, parents map[string]bool, to io.Writer) {
	name := e.Package + " " + e.Test
	switch {
	case e.Action == "build-output", e.Action == "output" && e.Test == "" && e.Output != "PASS\n":
		_, _ = io.WriteString(to, e.Output) // as go test wrote it
	case e.Action == "output" && e.Test != "" && !strings.HasPrefix(e.Output, "=== "):
		output[name] = append(output[name], e.Output)
	case e.Test == "" && e.Action == "fail":
		for _, name := range slices.Sorted(maps.Keys(output)) { // output of tests that did not end: they hang or end the process
			if strings.HasPrefix(name, e.Package+" ") {
				_, _ = io.WriteString(to, strings.Join(output[name], "")) // as go test wrote it
				delete(output, name)
			}
		}
	case e.Test == "":
	case e.Action == "fail":
		_, _ = io.WriteString(to, strings.Join(output[name], "")) // as go test wrote it
		fallthrough
	case e.Action == "pass", e.Action == "skip":
		delete(output, name)
		took[name] = e.Elapsed
		for above := e.Test; strings.Contains(above, "/"); {
			above = above[:strings.LastIndex(above, "/")]
			parents[e.Package+" "+above] = true
		}
	}
}

// printSlowest lists the slowest tests.
func printSlowest(to io.Writer, took time.Duration, tests []testTime) {
	_, _ = fmt.Fprintf(to, "\nthe tests took %.0f s; the slowest:\n", took.Seconds()) // there is nowhere to report it
	for _, t := range tests[:min(maxListed, len(tests))] {
		_, _ = fmt.Fprintf(to, "%7.2f s  %s\n", t.seconds, t.name) // there is nowhere to report it
	}
}
