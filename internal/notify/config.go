package notify

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"

	"assay/internal/lazy"
)

// Kind is how a channel sends.
type Kind string

// The kinds.
const (
	Webhook Kind = "webhook" // JSON of assay.event/v1, signed as Standard Webhooks says
	Slack   Kind = "slack"   // an incoming webhook of Slack, or of what is compatible with it
	Mail    Kind = "mail"
	Command Kind = "command" // a program that gets the JSON of the webhook on standard input
)

// Kinds lists the kinds.
func Kinds() []Kind { return []Kind{Webhook, Slack, Mail, Command} }

// Config is the configuration of a channel. It holds no secret: members that end in Env name
// the environment variables that do. In assay.yaml their names end in -variable.
type Config struct {
	Name    string // a-z, 0-9 and -
	Kind    Kind
	Timeout time.Duration // of one attempt; 0: DefaultTimeout

	URL    string // of a webhook, if it is no secret
	URLEnv string // of a webhook or Slack
	// SecretEnvs are the variables of the secrets that sign a webhook. With several, the
	// request has a signature of each, so that a receiver can change from one to the next.
	SecretEnvs []string

	Host        string // of the mail server
	Port        int    // 0: 587, 465 with TLS Implicit, 25 with TLS None
	From        string // an address, with or without a name
	To          []string
	TLS         TLS    // "": StartTLS
	UserEnv     string // "": the mail server wants no login
	PasswordEnv string

	Command []string // the program and its arguments
	PassEnv []string // variables that the command gets besides PATH, HOME and the like
}

// TLS is how the connection to a mail server is encrypted.
type TLS string

// The ways. None is for a server on the same machine or network; it permits no login.
const (
	StartTLS TLS = "starttls" // plain at first; without STARTTLS nothing is sent
	Implicit TLS = "tls"      // from the beginning
	None     TLS = "none"
)

// The time limits of an attempt.
const (
	DefaultTimeout = 10 * time.Second
	MaxTimeout     = 5 * time.Minute
)

var (
	channelForm  = lazy.Regexp(`^[a-z0-9][a-z0-9-]{0,63}$`)
	variableForm = lazy.Regexp(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// New makes the channels of a configuration. Its error lists every fault.
func New(all []Config, o Options) ([]Channel, error) {
	var channels []Channel
	var faults []error
	seen := map[string]bool{}
	for _, c := range all {
		f := &faultList{channel: c.Name, env: o.env}
		if !channelForm().MatchString(c.Name) {
			f.add("name", "expected a-z, 0-9 and -")
		}
		if seen[c.Name] {
			f.add("name", "another channel has it")
		}
		seen[c.Name] = true
		if c.Timeout < 0 || c.Timeout > MaxTimeout {
			f.add("timeout", "expected a time up to "+span(MaxTimeout))
		}
		if c.Timeout == 0 {
			c.Timeout = DefaultTimeout
		}
		one := build(c, o, f)
		if faults = append(faults, f.all...); len(f.all) == 0 {
			channels = append(channels, one)
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return channels, nil
}

func build(c Config, o Options, f *faultList) Channel {
	foreignMembers(c, f)
	switch c.Kind {
	case Webhook:
		return newWebhook(c, o, f)
	case Slack:
		return newSlack(c, o, f)
	case Mail:
		return newMail(c, o, f)
	case Command:
		return newCommand(c, o, f)
	}
	f.add("kind", fmt.Sprintf("expected one of %v", Kinds()))
	return nil
}

// foreignMembers reports members that belong to another kind: they would have no effect.
func foreignMembers(c Config, f *faultList) {
	for _, m := range []struct {
		name  string
		set   bool
		kinds []Kind
	}{
		{"url", c.URL != "", []Kind{Webhook, Slack}},
		{"url-variable", c.URLEnv != "", []Kind{Webhook, Slack}},
		{"secret-variables", len(c.SecretEnvs) > 0, []Kind{Webhook}},
		{"host", c.Host != "", []Kind{Mail}},
		{"port", c.Port != 0, []Kind{Mail}},
		{"from", c.From != "", []Kind{Mail}},
		{"to", len(c.To) > 0, []Kind{Mail}},
		{"tls", c.TLS != "", []Kind{Mail}},
		{"user-variable", c.UserEnv != "", []Kind{Mail}},
		{"password-variable", c.PasswordEnv != "", []Kind{Mail}},
		{"command", len(c.Command) > 0, []Kind{Command}},
		{"pass-variables", len(c.PassEnv) > 0, []Kind{Command}},
	} {
		if m.set && slices.Contains(Kinds(), c.Kind) && !slices.Contains(m.kinds, c.Kind) {
			f.add(m.name, fmt.Sprintf("has no effect on a channel of the kind %s", c.Kind))
		}
	}
}

// faultList collects the faults of a channel. It never shows a value.
type faultList struct {
	channel string
	env     func(name string) (string, bool)
	all     []error
}

func (f *faultList) add(member, text string) {
	f.all = append(f.all, fmt.Errorf("channel %q: %s: %s", f.channel, member, text))
}

// variable gives the value of an environment variable.
func (f *faultList) variable(member, name string) string {
	if !variableForm().MatchString(name) {
		f.add(member, "expected the name of an environment variable")
		return ""
	}
	value, ok := f.env(name)
	if !ok || value == "" {
		f.add(member, "the environment variable "+name+" is not set")
	}
	return value
}

// address reads an e-mail address, with or without a name.
func (f *faultList) address(member, text string) *mail.Address {
	a, err := mail.ParseAddress(text)
	if err != nil || strings.ContainsAny(text, "\r\n\x00") {
		f.add(member, "expected an e-mail address") // it may be the address of a person
		return nil
	}
	return a
}

// target reads the URL of a channel.
func (f *faultList) target(c Config) *url.URL {
	member, text := "url", c.URL
	switch {
	case c.URL != "" && c.URLEnv != "":
		f.add("url", "there is url-variable as well; one is enough")
		return nil
	case c.URLEnv != "":
		member, text = "url-variable", f.variable("url-variable", c.URLEnv)
		if text == "" {
			return nil
		}
	case c.URL == "":
		f.add("url", "is missing")
		return nil
	case c.Kind == Slack:
		f.add("url", "whoever knows it can write to the channel: put it into an environment variable, and name that in url-variable")
		return nil
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		f.add(member, "expected a URL with https or http") // without the error, which quotes the URL
		return nil
	case c.URL != "" && u.User != nil:
		f.add(member, "it has a password: put the URL into an environment variable, and name that in url-variable")
		return nil
	case u.Scheme == "http" && (c.Kind == Slack || u.User != nil) && !loopback(u.Hostname()):
		f.add(member, "it holds a secret, so it needs https")
		return nil
	}
	return u
}

// loopback reports whether a host is this machine.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
