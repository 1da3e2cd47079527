package engine_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/spec"
	"assay/internal/traffic"
)

// conformingLines is NDJSON of exchanges that conform, one line each.
func conformingLines(b testing.TB, e *engine.Engine) [][]byte {
	b.Helper()
	var lines [][]byte
	for _, name := range []string{
		"paytm/createOrder/everything", "paytm/createOrder/accepted", "paytm/createOrder/duplicate", "ipayments/createOrder/accepted",
		"ipayments/initKyc/accepted", "enkash/createOrder/accepted", "paytring/createOrder/accepted",
	} {
		play := e.Play(b.Context(), e.Fixtures.Case(name))
		if play.Err != nil {
			b.Fatal(play.Err)
		}
		line, err := traffic.Append(nil, *play.Exchange)
		if err != nil {
			b.Fatal(err)
		}
		lines = append(lines, append(bytes.TrimSpace(line), '\n'))
	}
	return lines
}

// repeated reads lines again and again, until there were so many.
type repeated struct {
	lines [][]byte
	left  int
	rest  []byte
}

func (r *repeated) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(r.rest) == 0 {
			if r.left == 0 {
				break
			}
			r.left--
			r.rest = r.lines[r.left%len(r.lines)]
		}
		k := copy(p[n:], r.rest)
		n, r.rest = n+k, r.rest[k:]
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// line is what a program decodes that validates with kin-openapi.
type line struct {
	Request struct {
		Method, URL, Body string
		Headers           map[string]json.RawMessage
	}
	Answer struct {
		Status  int
		Body    string
		Headers map[string]json.RawMessage
	}
}

// plainly is what a program does that decodes each line with encoding/json and
// has kin-openapi look at both bodies.
func plainly(b *testing.B, specs []*spec.Spec, r io.Reader) (n int) {
	b.Helper()
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		var l line
		if err := json.Unmarshal(s.Bytes(), &l); err != nil {
			b.Fatal(err)
		}
		u, err := url.Parse(l.Request.URL)
		if err != nil {
			b.Fatal(err)
		}
		for _, one := range specs {
			if o := one.Match(http.MethodPost, u.Path); o != nil {
				if len(o.Request.Violations([]byte(l.Request.Body))) > 0 || len(o.Answers[l.Answer.Status].Violations([]byte(l.Answer.Body))) > 0 {
					b.Fatal("not valid")
				}
				n++
			}
		}
	}
	return n
}

// BenchmarkCheck checks 200,000 exchanges in NDJSON on one core and on two, and
// compares with a program that decodes and validates a part of them.
func BenchmarkCheck(b *testing.B) {
	e, err := engine.New(engine.Embedded(), engine.Options{})
	if err != nil {
		b.Fatal(err)
	}
	lines := conformingLines(b, e)
	j, err := e.Judge(engine.Judging{Recorded: true})
	if err != nil {
		b.Fatal(err)
	}
	const all, part = 200_000, 5_000
	check := func(cores int) time.Duration {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		from := time.Now()
		tally, err := j.Check(b.Context(), []string{"-"}, &repeated{lines: lines, left: all}, engine.Watching{FailOn: contract.Error, Workers: cores})
		if err != nil {
			b.Fatal(err)
		}
		took := time.Since(from)
		if r := tally.Report(e, "", 10); r.Traffic.Conforming != all {
			b.Fatalf("%+v", r.Traffic)
		}
		return took
	}
	var slow, cores []float64
	var peak uint64
	for b.Loop() {
		one := check(1)
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		peak = max(peak, m.HeapInuse)
		two := check(2)
		before := runtime.GOMAXPROCS(1)
		from := time.Now()
		n := plainly(b, e.Specs, &repeated{lines: lines, left: part})
		plain := time.Since(from) * all / time.Duration(n)
		runtime.GOMAXPROCS(before)
		slow, cores = append(slow, float64(plain)/float64(one)), append(cores, float64(one)/float64(two))
		b.ReportMetric(all/one.Seconds(), "exchanges/s-on-one")
	}
	slices.Sort(slow)
	slices.Sort(cores)
	b.ReportMetric(slow[len(slow)/2], "×decode+VisitJSON")
	b.ReportMetric(cores[len(cores)/2], "×two-cores")
	b.ReportMetric(float64(peak)/1e6, "MB-heap")
}
