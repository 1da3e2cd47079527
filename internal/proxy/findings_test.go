package proxy_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/proxy"
	"assay/internal/testsize"
)

// rawExchange sends a request as bytes and returns the response as bytes. The request has
// to close the connection.
func rawExchange(t *testing.T, base, request string) string {
	t.Helper()
	var d net.Dialer
	c, err := d.DialContext(t.Context(), "tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	go func() { _, _ = io.WriteString(c, request) }()
	raw, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestAttackForgedFindings has a provider send Assay-Findings of its own wherever HTTP
// allows a header. The client gets the proxy's only, or none.
func TestAttackForgedFindings(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	const forged = "Assay-Findings: 4711"
	chunked := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
	for place, response := range map[string]string{
		"the header":               "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + forged + "\r\n\r\n{}",
		"the header, twice":        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + forged + "\r\n" + forged + "\r\n\r\n{}",
		"the header, lower case":   "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nassay-findings: 4711\r\n\r\n{}",
		"a response without body":  "HTTP/1.1 204 No Content\r\n" + forged + "\r\n\r\n",
		"an announced trailer":     chunked + "Trailer: Assay-Findings\r\n\r\n2\r\n{}\r\n0\r\n" + forged + "\r\n\r\n",
		"a trailer":                chunked + "\r\n2\r\n{}\r\n0\r\n" + forged + "\r\n\r\n",
		"an event stream":          "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 2\r\n" + forged + "\r\n\r\n{}",
		"an informational header":  "HTTP/1.1 103 Early Hints\r\n" + forged + "\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
		"a body that is too large": "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n" + forged + "\r\n\r\n123456789",
	} {
		for _, documented := range []bool{true, false} {
			up, _ := upstream(t, response)
			base, all := serveProxy(t, up, func(o *proxy.Options) { o.Judge, o.MaxBody = noFindings(documented), 8 })
			got := rawExchange(t, base, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTE: trailers\r\n\r\n")
			if strings.Contains(got, "4711") {
				t.Errorf("%s, documented %t: the forged header passed:\n%s", place, documented, got)
			}
			if judged := all.waitForOne(t).Skipped == ""; strings.Contains(got, "Assay-Findings: 0") != judged {
				t.Errorf("%s, documented %t: want the proxy's own header if it judged:\n%s", place, documented, got)
			}
		}
	}
}

// TestUnjudged lists what cannot be judged, and what the client gets if such requests and
// responses are refused. A request is refused before it is sent. What no documentation
// covers passes.
func TestUnjudged(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("x", 1<<20+1)
	order := message("POST / HTTP/1.1\nHost: a", "{}")
	fails := func(contract.Exchange) (contract.Result, bool) { return contract.Result{}, false }
	for title, c := range map[string]struct {
		request, response string
		change            func(*proxy.Options)
		status            string
		sent              bool
		why               proxy.Reason
	}{
		"a large request":    {request: message("POST / HTTP/1.1\nHost: a", large), status: "413", why: proxy.TooLarge},
		"a chunked request":  {request: head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked") + "100001\r\n" + large + "\r\n0\r\n\r\n", status: "413", why: proxy.TooLarge},
		"an encoded request": {request: message("POST / HTTP/1.1\nHost: a\nContent-Encoding: compress", "x"), status: "415", why: proxy.RequestEncoding},
		"an unknown coding":  {request: message("POST / HTTP/1.1\nHost: a\nContent-Encoding: gzip, foo", "x"), status: "415", why: proxy.RequestEncoding},
		"many codings":       {request: message("POST / HTTP/1.1\nHost: a\nContent-Encoding: gzip, gzip, gzip, gzip, gzip", "x"), status: "415", why: proxy.ManyEncodings},
		"a bomb as request":  {request: message("POST / HTTP/1.1\nHost: a\nContent-Encoding: gzip", gzipText(large)), status: "413", why: proxy.TooLargeDecoded},
		"a judge that fails": {change: func(o *proxy.Options) {
			o.Judge.JudgeRequest = func(contract.Request) (contract.Result, bool) { return contract.Result{}, false }
		}, status: "503", why: proxy.JudgeFailure},
		"a judge that panics": {change: func(o *proxy.Options) {
			o.Judge.JudgeRequest = func(contract.Request) (contract.Result, bool) { panic("secret") }
		}, status: "503", why: proxy.JudgeFailure},
		"a large response":      {response: message("HTTP/1.1 200 OK", large), status: "502", sent: true, why: proxy.TooLarge},
		"an endless response":   {response: "HTTP/1.1 200 OK\r\n\r\n" + large, status: "502", sent: true, why: proxy.TooLarge},
		"an encoded response":   {response: message("HTTP/1.1 200 OK\nContent-Encoding: compress", "x"), status: "502", sent: true, why: proxy.UnknownEncoding},
		"a bomb as response":    {response: message("HTTP/1.1 200 OK\nContent-Encoding: gzip", gzipText(large)), status: "502", sent: true, why: proxy.TooLargeDecoded},
		"an event stream":       {response: message("HTTP/1.1 200 OK\nContent-Type: text/event-stream", "x"), status: "502", sent: true, why: proxy.EventStream},
		"a cut response":        {response: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", status: "502", sent: true, why: proxy.IncompleteResponse},
		"a failing judge later": {change: func(o *proxy.Options) { o.Judge.JudgeExchange = fails }, status: "502", sent: true, why: proxy.JudgeFailure},
		"another protocol": {
			request:  head("POST / HTTP/1.1", "Host: a", "Connection: Upgrade", "Upgrade: x"),
			response: head("HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: x"), status: "502", sent: true, why: proxy.ProtocolUpgrade,
		},
		"an undocumented request": {request: message("POST / HTTP/1.1\nHost: a", large), change: func(o *proxy.Options) { o.Judge = noFindings(false) }, status: "200", sent: true, why: proxy.Undocumented},
		"a judged exchange":       {status: "200", sent: true},
	} {
		for _, enforce := range []bool{true, false} {
			if c.request == "" {
				c.request = order
			}
			if c.response == "" {
				c.response = plainResponse
			}
			up, got := upstream(t, c.response)
			base, all := serveProxy(t, up, func(o *proxy.Options) {
				if c.change != nil {
					c.change(o)
				}
				o.RefuseUnjudged, o.Enforce = true, enforce
			})
			response := exchange(t, base, c.request)
			if !strings.HasPrefix(response.line, c.status+" ") {
				t.Errorf("%s: got %s, want %s", title, response.line, c.status)
			}
			if c.status == "503" && response.header.Get("Retry-After") == "" {
				t.Errorf("%s: no Retry-After", title)
			}
			if sent := len(got) > 0; sent != c.sent {
				t.Errorf("%s: sent %t, want %t", title, sent, c.sent)
			}
			one := all.waitForOne(t)
			want := map[bool]string{true: "response", false: "request"}[c.sent]
			if c.status == "200" {
				want = ""
			}
			if one.Skipped != c.why || one.Refused != want {
				t.Errorf("%s: skipped as %q, refused the %q, want %q, %q", title, one.Skipped, one.Refused, c.why, want)
			}
		}
	}
}

// TestUnjudgedSaysWhatLeft checks that a client whose response was withheld learns that
// its request was sent.
func TestUnjudgedSaysWhatLeft(t *testing.T) {
	t.Parallel()
	up, _ := upstream(t, message("HTTP/1.1 200 OK\nContent-Encoding: compress", "secret"))
	base, _ := serveProxy(t, up, func(o *proxy.Options) { o.RefuseUnjudged = true })
	response, body := post(t, base)
	if response.Status != http.StatusBadGateway || !strings.Contains(body, "The request WAS sent") || !strings.Contains(body, "do not send it again") || strings.Contains(body, "secret") {
		t.Errorf("%d %s", response.Status, body)
	}
}

// TestEncodingReasons: each cause has its own sentence and way out.
func TestEncodingReasons(t *testing.T) {
	t.Parallel()
	for why, says := range map[proxy.Reason]string{
		proxy.RequestEncoding: "the request has an unknown Content-Encoding (send gzip, deflate, br or zstd, or no Content-Encoding)",
		proxy.UnknownEncoding: "the response has an unknown Content-Encoding (make the client accept gzip, deflate, br or zstd only)",
		proxy.ManyEncodings:   "the Content-Encoding of a body lists more than 4 codings (send and accept one; 4 are decoded at most)",
		proxy.TooLargeDecoded: "a body is too large to check once its Content-Encoding is decoded (--max-body raises the limit)",
	} {
		if why.Error() != says {
			t.Errorf("%s: %s, want %s", why, why.Error(), says)
		}
	}
}
