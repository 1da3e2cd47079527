package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"

	"assay/internal/crash"
)

// limits bound what one client can use of a server.
type limits struct {
	connections int           // open at one time; further ones wait
	header      time.Duration // until the header of a request is read
	request     time.Duration // until the whole request is read
	response    time.Duration // until the response is written
	idle        time.Duration // between two requests
	size        int           // of the header of a request, in bytes
	drain       time.Duration // for requests in progress when the server stops
	hurried     bool          // responses that are delayed on purpose end with the context
}

// defaultLimits are large enough for a load test and small enough to protect the
// machine.
func defaultLimits() limits {
	return limits{
		connections: 512, header: 5 * time.Second, request: 20 * time.Second, response: 3 * time.Minute, idle: time.Minute,
		size: 64 << 10, drain: 500 * time.Millisecond, hurried: true,
	}
}

// contained serves requests. If the handler panics, contained says so on standard error and
// closes the connection without a response; other requests go on.
func (p *program) contained(what string, handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		crashed := crash.Contain(what, func() { handler.ServeHTTP(w, r) })
		if crashed == nil {
			return
		}
		if !errors.Is(crashed, http.ErrAbortHandler) {
			printError(p.stderr, nil, crashed.Error(), "")
		}
		panic(http.ErrAbortHandler)
	})
}

// serve listens and serves requests until stop is called. stop waits for requests in
// progress.
func serve(ctx context.Context, handler http.Handler, address string, within limits) (base string, stop func() error, err error) {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: within.header, ReadTimeout: within.request,
		WriteTimeout: within.response, IdleTimeout: within.idle, MaxHeaderBytes: within.size,
	}
	if within.hurried {
		server.BaseContext = func(net.Listener) context.Context { return ctx }
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(netutil.LimitListener(listener, within.connections)) }()
	return "http://" + listener.Addr().String(), func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), within.drain)
		defer cancel()
		err := server.Shutdown(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			err = server.Close()
		}
		if served := <-done; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
		return err
	}, nil
}
