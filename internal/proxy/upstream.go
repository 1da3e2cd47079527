package proxy

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"

	"assay/internal/transport"
)

// Upstream parses the base URL of a provider. The scheme is https; http is allowed for
// loopback addresses only, because credentials pass through. Errors do not quote the
// text.
func Upstream(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("expected https://HOST or https://HOST/PATH")
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("expected https://HOST or https://HOST/PATH: no user, query or fragment")
	case u.Scheme == "http" && !Loopback(u.Hostname()):
		return nil, errors.New("expected https, because credentials pass through; http is for loopback only")
	}
	return u, nil
}

// Loopback reports whether a host is localhost or a loopback address.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Transport returns a transport for Options. It verifies certificates against the given
// roots, or the system's if roots is nil. It neither requests nor decodes compression.
func Transport(roots *x509.CertPool) *http.Transport {
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, TLSHandshakeTimeout: 10 * time.Second,
		ForceAttemptHTTP2: true, DisableCompression: true, ExpectContinueTimeout: time.Second,
		MaxIdleConnsPerHost: 64,
		// An order is lost if the provider closes an idle connection just when the order
		// is sent over it. No known server closes one in less than five seconds.
		IdleConnTimeout: 4 * time.Second,
	}
}

// cause describes why no response came, and reports whether the request may have been
// sent. It does not use the texts of net/http, which can quote the provider.
func cause(err error) (text string, sent bool) {
	var why *transport.Cause
	_ = errors.As(transport.Explain(err), &why) // an error of another kind has no cause
	var untrusted *tls.CertificateVerificationError
	switch {
	case errors.Is(err, context.Canceled):
		return "The client closed the connection", true
	case errors.As(err, &untrusted):
		return "The provider's certificate cannot be verified; --ca FILE adds a root certificate", false
	case why != nil && why.Unsent:
		return "The provider cannot be reached", false
	case why != nil && why.Timeout():
		return "The provider took too long", true
	}
	return "The connection to the provider closed, or its response was not HTTP", true
}
