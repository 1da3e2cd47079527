// Command slowest runs go test and writes what go test writes. Where the run takes
// longer than 90 seconds it names the ten slowest tests as well: a test run is to
// take a minute.
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

// run gives the exit code of go test.
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
	tests, err := filter(out, stdout)
	if err != nil {
		return fail(stderr, err)
	}
	err = c.Wait()
	if took := time.Since(began); took > limit {
		printSlowest(stdout, took, tests)
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
	_, _ = fmt.Fprintln(stderr, "slowest:", err) // nowhere left to say so
	return 2
}

// event is a line of go test -json.
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64 // seconds
}

// timed is a test that has no tests below it.
type testTime struct {
	name    string
	seconds float64
}

// pass writes what go test -json says as go test says it: a line for each package, and
// all that tests say which fail. It gives the tests with their times.
func filter(from io.Reader, to io.Writer) ([]testTime, error) {
	said := map[string][]string{} // by package and test
	took := map[string]float64{}  // by package and test
	parents := map[string]bool{}  // those that have tests below them
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil {
				e = event{Action: "output", Output: string(line)} // what the linker says comes plain
			}
			handle(e, said, took, parents, to)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	var all []testTime
	for name, seconds := range took {
		if !parents[name] {
			all = append(all, testTime{name, seconds})
		}
	}
	slices.SortFunc(all, func(a, b testTime) int {
		return cmp.Or(cmp.Compare(b.seconds, a.seconds), strings.Compare(a.name, b.name))
	})
	return all, nil
}

// hear takes up one event.
func handle(e event, said map[string][]string, took map[string]float64, parents map[string]bool, to io.Writer) {
	name := e.Package + " " + e.Test
	switch {
	case e.Action == "build-output", e.Action == "output" && e.Test == "" && e.Output != "PASS\n":
		_, _ = io.WriteString(to, e.Output) // go test's own words
	case e.Action == "output" && e.Test != "" && !strings.HasPrefix(e.Output, "=== "):
		said[name] = append(said[name], e.Output)
	case e.Test == "" && e.Action == "fail":
		for _, name := range slices.Sorted(maps.Keys(said)) { // of tests that never ended: they hang, or end the process
			if strings.HasPrefix(name, e.Package+" ") {
				_, _ = io.WriteString(to, strings.Join(said[name], "")) // go test's own words
				delete(said, name)
			}
		}
	case e.Test == "":
	case e.Action == "fail":
		_, _ = io.WriteString(to, strings.Join(said[name], "")) // go test's own words
		fallthrough
	case e.Action == "pass", e.Action == "skip":
		delete(said, name)
		took[name] = e.Elapsed
		for above := e.Test; strings.Contains(above, "/"); {
			above = above[:strings.LastIndex(above, "/")]
			parents[e.Package+" "+above] = true
		}
	}
}

// tell names the slowest tests.
func printSlowest(to io.Writer, took time.Duration, tests []testTime) {
	_, _ = fmt.Fprintf(to, "\nthe tests took %.0f s; the slowest:\n", took.Seconds()) // nowhere left to say so
	for _, t := range tests[:min(maxListed, len(tests))] {
		_, _ = fmt.Fprintf(to, "%7.2f s  %s\n", t.seconds, t.name) // nowhere left to say so
	}
}
