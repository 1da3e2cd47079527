package proxy_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/proxy"
)

// healthyUpstream serves a provider without faults.
func healthyUpstream(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"well":true}`)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// TestJudgeFailure has judges that panic, hang or return false. Every response passes
// without Assay-Findings, and the reason is observed.
func TestJudgeFailure(t *testing.T) {
	t.Parallel()
	up := healthyUpstream(t)
	forever := make(chan struct{})
	t.Cleanup(func() { close(forever) })
	for title, c := range map[string]struct {
		change func(*proxy.Options)
		want   proxy.Reason
	}{
		"panics": {func(o *proxy.Options) {
			o.Judge.JudgeExchange = func(contract.Exchange) (contract.Result, bool) { panic("a secret") }
		}, proxy.JudgeFailure},
		"panics with nil": {func(o *proxy.Options) {
			o.Judge.JudgeExchange = func(contract.Exchange) (contract.Result, bool) { panic(nil) }
		}, proxy.JudgeFailure},
		"returns false": {func(o *proxy.Options) {
			o.Judge.JudgeExchange = func(contract.Exchange) (contract.Result, bool) { return contract.Result{}, false }
		}, proxy.JudgeFailure},
		"has a rule that panics": {func(o *proxy.Options) {
			o.Judge.JudgeExchange = func(contract.Exchange) (contract.Result, bool) {
				return contract.Result{Verdict: contract.Errored, Why: "rule planted panicked", Checked: []string{"other"}}, true
			}
		}, proxy.JudgeFailure},
		"hangs": {func(o *proxy.Options) {
			o.CheckTimeout = time.Millisecond
			o.Judge.JudgeExchange = func(contract.Exchange) (contract.Result, bool) {
				<-forever
				return contract.Result{}, true
			}
		}, proxy.CheckTimeout},
		"panics on operations": {func(o *proxy.Options) { o.Judge.Operation = func(contract.Request) string { panic("a secret") } }, proxy.Undocumented},
	} {
		base, all := serveProxy(t, up, c.change)
		response, body := post(t, base)
		if response.Status != http.StatusOK || body != `{"well":true}` {
			t.Errorf("a judge that %s: %d %q", title, response.Status, body)
		}
		if n, ok := response.Header[proxy.FindingsHeader]; ok {
			t.Errorf("a judge that %s: %s findings", title, n)
		}
		if one := all.waitForOne(t); one.Skipped != c.want || len(one.Result.Findings) > 0 {
			t.Errorf("a judge that %s: skipped as %+v, want %s", title, one, c.want)
		}
	}
}

// TestQueueFullStuckWorker hangs the only worker. Meanwhile exchanges pass at once and
// unjudged; when the worker goes on, exchanges are judged again.
func TestQueueFullStuckWorker(t *testing.T) {
	t.Parallel()
	goOn, started := make(chan struct{}), make(chan struct{}, 1)
	base, all := serveProxy(t, healthyUpstream(t), func(o *proxy.Options) {
		o.Workers, o.CheckTimeout = 1, 20*time.Millisecond
		judge := o.Judge.JudgeExchange
		o.Judge.JudgeExchange = func(ex contract.Exchange) (contract.Result, bool) {
			select {
			case <-goOn:
			default:
				started <- struct{}{}
				<-goOn
			}
			return judge(ex)
		}
	})
	n := 0
	ask := func() proxy.Reason {
		response, body := post(t, base)
		if body != `{"well":true}` {
			t.Errorf("%d %q", response.Status, body)
		}
		n++
		return all.waitFor(t, n).Skipped
	}
	for hung := false; !hung; {
		if why := ask(); why != proxy.CheckTimeout {
			t.Fatalf("skipped as %q, want %s", why, proxy.CheckTimeout)
		}
		select {
		case <-started:
			hung = true
		default: // the deadline passed before the worker started it
		}
	}
	for range 3 {
		if why := ask(); why != proxy.QueueFull {
			t.Errorf("skipped as %q, want %s", why, proxy.QueueFull)
		}
	}
	close(goOn)
	for why := proxy.QueueFull; why != ""; {
		why = ask()
	}
}

// TestQueueFull sends more requests than the queue holds.
func TestQueueFull(t *testing.T) {
	t.Parallel()
	forever := make(chan struct{})
	reasons := make(chan proxy.Reason, 20)
	base, _ := serveProxy(t, healthyUpstream(t), func(o *proxy.Options) {
		o.Workers, o.Queue = 1, 1
		o.Observe = func(s proxy.Observed) { reasons <- s.Skipped }
		o.Judge.JudgeExchange = func(contract.Exchange) (contract.Result, bool) {
			<-forever
			return contract.Result{}, true
		}
	})
	t.Cleanup(func() { close(forever) }) // runs before the server closes
	for range cap(reasons) {             // one is in the worker and one in the queue; the others pass unjudged
		go func() {
			req, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, base, nil)
			if err != nil {
				return
			}
			if resp, err := http.DefaultClient.Do(req); err == nil {
				_ = resp.Body.Close()
			}
		}()
	}
	for range cap(reasons) - 2 {
		if why := <-reasons; why != proxy.QueueFull {
			t.Errorf("skipped as %q, want %s", why, proxy.QueueFull)
		}
	}
}

// TestCancel closes the client's connection before the response. The request to the
// provider is cancelled.
func TestCancel(t *testing.T) {
	t.Parallel()
	for _, documented := range []bool{true, false} {
		started, gone := make(chan struct{}), make(chan struct{})
		up := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			close(started)
			<-r.Context().Done()
			close(gone)
		}))
		observed := make(chan proxy.Observed, 1)
		base, _ := serveProxy(t, up.URL, func(o *proxy.Options) {
			o.Judge = noFindings(documented)
			o.Observe = func(s proxy.Observed) { observed <- s }
		})
		ctx, cancel := context.WithCancel(t.Context())
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, base, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		failed := make(chan error, 1)
		go func() {
			resp, err := http.DefaultClient.Do(req)
			if err == nil {
				_ = resp.Body.Close()
			}
			failed <- err
		}()
		<-started
		cancel()
		if err := <-failed; err == nil {
			t.Error("a response came")
		}
		<-gone
		want := map[bool]proxy.Reason{true: proxy.ClientGone, false: proxy.Undocumented}[documented]
		if one := <-observed; one.Skipped != want {
			t.Errorf("skipped as %s, want %s", one.Skipped, want)
		}
		up.Close()
	}
}

// TestNoResponse checks that the client learns whether its request may have been accepted.
// The problem quotes neither the request nor the provider.
func TestNoResponse(t *testing.T) {
	t.Parallel()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "http://" + l.Addr().String()
	_ = l.Close()
	tls := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(tls.Close)
	tls.Config.ErrorLog = log.New(io.Discard, "", 0)
	odd, _ := upstream(t, "HTTP/1.1 canary-status\r\nX-Canary canary\r\n\r\n")
	short, _ := upstream(t, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
	for title, c := range map[string]struct {
		base string
		want string
		why  proxy.Reason
	}{
		"a closed port":       {closed, "The provider cannot be reached. Nothing was sent", proxy.Unreachable},
		"a wrong certificate": {tls.URL, "cannot be verified; --ca FILE adds a root certificate. Nothing was sent", proxy.Unreachable},
		"no HTTP":             {odd, "do not send it again", proxy.NoResponse},
		"half a response":     {short, "", proxy.IncompleteResponse},
	} {
		base, all := serveProxy(t, c.base, nil)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/?token=canary", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if c.why == proxy.IncompleteResponse {
			if err == nil || string(raw) != "half" {
				t.Errorf("%s: the client got %q, %v", title, raw, err)
			}
		} else {
			var p problemBody
			if err := json.Unmarshal(raw, &p); err != nil || p.Status != http.StatusBadGateway || resp.StatusCode != http.StatusBadGateway || !strings.Contains(p.Detail, c.want) || strings.Contains(string(raw), "canary") {
				t.Errorf("%s: %s %s", title, resp.Status, raw)
			}
		}
		if one := all.waitForOne(t); one.Skipped != c.why {
			t.Errorf("%s: skipped as %s, want %s", title, one.Skipped, c.why)
		}
	}
}

// TestSkipped lists bodies and responses that pass unjudged, and codings that are decoded.
func TestSkipped(t *testing.T) {
	t.Parallel()
	for title, c := range map[string]struct {
		request, response string
		want              proxy.Reason
	}{
		"a large request":   {message("POST / HTTP/1.1\nHost: a", strings.Repeat("x", 1<<20+1)), plainResponse, proxy.TooLarge},
		"a large response":  {plainRequest, message("HTTP/1.1 200 OK", strings.Repeat("x", 1<<20+1)), proxy.TooLarge},
		"a large gzip":      {plainRequest, message("HTTP/1.1 200 OK\nContent-Encoding: gzip", gzipText(strings.Repeat("x", 2<<20))), proxy.TooLargeDecoded},
		"an unknown coding": {plainRequest, message("HTTP/1.1 200 OK\nContent-Encoding: compress", "x"), proxy.UnknownEncoding},
		"brotli":            {plainRequest, message("HTTP/1.1 200 OK\nContent-Encoding: br", "\v\x00\x80x\x03"), ""},
		"zstd":              {plainRequest, message("HTTP/1.1 200 OK\nContent-Encoding: zstd", "(\xb5/\xfd\x04\x00\t\x00\x00x#\x11\x04\x83"), ""},
		"a stream":          {plainRequest, message("HTTP/1.1 200 OK\nContent-Type: text/event-stream; charset=utf-8", "x"), proxy.EventStream},
		"another protocol":  {head("GET / HTTP/1.1", "Host: a", "Connection: Upgrade", "Upgrade: x"), head("HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: x") + plainResponse, proxy.ProtocolUpgrade},
		"gzip":              {plainRequest, message("HTTP/1.1 200 OK\nContent-Encoding: gzip", gzipText("x")), ""},
		"not really gzip":   {plainRequest, message("HTTP/1.1 200 OK\nContent-Encoding: gzip", "x"), ""},
		"identity and gzip": {plainRequest, message("HTTP/1.1 200 OK\nContent-Encoding: identity, gzip", gzipText("x")), ""},
	} {
		base, _ := upstream(t, c.response)
		observed := make(chan proxy.Observed, 1)
		p, _ := serveProxy(t, base, func(o *proxy.Options) { o.Observe = func(s proxy.Observed) { observed <- s } })
		exchange(t, p, c.request)
		one := <-observed
		if one.Skipped != c.want {
			t.Errorf("%s: skipped as %q, want %q", title, one.Skipped, c.want)
		}
		if c.want == "" && (string(one.Exchange.Response.Body) != "x" || one.Exchange.Response.Header.Get("Content-Encoding") == "gzip" != (title == "not really gzip")) {
			t.Errorf("%s: judged as %q with %v", title, one.Exchange.Response.Body, one.Exchange.Response.Header)
		}
	}
}

// TestStreamed checks that a response that is not judged passes piece by piece.
func TestStreamed(t *testing.T) {
	t.Parallel()
	next := make(chan struct{})
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for _, piece := range []string{"one ", "two ", "end."} {
			_, _ = io.WriteString(w, piece)
			_ = http.NewResponseController(w).Flush()
			<-next
		}
	}))
	t.Cleanup(up.Close)
	base, _ := serveProxy(t, up.URL, func(o *proxy.Options) { o.Judge = noFindings(false) })
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	for _, piece := range []string{"one ", "two ", "end."} {
		got := make([]byte, 4)
		if _, err := io.ReadFull(resp.Body, got); err != nil || string(got) != piece {
			t.Errorf("got %q, %v, want %q", got, err, piece)
		}
		next <- struct{}{}
	}
}

// TestSlowClient sends part of a body and stops. The client gets a 408, and nothing is
// sent to the provider.
func TestSlowClient(t *testing.T) {
	t.Parallel()
	base, got := upstream(t, plainResponse)
	p, all := serveProxy(t, base, func(o *proxy.Options) { o.IdleTimeout = 20 * time.Millisecond })
	response := exchange(t, p, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nslow")
	if !strings.HasPrefix(response.line, "408 ") || len(got) > 0 {
		t.Errorf("responded %s, sent: %d", response.line, len(got))
	}
	if one := all.waitForOne(t); one.Skipped != proxy.ClientGone {
		t.Errorf("skipped as %s", one.Skipped)
	}
}

// TestSlowProvider checks that a client may wait for a response for longer than
// IdleTimeout.
func TestSlowProvider(t *testing.T) {
	t.Parallel()
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		timer := time.NewTimer(300 * time.Millisecond)
		defer timer.Stop()
		select {
		case <-r.Context().Done(): // the proxy cancelled
		case <-timer.C:
			_, _ = io.WriteString(w, "late")
		}
	}))
	t.Cleanup(up.Close)
	for _, documented := range []bool{true, false} {
		base, _ := serveProxy(t, up.URL, func(o *proxy.Options) { o.IdleTimeout, o.Judge = 50*time.Millisecond, noFindings(documented) })
		if response, body := post(t, base); response.Status != http.StatusOK || body != "late" {
			t.Errorf("documented: %t: %d %q", documented, response.Status, body)
		}
	}
}

// TestClose checks that Close ends a request that hangs, and refuses later ones.
func TestClose(t *testing.T) {
	t.Parallel()
	started := make(chan struct{})
	up := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then net/http notices a hang-up
		close(started)
		<-r.Context().Done()
	}))
	t.Cleanup(up.Close)
	p, all := newProxy(t, up.URL, nil)
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	statuses := make(chan int, 1)
	go func() {
		response, _ := post(t, s.URL)
		statuses <- response.Status
	}()
	<-started
	p.Close()
	if status := <-statuses; status != http.StatusBadGateway {
		t.Errorf("the request in progress got %d", status)
	}
	if response, body := post(t, s.URL); response.Status != http.StatusServiceUnavailable || !strings.Contains(body, "Nothing was sent") {
		t.Errorf("after Close: %d %s", response.Status, body)
	}
	if one := all.waitForOne(t); one.Skipped != proxy.Stopped {
		t.Errorf("skipped as %s", one.Skipped)
	}
	p.Close() // closing twice is allowed
}

// TestUpstream refuses URLs over which credentials could be read, and URLs that contain
// some. No error quotes the URL.
func TestUpstream(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"https://pay.example.com":      "",
		"https://pay.example.com/api/": "",
		"http://127.0.0.1:8080/paytm":  "",
		"http://localhost:1":           "",
		"http://[::1]:1":               "",
		"http://pay.example.com":       "http is for loopback only",
		"http://localhost.example.com": "http is for loopback only",
		"pay.example.com":              "expected https://HOST",
		"ftp://pay.example.com":        "expected https://HOST",
		"https://me:canary@pay.test":   "no user",
		"https://pay.test?key=canary":  "no user, query",
		"https://pay.test/%zz canary":  "expected https://HOST",
	} {
		_, err := proxy.Upstream(base)
		if (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "canary")) {
			t.Errorf("%s: %v, want %s", base, err, want)
		}
	}
}

// TestContinue checks that a client with a large body and Expect: 100-continue gets the
// provider's status before it sends the body.
func TestContinue(t *testing.T) {
	t.Parallel()
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusExpectationFailed) }))
	t.Cleanup(up.Close)
	for _, documented := range []bool{true, false} {
		base, _ := serveProxy(t, up.URL, func(o *proxy.Options) { o.Judge = noFindings(documented) })
		var d net.Dialer
		c, err := d.DialContext(t.Context(), "tcp", strings.TrimPrefix(base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, head("POST / HTTP/1.1", "Host: a", "Expect: 100-continue", "Content-Length: 10000000")); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(c).ReadBytes('\n')
		if err != nil || !bytes.HasPrefix(line, []byte("HTTP/1.1 417 ")) {
			t.Errorf("documented: %t: %q, %v", documented, line, err)
		}
		_ = c.Close()
	}
}
