package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strings"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"

	"assay/internal/watch"
)

// mailer sends mail. Every recipient gets a mail of their own: an address that the server
// refuses costs the others nothing, and no recipient sees another.
type mailer struct {
	name       string
	host       string
	port       int
	policy     TLS
	config     *tls.Config
	timeout    time.Duration
	now        func() time.Time
	from       *mail.Address
	to         []*mail.Address
	user, pass string

	mu   sync.Mutex
	done map[string]map[string]bool // by the id of a message that some have: the addresses
}

func newMail(c Config, o Options, f *faultList) Channel {
	m := &mailer{
		name: c.Name, host: c.Host, port: c.Port, policy: c.TLS, timeout: c.Timeout, now: o.now,
		config: &tls.Config{ServerName: c.Host, RootCAs: o.Authorities, MinVersion: tls.VersionTLS12},
		done:   map[string]map[string]bool{},
	}
	if m.policy == "" {
		m.policy = StartTLS
	}
	ports := map[TLS]int{StartTLS: 587, Implicit: 465, None: 25}
	if ports[m.policy] == 0 {
		f.add("tls", fmt.Sprintf("expected %s, %s or %s", StartTLS, Implicit, None))
	}
	if m.port == 0 {
		m.port = ports[m.policy]
	}
	if m.port < 0 || m.port > 65535 {
		f.add("port", "expected a number from 1 to 65535")
	}
	if c.Host == "" || strings.ContainsAny(c.Host, "/: \r\n\x00") && net.ParseIP(c.Host) == nil {
		f.add("host", "expected the name or address of the mail server, without a port")
	}
	m.from = f.address("from", c.From)
	for _, one := range c.To {
		m.to = append(m.to, f.address("to", one))
	}
	if len(c.To) == 0 {
		f.add("to", "is missing")
	}
	m.login(c, f)
	return m
}

// login reads user and password.
func (m *mailer) login(c Config, f *faultList) {
	if c.UserEnv == "" && c.PasswordEnv == "" {
		return
	}
	if c.UserEnv == "" || c.PasswordEnv == "" {
		f.add("user-variable", "user-variable and password-variable are given both, or neither")
		return
	}
	if c.TLS == None {
		f.add("tls", "a login needs "+string(StartTLS)+" or "+string(Implicit)+": the password would be sent in plain")
	}
	m.user, m.pass = f.variable("user-variable", c.UserEnv), f.variable("password-variable", c.PasswordEnv)
}

func (m *mailer) Name() string { return m.name }

// Send sends a message to all recipients that do not have it yet.
func (m *mailer) Send(ctx context.Context, msg watch.Message) error {
	id := wireID(msg)
	var mails []*gomail.Msg
	var to []string
	for _, a := range m.to {
		if m.has(id, a.Address) {
			continue
		}
		mails, to = append(mails, m.mail(msg, a)), append(to, a.Address)
	}
	if len(mails) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, m.timeout)
	defer cancel()
	err := m.deliver(ctx, mails)
	left := 0
	for i, one := range mails {
		if one.IsDelivered() {
			m.note(id, to[i])
		} else {
			left++
		}
	}
	if left == 0 { // what follows the last mail, such as QUIT, does not matter
		m.forget(id)
		return nil
	}
	f := mailFailure(ctx, err, mails)
	if left < len(m.to) {
		f.Text += fmt.Sprintf("; %d of %d recipients have the mail", len(m.to)-left, len(m.to))
	}
	return f
}

func (m *mailer) has(id, address string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.done[id][address]
}

func (m *mailer) note(id, address string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.done[id] == nil {
		m.done[id] = map[string]bool{}
	}
	m.done[id][address] = true
}

func (m *mailer) forget(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.done, id)
}

// mail makes the mail to one recipient. Its Message-ID is the same in every attempt, and the
// mails about a problem refer to the first one, so that mail programs show them together.
func (m *mailer) mail(msg watch.Message, to *mail.Address) *gomail.Msg {
	subject, text := Say(msg.Event)
	out := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	out.FromMailAddress(m.from)
	out.ToMailAddress(to)
	out.Subject(subject)
	out.SetDateWithValue(m.now())
	id := wireID(msg)
	out.SetMessageIDWithValue(id + "@" + m.domain())
	if first := msg.Event.First(); first != "" && msg.Event.Kind != watch.Began {
		before := "<" + messageID(first, msg.Channel) + "@" + m.domain() + ">"
		out.SetGenHeader(gomail.HeaderInReplyTo, before)
		out.SetGenHeader(gomail.HeaderReferences, before)
	}
	out.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no replies of absent people
	out.SetBodyString(gomail.TypeTextPlain, text+"\nid "+id+"\n")
	return out
}

// domain is that of the sender.
func (m *mailer) domain() string {
	return m.from.Address[strings.LastIndexByte(m.from.Address, '@')+1:]
}

// deliver sends mails over one connection.
func (m *mailer) deliver(ctx context.Context, mails []*gomail.Msg) error {
	options := []gomail.Option{
		gomail.WithPort(m.port), gomail.WithTimeout(MaxTimeout + time.Minute), gomail.WithTLSConfig(m.config), // ctx ends sooner
		gomail.WithTLSPolicy(gomail.TLSMandatory), gomail.WithDialContextFunc(m.dial(ctx)),
	}
	if m.policy != StartTLS {
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if m.user != "" {
		options = append(options, gomail.WithUsername(m.user), gomail.WithPassword(m.pass), gomail.WithOpportunisticSMTPAuth(
			gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	c, err := gomail.NewClient(m.host, options...)
	if err != nil {
		return err
	}
	return c.DialAndSendWithContext(ctx, mails...)
}

// dial makes a function that connects, with TLS if it begins at once. The connection closes
// when ctx ends: go-mail only limits each step, and its own context ends with the dialing.
func (m *mailer) dial(ctx context.Context) gomail.DialContextFunc {
	return func(_ context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		bounded := &boundConn{Conn: conn}
		bounded.stop = context.AfterFunc(ctx, func() { _ = conn.Close() }) // whoever uses it gets the error
		if m.policy != Implicit {
			return bounded, nil
		}
		secure := tls.Client(bounded, m.config)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, errors.Join(err, bounded.Close())
		}
		return secure, nil
	}
}

// boundConn is a connection that ends with a context.
type boundConn struct {
	net.Conn
	stop func() bool
}

func (c *boundConn) Close() error {
	c.stop()
	return c.Conn.Close()
}
