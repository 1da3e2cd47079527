package proxy_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"assay/internal/outage"
	"assay/internal/proxy"
	"assay/internal/testsize"
)

// serveOutage serves a proxy to a provider that loses responses. If used, an earlier
// exchange leaves a connection for the next one. lost receives the number of the request,
// from 1.
func serveOutage(t *testing.T, fault outage.Fault, used bool, lost func(n int) bool) (s *outage.Server, base string, all *observations) {
	t.Helper()
	before := 0
	if used {
		before = 1
	}
	s = outage.New(t, fault, func(n int) bool { return n > before && lost(n-before) })
	over := proxy.Transport(s.Roots())
	t.Cleanup(over.CloseIdleConnections)
	base, all = serveProxy(t, s.URL, func(o *proxy.Options) { o.Transport = over })
	for range before {
		if response := exchange(t, base, plainRequest); !strings.HasPrefix(response.line, "200 ") {
			t.Fatalf("got %s", response.line)
		}
	}
	return s, base, all
}

// TestOrderSentOnce loses the response to an order in every way after which net/http retries. The
// order is sent once, and the client gets a 502. The short form has two requests for each way.
func TestOrderSentOnce(t *testing.T) {
	t.Parallel()
	for _, fault := range outage.Faults() {
		for _, used := range []bool{false, true} {
			requests := map[string]string{
				"an order":            message("POST / HTTP/1.1\nHost: a\nIdempotency-Key: 7", "{}"),
				"chunked":             head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked") + "2\r\n{}\r\n0\r\n\r\n",
				"no body":             head("POST / HTTP/1.1", "Host: a", "Content-Length: 0"),
				"no body, with a key": head("POST / HTTP/1.1", "Host: a", "Idempotency-Key: 7", "Content-Length: 0"),
				"no body, other key":  head("POST / HTTP/1.1", "Host: a", "X-Idempotency-Key: 7", "Content-Length: 0"),
				"DELETE":              head("DELETE / HTTP/1.1", "Host: a", "Idempotency-Key: 7"),
			}
			for _, title := range testsize.Some(slices.Sorted(maps.Keys(requests)), 2) {
				request := requests[title]
				t.Run(fmt.Sprintf("%s/used %t/%s", fault, used, title), func(t *testing.T) {
					t.Parallel()
					s, base, all := serveOutage(t, fault, used, func(n int) bool { return n == 1 })
					before := s.Requests()
					if response := exchange(t, base, request); !strings.HasPrefix(response.line, "502 ") {
						t.Errorf("got %s", response.line)
					}
					if n := s.Requests() - before; n != 1 {
						t.Errorf("sent %d times", n)
					}
					if one := all.waitFor(t, before+1); one.Skipped != proxy.NoResponse {
						t.Errorf("skipped as %s, want %s", one.Skipped, proxy.NoResponse)
					}
				})
			}
		}
	}
}

// TestSafeRequestRetry loses every response to a GET. The GET is sent once more if it was
// sent over a reused connection that then closed, and never more often.
func TestSafeRequestRetry(t *testing.T) {
	t.Parallel()
	for fault, retried := range map[outage.Fault]bool{outage.Close: true, outage.Drop: false, outage.GoAway: true, outage.Refuse: false, outage.Reset: true} {
		for _, used := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/used %t", fault, used), func(t *testing.T) {
				t.Parallel()
				s, base, all := serveOutage(t, fault, used, func(n int) bool { return n < 5 })
				before, want := s.Requests(), 1
				if retried && used {
					want = 2
				}
				if response := exchange(t, base, plainRequest); !strings.HasPrefix(response.line, "502 ") {
					t.Errorf("got %s", response.line)
				}
				if n := s.Requests() - before; n != want {
					t.Errorf("sent %d times, want %d", n, want)
				}
				if one := all.waitFor(t, before+1); one.Skipped != proxy.NoResponse {
					t.Errorf("skipped as %s, want %s", one.Skipped, proxy.NoResponse)
				}
			})
		}
	}
	_, base, _ := serveOutage(t, outage.GoAway, true, func(n int) bool { return n == 1 })
	if response := exchange(t, base, plainRequest); !strings.HasPrefix(response.line, "200 ") {
		t.Errorf("the second GET got %s", response.line)
	}
}
