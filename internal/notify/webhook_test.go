package notify_test

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"assay/internal/notify"
	"assay/internal/watch"
)

// Secrets of the tests; the first one is that of the reference vector.
const (
	secret1 = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	secret2 = "whsec_c2VjcmV0LW9mLWEtcm90YXRlZC1lbmRwb2ludA=="
)

// TestSignVector signs as the reference libraries do.
// https://github.com/standard-webhooks/standard-webhooks/blob/main/libraries/go/webhook_test.go
func TestSignVector(t *testing.T) {
	t.Parallel()
	key, err := notify.ReadSecret(secret1)
	if err != nil {
		t.Fatal(err)
	}
	other, err := notify.ReadSecret(secret2)
	if err != nil {
		t.Fatal(err)
	}
	id, at, body := "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`)
	const want = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
	if got := notify.Sign([][]byte{key}, id, at, body); got != want {
		t.Errorf("signed %s", got)
	}
	if got := strings.Fields(notify.Sign([][]byte{key, other}, id, at, body)); len(got) != 2 || got[0] != want || got[1] == want {
		t.Errorf("signed %v", got)
	}
}

// TestReadSecret refuses what is no secret, without repeating it.
func TestReadSecret(t *testing.T) {
	t.Parallel()
	sized := func(n int) string { return "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, n)) }
	for _, good := range []string{secret1, secret2, sized(24), sized(64)} {
		if _, err := notify.ReadSecret(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "whsec_", strings.TrimPrefix(secret1, "whsec_"), secret1[:len(secret1)-1], "whsec_ä" + secret1, sized(23), sized(65), "whsk_" + secret1} {
		if _, err := notify.ReadSecret(bad); err == nil || len(bad) > 8 && strings.Contains(err.Error(), bad[7:]) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// env is an environment.
func env(pairs ...string) func(string) (string, bool) {
	all := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i]] = pairs[i+1]
	}
	return func(name string) (string, bool) {
		value, ok := all[name]
		return value, ok
	}
}

// open makes a channel.
func open(t *testing.T, c notify.Config, o notify.Options) notify.Channel {
	t.Helper()
	c.Name = "ops"
	if o.Now == nil {
		o.Now = now
	}
	all, err := notify.New([]notify.Config{c}, o)
	if err != nil {
		t.Fatal(err)
	}
	return all[0]
}

// failure is the error of an attempt.
func failure(t *testing.T, err error) *notify.Failure {
	t.Helper()
	f := new(notify.Failure)
	if err == nil || !errors.As(err, &f) {
		t.Fatalf("the error is %v", err)
	}
	return f
}

// verify checks a signature as a receiver does.
func verify(t *testing.T, secret string, h http.Header, body []byte) bool {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	_, _ = fmt.Fprintf(mac, "%s.%s.%s", h.Get("webhook-id"), h.Get("webhook-timestamp"), body)
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for _, one := range strings.Fields(h.Get("webhook-signature")) {
		if hmac.Equal([]byte(one), []byte(want)) {
			return true
		}
	}
	return false
}

// TestWebhook posts the event, signed with each secret.
func TestWebhook(t *testing.T) {
	t.Parallel()
	m := notify.NewMessage(events()[0].event, "ops", now())
	want, _ := notify.JSON(m)
	var seen atomic.Int32
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seen.Add(1)
		if r.Method != http.MethodPost || r.URL.Path != "/hook" || string(body) != string(want) || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s %v %s", r.Method, r.URL, r.Header, body)
		}
		if r.Header.Get("webhook-id") != m.ID || r.Header.Get("webhook-timestamp") != fmt.Sprint(now().Unix()) {
			t.Errorf("headers: %v", r.Header)
		}
		if !verify(t, secret1, r.Header, body) || !verify(t, secret2, r.Header, body) || verify(t, "whsec_"+base64.StdEncoding.EncodeToString(make([]byte, 32)), r.Header, body) {
			t.Errorf("signature: %s", r.Header.Get("webhook-signature"))
		}
		if user, password, ok := r.BasicAuth(); !ok || user != "user" || password != "password" {
			t.Errorf("login: %s", r.Header.Get("Authorization"))
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	trusted := x509.NewCertPool()
	trusted.AddCert(s.Certificate())
	c := notify.Config{Kind: notify.Webhook, URLEnv: "URL", SecretEnvs: []string{"NEW", "OLD"}}
	variables := env("URL", strings.Replace(s.URL, "://", "://user:password@", 1)+"/hook", "NEW", secret1, "OLD", secret2)
	if err := open(t, c, notify.Options{Env: variables, Authorities: trusted}).Send(t.Context(), m); err != nil || seen.Load() != 1 {
		t.Errorf("%v after %d requests", err, seen.Load())
	}
	f := failure(t, open(t, c, notify.Options{Env: variables}).Send(t.Context(), m))
	if f.Refused || !strings.Contains(f.Text, "certificate") || seen.Load() != 1 {
		t.Errorf("an unknown certificate: %+v", f)
	}
	if strings.Contains(m.ID, ".") {
		t.Errorf("a full stop in the id %s", m.ID)
	}
}

// TestStatus says what each status of a receiver means.
func TestStatus(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status  int
		after   string
		refused bool
		wait    time.Duration
	}{
		{400, "", true, 0},
		{401, "", true, 0},
		{404, "", true, 0},
		{410, "60", true, 0},
		{408, "", false, 0},
		{425, "", false, 0},
		{429, "120", false, 2 * time.Minute},
		{503, "7", false, 7 * time.Second},
		{500, "", false, 0},
		{502, "60", false, 0},
		{429, "Sun, 29 Nov 2026 18:31:30 GMT", false, 90 * time.Second},
		{429, "Sun, 29 Nov 2026 18:00:00 GMT", false, 0},
		{429, "99999999999999999999", false, 0},
		{503, "999999999", false, notify.MaxAfter},
		{503, "-5", false, 0},
		{503, "soon", false, 0},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if c.after != "" {
				w.Header().Set("Retry-After", c.after)
			}
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, "<html>what a receiver writes</html>")
		}))
		f := failure(t, open(t, notify.Config{Kind: notify.Webhook, URL: s.URL}, notify.Options{}).Send(t.Context(), message("ops", "a", 0, watch.Began)))
		s.Close()
		if f.Refused != c.refused || f.After != c.wait || f.Text != fmt.Sprintf("the receiver responded with HTTP status %d", c.status) {
			t.Errorf("%d, Retry-After %q: %+v", c.status, c.after, f)
		}
	}
}

// TestRedirect follows no redirect, and takes nothing to another host.
func TestRedirect(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, status) }))
		for _, kind := range []notify.Kind{notify.Webhook, notify.Slack} {
			f := failure(t, open(t, notify.Config{Kind: kind, URLEnv: "URL"}, notify.Options{Env: env("URL", s.URL)}).Send(t.Context(), message("ops", "a", 0, watch.Began)))
			if !f.Refused || !strings.Contains(f.Text, fmt.Sprint(status)) || !strings.Contains(f.Text, "not followed") || strings.Contains(f.Text, other.URL) {
				t.Errorf("%s, %d: %+v", kind, status, f)
			}
		}
		s.Close()
	}
	if elsewhere.Load() != 0 {
		t.Errorf("%d requests elsewhere", elsewhere.Load())
	}
}

// TestBadServers gives up on servers that hang, close, or do not speak HTTP, in time and
// without quoting them.
func TestBadServers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		serve func(conn net.Conn)
		want  string
	}{
		"hangs":   {func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }, "no response came in time"},
		"closes":  {func(conn net.Conn) { readRequest(conn) }, "the connection closed before the end of the response"},
		"garbage": {func(conn net.Conn) { readRequest(conn); _, _ = io.WriteString(conn, "hunter2hunter2\r\n\r\n") }, "the response was not HTTP"},
		"bad headers": {func(conn net.Conn) {
			readRequest(conn)
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nhunter2hunter2\r\n\r\n")
		}, "header"},
		"endless headers": {func(conn net.Conn) {
			readRequest(conn)
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n")
			for {
				if _, err := io.WriteString(conn, "X-A: "+strings.Repeat("a", 4000)+"\r\n"); err != nil {
					return
				}
			}
		}, "header"},
	} {
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				c.serve(conn)
				_ = conn.Close()
			}
		}()
		timeout := 10 * time.Second
		if name == "hangs" {
			timeout = 50 * time.Millisecond
		}
		f := failure(t, open(t, notify.Config{Kind: notify.Webhook, URL: "http://" + l.Addr().String(), Timeout: timeout}, notify.Options{}).Send(t.Context(), message("ops", "a", 0, watch.Began)))
		_ = l.Close()
		if f.Refused || !strings.Contains(f.Text, c.want) || strings.Contains(f.Text, "hunter2") {
			t.Errorf("%s: %+v", name, f)
		}
	}
	f := failure(t, open(t, notify.Config{Kind: notify.Webhook, URL: "http://127.0.0.1:1"}, notify.Options{}).Send(t.Context(), message("ops", "a", 0, watch.Began)))
	if f.Refused || !strings.Contains(f.Text, "no connection could be made") {
		t.Errorf("nothing listens: %+v", f)
	}
}

func readRequest(conn net.Conn) {
	if r, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
}

// TestStatusIsEnough takes a success for a success, whatever follows the status.
func TestStatusIsEnough(t *testing.T) {
	t.Parallel()
	ends := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		select { // the body has no end
		case <-ends:
		case <-r.Context().Done():
		}
	}))
	defer s.Close()
	defer close(ends)
	if err := open(t, notify.Config{Kind: notify.Webhook, URL: s.URL}, notify.Options{}).Send(t.Context(), message("ops", "a", 0, watch.Began)); err != nil {
		t.Error(err)
	}
}

// TestSlack posts blocks, and shows only known words of the receiver.
func TestSlack(t *testing.T) {
	t.Parallel()
	var got struct {
		Text   string
		Blocks []struct {
			Type     string
			Text     struct{ Type, Text string }
			Elements []struct{ Type, Text string }
		}
	}
	status, reply := 200, "ok"
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, reply)
	}))
	defer s.Close()
	c := open(t, notify.Config{Kind: notify.Slack, URLEnv: "URL"}, notify.Options{Env: env("URL", s.URL+"/services/T0/B0/hunter2hunter2")})
	m := notify.NewMessage(events()[0].event, "ops", now())
	if err := c.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	subject, text := notify.Say(m.Event)
	if len(got.Blocks) != 3 || got.Blocks[0].Text.Text != subject || got.Blocks[1].Text.Text != "```\n"+text+"```" || got.Blocks[2].Elements[0].Text != "id "+m.ID {
		t.Errorf("%+v", got)
	}
	if !strings.HasPrefix(got.Text, subject+"\n") || !strings.Contains(got.Text, m.ID) {
		t.Errorf("text: %s", got.Text)
	}
	for _, known := range []struct{ reply, want string }{{"no_service\n", "(no_service)"}, {"no_service " + s.URL, "404"}, {"hunter2hunter2", "404"}} {
		status, reply = 404, known.reply
		if f := failure(t, c.Send(t.Context(), m)); !f.Refused || !strings.HasSuffix(f.Text, known.want) {
			t.Errorf("%s: %+v", known.reply, f)
		}
	}
}

// TestSlackLimits keeps to the lengths of blocks, with the longest event.
func TestSlackLimits(t *testing.T) {
	t.Parallel()
	e := events()[0].event
	e.Thing, e.Why, e.Findings = strings.Repeat("<t", 300), strings.Repeat("&\u202e`", 500), nil
	for range 40 {
		e.Findings = append(e.Findings, watch.Finding{Rule: strings.Repeat("<>", 200), Side: "provider", Severity: "error", Sentence: strings.Repeat("<&>`ä\u202e\n", 400)})
	}
	var body []byte
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { body, _ = io.ReadAll(r.Body) }))
	defer s.Close()
	if err := open(t, notify.Config{Kind: notify.Slack, URLEnv: "URL"}, notify.Options{Env: env("URL", s.URL)}).Send(t.Context(), notify.NewMessage(e, "ops", now())); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Text   string
		Blocks []struct{ Text struct{ Text string } }
	}
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	if n := len(got.Blocks); n < 4 || n > 50 || len([]rune(got.Text)) > 40000 {
		t.Errorf("%d blocks, %d characters of text", n, len(got.Text))
	}
	for i, b := range got.Blocks {
		limit := 3000
		if i == 0 {
			limit = 150
		}
		if n := len([]rune(b.Text.Text)); n > limit || i > 0 && i < len(got.Blocks)-1 && (!strings.HasPrefix(b.Text.Text, "```\n") || strings.Count(b.Text.Text, "`") != 6) {
			t.Errorf("block %d has %d characters: %.200s", i, n, b.Text.Text)
		}
	}
}
