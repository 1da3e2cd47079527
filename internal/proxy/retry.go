package proxy

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"sync"
)

// safe reports whether a method is safe, so that a request may be sent again: RFC 9110,
// sections 9.2.1 and 9.2.2.
func safe(method string) bool {
	return slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace}, method)
}

// errRetry cancels a request that net/http would send again.
var errRetry = errors.New("the connection closed, and assay proxy does not send the request again")

// preventRetry cancels a safe request that net/http would send again, unless it was sent
// over a reused connection that then closed. Over HTTP/1.1 net/http retries for no other
// reason. Over HTTP/2 it retries a request without a body for as long as the server
// responds with GOAWAY or REFUSED_STREAM.
func preventRetry(ctx context.Context, cancel context.CancelCauseFunc) context.Context {
	var mu sync.Mutex // hooks are called by goroutines of net/http
	var sent, reused bool
	var conn net.Conn
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(got httptrace.GotConnInfo) {
			mu.Lock()
			defer mu.Unlock()
			if sent && (!reused || conn == got.Conn) {
				cancel(errRetry) // over HTTP/2 net/http sends nothing after this
			}
			reused, conn = got.Reused, got.Conn
		},
		WroteHeaders: func() {
			mu.Lock()
			defer mu.Unlock()
			sent = true
		},
	})
}
