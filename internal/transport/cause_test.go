package transport_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"assay/internal/contract"
	"assay/internal/transport"
)

// signalled is the cause of the end of a context, as a signal is.
type signalled struct{}

func (signalled) Error() string { return "a signal" }

// TestSendInterrupted ends a request while no response, and while a part of one has come. The
// server is not to blame.
func TestSendInterrupted(t *testing.T) {
	t.Parallel()
	for name, part := range map[string]bool{"no response": false, "a part of one": true} {
		for ended, cause := range map[string]error{"with a cause": signalled{}, "without one": nil} {
			t.Run(name+" "+ended, func(t *testing.T) {
				t.Parallel()
				ctx, cancel := context.WithCancelCause(t.Context())
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					_, _ = io.Copy(io.Discard, r.Body)
					if part {
						w.Header().Set("Content-Length", "100")
						_, _ = io.WriteString(w, "part")
						_ = http.NewResponseController(w).Flush()
					}
					cancel(cause)
					<-r.Context().Done()
				}))
				defer server.Close()
				_, err := send(ctx, t, &http.Transport{}, server.URL)
				if err == nil || err.Error() != "transport: the request was interrupted" || !errors.Is(err, context.Canceled) {
					t.Errorf("%v", err)
				}
			})
		}
	}
}

func send(ctx context.Context, t *testing.T, over http.RoundTripper, base string) (contract.Exchange, error) {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	return transport.Send(ctx, over, contract.Request{Method: http.MethodPost, URL: u, Header: http.Header{}, Body: []byte("{}")})
}

// TestUnsent says that nothing was sent only where that is certain.
func TestUnsent(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused := "http://" + l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	closing := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(closing.Close)
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	asks := httptest.NewUnstartedServer(http.NotFoundHandler())
	asks.Config.ErrorLog = log.New(io.Discard, "", 0)
	asks.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS13}
	asks.StartTLS()
	t.Cleanup(asks.Close)
	for name, c := range map[string]struct {
		over   http.RoundTripper
		base   string
		unsent bool
	}{
		"refused":                        {&http.Transport{}, refused, true},
		"unknown authority":              {&http.Transport{}, secure.URL, true},
		"no TLS":                         {&http.Transport{}, "https" + plain.URL[len("http"):], true},
		"closed after the request":       {&http.Transport{}, closing.URL, false},
		"a certificate of ours is asked": {asks.Client().Transport, asks.URL, false}, // the alert comes after the request
	} {
		_, err := send(t.Context(), t, c.over, c.base)
		var cause *transport.Cause
		if !errors.As(err, &cause) || cause.Unsent != c.unsent {
			t.Errorf("%s: unsent %v, want %v: %v", name, cause != nil && cause.Unsent, c.unsent, err)
		}
	}
}
