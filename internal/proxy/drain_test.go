package proxy_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"assay/internal/proxy"
)

// notifying notes that the head of a response has come.
type notifying struct {
	http.RoundTripper
	received chan<- struct{}
}

func (n notifying) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := n.RoundTripper.RoundTrip(r)
	if err == nil {
		n.received <- struct{}{}
	}
	return response, err
}

// TestDrain stops a proxy while a provider does not respond, while another response is
// half sent, and while a client has sent half of its body. New requests get 503. Each
// client in progress learns whether its request left, and none is blamed.
func TestDrain(t *testing.T) {
	t.Parallel()
	for title, c := range map[string]struct {
		request, status string
		asks            bool // the provider gets the request
	}{
		"no response yet":   {message("POST /silent HTTP/1.1\nHost: a", "{}"), "502 ", true},
		"half a response":   {message("POST /half HTTP/1.1\nHost: a", "{}"), "200 ", true},
		"half a request":    {"POST /silent HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{", "503 ", false},
		"no body yet":       {"POST /silent HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n", "503 ", false},
		"half a chunk":      {"POST /silent HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{", "503 ", false},
		"a GET in progress": {"GET /silent HTTP/1.1\r\nHost: a\r\n\r\n", "502 ", true},
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			asked := make(chan struct{}, 1)
			up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				if r.URL.Path == "/half" {
					w.Header().Set("Content-Length", "100")
					_, _ = io.WriteString(w, "{")
					_ = http.NewResponseController(w).Flush()
				}
				asked <- struct{}{}
				<-r.Context().Done()
			}))
			t.Cleanup(up.Close)
			received := make(chan struct{}, 1)
			p, all := newProxy(t, up.URL, func(o *proxy.Options) { o.Transport = notifying{o.Transport, received} })
			entered := make(chan struct{}, 2)
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				entered <- struct{}{}
				p.ServeHTTP(w, r)
			}))
			t.Cleanup(s.Close)
			var d net.Dialer
			conn, err := d.DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			if _, err := io.WriteString(conn, c.request); err != nil {
				t.Fatal(err)
			}
			<-entered
			if c.asks {
				<-asked
			}
			if c.status == "200 " {
				<-received
			}
			for p.InFlight() == 0 { // it enters at once
				runtime.Gosched()
			}
			p.Drain()
			if response, body := post(t, s.URL); response.Status != http.StatusServiceUnavailable || response.Header.Get("Retry-After") == "" || !strings.Contains(body, "Nothing was sent") {
				t.Errorf("a new request got %d %v %s", response.Status, response.Header, body)
			}
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			p.Drained(ended) // returns, though an exchange is in progress
			if p.InFlight() != 1 {
				t.Errorf("%d in flight, want 1", p.InFlight())
			}
			p.Close()
			p.Drained(t.Context())
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			body, _ := io.ReadAll(resp.Body) // half a response ends with an error
			if !strings.HasPrefix(resp.Status, c.status) {
				t.Errorf("the request in progress got %s %s", resp.Status, body)
			}
			if sent := c.asks; strings.Contains(string(body), "do not send it again") != sent && c.status != "200 " {
				t.Errorf("sent: %t, but %s", sent, body)
			}
			if one := all.waitForOne(t); one.Skipped != proxy.Stopped {
				t.Errorf("skipped as %q", one.Skipped)
			}
		})
	}
}
