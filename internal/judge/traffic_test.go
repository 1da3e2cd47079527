package judge_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/judge"
	"assay/internal/testsize"
	"assay/internal/traffic"
)

// recordings returns NDJSON of the exchanges of the cassettes, some damaged, of unmatched
// exchanges, of headers in many forms, and of lines that do not parse.
func recordings(t *testing.T, e *engine.Engine) string {
	t.Helper()
	var out bytes.Buffer
	write := func(ex contract.Exchange) {
		line, err := traffic.Append(nil, ex)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(line)
	}
	step, some := 23, someCases(e) // the cases whose mutants are recorded, too
	if !testsize.Full() {
		step = 7
	}
	if testsize.Long() {
		step = 7
	}
	if raced {
		step = 101
	}
	n := 0
	for _, c := range e.Fixtures.Cases {
		pass, play := e.Subject(t.Context(), c)
		if play.Err != nil {
			t.Fatal(play.Err)
		}
		ex := pass.View.Exchange
		write(ex)
		if !slices.Contains(some, c) {
			continue
		}
		for _, side := range contract.Directions() {
			for i, m := range mutantsOf(pass, side) {
				if i%step != 0 {
					continue
				}
				other := ex
				if side == contract.InRequest {
					other.Request.Body = m.body
				} else {
					other.Response.Body = m.body
				}
				other.Response.Header = other.Response.Header.Clone()
				for extra := range n % 13 {
					other.Response.Header.Add(fmt.Sprintf("X-Extra-%d", extra%7), fmt.Sprint(n))
				}
				write(other)
				switch n++; n % 50 {
				case 0:
					out.WriteString(" \r\n\n{\"request\": nonsense}\r\n")
				case 1:
					out.WriteString(`{"request":{"method":"GET","url":"https://shop.example.com/` + fmt.Sprint(n) + `?a=b","headers":{}},"response":{"status":200,"headers":{}}}` + "\r\n")
				case 2:
					out.WriteString(`{"request":{"method":"GET","url":"https://shop.example.com/","headers":{"A":"` + strings.Repeat("long", 30_000) + `"}},"response":{"status":200,"headers":{}}}` + "\n")
				}
			}
		}
	}
	return strings.TrimSuffix(out.String(), "\n") // the last line may lack its line end
}

// TestCheckAgrees checks recordings with several workers, which reuse memory, and judges
// them one by one. The reports are equal, also after further runs.
func TestCheckAgrees(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	text := recordings(t, e)
	checked, alone := enginetest.NewJudge(t, e, judge.Options{Recorded: true}), enginetest.NewJudge(t, e, judge.Options{Recorded: true})
	tally, n, sequence := judge.NewTally(contract.Error), int64(0), alone.Sequence()
	err := traffic.Read(t.Context(), []string{"-"}, strings.NewReader(text), traffic.Options{}, func(entry *traffic.Entry) error {
		n++
		ex, err := entry.Exchange()
		if err != nil {
			tally.Unreadable(n, entry.Origin(), err)
			return nil
		}
		if r, ok := sequence.Judge(ex); ok {
			tally.Add(n, r)
		} else {
			tally.Unmatched(n, "")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := tally.Report(e.Catalog, "", 1000)
	if c := want.Traffic; c.Failing == 0 || c.Conforming == 0 || c.Unreadable == 0 || c.Unmatched == 0 || len(c.Groups) < 10 {
		t.Fatalf("the recordings lack something: %+v", c)
	}
	var all []*judge.Tally
	for _, workers := range []int{1, 4} {
		for range 2 { // the second time with known lists
			got, err := checked.Check(t.Context(), []string{"-"}, strings.NewReader(text), judge.CheckOptions{FailOn: contract.Error, Workers: workers})
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, got)
		}
	}
	for i, got := range all {
		if has, wants := written(t, got.Report(e.Catalog, "", 1000)), written(t, want); has != wants {
			t.Errorf("%d: checked\n%s\none by one\n%s", i, has, wants)
		}
	}
}

// TestCheckMemory checks exchanges with large headers and a different finding each: a
// stored finding does not keep the text of its exchange in memory.
func TestCheckMemory(t *testing.T) {
	testsize.SkipUnlessFull(t)
	e := enginetest.Load(t)
	j := enginetest.NewJudge(t, e, judge.Options{Recorded: true})
	play := e.Play(t.Context(), e.Fixtures.Case("paytm/createOrder/accepted"))
	if play.Err != nil {
		t.Fatal(play.Err)
	}
	ex := *play.Exchange
	const most = 16 << 20
	const count = 2000 // the headers take 64 MB
	ex.Response.Header = ex.Response.Header.Clone()
	ex.Response.Header.Set("X-Pad", strings.Repeat("x", 32<<10))
	r, w := io.Pipe()
	go func() {
		var line []byte
		var err error
		for n := 0; n < count && err == nil; n++ {
			one := ex
			var body map[string]any
			if err = json.Unmarshal(ex.Response.Body, &body); err != nil {
				break
			}
			body[fmt.Sprintf("unheardOf%d", n)] = n
			if one.Response.Body, err = json.Marshal(body); err != nil {
				break
			}
			if line, err = traffic.Append(line[:0], one); err == nil {
				_, err = w.Write(line)
			}
		}
		w.CloseWithError(err)
	}()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	tally, err := j.Check(t.Context(), []string{"-"}, r, judge.CheckOptions{FailOn: contract.Error})
	if err != nil {
		t.Fatal(errors.Join(err, r.Close()))
	}
	runtime.GC()
	runtime.GC() // what the first one found is swept
	runtime.ReadMemStats(&after)
	c := tally.Report(e.Catalog, "", 1).Traffic
	if c.More < count-1 {
		t.Errorf("of %d findings there are %d groups", count, c.More+1)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > most {
		t.Errorf("%d MB are kept of %d findings", grown>>20, count)
	}
}

// TestCheckEach has every exchange and entry once, in the order of reading, with the same
// verdicts as the report, however many workers there are.
func TestCheckEach(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	text := recordings(t, e)
	j := enginetest.NewJudge(t, e, judge.Options{Recorded: true})
	var first string
	for _, workers := range []int{1, 4} {
		var lines []string
		counts := map[contract.Verdict]int64{}
		findings := map[string]int64{}
		tally, err := j.Check(t.Context(), []string{"-"}, strings.NewReader(text), judge.CheckOptions{FailOn: contract.Error, Workers: workers, Each: func(r contract.Result) {
			counts[r.Verdict]++
			lines = append(lines, fmt.Sprint(r.Origin, r.Case, r.Verdict, r.Code, len(r.Findings)))
			for _, f := range r.Findings {
				findings[f.Fingerprint]++
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		c := tally.Report(e.Catalog, "", 1000).Traffic
		if counts[contract.Pass] != c.Conforming || counts[contract.Fail] != c.Failing || counts[contract.Errored] != c.Unreadable || int64(len(lines)) != c.Exchanges+c.Unreadable+c.Elsewhere {
			t.Errorf("%v and %d lines, want %+v", counts, len(lines), c)
		}
		for _, g := range c.Groups {
			if findings[g.Finding.Fingerprint] != g.Count {
				t.Errorf("%s %s comes %d times, want %d", g.Operation, g.Finding.Rule, findings[g.Finding.Fingerprint], g.Count)
			}
		}
		before := 0
		for _, l := range lines {
			var n int
			if _, err := fmt.Sscanf(l, "ndjson:-#%d", &n); err != nil || n <= before {
				t.Fatalf("%q after line %d: %v", l, before, err)
			}
			before = n
		}
		all := strings.Join(lines, "\n")
		if first == "" {
			first = all
		}
		if all != first {
			t.Errorf("%d workers: other results", workers)
		}
	}
}
