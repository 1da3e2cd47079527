package notify_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// smtpServer is a mail server on the loopback interface.
type smtpServer struct {
	listener net.Listener
	tls      *tls.Config
	implicit bool
	plain    bool // offers no STARTTLS
	auth     string
	// reply gives a response in place of the usual one to a command, or "" for that. "close"
	// closes the connection, and "hang" does nothing more.
	reply func(command, argument string) string

	mu    sync.Mutex
	mails []receivedMail
	lines []string // the commands, with "(tls)" before those that came encrypted
	conns []net.Conn
}

// receivedMail is a mail that was accepted.
type receivedMail struct {
	from, to, text string
	secure         bool
	login          string // user and password
}

// certificate makes a certificate for 127.0.0.1, and a pool that trusts it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// start serves until the test ends.
func (s *smtpServer) start(t *testing.T) *smtpServer {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.listener = l
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.conns = append(s.conns, conn)
			s.mu.Unlock()
			wait.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		s.mu.Lock()
		for _, conn := range s.conns {
			_ = conn.Close()
		}
		s.mu.Unlock()
		wait.Wait()
	})
	return s
}

func (s *smtpServer) port() int { return s.listener.Addr().(*net.TCPAddr).Port }

// smtpSession is one connection.
type smtpSession struct {
	*smtpServer
	conn   net.Conn
	in     *bufio.Reader
	secure bool
	said   string // the latest response
	mail   receivedMail
}

func (s *smtpServer) serve(raw net.Conn) {
	defer func() { _ = raw.Close() }()
	c := &smtpSession{smtpServer: s, conn: raw}
	if s.implicit {
		c.encrypt()
	}
	c.in = bufio.NewReader(c.conn)
	if !c.say("greeting", "", "220 test ESMTP") {
		return
	}
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		command, argument, _ := strings.Cut(line, " ")
		command = strings.ToUpper(command)
		mark := ""
		if c.secure {
			mark = "(tls) "
		}
		s.mu.Lock()
		s.lines = append(s.lines, mark+line)
		s.mu.Unlock()
		if !c.command(command, argument) {
			return
		}
	}
}

func (c *smtpSession) encrypt() {
	secure := tls.Server(c.conn, c.tls)
	c.conn, c.secure = secure, true
	c.in = bufio.NewReader(secure)
}

// say writes a response, or what the test wants in its place. It reports whether to go on.
func (c *smtpSession) say(command, argument, usual string) bool {
	if c.reply != nil {
		if other := c.reply(command, argument); other != "" {
			usual = other
		}
	}
	c.said = usual
	switch usual {
	case "close":
		return false
	case "hang":
		_, _ = c.in.ReadByte() // until the client closes
		return false
	}
	_, err := fmt.Fprintf(c.conn, "%s\r\n", strings.ReplaceAll(usual, "\n", "\r\n"))
	return err == nil && (command != "greeting" || usual[0] == '2')
}

func (c *smtpSession) command(command, argument string) bool {
	switch command {
	case "EHLO":
		features := "250-test\n250-ENHANCEDSTATUSCODES\n"
		if !c.secure && !c.plain {
			features += "250-STARTTLS\n"
		}
		if c.auth != "" {
			features += "250-AUTH " + c.auth + "\n"
		}
		return c.say(command, argument, features+"250 8BITMIME")
	case "STARTTLS":
		if !c.say(command, argument, "220 go on") {
			return false
		}
		c.encrypt()
		return true
	case "AUTH":
		return c.login(argument)
	case "MAIL":
		c.mail = receivedMail{from: argument, secure: c.secure, login: c.mail.login}
	case "RCPT":
		c.mail.to = argument
	case "DATA":
		return c.data()
	case "QUIT":
		_ = c.say(command, argument, "221 bye")
		return false
	}
	return c.say(command, argument, "250 2.0.0 ok")
}

// login reads user and password in the mechanisms PLAIN and LOGIN.
func (c *smtpSession) login(argument string) bool {
	mechanism, initial, _ := strings.Cut(argument, " ")
	plain, _ := base64.StdEncoding.DecodeString(initial)
	c.mail.login = strings.ReplaceAll(string(plain), "\x00", " ")
	if mechanism == "LOGIN" {
		for _, ask := range []string{"Username:", "Password:"} {
			_, _ = fmt.Fprintf(c.conn, "334 %s\r\n", base64.StdEncoding.EncodeToString([]byte(ask)))
			line, _ := c.in.ReadString('\n')
			raw, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
			c.mail.login += " " + string(raw)
		}
	}
	return c.say("AUTH", argument, "235 2.7.0 welcome")
}

// data reads a mail.
func (c *smtpSession) data() bool {
	if goesOn := c.say("DATA", "", "354 go on"); !goesOn || c.said[0] != '3' {
		return goesOn
	}
	var text strings.Builder
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			break
		}
		text.WriteString(strings.TrimPrefix(line, "."))
	}
	c.mail.text = text.String()
	end := ""
	if c.reply != nil {
		end = c.reply("end", c.mail.text)
	}
	if end == "" || end[0] == '2' || end == "close after" {
		c.mu.Lock()
		c.mails = append(c.mails, c.mail)
		c.mu.Unlock()
	}
	if end == "close after" {
		return false
	}
	return c.say("end", c.mail.text, "250 2.0.0 queued")
}

func (s *smtpServer) received() []receivedMail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]receivedMail(nil), s.mails...)
}

func (s *smtpServer) commands() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.lines, "\n")
}
