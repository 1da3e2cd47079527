package proxy_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"assay/internal/proxy"
	"assay/internal/testsize"
)

// TestAttackHalfSent has many clients send half of a body and stop. The bodies in memory
// never exceed BodyMemory: those that find no room get 503 with Retry-After at once. When
// the others hang up, all memory is free again.
func TestAttackHalfSent(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	clients := 64
	if testsize.Long() {
		clients = 500
	}
	const memory, sent, most = 1 << 20, 1 << 16, 16 // most bodies of this size fill the memory
	for title, head := range map[string]string{
		"with a length": "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 131072\r\n\r\n",
		"chunked":       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n20000\r\n",
	} {
		up := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("half a request left") }))
		t.Cleanup(up.Close)
		p, _ := newProxy(t, up.URL, func(o *proxy.Options) { o.RefuseUnjudged, o.BodyMemory = true, memory })
		s := httptest.NewServer(p)
		t.Cleanup(s.Close)
		statuses := make(chan *http.Response, clients)
		var open []net.Conn
		for range clients {
			var d net.Dialer
			c, err := d.DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			open = append(open, c)
			go func() { _, _ = io.WriteString(c, head+strings.Repeat("x", sent)) }()
			go func() {
				resp, err := http.ReadResponse(bufio.NewReader(c), nil) //nolint:bodyclose // the test closes the connection
				if err != nil {
					resp = nil // the test has hung up
				}
				statuses <- resp
			}()
		}
		for range clients - most {
			if resp := <-statuses; resp == nil || resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
				t.Fatalf("%s: a client got %+v", title, resp)
			}
			if used := p.BodyMemory(); used > memory {
				t.Errorf("%s: bodies use %d bytes", title, used)
			}
		}
		for _, c := range open {
			_ = c.Close()
		}
		s.Close() // waits for the exchanges
		if used := p.BodyMemory(); used != 0 {
			t.Errorf("%s: %d bytes are still used", title, used)
		}
	}
}

// TestMemoryFull lists what needs memory while there is none, and what becomes of it. A
// proxy that refuses nothing passes it on unjudged.
func TestMemoryFull(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("x", 1<<16+1)
	for title, c := range map[string]struct {
		request, response string
		want              string // with RefuseUnjudged
	}{
		"a request":          {message("POST / HTTP/1.1\nHost: a", large), plainResponse, "503 "},
		"a chunked request":  {head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked") + "10001\r\n" + large + "\r\n0\r\n\r\n", plainResponse, "503 "},
		"a response":         {plainRequest, message("HTTP/1.1 200 OK", large), "502 "},
		"a response, open":   {plainRequest, "HTTP/1.1 200 OK\r\n\r\n" + large, "502 "},
		"a decoded response": {plainRequest, message("HTTP/1.1 200 OK\nContent-Encoding: gzip", gzipText(large)), "502 "},
		"a decoded request":  {message("POST / HTTP/1.1\nHost: a\nContent-Encoding: gzip", gzipText(large)), plainResponse, "503 "},
	} {
		for _, refuse := range []bool{true, false} {
			up, _ := upstream(t, c.response)
			base, all := serveProxy(t, up, func(o *proxy.Options) { o.RefuseUnjudged, o.BodyMemory = refuse, 1<<16 })
			want := c.want
			if !refuse {
				want = "200 "
			}
			if response := exchange(t, base, c.request); !strings.HasPrefix(response.line, want) {
				t.Errorf("%s, refuse %t: got %s", title, refuse, response.line)
			}
			if one := all.waitForOne(t); one.Skipped != proxy.MemoryFull {
				t.Errorf("%s, refuse %t: skipped as %q", title, refuse, one.Skipped)
			}
		}
	}
}
