package judge_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/url"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/judge"
	"assay/internal/testsize"
	"assay/internal/traffic"
	"assay/specs"
)

// recordedLines returns conforming exchanges with changed responses as NDJSON.
func recordedLines(b testing.TB, e *engine.Engine, change func(response []byte) []byte) [][]byte {
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
		ex := *play.Exchange
		ex.Response.Body = change(ex.Response.Body)
		line, err := traffic.Append(nil, ex)
		if err != nil {
			b.Fatal(err)
		}
		lines = append(lines, append(bytes.TrimSpace(line), '\n'))
	}
	return lines
}

// repeated is a reader that repeats lines up to a number. Each order has a reference of
// its own, as in real traffic.
type repeated struct {
	lines [][]byte
	left  int
	rest  []byte
	own   []byte  // the line that is read
	at    [][]int // for each line, where its reference stands
	size  []int   // for each line, the length of its reference
}

// reference matches the merchant's reference in a recorded line.
var reference = regexp.MustCompile(`\b(orderId|receipt_id|merchantReferenceId)[^A-Za-z0-9]+([A-Za-z0-9_-]+)`)

// next returns the n-th line with a reference of its own.
func (r *repeated) next(n int) []byte {
	if r.at == nil {
		for _, l := range r.lines {
			var at []int
			size := 0
			if own := reference.FindSubmatch(l); own != nil {
				size = len(own[2])
				for i := 0; ; {
					k := bytes.Index(l[i:], own[2])
					if k < 0 {
						break
					}
					at, i = append(at, i+k), i+k+size
				}
			}
			r.at, r.size = append(r.at, at), append(r.size, size)
		}
	}
	i := n % len(r.lines)
	r.own = append(r.own[:0], r.lines[i]...)
	for _, at := range r.at[i] {
		for d, rest := r.size[i]-1, n; d >= 0; d, rest = d-1, rest/10 {
			r.own[at+d] = '0' + byte(rest%10)
		}
	}
	return r.own
}

func (r *repeated) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(r.rest) == 0 {
			if r.left == 0 {
				break
			}
			r.left--
			r.rest = r.next(r.left)
		}
		k := copy(p[n:], r.rest)
		n, r.rest = n+k, r.rest[k:]
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// line is the type into which a program with kin-openapi decodes.
type line struct {
	Request struct {
		Method, URL, Body string
		Headers           map[string]json.RawMessage
	}
	Response struct {
		Status  int
		Body    string
		Headers map[string]json.RawMessage
	}
}

// schemas returns the schemas of both bodies, by path.
func schemas(b *testing.B) map[string][2]*openapi3.Schema {
	b.Helper()
	all := map[string][2]*openapi3.Schema{}
	for _, provider := range []string{"enkash", "ipayments", "paytm", "paytring"} {
		raw, err := specs.Files.ReadFile(provider + ".yaml")
		if err != nil {
			b.Fatal(err)
		}
		loaded, err := openapi3.NewLoader().LoadFromData(raw)
		if err != nil {
			b.Fatal(err)
		}
		for path, item := range loaded.Paths.Map() {
			for _, server := range loaded.Servers {
				base, err := url.Parse(server.URL)
				if err != nil {
					b.Fatal(err)
				}
				all[strings.TrimSuffix(base.Path, "/")+path] = [2]*openapi3.Schema{
					item.Post.RequestBody.Value.Content["application/json"].Schema.Value, item.Post.Responses.Value("200").Value.Content["application/json"].Schema.Value,
				}
			}
		}
	}
	return all
}

// decodeAndVisit decodes each line and both bodies with encoding/json and validates the bodies
// with kin-openapi.
func decodeAndVisit(b *testing.B, known map[string][2]*openapi3.Schema, r io.Reader) (n int) {
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
		for i, body := range []string{l.Request.Body, l.Response.Body} {
			var value any
			if err := json.Unmarshal([]byte(body), &value); err != nil {
				b.Fatal(err)
			}
			if err := known[u.Path][i].VisitJSON(value, openapi3.MultiErrors()); err != nil {
				b.Fatal(err)
			}
		}
		n++
	}
	return n
}

// BenchmarkCheck checks 200,000 exchanges in NDJSON on one core and on two. It compares
// with a program that decodes and validates a part of them. One run has conforming
// exchanges, another has responses with an undocumented member.
func BenchmarkCheck(b *testing.B) {
	for name, change := range map[string]func([]byte) []byte{
		"conforming": func(body []byte) []byte { return body },
		"undocumented": func(body []byte) []byte {
			return append(bytes.TrimSuffix(bytes.TrimSpace(body), []byte("}")), `,"assayNobodyDocuments":"this"}`...)
		},
	} {
		b.Run(name, func(b *testing.B) { bulk(b, change) })
	}
}

// cpuTime returns the processor time that this process has used. Unlike time on the clock
// it does not depend on what else the machine does.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// bulk runs BenchmarkCheck with changed responses.
func bulk(b *testing.B, change func(response []byte) []byte) {
	b.Helper()
	e := enginetest.LoadData(b, catalog.Embedded(), catalog.Options{})
	lines := recordedLines(b, e, change)
	j, err := judge.New(e.Catalog, judge.Options{Recorded: true})
	if err != nil {
		b.Fatal(err)
	}
	known := schemas(b)
	all, part := testsize.Benchmark(200_000, 2_000), testsize.Benchmark(5_000, 100)
	check := func(cores int) (wall, busy time.Duration) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		defer debug.SetGCPercent(debug.SetGCPercent(400)) // as the command does
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(34 << 20))
		from, used := time.Now(), cpuTime(b)
		tally, err := j.Check(b.Context(), []string{"-"}, &repeated{lines: lines, left: all}, judge.CheckOptions{FailOn: contract.Error, Workers: cores})
		if err != nil {
			b.Fatal(err)
		}
		wall, busy = time.Since(from), cpuTime(b)-used
		if r := tally.Report(e.Catalog, "", 10); r.Traffic.Conforming != int64(all) {
			b.Fatalf("%+v", r.Traffic)
		}
		return wall, busy
	}
	var slow, cores []float64
	var peak uint64
	for b.Loop() {
		one, busy := check(1)
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		peak = max(peak, m.HeapInuse)
		two, _ := check(2)
		before := runtime.GOMAXPROCS(1)
		from := cpuTime(b)
		n := decodeAndVisit(b, known, &repeated{lines: lines, left: part})
		plain := (cpuTime(b) - from) * time.Duration(all) / time.Duration(n)
		runtime.GOMAXPROCS(before)
		slow, cores = append(slow, float64(plain)/float64(busy)), append(cores, float64(one)/float64(two))
		b.ReportMetric(float64(all)/one.Seconds(), "exchanges/s-on-one")
	}
	slices.Sort(slow)
	slices.Sort(cores)
	b.ReportMetric(slow[len(slow)/2], "×decode+VisitJSON")
	b.ReportMetric(cores[len(cores)/2], "×two-cores")
	b.ReportMetric(float64(peak)/1e6, "MB-heap")
}
