package transport_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"assay/internal/contract"
	"assay/internal/outage"
	"assay/internal/testsize"
	"assay/internal/transport"
)

// TestSentOnce loses responses in every way after which net/http sends again, over connections
// that are new and that were used before: each request leaves once. The short form has ten
// requests for each way.
func TestSentOnce(t *testing.T) {
	t.Parallel()
	for _, fault := range slices.Concat(outage.Faults(), outage.Cuts()) {
		var ways []func(t *testing.T)
		for _, used := range []bool{false, true} {
			for _, method := range []string{http.MethodPost, http.MethodDelete, http.MethodGet, "PURCHASE"} {
				for _, body := range []string{"", `{"a":1}`} {
					for _, key := range []string{"", "Idempotency-Key", "X-Idempotency-Key"} {
						ways = append(ways, func(t *testing.T) {
							t.Run(fmt.Sprintf("%s/used %t/%s%s %s", fault, used, method, body, key), func(t *testing.T) {
								t.Parallel()
								sentOnce(t, fault, used, method, body, key)
							})
						})
					}
				}
			}
		}
		for _, way := range testsize.Some(ways, 10) {
			way(t)
		}
	}
}

func sentOnce(t *testing.T, fault outage.Fault, used bool, method, body, key string) {
	t.Helper()
	before := 0
	if used {
		before = 1
	}
	// Only one response is lost: what is sent again is responded, and does not go on
	// without end.
	s := outage.New(t, fault, func(n int) bool { return n == before+1 })
	over := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.Roots(), MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true}
	t.Cleanup(over.CloseIdleConnections)
	to, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	r := contract.Request{Method: method, URL: to, Header: http.Header{}, Body: []byte(body)}
	if key != "" {
		r.Header.Set(key, "7")
	}
	for range before {
		if _, err := transport.Send(t.Context(), over, r); err != nil {
			t.Fatal(err)
		}
	}
	_, err = transport.Send(t.Context(), over, r)
	if err == nil {
		t.Error("a response came")
	} else if strings.Contains(err.Error(), "GetBody") {
		t.Errorf("the error gives advice to programmers: %v", err)
	}
	if n := s.Requests(); n != before+1 {
		t.Errorf("%d requests left, want %d", n, before+1)
	}
}

// TestAsSent compares what leaves over HTTP/1.1 with what should, byte for byte,
// twice over one connection.
func TestAsSent(t *testing.T) {
	t.Parallel()
	for title, c := range map[string]struct{ method, body, want string }{
		"an order":             {http.MethodPost, "{}", "User-Agent: shop\r\nContent-Length: 2\r\n\r\n{}"},
		"a POST without body":  {http.MethodPost, "", "User-Agent: shop\r\ncontent-length: 0\r\n\r\n"},
		"a PUT without body":   {http.MethodPut, "", "User-Agent: shop\r\ncontent-length: 0\r\n\r\n"},
		"a PATCH without body": {http.MethodPatch, "", "User-Agent: shop\r\ncontent-length: 0\r\n\r\n"},
		"a DELETE":             {http.MethodDelete, "", "User-Agent: shop\r\n\r\n"},
		"a GET":                {http.MethodGet, "", "User-Agent: shop\r\n\r\n"},
	} {
		base, sent := reading(t, len(c.body))
		over := &http.Transport{DisableCompression: true}
		t.Cleanup(over.CloseIdleConnections)
		r := contract.Request{Method: c.method, URL: base, Header: http.Header{"User-Agent": {"shop"}}, Body: []byte(c.body)}
		want := c.method + " /a?b=c HTTP/1.1\r\nHost: " + base.Host + "\r\n" + c.want
		for range 2 {
			if _, err := transport.Send(t.Context(), over, r); err != nil {
				t.Errorf("%s: %v", title, err)
			} else if got := <-sent; got != want {
				t.Errorf("%s: %q left, want %q", title, got, want)
			}
		}
		if len(r.Header) != 1 {
			t.Errorf("%s: the caller's header became %v", title, r.Header)
		}
	}
}

// reading responses the requests of one connection, whose bodies have a length, and
// gives what it read.
func reading(t *testing.T, length int) (base *url.URL, sent chan string) {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	sent = make(chan string, 2)
	go func() {
		c, err := l.Accept()
		_ = l.Close() // there is one connection
		if err != nil {
			return
		}
		defer func() { _ = c.Close() }()
		for from := bufio.NewReader(c); ; {
			text := ""
			for !strings.HasSuffix(text, "\r\n\r\n") {
				line, err := from.ReadString('\n')
				if err != nil {
					return
				}
				text += line
			}
			body := make([]byte, length)
			if _, err := io.ReadFull(from, body); err != nil {
				return
			}
			sent <- text + string(body)
			if _, err := io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"); err != nil {
				return
			}
		}
	}()
	return &url.URL{Scheme: "http", Host: l.Addr().String(), Path: "/a", RawQuery: "b=c"}, sent
}

// TestAttackStatusSentOnce has a server respond with each status after which some client sends
// again, with headers that invite it to. Each request leaves once, over HTTP/1.1 and HTTP/2.
func TestAttackStatusSentOnce(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308, 401, 407, 408, 409, 421, 423, 425, 429, 500, 502, 503, 504, 511} {
		for _, version := range []int{1, 2} {
			for _, method := range []string{http.MethodPost, http.MethodGet} {
				for _, body := range []string{"", "{}"} {
					var requests atomic.Int64
					s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
						requests.Add(1)
						for name, value := range map[string]string{"Location": "/again", "Retry-After": "0", "WWW-Authenticate": "Basic realm=a", "Connection": "close", "Refresh": "0"} {
							w.Header().Set(name, value)
						}
						w.WriteHeader(status)
					}))
					s.EnableHTTP2 = version == 2
					s.StartTLS()
					over, ok := s.Client().Transport.(*http.Transport)
					to, err := url.Parse(s.URL)
					if err != nil || !ok {
						t.Fatal(err)
					}
					for n := range 2 {
						ex, err := transport.Send(t.Context(), over, contract.Request{Method: method, URL: to, Header: http.Header{"Idempotency-Key": {"7"}}, Body: []byte(body)})
						if err != nil || ex.Response.Status != status {
							t.Errorf("%d over HTTP/%d: got %d, %v", status, version, ex.Response.Status, err)
						}
						if got := requests.Load(); got != int64(n+1) {
							t.Errorf("%d over HTTP/%d: %d requests left, want %d", status, version, got, n+1)
						}
					}
					s.Close()
				}
			}
		}
	}
}
