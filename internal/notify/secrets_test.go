package notify_test

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"assay/internal/notify"
	"assay/internal/watch"
)

// canary is a value that no error may have.
const canary = "k9Xw2-Zt7Qp/4Lm+canary"

// encodings are the ways in which a canary is written.
func encodings() map[string]func(string) string {
	return map[string]func(string) string{
		"plain": func(s string) string { return s }, "base64": func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
		"hex": func(s string) string { return hex.EncodeToString([]byte(s)) }, "percent": url.QueryEscape,
		"lines": func(s string) string { return s[:len(s)/2] + "\n" + s[len(s)/2:] },
	}
}

// leaks reports whether a text has the canary in one of the encodings.
func leaks(text string) bool {
	joined := strings.Join(strings.Fields(text), "")
	for _, encode := range encodings() {
		if strings.Contains(text, encode(canary)) || strings.Contains(joined, strings.ReplaceAll(encode(canary), "\n", "")) {
			return true
		}
	}
	return strings.Contains(text, canary[:12]) || strings.Contains(text, canary[len(canary)-12:])
}

// TestNoSecretInCommandErrors shows the output of a command, and no secret that it printed.
func TestNoSecretInCommandErrors(t *testing.T) {
	t.Parallel()
	for how, encode := range encodings() {
		c := runs(t, "leak", 0, "TOKEN", canary, "TOKEN_LINES", "the pager said\ntoken="+encode(canary)+" is wrong\nbye\n")
		f := failure(t, c.Send(t.Context(), message("ops", "a", 0, watch.Began)))
		if leaks(f.Text) || !strings.HasPrefix(f.Text, "the command ended with exit code 1\n") {
			t.Errorf("%s: %s", how, f.Text)
		}
	}
}

// TestNoSecretInHTTPErrors lets receivers repeat the secrets of the request everywhere.
func TestNoSecretInHTTPErrors(t *testing.T) {
	t.Parallel()
	whsec := "whsec_" + base64.StdEncoding.EncodeToString([]byte(canary+canary))
	for how, encode := range encodings() {
		flat := strings.ReplaceAll(encode(canary), "\n", " ")
		for part, reply := range map[string]string{
			"body":         "HTTP/1.1 400 Bad Request\r\nContent-Length: 1000\r\n\r\n" + encode(canary),
			"status line":  "HTTP/1.1 500 " + flat + "\r\nContent-Length: 0\r\n\r\n",
			"bad status":   "HTTP/1.1 " + flat + "\r\n\r\n",
			"header":       "HTTP/1.1 200 OK\r\n" + flat + "\r\n\r\n",
			"retry":        "HTTP/1.1 429 Slow\r\nRetry-After: " + flat + "\r\nContent-Length: 0\r\n\r\n",
			"location":     "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/" + flat + "\r\nContent-Length: 0\r\n\r\n",
			"length":       "HTTP/1.1 500 No\r\nContent-Length: " + flat + "\r\n\r\n",
			"encoding":     "HTTP/1.1 500 No\r\nTransfer-Encoding: " + flat + "\r\n\r\n",
			"no HTTP":      flat + "\r\n\r\n",
			"nothing":      "",
			"informations": "HTTP/1.1 103 Early Hints\r\nLink: " + flat + "\r\n\r\n",
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
					if r, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
						_, _ = io.Copy(io.Discard, r.Body)
					}
					_, _ = io.WriteString(conn, reply)
					_ = conn.Close()
				}
			}()
			variables := env("URL", "http://user:"+url.QueryEscape(canary)+"@"+l.Addr().String()+"/"+url.PathEscape(canary)+"?token="+url.QueryEscape(canary), "SECRET", whsec)
			for _, c := range []notify.Config{{Kind: notify.Webhook, URLEnv: "URL", SecretEnvs: []string{"SECRET"}}, {Kind: notify.Slack, URLEnv: "URL"}} {
				f := failure(t, open(t, c, notify.Options{Env: variables}).Send(t.Context(), message("ops", "a", 0, watch.Began)))
				if text := fmt.Sprintf("%+v %v", f, f); leaks(text) || strings.Contains(text, whsec[10:]) {
					t.Errorf("%s, %s, %s: %s", c.Kind, part, how, text)
				}
			}
			_ = l.Close()
		}
	}
}

// TestNoSecretInMailErrors lets a mail server repeat the password in every response.
func TestNoSecretInMailErrors(t *testing.T) {
	t.Parallel()
	made, pool := certificate(t)
	for how, encode := range encodings() {
		flat := strings.ReplaceAll(encode(canary), "\n", "\n550 ")
		for _, at := range []string{"greeting", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "end"} {
			for _, code := range []string{"450 4.0.0 ", "550 5.0.0 ", ""} {
				s := (&smtpServer{tls: &tls.Config{Certificates: []tls.Certificate{made}}, auth: "PLAIN", reply: func(command, _ string) string {
					if command == at {
						return code + flat
					}
					return ""
				}}).start(t)
				conf := s.config()
				conf.UserEnv, conf.PasswordEnv, conf.Timeout = "USER", "PASSWORD", 500*time.Millisecond
				o := notify.Options{Env: env("USER", "ops@example.com", "PASSWORD", canary), Authorities: pool}
				f := failure(t, open(t, conf, o).Send(t.Context(), message("ops", "a", 0, watch.Began)))
				if text := fmt.Sprintf("%+v %v", f, f); leaks(text) || strings.Contains(text, "example.com") {
					t.Errorf("%s, %q, %s: %s", at, code, how, text)
				}
			}
		}
	}
}

// TestNoSecretInFaults shows no value of a configuration that is wrong.
func TestNoSecretInFaults(t *testing.T) {
	t.Parallel()
	for how, encode := range encodings() {
		value := encode(canary)
		_, err := notify.New([]notify.Config{
			{Name: "a", Kind: notify.Webhook, URLEnv: "V", SecretEnvs: []string{"V", "W"}},
			{Name: "b", Kind: notify.Slack, URL: "https://hooks.example.com/" + value},
			{Name: "c", Kind: notify.Webhook, URL: "https://user:" + value + "@example.com/"},
			{Name: "d", Kind: notify.Webhook, URL: "https://example.com:" + value},
			{Name: "e", Kind: notify.Mail, Host: value + "/", From: value, To: []string{value}, UserEnv: value, PasswordEnv: "V"},
			{Name: "f", Kind: notify.Command, Command: []string{value + "\x00"}, PassEnv: []string{"V=" + value}},
			{Name: "g", Kind: notify.Slack, URLEnv: "X"},
		}, notify.Options{Env: env("V", value, "W", "whsec_"+value, "X", "http://hooks.example.com/"+value)})
		if err == nil || leaks(err.Error()) {
			t.Errorf("%s: %v", how, err)
		}
		for _, name := range []string{"a", "b", "c", "d", "e", "f", "g"} {
			if err != nil && !strings.Contains(err.Error(), `channel "`+name+`": `) {
				t.Errorf("%s: no fault of channel %s: %v", how, name, err)
			}
		}
	}
}
