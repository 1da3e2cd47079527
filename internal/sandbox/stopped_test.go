package sandbox_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"assay/internal/openapi"
	"assay/internal/sandbox"
	"assay/specs"
)

// TestNoResponse checks that no client gets a response that the sandbox did not mean: it closes
// the connection of a delayed request when it is stopped, and of a request that breaks off.
func TestNoResponse(t *testing.T) {
	t.Parallel()
	loaded, err := openapi.LoadAll(specs.Files)
	if err != nil {
		t.Fatal(err)
	}
	box, err := sandbox.New(loaded, sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	server := httptest.NewUnstartedServer(box)
	server.Config.BaseContext = func(net.Listener) context.Context { return stopped }
	server.Start()
	defer server.Close()
	for name, request := range map[string]string{
		"a time-out":     "Prefer: fault=timeout\r\nContent-Length: 2\r\n\r\n{}",
		"a delay":        "Prefer: fault=delay\r\nContent-Length: 2\r\n\r\n{}",
		"half a request": "Content-Length: 20\r\n\r\n{}",
	} {
		t.Run(name, func(t *testing.T) {
			var d net.Dialer
			c, err := d.DialContext(t.Context(), "tcp", strings.TrimPrefix(server.URL, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = c.Close() }()
			if _, err := io.WriteString(c, http.MethodPost+" /paytring/api/v2/order/create HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"+request); err != nil {
				t.Fatal(err)
			}
			if err := c.(*net.TCPConn).CloseWrite(); err != nil {
				t.Fatal(err)
			}
			if got, _ := io.ReadAll(c); len(got) > 0 { // a reset is no response either
				t.Errorf("got %q", got)
			}
		})
	}
}
