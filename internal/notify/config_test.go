package notify_test

import (
	"strings"
	"testing"
	"time"

	"assay/internal/notify"
)

// TestConfig accepts what is complete, and names each fault of what is not.
func TestConfig(t *testing.T) {
	t.Parallel()
	o := notify.Options{Env: env("URL", "https://hooks.example.com/x", "PLAIN", "http://hooks.example.com/x", "LOCAL", "http://127.0.0.1:1/x", "WHSEC", secret1, "BAD", "hunter2", "EMPTY", "", "USER", "u", "PASSWORD", "p")}
	webhook := func(change func(c *notify.Config)) notify.Config {
		c := notify.Config{Name: "ops", Kind: notify.Webhook, URL: "https://example.com/hook"}
		change(&c)
		return c
	}
	mail := func(change func(c *notify.Config)) notify.Config {
		c := notify.Config{Name: "ops", Kind: notify.Mail, Host: "mail.example.com", From: "watch@example.com", To: []string{"Ops <ops@example.com>"}}
		change(&c)
		return c
	}
	for _, c := range []struct {
		config notify.Config
		fault  string // "": none
	}{
		{webhook(func(*notify.Config) {}), ""},
		{webhook(func(c *notify.Config) { c.URL, c.URLEnv, c.SecretEnvs = "", "URL", []string{"WHSEC"} }), ""},
		{webhook(func(c *notify.Config) { c.URL = "http://example.com/hook" }), ""},
		{webhook(func(c *notify.Config) { c.Name = "Ops" }), "name: expected a-z, 0-9 and -"},
		{webhook(func(c *notify.Config) { c.Kind = "pigeon" }), "kind: expected one of [webhook slack mail command]"},
		{webhook(func(c *notify.Config) { c.Timeout = -1 }), "timeout: expected a time up to 5 min"},
		{webhook(func(c *notify.Config) { c.Timeout = time.Hour }), "timeout: expected a time up to 5 min"},
		{webhook(func(c *notify.Config) { c.URL = "" }), "url: is missing"},
		{webhook(func(c *notify.Config) { c.URLEnv = "URL" }), "url: there is url-variable as well; one is enough"},
		{webhook(func(c *notify.Config) { c.URL = "ftp://example.com" }), "url: expected a URL with https or http"},
		{webhook(func(c *notify.Config) { c.URL = "example.com" }), "url: expected a URL with https or http"},
		{webhook(func(c *notify.Config) { c.URL = "https://u:p@example.com" }), "url: it has a password"},
		{webhook(func(c *notify.Config) { c.URL, c.URLEnv = "", "MISSING" }), "url-variable: the environment variable MISSING is not set"},
		{webhook(func(c *notify.Config) { c.URL, c.URLEnv = "", "EMPTY" }), "url-variable: the environment variable EMPTY is not set"},
		{webhook(func(c *notify.Config) { c.URL, c.URLEnv = "", "A B" }), "url-variable: expected the name of an environment variable"},
		{webhook(func(c *notify.Config) { c.SecretEnvs = []string{"WHSEC", "BAD"} }), "secret-variables: BAD: it does not begin with whsec_"},
		{webhook(func(c *notify.Config) { c.To = []string{"ops@example.com"} }), "to: has no effect on a channel of the kind webhook"},
		{webhook(func(c *notify.Config) { c.Command = []string{"true"} }), "command: has no effect on a channel of the kind webhook"},
		{notify.Config{Name: "ops", Kind: notify.Slack, URLEnv: "URL"}, ""},
		{notify.Config{Name: "ops", Kind: notify.Slack, URLEnv: "LOCAL"}, ""},
		{notify.Config{Name: "ops", Kind: notify.Slack, URLEnv: "PLAIN"}, "url-variable: it holds a secret, so it needs https"},
		{notify.Config{Name: "ops", Kind: notify.Slack, URL: "https://hooks.example.com/x"}, "url: whoever knows it can write to the channel"},
		{notify.Config{Name: "ops", Kind: notify.Slack, URLEnv: "URL", SecretEnvs: []string{"WHSEC"}}, "secret-variables: has no effect on a channel of the kind slack"},
		{mail(func(*notify.Config) {}), ""},
		{mail(func(c *notify.Config) { c.UserEnv, c.PasswordEnv, c.TLS = "USER", "PASSWORD", notify.Implicit }), ""},
		{mail(func(c *notify.Config) { c.Host = "::1" }), ""},
		{mail(func(c *notify.Config) { c.Host = "" }), "host: expected the name or address of the mail server, without a port"},
		{mail(func(c *notify.Config) { c.Host = "mail.example.com:25" }), "host: expected the name or address of the mail server, without a port"},
		{mail(func(c *notify.Config) { c.Host = "unix:///tmp/socket" }), "host: expected the name or address of the mail server, without a port"},
		{mail(func(c *notify.Config) { c.Port = 70000 }), "port: expected a number from 1 to 65535"},
		{mail(func(c *notify.Config) { c.From = "nowhere" }), "from: expected an e-mail address"},
		{mail(func(c *notify.Config) { c.From = "a@example.com\r\nBcc: b@example.com" }), "from: expected an e-mail address"},
		{mail(func(c *notify.Config) { c.To = nil }), "to: is missing"},
		{mail(func(c *notify.Config) { c.To = []string{"a@example.com, b@example.com"} }), "to: expected an e-mail address"},
		{mail(func(c *notify.Config) { c.TLS = "ssl" }), "tls: expected starttls, tls or none"},
		{mail(func(c *notify.Config) { c.UserEnv = "USER" }), "user-variable: user-variable and password-variable are given both, or neither"},
		{mail(func(c *notify.Config) { c.UserEnv, c.PasswordEnv, c.TLS = "USER", "PASSWORD", notify.None }), "tls: a login needs starttls or tls: the password would be sent in plain"},
		{mail(func(c *notify.Config) { c.UserEnv, c.PasswordEnv = "USER", "MISSING" }), "password-variable: the environment variable MISSING is not set"},
		{notify.Config{Name: "ops", Kind: notify.Command, Command: []string{"true"}}, ""},
		{notify.Config{Name: "ops", Kind: notify.Command}, "command: is missing"},
		{notify.Config{Name: "ops", Kind: notify.Command, Command: []string{"true", "a\x00b"}}, "command: an argument has a zero byte"},
		{notify.Config{Name: "ops", Kind: notify.Command, Command: []string{"true"}, PassEnv: []string{"MISSING"}}, "pass-variables: the environment variable MISSING is not set"},
	} {
		all, err := notify.New([]notify.Config{c.config}, o)
		switch {
		case c.fault == "" && (err != nil || len(all) != 1 || all[0].Name() != "ops"):
			t.Errorf("%+v: %v", c.config, err)
		case c.fault != "" && (err == nil || !strings.Contains(err.Error(), `channel "`+c.config.Name+`": `+c.fault) || all != nil):
			t.Errorf("%+v: %v", c.config, err)
		case c.fault != "" && strings.Count(err.Error(), "\n") > 0:
			t.Errorf("more than one fault: %v", err)
		}
	}
	all := []notify.Config{webhook(func(*notify.Config) {}), webhook(func(c *notify.Config) { c.URL = "" })}
	if _, err := notify.New(all, o); err == nil || !strings.Contains(err.Error(), "name: another channel has it") || !strings.Contains(err.Error(), "url: is missing") {
		t.Errorf("two faults: %v", err)
	}
}

// TestSpan writes lengths of time with their two largest units.
func TestSpan(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0 s", -time.Hour: "0 s", 999 * time.Millisecond: "0 s", 59 * time.Second: "59 s", time.Minute: "1 min", 61 * time.Second: "1 min 1 s",
		time.Hour: "1 h", time.Hour + time.Second: "1 h", 25*time.Hour + time.Minute: "1 d 1 h", 24*time.Hour + 5*time.Minute: "1 d", 400 * 24 * time.Hour: "400 d",
	} {
		if got := notify.Span(d); got != want {
			t.Errorf("%s: %s, want %s", d, got, want)
		}
	}
}
