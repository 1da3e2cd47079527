package proxy_test

import (
	"fmt"
	"strings"
	"testing"

	"assay/internal/outage"
	"assay/internal/proxy"
)

// losing stands a proxy in front of a provider that loses responses. Where used
// says so, an exchange was had before that leaves a connection for the next.
func losing(t *testing.T, fault outage.Fault, used bool, lost func(n int) bool) (s *outage.Server, base string, all *seen) {
	t.Helper()
	before := 0
	if used {
		before = 1
	}
	s = outage.New(t, fault, func(n int) bool { return n > before && lost(n-before) })
	over := proxy.Transport(s.Roots())
	t.Cleanup(over.CloseIdleConnections)
	base, all = stand(t, s.URL, func(o *proxy.Options) { o.Transport = over })
	for range before {
		if response := exchange(t, base, plainAsked); !strings.HasPrefix(response.line, "200 ") {
			t.Fatalf("responded %s", response.line)
		}
	}
	return s, base, all
}

// TestOrderSentOnce loses the response to an order in every way after which
// net/http sends again. The order leaves once, and the client is told to inquire.
func TestOrderSentOnce(t *testing.T) {
	t.Parallel()
	for _, fault := range outage.Faults() {
		for _, used := range []bool{false, true} {
			for title, request := range map[string]string{
				"an order":            message("POST / HTTP/1.1\nHost: a\nIdempotency-Key: 7", "{}"),
				"chunked":             head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked") + "2\r\n{}\r\n0\r\n\r\n",
				"no body":             head("POST / HTTP/1.1", "Host: a", "Content-Length: 0"),
				"no body, with a key": head("POST / HTTP/1.1", "Host: a", "Idempotency-Key: 7", "Content-Length: 0"),
				"no body, another":    head("POST / HTTP/1.1", "Host: a", "X-Idempotency-Key: 7", "Content-Length: 0"),
				"DELETE":              head("DELETE / HTTP/1.1", "Host: a", "Idempotency-Key: 7"),
			} {
				t.Run(fmt.Sprintf("%s/used %t/%s", fault, used, title), func(t *testing.T) {
					t.Parallel()
					s, base, all := losing(t, fault, used, func(n int) bool { return n == 1 })
					before := s.Requests()
					if response := exchange(t, base, request); !strings.HasPrefix(response.line, "502 ") {
						t.Errorf("responded %s", response.line)
					}
					if n := s.Requests() - before; n != 1 {
						t.Errorf("it left %d times", n)
					}
					if one := all.nth(t, before+1); one.Skipped != proxy.Lost {
						t.Errorf("told of as %s, want %s", one.Skipped, proxy.Lost)
					}
				})
			}
		}
	}
}

// TestSafeSentAgain loses every response to a GET. It leaves once more if its
// connection was used before and is gone, and never without end.
func TestSafeSentAgain(t *testing.T) {
	t.Parallel()
	for fault, again := range map[outage.Fault]bool{outage.Close: true, outage.Drop: false, outage.GoAway: true, outage.Refuse: false, outage.Reset: true} {
		for _, used := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/used %t", fault, used), func(t *testing.T) {
				t.Parallel()
				s, base, all := losing(t, fault, used, func(n int) bool { return n < 5 })
				before, want := s.Requests(), 1
				if again && used {
					want = 2
				}
				if response := exchange(t, base, plainAsked); !strings.HasPrefix(response.line, "502 ") {
					t.Errorf("responded %s", response.line)
				}
				if n := s.Requests() - before; n != want {
					t.Errorf("it left %d times, want %d", n, want)
				}
				if one := all.nth(t, before+1); one.Skipped != proxy.Lost {
					t.Errorf("told of as %s, want %s", one.Skipped, proxy.Lost)
				}
			})
		}
	}
	_, base, _ := losing(t, outage.GoAway, true, func(n int) bool { return n == 1 })
	if response := exchange(t, base, plainAsked); !strings.HasPrefix(response.line, "200 ") {
		t.Errorf("a GET that is sent again is responded with %s", response.line)
	}
}
