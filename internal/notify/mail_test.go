package notify_test

import (
	"context"
	"crypto/tls"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"assay/internal/notify"
	"assay/internal/watch"
)

// config is a channel that mails to one recipient.
func (s *smtpServer) config() notify.Config {
	return notify.Config{Kind: notify.Mail, Host: "127.0.0.1", Port: s.port(), From: "assay <watch@example.com>", To: []string{"ops@example.com"}}
}

// parsed reads a mail: its headers, and its body.
func parsed(t *testing.T, text string) (mail.Header, string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	body := m.Body
	if m.Header.Get("Content-Transfer-Encoding") == "quoted-printable" {
		body = quotedprintable.NewReader(body)
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return m.Header, strings.ReplaceAll(string(raw), "\r\n", "\n")
}

func subjectOf(t *testing.T, h mail.Header) string {
	t.Helper()
	text, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestMail sends mail in each way of TLS, and logs in only where it is encrypted.
func TestMail(t *testing.T) {
	t.Parallel()
	made, pool := certificate(t)
	m := notify.NewMessage(events()[0].event, "ops", now())
	for _, c := range []struct {
		name          string
		way           notify.TLS
		auth          string
		secure, login bool
	}{
		{"starttls", "", "", true, false},
		{"starttls and PLAIN", notify.StartTLS, "LOGIN PLAIN", true, true},
		{"tls and PLAIN", notify.Implicit, "PLAIN", true, true},
		{"tls and LOGIN", notify.Implicit, "LOGIN", true, true},
		{"none", notify.None, "", false, false},
	} {
		s := (&smtpServer{tls: &tls.Config{Certificates: []tls.Certificate{made}}, implicit: c.way == notify.Implicit, plain: c.way == notify.None, auth: c.auth}).start(t)
		conf := s.config()
		conf.TLS = c.way
		if c.login {
			conf.UserEnv, conf.PasswordEnv = "MAIL_USER", "MAIL_PASSWORD"
		}
		o := notify.Options{Env: env("MAIL_USER", "watch", "MAIL_PASSWORD", "hunter2hunter2"), Authorities: pool}
		if err := open(t, conf, o).Send(t.Context(), m); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := s.received()
		if len(got) != 1 || got[0].secure != c.secure || c.login != strings.HasSuffix(got[0].login, " watch hunter2hunter2") {
			t.Errorf("%s: %+v", c.name, got)
			continue
		}
		if !strings.HasPrefix(got[0].from, "FROM:<watch@example.com>") || !strings.HasPrefix(got[0].to, "TO:<ops@example.com>") {
			t.Errorf("%s: %+v", c.name, got[0])
		}
		subject, text := notify.Say(m.Event)
		h, body := parsed(t, got[0].text)
		if subjectOf(t, h) != subject || body != text+"\nid "+m.ID+"\n" {
			t.Errorf("%s: %v\n%s", c.name, h, body)
		}
		if h.Get("Message-ID") != "<"+m.ID+"@example.com>" || h.Get("In-Reply-To") != "" || h.Get("Auto-Submitted") != "auto-generated" || !strings.HasPrefix(h.Get("Content-Type"), "text/plain") {
			t.Errorf("%s: %v", c.name, h)
		}
		if at, err := h.Date(); err != nil || !at.Equal(now()) {
			t.Errorf("%s: date %v", c.name, h.Get("Date"))
		}
	}
}

// TestMailThread refers every mail about a problem to the first one.
func TestMailThread(t *testing.T) {
	t.Parallel()
	s := (&smtpServer{plain: true}).start(t)
	conf := s.config()
	conf.TLS = notify.None
	c := open(t, conf, notify.Options{})
	job := watch.Job{Name: "paytm-live", Provider: "paytm", Thresholds: watch.Thresholds{Failures: 1, Successes: 1, NoData: 1}, Remind: time.Hour}
	var thing watch.Thing
	var made []watch.Event
	for i, state := range []watch.State{watch.OK, watch.Degraded, watch.Failing, watch.Failing, watch.NoData, watch.OK, watch.NoData} {
		var events []watch.Event
		thing, events = watch.Observe(thing, watch.Observation{Thing: "paytm-live paytm/createOrder", Time: now().Add(time.Duration(i) * time.Hour), State: state}, job)
		made = append(made, events...)
	}
	for _, e := range made {
		if err := c.Send(t.Context(), notify.NewMessage(e, "ops", e.Time)); err != nil {
			t.Fatal(err)
		}
	}
	got := s.received()
	if len(got) != len(made) || len(made) != 6 {
		t.Fatalf("%d mails of %d events", len(got), len(made))
	}
	first := ""
	for i, one := range got {
		h, _ := parsed(t, one.text)
		switch before := h.Get("In-Reply-To"); {
		case i == 0:
			first = h.Get("Message-ID")
			if before != "" || made[0].Kind != watch.Began {
				t.Errorf("the first mail, about %s, refers to %s", made[0].Kind, before)
			}
		case i == 5 && before != "":
			t.Errorf("%s after the problem refers to %s", made[i].Kind, before)
		case i < 5 && (before != first || h.Get("References") != first || h.Get("Message-ID") == first):
			t.Errorf("mail %d, about %s, refers to %q and %q, and the first is %s", i, made[i].Kind, before, h.Get("References"), first)
		}
	}
}

// TestMailRefused says what a mail server did not like, by its code alone.
func TestMailRefused(t *testing.T) {
	t.Parallel()
	made, pool := certificate(t)
	for _, c := range []struct {
		name, at, reply, want string
		refused               bool
	}{
		{"greeting", "greeting", "554 no hunter2hunter2", "the mail server responded with 554", true},
		{"busy", "greeting", "421 later hunter2hunter2", "the mail server responded with 421", false},
		{"login", "AUTH", "535 5.7.8 no hunter2hunter2", "the mail server refused the user or the password with 535", true},
		{"sender", "MAIL", "550 5.1.8 no hunter2hunter2", "the mail server refused the sender with 550 5.1.8", true},
		{"recipient", "RCPT", "550 5.1.1 no hunter2hunter2", "the mail server refused a recipient with 550 5.1.1", true},
		{"greylisting", "RCPT", "451 4.7.1 later hunter2hunter2", "the mail server refused a recipient with 451 4.7.1", false},
		{"data", "DATA", "554 5.5.1 no hunter2hunter2", "the mail server refused the mail with 554 5.5.1", true},
		{"content", "end", "552 5.2.3 too large hunter2hunter2", "the mail server refused the mail with 552 5.2.3", true},
		{"closes at the greeting", "greeting", "close", "the connection to the mail server closed, or it does not speak SMTP", false},
		{"closes at the end", "end", "close", "the connection to the mail server closed, or it does not speak SMTP", false},
		{"garbage", "greeting", "hunter2hunter2", "the connection to the mail server closed, or it does not speak SMTP", false},
	} {
		s := (&smtpServer{tls: &tls.Config{Certificates: []tls.Certificate{made}}, auth: "PLAIN", reply: func(command, _ string) string {
			if command == c.at {
				return c.reply
			}
			return ""
		}}).start(t)
		conf := s.config()
		conf.UserEnv, conf.PasswordEnv = "MAIL_USER", "MAIL_PASSWORD"
		f := failure(t, open(t, conf, notify.Options{Env: env("MAIL_USER", "watch", "MAIL_PASSWORD", "hunter2hunter2"), Authorities: pool}).Send(t.Context(), message("ops", "a", 0, watch.Began)))
		if f.Text != c.want || f.Refused != c.refused {
			t.Errorf("%s: %+v", c.name, f)
		}
	}
}

// TestMailNoDowngrade sends neither mail nor password to a server without TLS, or whose
// certificate is not trusted.
func TestMailNoDowngrade(t *testing.T) {
	t.Parallel()
	made, pool := certificate(t)
	for _, c := range []struct {
		name  string
		plain bool
		trust notify.Options
		want  string
	}{
		{"no STARTTLS", true, notify.Options{Authorities: pool}, "the mail server offers no STARTTLS"},
		{"unknown certificate", false, notify.Options{}, "the certificate of the server is signed by an unknown authority"},
	} {
		for _, way := range []notify.TLS{notify.StartTLS, notify.Implicit} {
			s := (&smtpServer{tls: &tls.Config{Certificates: []tls.Certificate{made}}, plain: c.plain, implicit: way == notify.Implicit && !c.plain, auth: "PLAIN"}).start(t)
			conf := s.config()
			conf.TLS, conf.UserEnv, conf.PasswordEnv = way, "MAIL_USER", "MAIL_PASSWORD"
			c.trust.Env = env("MAIL_USER", "watch", "MAIL_PASSWORD", "hunter2hunter2")
			f := failure(t, open(t, conf, c.trust).Send(t.Context(), message("ops", "a", 0, watch.Began)))
			want := c.want
			if c.plain && way == notify.Implicit {
				want = "the server does not speak TLS"
			}
			if f.Refused || f.Text != want {
				t.Errorf("%s, %s: %+v", c.name, way, f)
			}
			if text := s.commands(); strings.Contains(text, "AUTH") || strings.Contains(text, "MAIL") || len(s.received()) > 0 {
				t.Errorf("%s, %s: %s", c.name, way, text)
			}
		}
	}
}

// TestMailHangs gives up in time wherever the server hangs, and at once if assay ends.
func TestMailHangs(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"greeting", "EHLO", "MAIL", "RCPT", "DATA", "end"} {
		start := func(timeout time.Duration, hangs chan bool) notify.Channel {
			conf := (&smtpServer{plain: true, reply: func(command, _ string) string {
				if command == at {
					hangs <- true
					return "hang"
				}
				return ""
			}}).start(t).config()
			conf.TLS, conf.Timeout = notify.None, timeout
			return open(t, conf, notify.Options{})
		}
		// On a busy machine the time can be over before the server hangs.
		if f := failure(t, start(50*time.Millisecond, make(chan bool, 10)).Send(t.Context(), message("ops", "a", 0, watch.Began))); f.Refused || f.Text != "the mail server did not respond in time" {
			t.Errorf("%s: %+v", at, f)
		}
		hangs := make(chan bool, 10)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-hangs; cancel() }()
		began := time.Now()
		if err := start(notify.MaxTimeout, hangs).Send(ctx, message("ops", "a", 0, watch.Began)); err == nil || time.Since(began) > time.Minute {
			t.Errorf("%s: %v after %s", at, err, time.Since(began))
		}
	}
}

// TestMailRecipients delivers to the recipients that a server accepts, once.
func TestMailRecipients(t *testing.T) {
	t.Parallel()
	var accepts atomic.Bool
	s := (&smtpServer{plain: true, reply: func(command, argument string) string {
		if command == "RCPT" && strings.Contains(argument, "gone@") && !accepts.Load() {
			return "550 5.1.1 no gone@example.com"
		}
		return ""
	}}).start(t)
	conf := s.config()
	conf.TLS, conf.To = notify.None, []string{"one@example.com", "gone@example.com", "Two <two@example.com>"}
	c := open(t, conf, notify.Options{})
	m := message("ops", "a", 0, watch.Began)
	for range 2 {
		f := failure(t, c.Send(t.Context(), m))
		if !f.Refused || f.Text != "the mail server refused a recipient with 550 5.1.1; 2 of 3 recipients have the mail" {
			t.Errorf("%+v", f)
		}
	}
	accepts.Store(true)
	if err := c.Send(t.Context(), m); err != nil {
		t.Error(err)
	}
	var to []string
	for _, one := range s.received() {
		to = append(to, one.to)
		h, _ := parsed(t, one.text)
		if list, err := h.AddressList("To"); err != nil || len(list) != 1 || !strings.Contains(one.to, list[0].Address) || h.Get("Message-ID") != "<"+m.ID+"@example.com>" {
			t.Errorf("%v", h)
		}
	}
	if strings.Join(to, " ") != "TO:<one@example.com> TO:<two@example.com> TO:<gone@example.com>" {
		t.Errorf("%v", to)
	}
}

// TestMailAfterAcceptance counts a mail as delivered once the server accepted it, whatever
// comes after.
func TestMailAfterAcceptance(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"RSET", "QUIT"} {
		for _, reply := range []string{"close", "500 no"} {
			s := &smtpServer{plain: true}
			s.reply = func(command, _ string) string {
				if command == at && len(s.received()) > 0 {
					return reply
				}
				return ""
			}
			conf := s.start(t).config()
			conf.TLS = notify.None
			if err := open(t, conf, notify.Options{}).Send(t.Context(), message("ops", "a", 0, watch.Began)); err != nil {
				t.Errorf("%s, %s: %v", at, reply, err)
			}
		}
	}
}
