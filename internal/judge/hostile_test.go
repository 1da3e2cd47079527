package judge_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/hostile"
	"assay/internal/judge"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/testsize"
)

// placed returns a body in which a value stands at a member; at "" it is a new member.
func placed(body []byte, pointer contract.Pointer, value string) []byte {
	if pointer != "" {
		return contract.Replace(body, pointer, []byte(value))
	}
	return slices.Concat([]byte(`{"assayHostile":`), []byte(value), []byte(","), bytes.TrimLeft(body, "{ \n"))
}

// hostileExchanges returns exchanges with a hostile value in the body of one side: as the
// body, beside its members, and at some of them.
func hostileExchanges(o *openapi.Operation, ex contract.Exchange, value string) map[string]contract.Exchange {
	all := map[string]contract.Exchange{}
	for side, body := range map[string][]byte{"request": ex.Request.Body, "response": ex.Response.Body} {
		add := func(place string, changed []byte) {
			other := ex
			if side == "request" {
				other.Request.Body = changed
			} else {
				other.Response.Body = changed
			}
			all[side+" "+place] = other
		}
		if len(body) == 0 {
			continue
		}
		add("whole", []byte(value))
		add("beside", placed(body, "", value))
		for _, pointer := range somePointers(o, body) {
			add(string(pointer), placed(body, pointer, value))
		}
	}
	return all
}

// somePointers returns members of a body: one on which the result depends, and one that
// means something.
func somePointers(o *openapi.Operation, body []byte) []contract.Pointer {
	value, err := contract.Decode(body)
	if err != nil {
		return nil
	}
	all := map[string]contract.Pointer{}
	walk(value, "", func(pointer contract.Pointer, _, _ any) {
		kind := ""
		if m := o.Request.Member(pointer); m != nil && m.Means != "" {
			kind = "meaning"
		}
		if slices.Contains(o.Result.Code, pointer) {
			kind = "code"
		}
		if first, known := all[kind]; kind != "" && (!known || pointer < first) {
			all[kind] = pointer
		}
	})
	return slices.Collect(maps.Values(all))
}

// judgeAll judges an exchange as check does, with excerpts and a report in each format.
func judgeAll(t testing.TB, e *engine.Engine, j *judge.Judge, ex contract.Exchange) {
	t.Helper()
	tally := judge.NewTally(contract.Error)
	got, ok := j.Judge(ex)
	if !ok {
		t.Fatal("unmatched")
	}
	if tally.NeedsExcerpts(1, got.Findings) {
		j.Excerpts(ex, got.Findings)
	}
	tally.Add(1, got)
	made := tally.Report(e.Catalog, "test", 1000)
	for _, format := range report.Runs() {
		if err := format.Write(io.Discard, made, report.How{}); err != nil {
			t.Fatal(err)
		}
	}
}

// hostileHeads returns exchanges with a long query, long or many headers, and a long path.
func hostileHeads(ex contract.Exchange, size int) map[string]contract.Exchange {
	all := map[string]contract.Exchange{}
	query := func(name, text string) {
		other, u := ex, *ex.Request.URL
		u.RawQuery += "&" + text
		other.Request.URL = &u
		all[name] = other
	}
	query("a long query", "q="+strings.Repeat("%41", size/3))
	query("many parameters", strings.Repeat("q=1&", size/4))
	query("many names", strings.Repeat("q", size/2)+"&"+strings.Repeat("%zz&", size/8))
	header := func(name string, h http.Header) {
		other := ex
		other.Request.Header, other.Response.Header = ex.Request.Header.Clone(), ex.Response.Header.Clone()
		maps.Copy(other.Request.Header, h)
		maps.Copy(other.Response.Header, h)
		all[name] = other
	}
	many := http.Header{}
	for i := range size / 20 {
		many[fmt.Sprintf("X-Hostile-%07d", i)] = []string{"1"}
	}
	header("many headers", many)
	header("a header many times", http.Header{"Authorization": slices.Repeat([]string{"Basic QTpC"}, size/10)})
	header("a long authorization", http.Header{"Authorization": {"Basic " + strings.Repeat("QTpC", size/4)}})
	header("a long media type", http.Header{"Content-Type": {"application/json" + strings.Repeat("; a=b", size/5)}})
	return all
}

// TestHostileBodies judges exchanges that a peer made to keep a judge busy. The memory
// that is allocated grows with the size of the value, not with its square: four times the
// value may take eight times the memory, but not sixteen times. It is not parallel, because
// it reads what the whole process allocates. Except in make attack each value is the body of one
// side, and a new member of the other side.
func TestHostileBodies(t *testing.T) {
	testsize.SkipUnlessFull(t)
	const size, growth, most, fixed = 16 << 10, 4, 8, 4 << 20
	short := !testsize.Long()
	otherSide := [2][]string{{"request whole", "response beside"}, {"response whole", "request beside"}}
	e := enginetest.Load(t)
	j := enginetest.NewJudge(t, e, judge.Options{})
	small, large := hostile.Values(size), hostile.Values(growth*size)
	for c, ex := range enginetest.Exchanges(t, e) {
		if c.Name != "paytring/createOrder/accepted" && (c.Name != "paytm/createOrder/accepted" || short) {
			continue
		}
		o := e.Spec(c.Provider()).Operation(c.Operation())
		compare := func(name string, small, large contract.Exchange) {
			few, many := allocated(t, e, j, small), allocated(t, e, j, large)
			if many > most*few+fixed {
				t.Errorf("%s, %s: judging allocates %d bytes, and %d for a value %d times as large", c.Name, name, few, many, growth)
			}
		}
		judgeAll(t, e, j, ex) // compiles the operation
		for i, kind := range slices.Sorted(maps.Keys(small)) {
			larger := hostileExchanges(o, ex, large[kind])
			for place, one := range hostileExchanges(o, ex, small[kind]) {
				if short && slices.Contains(otherSide[i%2], place) {
					continue
				}
				compare(kind+" at "+place, one, larger[place])
			}
		}
		larger := hostileHeads(ex, growth*size)
		for kind, one := range hostileHeads(ex, size) {
			compare(kind, one, larger[kind])
		}
	}
}

// allocated returns how many bytes are allocated to judge an exchange.
func allocated(t *testing.T, e *engine.Engine, j *judge.Judge, ex contract.Exchange) uint64 {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	judgeAll(t, e, j, ex)
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// BenchmarkHostile judges bodies of 10 MB: none should take more than two seconds.
func BenchmarkHostile(b *testing.B) {
	e := enginetest.Load(b)
	j := enginetest.NewJudge(b, e, judge.Options{})
	for c, ex := range enginetest.Exchanges(b, e) {
		if c.Name != "paytring/createOrder/accepted" {
			continue
		}
		for kind, value := range hostile.Values(testsize.Benchmark(10<<20, 64<<10)) {
			for place, hostile := range hostileExchanges(e.Spec(c.Provider()).Operation(c.Operation()), ex, value) {
				b.Run(kind+" at "+place, func(b *testing.B) {
					for b.Loop() {
						judgeAll(b, e, j, hostile)
					}
				})
			}
		}
	}
}
