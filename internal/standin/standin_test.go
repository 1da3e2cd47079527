package standin_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/standin"
)

// response is what the servers of these tests respond.
var response = contract.Response{Status: 200, Header: http.Header{"Content-Type": {"application/json"}, "Content-Encoding": {"gzip"}}, Body: []byte(`{"result":"good"}`)}

// start starts a server that fails in one way.
func start(t *testing.T, f contract.Failure) *standin.Server {
	t.Helper()
	return startWith(t, standin.Options{Fails: func(contract.Request) contract.Failure { return f }})
}

func startWith(t *testing.T, o standin.Options) *standin.Server {
	t.Helper()
	if o.Respond == nil {
		o.Respond = func(context.Context, contract.Request) contract.Response { return response }
	}
	s, err := standin.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// got is what a client of net/http makes of a call.
type got struct {
	status int
	body   string
	err    error // of the call or of the body
}

// post sends an order with a client of net/http.
func post(t *testing.T, client *http.Client, address string, wait time.Duration) got {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), wait)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(`{"order":1}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Key", "secret")
	resp, err := client.Do(r)
	if err != nil {
		return got{err: err}
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	return got{resp.StatusCode, string(raw), err}
}

func newClient() *http.Client { return &http.Client{Transport: &http.Transport{}} }

// TestFailures checks what a client of net/http gets for each failure, and what arrived.
func TestFailures(t *testing.T) {
	t.Parallel()
	const long, short = 10 * time.Second, 150 * time.Millisecond
	for _, c := range []struct {
		failure contract.Failure
		wait    time.Duration
		status  int
		body    string
		err     error
		method  string // at the other host; "": no request arrived there
	}{
		{contract.NoFailure, long, 200, `{"result":"good"}`, nil, ""},
		{contract.TimeOut, short, 0, "", context.DeadlineExceeded, ""},
		{contract.ResetBefore, long, 0, "", syscall.ECONNRESET, ""},
		{contract.ResetAfter, long, 0, "", syscall.ECONNRESET, ""},
		{contract.CutResponse, long, 200, `{"result`, io.ErrUnexpectedEOF, ""},
		{contract.Endless, short, 200, `{ `, context.DeadlineExceeded, ""},
		{contract.Status500, long, 500, "Internal Server Error", nil, ""},
		{contract.Status502, long, 502, "Bad Gateway", nil, ""},
		{contract.Status503, long, 503, "Service Unavailable", nil, ""},
		{contract.Status429, long, 429, "Too Many Requests", nil, ""},
		{contract.Redirect301, long, 200, `{"result":"good"}`, nil, "GET"},
		{contract.Redirect302, long, 200, `{"result":"good"}`, nil, "GET"},
		{contract.Redirect307, long, 200, `{"result":"good"}`, nil, "POST"},
		{contract.Redirect308, long, 200, `{"result":"good"}`, nil, "POST"},
	} {
		t.Run(string(c.failure), func(t *testing.T) {
			t.Parallel()
			s := start(t, c.failure)
			g := post(t, newClient(), s.URL+"/orders%2Fa/x?mid=1&mid=2", c.wait)
			if g.status != c.status || !errors.Is(g.err, c.err) || !strings.Contains(g.body, c.body) || c.err == nil && g.err != nil {
				t.Errorf("the client got %d %q, %v", g.status, g.body, g.err)
			}
			arrived, elsewhere := s.Close()
			if len(arrived) != 1 {
				t.Fatalf("%d requests arrived", len(arrived))
			}
			r := arrived[0]
			if r.Method != http.MethodPost || r.URL.String() != s.URL+"/orders%2Fa/x?mid=1&mid=2" || r.Header.Get("X-Key") != "secret" {
				t.Errorf("arrived: %s %s %v", r.Method, r.URL, r.Header)
			}
			if want := map[bool]string{false: `{"order":1}`, true: ""}[c.failure == contract.ResetBefore]; string(r.Body) != want {
				t.Errorf("the body that arrived is %q", r.Body)
			}
			if c.method == "" {
				if len(elsewhere) > 0 {
					t.Errorf("%d requests arrived elsewhere", len(elsewhere))
				}
				return
			}
			if len(elsewhere) != 1 {
				t.Fatalf("%d requests arrived elsewhere", len(elsewhere))
			}
			r = elsewhere[0]
			if r.Method != c.method || r.URL.Hostname() != "localhost" || r.URL.RequestURI() != "/orders%2Fa/x?mid=1&mid=2" || r.Header.Get("X-Key") != "secret" || (len(r.Body) > 0) != (c.method == "POST") {
				t.Errorf("arrived elsewhere: %s %s %v %q", r.Method, r.URL, r.Header, r.Body)
			}
		})
	}
}

// TestTruncated cuts responses. Of one without a body not even the status arrives, so that no
// client can take it for whole.
func TestTruncated(t *testing.T) {
	t.Parallel()
	if got := dial(t, startWith(t, standin.Options{
		Respond: func(context.Context, contract.Request) contract.Response { return contract.Response{Status: 204} },
		Fails:   func(contract.Request) contract.Failure { return contract.CutResponse },
	}), "DELETE / HTTP/1.1\r\nHost: a\r\n\r\n"); got != "HTTP/1.1 2" {
		t.Errorf("half of a response without a body is %q", got)
	}
	for _, body := range []string{"", "1"} {
		s := startWith(t, standin.Options{
			Respond: func(context.Context, contract.Request) contract.Response {
				return contract.Response{Status: 200, Body: []byte(body)}
			},
			Fails: func(contract.Request) contract.Failure { return contract.CutResponse },
		})
		if g := post(t, newClient(), s.URL, 10*time.Second); g.err == nil || body != "" && !errors.Is(g.err, io.ErrUnexpectedEOF) {
			t.Errorf("a response with the body %q arrives as %+v", body, g)
		}
	}
}

// TestRedirectTogether follows many redirects at a time: there is one other host.
func TestRedirectTogether(t *testing.T) {
	t.Parallel()
	s := start(t, contract.Redirect308)
	var running sync.WaitGroup
	for range 20 {
		running.Go(func() {
			if g := post(t, newClient(), s.URL+"/a", 10*time.Second); g.err != nil || g.status != 200 {
				t.Errorf("%+v", g)
			}
		})
	}
	running.Wait()
	hosts := map[string]bool{}
	arrived, elsewhere := s.Close()
	for _, r := range elsewhere {
		hosts[r.URL.Host] = true
	}
	if len(arrived) != 20 || len(elsewhere) != 20 || len(hosts) != 1 {
		t.Errorf("%d requests arrived, %d elsewhere, at %v", len(arrived), len(elsewhere), hosts)
	}
}

// TestTLS speaks TLS if there is a certificate.
func TestTLS(t *testing.T) {
	t.Parallel()
	other := httptest.NewUnstartedServer(nil) // has a certificate for 127.0.0.1
	other.StartTLS()
	defer other.Close()
	trusted := x509.NewCertPool()
	trusted.AddCert(other.Certificate())
	for name, c := range map[string]struct {
		config  *tls.Config
		arrives int
	}{
		"trusted": {&tls.Config{RootCAs: trusted}, 1},
		"unknown": {&tls.Config{RootCAs: x509.NewCertPool()}, 0},
	} {
		for _, f := range []contract.Failure{contract.NoFailure, contract.ResetAfter} {
			s := startWith(t, standin.Options{Certificate: &other.TLS.Certificates[0], Fails: func(contract.Request) contract.Failure { return f }})
			g := post(t, &http.Client{Transport: &http.Transport{TLSClientConfig: c.config}}, s.URL, 10*time.Second)
			arrived, _ := s.Close()
			if !strings.HasPrefix(s.URL, "https://127.0.0.1:") || len(arrived) != c.arrives || (g.status == 200) != (c.arrives == 1 && f == contract.NoFailure) {
				t.Errorf("%s, %q: %d arrived at %s, the client got %+v", name, f, len(arrived), s.URL, g)
			}
		}
	}
}

// dial writes bytes to a server, and returns all that comes back.
func dial(t *testing.T, s *standin.Server, sent string) string {
	t.Helper()
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	var d net.Dialer
	c, err := d.DialContext(t.Context(), "tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(c, sent); err != nil {
		return ""
	}
	raw, _ := io.ReadAll(c)
	return string(raw)
}

// TestBytes checks what comes back, byte for byte, for requests that few clients send.
func TestBytes(t *testing.T) {
	t.Parallel()
	const head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 17\r\nContent-Type: application/json\r\n\r\n"
	whole := head + string(response.Body)
	for _, c := range []struct {
		name, sent, back string
		arrived          int
		body             string
	}{
		{"HTTP/1.0", "POST /a HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi", whole, 1, "hi"},
		{"100-continue", "POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi", "HTTP/1.1 100 Continue\r\n\r\n" + whole, 1, "hi"},
		{"HEAD", "HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n", head, 1, ""},
		{"chunks", "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", whole, 1, "hi"},
		{"as to a proxy", "GET http://other.example/a HTTP/1.1\r\nHost: other.example\r\n\r\n", whole, 1, ""},
		{"garbage", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n", "", 0, ""},
		{"no request", "hello\r\n\r\n", "", 0, ""},
		{"nothing but a line", strings.Repeat("GET ", 1<<19), "", 0, ""},
		{"no end of the header", "GET / HTTP/1.1\r\n" + strings.Repeat("A: b\r\n", 1<<18), "", 0, ""},
	} {
		s := start(t, contract.NoFailure)
		if back := dial(t, s, c.sent); back != c.back {
			t.Errorf("%s: %q, want %q", c.name, back, c.back)
		}
		arrived, _ := s.Close()
		if len(arrived) != c.arrived || c.arrived == 1 && string(arrived[0].Body) != c.body {
			t.Errorf("%s: arrived %d requests %v", c.name, len(arrived), arrived)
		}
	}
}

// TestAsGiven checks that responses are not corrected.
func TestAsGiven(t *testing.T) {
	t.Parallel()
	s := startWith(t, standin.Options{Respond: func(context.Context, contract.Request) contract.Response {
		return contract.Response{Status: 204, Header: http.Header{"X-A": {"1", "2"}, "Content-Length": {"99"}}, Body: []byte("body")}
	}})
	if got, want := dial(t, s, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), "HTTP/1.1 204 No Content\r\nConnection: close\r\nContent-Length: 4\r\nX-A: 1\r\nX-A: 2\r\n\r\nbody"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestCloseEnds closes servers while clients wait, follow redirects and connect. Nothing is
// left.
func TestCloseEnds(t *testing.T) {
	before := runtime.NumGoroutine()
	for _, f := range []contract.Failure{contract.TimeOut, contract.Endless, contract.Redirect307, contract.NoFailure} {
		for range 20 {
			s := start(t, f)
			var running sync.WaitGroup
			for range 5 {
				running.Go(func() {
					c := newClient()
					post(t, c, s.URL, 10*time.Second)
					c.CloseIdleConnections()
				})
			}
			if f != contract.NoFailure {
				for s.Arrived() == 0 {
					runtime.Gosched()
				}
			}
			s.Close()
			running.Wait()
			s.Close()
		}
	}
	for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; runtime.Gosched() {
		if time.Now().After(end) {
			var b bytes.Buffer
			buffer := make([]byte, 1<<16)
			b.Write(buffer[:runtime.Stack(buffer, true)])
			t.Fatalf("%d goroutines, before %d:\n%s", runtime.NumGoroutine(), before, b.String())
		}
	}
}

// TestHalfClosed waits with a client that has closed its side of the connection.
func TestHalfClosed(t *testing.T) {
	t.Parallel()
	s := start(t, contract.TimeOut)
	var d net.Dialer
	c, err := d.DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	tcp, _ := c.(*net.TCPConn)
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil || tcp.CloseWrite() != nil {
		t.Fatal(err)
	}
	_ = c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	var timeout net.Error
	if _, err := c.Read(make([]byte, 1)); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("the client got %v, not a time-out", err)
	}
}

// TestManyRequests sends more requests than are kept.
func TestManyRequests(t *testing.T) {
	t.Parallel()
	s := start(t, contract.NoFailure)
	var running sync.WaitGroup
	for range 150 {
		running.Go(func() {
			for range 8 {
				if back := dial(t, s, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); !strings.HasPrefix(back, "HTTP/1.1 200") {
					t.Errorf("%q", back)
				}
			}
		})
	}
	running.Wait()
	if arrived, _ := s.Close(); len(arrived) != 1000 {
		t.Errorf("%d requests are kept", len(arrived))
	}
}

// TestLargeBodies checks how much of the bodies is kept.
func TestLargeBodies(t *testing.T) {
	t.Parallel()
	s := start(t, contract.NoFailure)
	const size = 10 << 20
	large := strings.Repeat("a", size)
	for range 3 {
		if back := dial(t, s, fmt.Sprintf("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s", size, large)); !strings.HasPrefix(back, "HTTP/1.1 200") {
			t.Errorf("%q", back)
		}
	}
	kept := 0
	arrived, _ := s.Close()
	for _, r := range arrived {
		kept += len(r.Body)
	}
	if len(arrived) != 3 || kept != 2*size {
		t.Errorf("of %d requests, %d bytes are kept", len(arrived), kept)
	}
}

// TestResponseRead checks that net/http reads what a server writes.
func TestResponseRead(t *testing.T) {
	t.Parallel()
	s := start(t, contract.Status503)
	resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(dial(t, s, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"))), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.Header.Get("Retry-After") != "1" || resp.Header.Get("Content-Type") != "text/html" {
		t.Errorf("%v", resp.Header)
	}
}
