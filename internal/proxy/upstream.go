package proxy

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"
)

// Upstream reads the base URL that requests are passed on to: https, or http on
// loopback, where nobody listens in.
func Upstream(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("expected https://HOST, and a path if there is one")
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("expected a host, and a path if there is one: no user, query or fragment")
	case u.Scheme == "http" && !Loopback(u.Hostname()):
		return nil, errors.New("expected https: credentials pass through, and http is for loopback only")
	}
	return u, nil
}

// Loopback tells whether a host is this machine.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Transport sends. It verifies TLS against the given roots (nil: the system's),
// and neither asks for compression nor undoes it.
func Transport(roots *x509.CertPool) *http.Transport {
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, TLSHandshakeTimeout: 10 * time.Second,
		ForceAttemptHTTP2: true, DisableCompression: true, ExpectContinueTimeout: time.Second,
		MaxIdleConnsPerHost: 64,
		// A connection that the provider is about to close loses the order that is
		// sent over it. No server is known that waits for less than five seconds.
		IdleConnTimeout: 4 * time.Second,
	}
}

// cause says in words of ours why no response came, and whether anything was sent.
// Texts of net/http can quote what the upstream said.
func cause(err error) (words string, sent bool) {
	var op *net.OpError
	var untrusted *tls.CertificateVerificationError
	var timeout net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return "the client hung up", true
	case errors.As(err, &untrusted):
		return "the provider's certificate cannot be verified; --ca FILE adds a root", false
	case errors.As(err, &op) && op.Op == "dial":
		return "the provider cannot be reached", false
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, os.ErrDeadlineExceeded):
		return "the provider took too long", true
	}
	return "the connection to the provider broke, or what came over it was not HTTP", true
}
