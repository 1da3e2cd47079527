package proxy_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/proxy"
)

// rawMessage is a request or response as its receiver reads it.
type rawMessage struct {
	line    string // method and target, or status
	header  http.Header
	body    [32]byte // its sha256
	length  int
	trailer http.Header
	interim []string
}

// upstream serves a provider that responds to every connection with the same bytes. It
// sends the requests that it gets to the channel.
func upstream(t *testing.T, response string) (base string, got chan rawMessage) {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	got = make(chan rawMessage, 4)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			r, err := http.ReadRequest(bufio.NewReader(c))
			if err != nil {
				_ = c.Close()
				continue
			}
			body, _ := io.ReadAll(r.Body)
			got <- rawMessage{line: r.Method + " " + r.RequestURI + " of " + r.Host, header: endToEnd(r.Header), body: sha256.Sum256(body), length: len(body), trailer: r.Trailer}
			_, _ = io.WriteString(c, response)
			_ = c.Close()
		}
	}()
	return "http://" + l.Addr().String(), got
}

// endToEnd removes hop-by-hop headers, and those that a proxy must add.
func endToEnd(h http.Header) http.Header {
	for _, name := range []string{"Connection", "Keep-Alive", "Te", "Date", proxy.FindingsHeader} {
		h.Del(name)
	}
	return h
}

// exchange sends a request as bytes and reads the response.
func exchange(t *testing.T, base, request string) rawMessage {
	t.Helper()
	var d net.Dialer
	c, err := d.DialContext(t.Context(), "tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	go func() { _, _ = io.WriteString(c, request) }()
	method, _, _ := strings.Cut(request, " ")
	from := bufio.NewReader(c)
	var s rawMessage
	for {
		resp, err := http.ReadResponse(from, &http.Request{Method: method})
		if err != nil {
			t.Fatalf("%s: %v", strings.SplitN(request, "\r\n", 2)[0], err)
		}
		if resp.StatusCode < 200 {
			s.interim = append(s.interim, fmt.Sprint(resp.StatusCode, resp.Header))
			continue
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		s.line, s.header, s.body, s.length, s.trailer = fmt.Sprint(resp.StatusCode, resp.ContentLength), endToEnd(resp.Header), sha256.Sum256(body), len(body), resp.Trailer
		return s
	}
}

func gzipText(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

// message joins a head and a body, and adds the Content-Length.
func message(head, body string) string {
	return fmt.Sprintf("%s\r\nContent-Length: %d\r\n\r\n%s", strings.TrimSpace(strings.ReplaceAll(head, "\n", "\r\n")), len(body), body)
}

func head(lines ...string) string { return strings.Join(lines, "\r\n") + "\r\n\r\n" }

const (
	plainResponse = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
	plainRequest  = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n"
)

// TestTransparent sends the same bytes to a provider directly and through the proxy, with
// and without a judge. Provider and client read the same in each case.
func TestTransparent(t *testing.T) {
	t.Parallel()
	five := strings.Repeat("0123456789abcdef", 5<<16) // MiB
	binary := string([]byte{0, 1, 2, 255, 254, 13, 10, 0})
	for title, c := range map[string]struct{ request, response string }{
		"JSON":               {message("POST /order?a=1 HTTP/1.1\nHost: shop.test\nContent-Type: application/json\nUser-Agent: shop/1", `{"a":1}`), plainResponse},
		"no User-Agent":      {plainRequest, plainResponse},
		"a response in gzip": {head("GET / HTTP/1.1", "Host: a", "Accept-Encoding: gzip"), message("HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Encoding: gzip", gzipText(`{"a":1}`))},
		"a request in gzip":  {message("POST / HTTP/1.1\nHost: a\nContent-Encoding: gzip", gzipText(`{"a":1}`)), plainResponse},
		"not really gzip":    {plainRequest, message("HTTP/1.1 200 OK\nContent-Encoding: gzip", "{}")},
		"in brotli":          {plainRequest, message("HTTP/1.1 200 OK\nContent-Encoding: br", binary)},
		"chunked":            {head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked") + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked") + "1\r\na\r\n5\r\nbcdef\r\n0\r\n\r\n"},
		"chunked, empty":     {plainRequest, head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked") + "0\r\n\r\n"},
		"trailers":           {head("POST / HTTP/1.1", "Host: a", "TE: trailers", "Trailer: X-Sum, X-More", "Transfer-Encoding: chunked") + "3\r\nabc\r\n0\r\nX-Sum: 7\r\nX-More: 8\r\n\r\n", head("HTTP/1.1 200 OK", "Trailer: X-Sum", "Transfer-Encoding: chunked") + "1\r\na\r\n0\r\nX-Sum: 9\r\n\r\n"},
		"HEAD":               {head("HEAD / HTTP/1.1", "Host: a"), head("HTTP/1.1 200 OK", "Content-Length: 1234", "Content-Type: text/plain")},
		"204":                {head("DELETE /x HTTP/1.1", "Host: a"), head("HTTP/1.1 204 No Content", "X-Left: nothing")},
		"304":                {head("GET /x HTTP/1.1", "Host: a", `If-None-Match: "a"`), head("HTTP/1.1 304 Not Modified", `ETag: "a"`)},
		"binary":             {message("PUT / HTTP/1.1\nHost: a\nContent-Type: application/octet-stream", binary), message("HTTP/1.1 200 OK\nContent-Type: application/octet-stream", binary)},
		"5 MiB":              {message("POST / HTTP/1.1\nHost: a", five), message("HTTP/1.1 200 OK", five)},
		"5 MiB, chunked":     {head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked") + fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(five), five), head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked") + fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(five), five)},
		"at MaxBody":         {message("POST / HTTP/1.1\nHost: a", five[:1<<20]), message("HTTP/1.1 200 OK", five[:1<<20])},
		"above MaxBody":      {message("POST / HTTP/1.1\nHost: a", five[:1<<20+1]), message("HTTP/1.1 200 OK", five[:1<<20+1])},
		"many values":        {head("GET / HTTP/1.1", "Host: a", "X-Many: 1", "X-Many: 2, 3", "X-Many: ", "Cookie: a=1", "Cookie: b=2"), head("HTTP/1.1 200 OK", "Set-Cookie: a=1; Path=/", "Set-Cookie: b=2", "Set-Cookie: a=3", "X-Empty:", "Content-Length: 0")},
		"odd names":          {head("GET / HTTP/1.1", "Host: a", "x-lower: 1", "X-UPPER: 2", "_under_score: 3", "x.dot!: 4"), head("HTTP/1.1 200 OK", "x-LoWeR: 1", "etag: W/\"1\"", "_odd: 2", "Content-Length: 0")},
		"no type":            {message("POST / HTTP/1.1\nHost: a", "<html>"), message("HTTP/1.1 200 OK", "<html><body>")},
		"no length":          {plainRequest, head("HTTP/1.1 200 OK", "Connection: close") + "until the end"},
		"an odd target":      {head("GET /a%2Fb//c/../d%20e;x=1?q=%7B%zz;b=2&&c=+%20&d HTTP/1.1", "Host: a"), plainResponse},
		"an empty query":     {head("GET /x? HTTP/1.1", "Host: a"), plainResponse},
		"forwarded":          {head("GET / HTTP/1.1", "Host: a", "X-Forwarded-For: 192.0.2.1", "X-Forwarded-Host: b", "X-Forwarded-Proto: https", "Forwarded: for=192.0.2.1", "Via: 1.1 b"), plainResponse},
		"no body":            {head("POST / HTTP/1.1", "Host: a", "Idempotency-Key: 7", "Content-Length: 0"), plainResponse},
		"authorized":         {head("GET / HTTP/1.1", "Host: a", "Authorization: Bearer x", "Proxy-Connection: keep-alive"), head("HTTP/1.1 401 Unauthorized", `WWW-Authenticate: Basic realm="a"`, `WWW-Authenticate: Bearer`, "Content-Length: 0")},
		"early hints":        {plainRequest, head("HTTP/1.1 103 Early Hints", "Link: </a.css>; rel=preload") + plainResponse},
		"a redirect":         {plainRequest, head("HTTP/1.1 307 Temporary Redirect", "Location: https://pay.example.com/x", "Content-Length: 0")},
		"an error":           {plainRequest, message("HTTP/1.1 503 Service Unavailable\nRetry-After: 7\nContent-Type: text/html", "<h1>no</h1>")},
		"an unknown status":  {plainRequest, message("HTTP/1.1 599 Odd\nX-A: 1", "?")},
		"an unknown method":  {message("PURCHASE /x HTTP/1.1\nHost: a", "x"), plainResponse},
		"a stream of events": {plainRequest, head("HTTP/1.1 200 OK", "Content-Type: text/event-stream") + "data: 1\n\n"},
	} {
		for _, judged := range []bool{true, false} {
			base, got := upstream(t, c.response)
			direct := exchange(t, base, c.request)
			sent := <-got
			sent.header.Del("Proxy-Connection")
			p, _ := serveProxy(t, base, func(o *proxy.Options) { o.Judge = noFindings(judged) })
			through := exchange(t, p, c.request)
			passed := <-got
			passed.line, sent.line = strings.Split(passed.line, " of ")[0], strings.Split(sent.line, " of ")[0]
			if !reflect.DeepEqual(passed, sent) {
				t.Errorf("%s, judged: %t: the provider got\n%+v\nand directly\n%+v", title, judged, passed, sent)
			}
			if !reflect.DeepEqual(through, direct) {
				t.Errorf("%s, judged: %t: the client got\n%+v\nand directly\n%+v", title, judged, through, direct)
			}
		}
	}
}

// noFindings returns a judge that finds nothing. Either every request is of a documented
// operation, or none is.
func noFindings(documented bool) proxy.Judge {
	result := func() (contract.Result, bool) {
		return contract.Result{Case: "shop/pay", Provider: "shop", Operation: "pay", Checked: []string{"a"}}, true
	}
	return proxy.Judge{
		Operation: func(contract.Request) string {
			if documented {
				return "shop/pay"
			}
			return ""
		},
		JudgeRequest:  func(contract.Request) (contract.Result, bool) { return result() },
		JudgeExchange: func(contract.Exchange) (contract.Result, bool) { return result() },
	}
}

// TestHost checks that Host is the provider's, and that hop-by-hop headers do not pass.
func TestHost(t *testing.T) {
	t.Parallel()
	base, got := upstream(t, head("HTTP/1.1 200 OK", "Connection: X-Hop", "X-Hop: 1", "X-Stays: 1", "Content-Length: 0"))
	p, _ := serveProxy(t, base+"/base", nil)
	response := exchange(t, p, head("GET /x HTTP/1.1", "Host: shop.test", "Connection: close, X-Mine", "X-Mine: 1", "Proxy-Authorization: Basic eA==", "X-Stays: 1"))
	sent := <-got
	if want := "GET /base/x of " + strings.TrimPrefix(base, "http://"); sent.line != want {
		t.Errorf("the provider got %s, want %s", sent.line, want)
	}
	for _, h := range []http.Header{sent.header, response.header} {
		if h.Get("X-Stays") != "1" || len(h["X-Mine"])+len(h["X-Hop"])+len(h["Proxy-Authorization"]) > 0 {
			t.Errorf("passed on: %v", h)
		}
	}
}
