package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
)

// Cause is why no response came, or no whole one. Its text quotes nothing that the peer
// sent: a peer can repeat credentials in a header or in a frame, and net/http quotes both.
type Cause struct {
	Text string
	// Unsent says that certainly no byte of the request was sent.
	Unsent bool
	is     error // for errors.Is; from the standard library, without the text of a peer
}

func (c *Cause) Error() string { return "transport: " + c.Text }

func (c *Cause) Unwrap() error { return c.is }

// Timeout reports whether the time ran out.
func (c *Cause) Timeout() bool {
	return errors.Is(c.is, context.DeadlineExceeded) || errors.Is(c.is, os.ErrDeadlineExceeded)
}

// OwnError marks errors whose text is this project's. Explain does not change them.
type OwnError interface {
	error
	OwnError()
}

// Explain turns an error of net/http into a *Cause.
func Explain(err error) error {
	var own OwnError
	var cause *Cause
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own), errors.As(err, &cause):
		return err
	}
	return explain(err)
}

func explain(err error) *Cause {
	var timeout net.Error
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.Is(err, context.Canceled):
		return &Cause{Text: "the request was interrupted", is: context.Canceled}
	case errors.As(err, &dns):
		return &Cause{Text: "the name of the host cannot be resolved", Unsent: true}
	case errors.As(err, &op) && op.Op == "dial":
		return dialing(op)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return &Cause{Text: "no response came in time", is: context.DeadlineExceeded}
	}
	if text, unsent := certificate(err); text != "" {
		return &Cause{Text: text, Unsent: unsent}
	}
	if text := protocol(err.Error()); text != "" {
		return &Cause{Text: text}
	}
	switch {
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return &Cause{Text: "the connection closed before the end of the response", is: io.ErrUnexpectedEOF}
	}
	return &Cause{Text: "the connection closed, or the response was not HTTP"}
}

// dialing explains why no connection was made. The number of the system's error is not the
// peer's.
func dialing(op *net.OpError) *Cause {
	text := "no connection could be made"
	if op.Addr != nil {
		text += " to " + op.Addr.String()
	}
	var number syscall.Errno
	switch {
	case op.Timeout():
		return &Cause{Text: text + " in time", Unsent: true, is: context.DeadlineExceeded}
	case errors.As(op.Err, &number):
		return &Cause{Text: text + ": " + number.Error(), Unsent: true, is: number}
	}
	return &Cause{Text: text, Unsent: true}
}

// interruption explains an error that the end of a context caused; nil for another error.
// net/http returns the cause of the end, such as a signal, in place of context.Canceled.
func interruption(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) && errors.Is(err, context.Cause(ctx)) {
		return explain(context.Canceled)
	}
	return nil
}

// certificate explains why TLS failed; "" for another error. unsent says that it failed in the
// handshake: an alert may also come after the request.
func certificate(err error) (text string, unsent bool) {
	var host x509.HostnameError
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var untrusted *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	switch {
	case errors.As(err, &host):
		return "the certificate of the server is for another host", true
	case errors.As(err, &unknown):
		return "the certificate of the server is signed by an unknown authority", true
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate of the server has expired, or is not valid yet", true
	case errors.As(err, &invalid), errors.As(err, &untrusted):
		return "the certificate of the server cannot be verified", true
	case errors.As(err, &record):
		return "the server does not speak TLS", record.Conn != nil // nil after the handshake
	case errors.Is(err, http.ErrSchemeMismatch):
		return "the server does not speak TLS", true
	case errors.As(err, &alert), strings.HasPrefix(err.Error(), "tls: "), strings.HasPrefix(err.Error(), "remote error: tls: "):
		return "the server and assay agreed on no TLS connection", false
	}
	return "", false
}

// protocol explains an error of HTTP by words that net/http uses; "" for another error.
// It returns only texts of its own.
func protocol(text string) string {
	for _, known := range []struct{ part, text string }{
		{"GOAWAY", "the server closed the HTTP/2 connection (GOAWAY)"},
		{"REFUSED_STREAM", "the server refused the HTTP/2 request (REFUSED_STREAM)"},
		{"PROTOCOL_ERROR", "the HTTP/2 connection broke (PROTOCOL_ERROR)"},
		{"stream error", "the server ended the HTTP/2 request before the response was complete"},
		{"connection error", "the HTTP/2 connection broke"},
		{"http2: ", "the HTTP/2 connection broke"},
		{"chunk", "the response has malformed chunks"},
		{"malformed MIME header", "the response has a malformed header or trailer"},
		{"trailer", "the response has a malformed trailer"},
		{"transfer encoding", "the response has a Transfer-Encoding that is not supported"},
		{"Transfer-Encoding", "the response has a Transfer-Encoding that is not supported"},
		{"Content-Length", "the response has a malformed Content-Length"},
		{"header", "the response has a malformed header, or too much of it"},
		{"status code", "the response has a malformed status line"},
		{"malformed HTTP", "the response was not HTTP"},
		{"HTTP response to HTTPS", "the server does not speak TLS"},
	} {
		if strings.Contains(text, known.part) {
			return known.text
		}
	}
	return ""
}

// incomplete explains why a response has no end.
func incomplete(err error) error {
	cause := explain(err)
	if cause.is == nil || errors.Is(cause.is, io.ErrUnexpectedEOF) {
		text := "the connection closed before the end of the response"
		if why := protocol(err.Error()); why != "" {
			text += ": " + why
		}
		cause.Text = text
	}
	return cause
}
