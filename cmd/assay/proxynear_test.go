package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// TestProxyNearMisses sends near misses and an unknown path through a proxy. It reports them,
// and with --enforce it refuses the near misses before they are sent.
func TestProxyNearMisses(t *testing.T) {
	t.Parallel()
	for _, enforce := range []bool{false, true} {
		var reached atomic.Int64
		up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			reached.Add(1)
			w.WriteHeader(http.StatusNotFound)
		}))
		t.Cleanup(up.Close)
		args := []string{"paytm", "--to", up.URL + "/paytm"}
		if enforce {
			args = append(args, "--enforce")
		}
		p := newRunningProxy(t, args...)
		for _, to := range [][2]string{
			{"PUT", "/aoa-acquiring-biz/v2/order"},
			{"post", "/aoa-acquiring-biz/v2/order"},
			{"POST", "/aoa-acquiring-biz/v2/order/"},
			{"POST", "/aoa-acquiring-biz/V2/order"},
			{"POST", "/gateway/aoa-acquiring-biz/v2/order"},
			{"GET", "/merchants/4886451601"},
		} {
			req, err := http.NewRequestWithContext(t.Context(), to[0], p.base+to[1], strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			want := http.StatusNotFound
			if enforce && to[0] != "GET" {
				want = http.StatusUnprocessableEntity
			}
			if resp.StatusCode != want && (want == http.StatusNotFound || resp.StatusCode < 400 || resp.StatusCode == http.StatusNotFound) {
				t.Errorf("%v, enforced %t: %s", to, enforce, resp.Status)
			}
		}
		if code := p.end(); code != exitFindings {
			t.Errorf("enforced %t: it ended with %d", enforce, code)
		}
		if got, want := reached.Load(), map[bool]int64{false: 6, true: 1}[enforce]; got != want {
			t.Errorf("enforced %t: %d requests reached the provider, want %d", enforce, got, want)
		}
		for _, text := range []string{"has the method PUT; the documented one is POST", "methods are case-sensitive", "in a slash", "in upper and lower case", "begins differently than the documented", "/paytm/merchants/{…} is not in the specification"} {
			if !strings.Contains(p.out.String(), text) {
				t.Errorf("enforced %t: the report lacks %q\n%s", enforce, text, p.out)
			}
		}
	}
}
