package proxy_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"assay/internal/contract"
	"assay/internal/proxy"
)

// TestHeadersOfTests sends the headers of a test. With Options.Test they are read and not
// passed on; without it they pass as others do.
func TestHeadersOfTests(t *testing.T) {
	t.Parallel()
	request := head("GET /x HTTP/1.1", "Host: a", "assay-case: one", "Assay-Expect: a@b,c", "Assay-Expect: d", "X-Stays: 1")
	for _, read := range []bool{true, false} {
		base, got := upstream(t, plainResponse)
		numbers, judged := &atomic.Int64{}, make(chan contract.Exchange, 1)
		numbers.Store(6)
		p, all := serveProxy(t, base, func(o *proxy.Options) {
			o.Numbers, o.Judge.JudgeExchange = numbers, func(ex contract.Exchange) (contract.Result, bool) {
				judged <- ex
				return contract.Result{Checked: []string{"a"}}, true
			}
			if read {
				o.Test = func(names, expected []string) (*contract.Test, error) {
					return &contract.Test{Name: fmt.Sprint(names, expected)}, nil
				}
			}
		})
		exchange(t, p, request)
		sent, ex, seen := <-got, <-judged, all.waitForOne(t)
		for _, h := range []http.Header{sent.header, ex.Request.Header} {
			if found := len(h[contract.CaseHeader]) + len(h[contract.ExpectHeader]); found > 0 == read || h.Get("X-Stays") != "1" {
				t.Errorf("read: %t; passed on: %v", read, h)
			}
		}
		want := "proxy#7"
		if read {
			want = "[one][a@b,c d] (proxy#7)"
		}
		if origin := strings.ReplaceAll(seen.Origin(), "] [", "]["); origin != want || ex.Origin != seen.Origin() || (ex.Test != nil) != read {
			t.Errorf("%s and %s, want %s", origin, ex.Origin, want)
		}
	}
}

// TestUnclearTest passes a request on whose test says something that means nothing. It is
// not judged, and the fault is kept.
func TestUnclearTest(t *testing.T) {
	t.Parallel()
	for _, documented := range []bool{true, false} {
		base, got := upstream(t, plainResponse)
		wrong := errors.New("there is no rule a")
		p, all := serveProxy(t, base, func(o *proxy.Options) {
			o.Judge = noFindings(documented)
			o.Test = func([]string, []string) (*contract.Test, error) { return &contract.Test{Name: "one"}, wrong }
		})
		response := exchange(t, p, head("GET /x HTTP/1.1", "Host: a", "Assay-Expect: a"))
		<-got
		if seen := all.waitForOne(t); seen.Skipped != proxy.TestUnclear || !errors.Is(seen.Fault, wrong) || seen.Origin() != "one (proxy#1)" || response.header.Get(proxy.FindingsHeader) != "" {
			t.Errorf("%+v %v", seen, response.header)
		}
	}
}
