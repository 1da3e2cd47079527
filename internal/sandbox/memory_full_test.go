package sandbox_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"assay/internal/sandbox"
	"assay/internal/testsize"
)

// TestAttackHalfSent has many clients send half of a body and stop. Those that find no
// memory get 503 with Retry-After at once, and a whole request gets its response as soon
// as the others hang up.
func TestAttackHalfSent(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	clients := 64
	if testsize.Long() {
		clients = 500
	}
	const memory, sent, most = 1 << 19, 1 << 16, 8 // most bodies of this size fill the memory
	w := newWorld(t, sandbox.Options{BodyMemory: memory})
	_, o := w.op("paytm/createOrder")
	path := "/paytm" + o.Path
	responses := make(chan *http.Response, clients)
	var open []net.Conn
	for range clients {
		var d net.Dialer
		c, err := d.DialContext(t.Context(), "tcp", strings.TrimPrefix(w.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, c)
		go func() {
			_, _ = io.WriteString(c, "POST "+path+" HTTP/1.1\r\nHost: a\r\nContent-Length: 131072\r\n\r\n"+strings.Repeat(" ", sent))
		}()
		go func() {
			resp, err := http.ReadResponse(bufio.NewReader(c), nil) //nolint:bodyclose // the test closes the connection
			if err != nil {
				resp = nil // the test has hung up
			}
			responses <- resp
		}()
	}
	for range clients - most {
		if resp := <-responses; resp == nil || resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
			t.Fatalf("a client got %+v", resp)
		}
	}
	for _, c := range open {
		_ = c.Close()
	}
	for range most {
		<-responses
	}
	status := http.StatusServiceUnavailable
	for status == http.StatusServiceUnavailable { // until the sandbox has noticed that they hung up
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.base+path, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		status = resp.StatusCode
	}
	if status != http.StatusOK {
		t.Errorf("a whole request got %d", status)
	}
}
