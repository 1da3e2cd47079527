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

// responding is an upstream that is well.
func responding(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"well":true}`)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// TestJudgeInTrouble has judges that panic, hang or know nothing: every response
// is passed on without a number of findings, and the reason is told.
func TestJudgeInTrouble(t *testing.T) {
	t.Parallel()
	up := responding(t)
	forever := make(chan struct{})
	t.Cleanup(func() { close(forever) })
	for title, c := range map[string]struct {
		change func(*proxy.Options)
		want   proxy.Reason
	}{
		"panics": {func(o *proxy.Options) {
			o.Judge.Judge = func(contract.Exchange) (contract.Result, bool) { panic("a secret") }
		}, proxy.Failed},
		"panics with nothing": {func(o *proxy.Options) { o.Judge.Judge = func(contract.Exchange) (contract.Result, bool) { panic(nil) } }, proxy.Failed},
		"does not know": {func(o *proxy.Options) {
			o.Judge.Judge = func(contract.Exchange) (contract.Result, bool) { return contract.Result{}, false }
		}, proxy.Failed},
		"hangs": {func(o *proxy.Options) {
			o.CheckTimeout = time.Millisecond
			o.Judge.Judge = func(contract.Exchange) (contract.Result, bool) {
				<-forever
				return contract.Result{}, true
			}
		}, proxy.Late},
		"panics on operations": {func(o *proxy.Options) { o.Judge.Operation = func(contract.Request) string { panic("a secret") } }, proxy.Undocumented},
	} {
		base, all := stand(t, up, c.change)
		response, body := get(t, base)
		if response.Status != http.StatusOK || body != `{"well":true}` {
			t.Errorf("a judge that %s: %d %q", title, response.Status, body)
		}
		if n, said := response.Header[proxy.Findings]; said {
			t.Errorf("a judge that %s: %s findings", title, n)
		}
		if one := all.only(t); one.Skipped != c.want || len(one.Result.Findings) > 0 {
			t.Errorf("a judge that %s: told of as %+v, want %s", title, one, c.want)
		}
	}
}

// TestBusy hangs the only worker, and lets it go on: what comes meanwhile is
// passed on at once, what comes then is judged again.
func TestBusy(t *testing.T) {
	t.Parallel()
	goOn, begun := make(chan struct{}), make(chan struct{}, 1)
	base, all := stand(t, responding(t), func(o *proxy.Options) {
		o.Workers, o.CheckTimeout = 1, 20*time.Millisecond
		judge := o.Judge.Judge
		o.Judge.Judge = func(ex contract.Exchange) (contract.Result, bool) {
			select {
			case <-goOn:
			default:
				begun <- struct{}{}
				<-goOn
			}
			return judge(ex)
		}
	})
	n := 0
	asked := func() proxy.Reason {
		response, body := get(t, base)
		if body != `{"well":true}` {
			t.Errorf("%d %q", response.Status, body)
		}
		n++
		return all.nth(t, n).Skipped
	}
	for hung := false; !hung; {
		if why := asked(); why != proxy.Late {
			t.Fatalf("passed on with %q, want %s", why, proxy.Late)
		}
		select {
		case <-begun:
			hung = true
		default: // nobody waited any more when the worker came to it
		}
	}
	for range 3 {
		if why := asked(); why != proxy.Busy {
			t.Errorf("passed on with %q, want %s", why, proxy.Busy)
		}
	}
	close(goOn)
	for why := proxy.Busy; why != ""; {
		why = asked()
	}
}

// TestFullQueue has more exchanges wait than may.
func TestFullQueue(t *testing.T) {
	t.Parallel()
	forever := make(chan struct{})
	told := make(chan proxy.Reason, 20)
	base, _ := stand(t, responding(t), func(o *proxy.Options) {
		o.Workers, o.Queue = 1, 1
		o.Observed = func(s proxy.Observed) { told <- s.Skipped }
		o.Judge.Judge = func(contract.Exchange) (contract.Result, bool) {
			<-forever
			return contract.Result{}, true
		}
	})
	t.Cleanup(func() { close(forever) }) // before the server waits
	for range cap(told) {                // one is with the worker, one waits, the others are turned away
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
	for range cap(told) - 2 {
		if why := <-told; why != proxy.Busy {
			t.Errorf("passed on with %q, want %s", why, proxy.Busy)
		}
	}
}

// TestCancel hangs up on a response that does not come: the upstream learns of it.
func TestCancel(t *testing.T) {
	t.Parallel()
	for _, documented := range []bool{true, false} {
		begun, gone := make(chan struct{}), make(chan struct{})
		up := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			close(begun)
			<-r.Context().Done()
			close(gone)
		}))
		told := make(chan proxy.Observed, 1)
		base, _ := stand(t, up.URL, func(o *proxy.Options) {
			o.Judge = mild(documented)
			o.Observed = func(s proxy.Observed) { told <- s }
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
		<-begun
		cancel()
		if err := <-failed; err == nil {
			t.Error("a response came")
		}
		<-gone
		want := map[bool]proxy.Reason{true: proxy.Gone, false: proxy.Undocumented}[documented]
		if one := <-told; one.Skipped != want {
			t.Errorf("told of as %s, want %s", one.Skipped, want)
		}
		up.Close()
	}
}

// TestNoResponse tells a client whether its request may have been taken.
func TestNoResponse(t *testing.T) {
	t.Parallel()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + l.Addr().String()
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
		"nobody listens":       {nobody, "the provider cannot be reached. Nothing was sent", proxy.Unsent},
		"a certificate":        {tls.URL, "cannot be verified; --ca FILE adds a root. Nothing was sent", proxy.Unsent},
		"what is not HTTP":     {odd, "do not send it again", proxy.Lost},
		"a response cut short": {short, "", proxy.Cut},
	} {
		base, all := stand(t, c.base, nil)
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
		if c.why == proxy.Cut {
			if err == nil || string(raw) != "half" {
				t.Errorf("%s: the client reads %q, %v", title, raw, err)
			}
		} else {
			var p told
			if err := json.Unmarshal(raw, &p); err != nil || p.Status != http.StatusBadGateway || resp.StatusCode != http.StatusBadGateway || !strings.Contains(p.Detail, c.want) || strings.Contains(string(raw), "canary") {
				t.Errorf("%s: %s %s", title, resp.Status, raw)
			}
		}
		if one := all.only(t); one.Skipped != c.why {
			t.Errorf("%s: told of as %s, want %s", title, one.Skipped, c.why)
		}
	}
}

// TestUnread lists what is passed on and not looked at.
func TestUnread(t *testing.T) {
	t.Parallel()
	for title, c := range map[string]struct {
		request, response string
		want              proxy.Reason
	}{
		"a large request":   {message("POST / HTTP/1.1\nHost: a", strings.Repeat("x", 1<<20+1)), plainResponse, proxy.TooLarge},
		"a large response":  {plainAsked, message("HTTP/1.1 200 OK", strings.Repeat("x", 1<<20+1)), proxy.TooLarge},
		"a bomb":            {plainAsked, message("HTTP/1.1 200 OK\nContent-Encoding: gzip", zipped(strings.Repeat("x", 2<<20))), proxy.Encoded},
		"what nobody reads": {plainAsked, message("HTTP/1.1 200 OK\nContent-Encoding: compress", "x"), proxy.Encoded},
		"brotli":            {plainAsked, message("HTTP/1.1 200 OK\nContent-Encoding: br", "\v\x00\x80x\x03"), ""},
		"zstd":              {plainAsked, message("HTTP/1.1 200 OK\nContent-Encoding: zstd", "(\xb5/\xfd\x04\x00\t\x00\x00x#\x11\x04\x83"), ""},
		"a stream":          {plainAsked, message("HTTP/1.1 200 OK\nContent-Type: text/event-stream; charset=utf-8", "x"), proxy.Streamed},
		"another protocol":  {head("GET / HTTP/1.1", "Host: a", "Connection: Upgrade", "Upgrade: x"), head("HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: x") + plainResponse, proxy.Upgraded},
		"gzip":              {plainAsked, message("HTTP/1.1 200 OK\nContent-Encoding: gzip", zipped("x")), ""},
		"what says it is":   {plainAsked, message("HTTP/1.1 200 OK\nContent-Encoding: gzip", "x"), ""},
		"deflate in a gzip": {plainAsked, message("HTTP/1.1 200 OK\nContent-Encoding: identity, gzip", zipped("x")), ""},
	} {
		base, _ := upstream(t, c.response)
		told := make(chan proxy.Observed, 1)
		p, _ := stand(t, base, func(o *proxy.Options) { o.Observed = func(s proxy.Observed) { told <- s } })
		exchange(t, p, c.request)
		one := <-told
		if one.Skipped != c.want {
			t.Errorf("%s: told of as %q, want %q", title, one.Skipped, c.want)
		}
		if c.want == "" && (string(one.Exchange.Response.Body) != "x" || one.Exchange.Response.Header.Get("Content-Encoding") == "gzip" != (title == "what says it is")) {
			t.Errorf("%s: judged as %q with %v", title, one.Exchange.Response.Body, one.Exchange.Response.Header)
		}
	}
}

// TestStreamed passes on each piece of a response that is not judged as it comes.
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
	base, _ := stand(t, up.URL, func(o *proxy.Options) { o.Judge = mild(false) })
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

// TestSlowClient sends a body that never ends: nothing is sent to the provider,
// and the client is told that it took too long.
func TestSlowClient(t *testing.T) {
	t.Parallel()
	base, got := upstream(t, plainResponse)
	p, all := stand(t, base, func(o *proxy.Options) { o.Idle = 20 * time.Millisecond })
	response := exchange(t, p, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nslow")
	if !strings.HasPrefix(response.line, "408 ") || len(got) > 0 {
		t.Errorf("responded %s, sent: %d", response.line, len(got))
	}
	if one := all.only(t); one.Skipped != proxy.Gone {
		t.Errorf("told of as %s", one.Skipped)
	}
}

// TestPatience lets a client wait for a response for longer than a piece of a
// body may take: waiting is no slowness of the client's.
func TestPatience(t *testing.T) {
	t.Parallel()
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		timer := time.NewTimer(300 * time.Millisecond)
		defer timer.Stop()
		select {
		case <-r.Context().Done(): // the proxy gave up
		case <-timer.C:
			_, _ = io.WriteString(w, "late")
		}
	}))
	t.Cleanup(up.Close)
	for _, documented := range []bool{true, false} {
		base, _ := stand(t, up.URL, func(o *proxy.Options) { o.Idle, o.Judge = 50*time.Millisecond, mild(documented) })
		if response, body := get(t, base); response.Status != http.StatusOK || body != "late" {
			t.Errorf("documented: %t: %d %q", documented, response.Status, body)
		}
	}
}

// TestClose ends what never ends by itself, and turns away what comes then.
func TestClose(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{})
	up := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then is a hang-up heard
		close(begun)
		<-r.Context().Done()
	}))
	t.Cleanup(up.Close)
	p, all := made(t, up.URL, nil)
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	responded := make(chan int, 1)
	go func() {
		response, _ := get(t, s.URL)
		responded <- response.Status
	}()
	<-begun
	p.Close()
	if status := <-responded; status != http.StatusBadGateway {
		t.Errorf("what was under way ended as %d", status)
	}
	if response, body := get(t, s.URL); response.Status != http.StatusServiceUnavailable || !strings.Contains(body, "nothing was sent") {
		t.Errorf("after its end: %d %s", response.Status, body)
	}
	if one := all.only(t); one.Skipped != proxy.Gone {
		t.Errorf("told of as %s", one.Skipped)
	}
	p.Close() // twice does no harm
}

// TestUpstream refuses bases that would let credentials be read, or hide some.
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

// TestContinue waits with a large body until the upstream wants it, also where
// it could be judged if it were smaller.
func TestContinue(t *testing.T) {
	t.Parallel()
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusExpectationFailed) }))
	t.Cleanup(up.Close)
	for _, documented := range []bool{true, false} {
		base, _ := stand(t, up.URL, func(o *proxy.Options) { o.Judge = mild(documented) })
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
