package transport_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"

	"assay/internal/contract"
	"assay/internal/transport"
)

func request(t *testing.T, url, body string) contract.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-One", "1")
	frozen, err := transport.Freeze(req)
	if err != nil {
		t.Fatal(err)
	}
	left, err := io.ReadAll(req.Body)
	if err != nil || string(left) != body {
		t.Errorf("freezing took the body: %q, %v", left, err)
	}
	return frozen
}

func TestSend(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Two", r.Header.Get("X-One")+r.Method+r.URL.RawQuery)
		w.WriteHeader(http.StatusTeapot)
		_, _ = w.Write(body)
	}))
	defer server.Close()
	r := request(t, server.URL+"/a?b=c", "héllo")
	ex, err := transport.Send(t.Context(), http.DefaultTransport, r)
	if err != nil {
		t.Fatal(err)
	}
	if ex.Response.Status != http.StatusTeapot || string(ex.Response.Body) != "héllo" || ex.Response.Header.Get("X-Two") != "1POSTb=c" {
		t.Errorf("responded %+v", ex.Response)
	}
	ex.Response.Header.Set("X-One", "changed")
	if r.Header.Get("X-One") != "1" {
		t.Error("the caller's headers are shared")
	}
}

// over responses, or fails, without a network.
type over func(*http.Request) (*http.Response, error)

func (o over) RoundTrip(r *http.Request) (*http.Response, error) { return o(r) }

func TestOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		response func() (*http.Response, error)
		says     string
	}{
		"no response": {func() (*http.Response, error) { return nil, syscall.ECONNRESET }, "the connection closed"},
		"reset":       {func() (*http.Response, error) { return reply(io.MultiReader(strings.NewReader("half"), failing{})) }, "closed before the end"},
		"far too big": {func() (*http.Response, error) { return reply(bytes.NewReader(make([]byte, transport.MaxBody+1))) }, "larger than"},
	} {
		asked := 0
		_, err := transport.Send(t.Context(), over(func(*http.Request) (*http.Response, error) { asked++; return c.response() }), request(t, "https://x.example.com", "b"))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
		if asked != 1 {
			t.Errorf("%s: asked %d times", name, asked)
		}
	}
	redirect := over(func(*http.Request) (*http.Response, error) {
		resp, err := reply(strings.NewReader(""))
		resp.StatusCode = http.StatusFound
		resp.Header.Set("Location", "https://elsewhere.example.com")
		return resp, err
	})
	if ex, err := transport.Send(t.Context(), redirect, request(t, "https://x.example.com", "b")); err != nil || ex.Response.Status != http.StatusFound {
		t.Errorf("a redirect is followed: %+v, %v", ex.Response, err)
	}
}

func reply(body io.Reader) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(body)}, nil
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("reset") }

func TestNoBody(t *testing.T) {
	t.Parallel()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://x.example.com", nil)
	if err != nil {
		t.Fatal(err)
	}
	if frozen, err := transport.Freeze(req); err != nil || len(frozen.Body) != 0 || frozen.Method != http.MethodGet {
		t.Errorf("froze %+v, %v", frozen, err)
	}
}
