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

// safe tells whether a request of a method may be sent again: RFC 9110, sections
// 9.2.1 and 9.2.2.
func safe(method string) bool {
	return slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace}, method)
}

// errRetry ends a request that would be sent again.
var errRetry = errors.New("the connection broke, and the request is not sent again")

// again ends a safe request that net/http would send again, unless its connection
// was used before and is gone. Over HTTP/1.1 net/http has no other reason. Over
// HTTP/2 it sends a request without a body again for as long as the server
// responses GOAWAY or REFUSED_STREAM.
func again(ctx context.Context, end context.CancelCauseFunc) context.Context {
	var mu sync.Mutex // hooks are called by goroutines of net/http
	var sent, used bool
	var over net.Conn
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(got httptrace.GotConnInfo) {
			mu.Lock()
			defer mu.Unlock()
			if sent && (!used || over == got.Conn) {
				end(errRetry) // over HTTP/2 nothing leaves for a context that is over
			}
			used, over = got.Reused, got.Conn
		},
		WroteHeaders: func() {
			mu.Lock()
			defer mu.Unlock()
			sent = true
		},
	})
}
