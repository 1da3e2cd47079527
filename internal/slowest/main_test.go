package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestFilter writes the output of packages and of tests that fail, not of tests that pass.
func TestFilter(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	tests, hung, err := filter(strings.NewReader(`{"Action":"start","Package":"p"}
{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:1: quiet\n"}
{"Action":"pass","Package":"p","Test":"TestA/b","Elapsed":2}
{"Action":"pass","Package":"p","Test":"TestA","Elapsed":2.5}
{"Action":"output","Package":"p","Test":"TestC","Output":"    c_test.go:1: loud\n"}
{"Action":"fail","Package":"p","Test":"TestC","Elapsed":3}
{"Action":"output","Package":"p","Output":"PASS\n"}
{"Action":"output","Package":"p","Output":"FAIL\tp\t5.5s\n"}
{"ImportPath":"q","Action":"build-output","Output":"q.go:1:1: no\n"}
plain words
{"Action":"fail","Package":"p","Elapsed":5.5}`), &out)
	if err != nil {
		t.Fatal(err)
	}
	if want := "    c_test.go:1: loud\nFAIL\tp\t5.5s\nq.go:1:1: no\nplain words\n"; out.String() != want {
		t.Errorf("it writes\n%s\nwant\n%s", &out, want)
	}
	if len(hung) > 0 {
		t.Errorf("%s did not end", hung)
	}
	if got := fmt.Sprint(tests); got != "[{p TestC 3} {p TestA/b 2}]" {
		t.Errorf("the tests are %s", got)
	}
}

// TestFilter_unfinished writes the output of tests that never end, such as one stopped by
// the time-out. Only that output says why the package fails.
func TestFilter_unfinished(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	_, hung, err := filter(strings.NewReader(`{"Action":"run","Package":"p","Test":"TestB"}
{"Action":"run","Package":"p","Test":"TestB/a"}
{"Action":"pause","Package":"p","Test":"TestB/a"}
{"Action":"run","Package":"p","Test":"TestB/b"}
{"Action":"pass","Package":"p","Test":"TestB/b"}
{"Action":"run","Package":"p","Test":"TestB/c"}
{"Action":"output","Package":"p","Test":"TestB","Output":"panic: test timed out after 2s\n"}
{"Action":"output","Package":"pq","Test":"TestC","Output":"of another package\n"}
{"Action":"output","Package":"p","Output":"FAIL\tp\t2.0s\n"}
{"Action":"fail","Package":"p","Elapsed":2}`), &out)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(hung); got != "[p TestB/c]" {
		t.Errorf("%s did not end", got)
	}
	if want := "FAIL\tp\t2.0s\npanic: test timed out after 2s\n"; out.String() != want {
		t.Errorf("it writes\n%s\nwant\n%s", &out, want)
	}
}

func TestPrintSlowest(t *testing.T) {
	t.Parallel()
	var tests []testTime
	for i := range 12 {
		tests = append(tests, testTime{fmt.Sprintf("p Test%d", i), float64(20 - i)})
	}
	var out strings.Builder
	printSlowest(&out, 95*time.Second, tests)
	if strings.Count(out.String(), " s  p Test") != 10 || !strings.HasPrefix(out.String(), "\nthe tests took 95 s; the slowest:\n  20.00 s  p Test0\n") {
		t.Errorf("it writes %s", &out)
	}
}
