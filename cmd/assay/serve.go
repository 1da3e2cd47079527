package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"
)

// limits bound what clients can take of a server.
type limits struct {
	connections int           // at a time; more wait to be accepted
	header      time.Duration // for a request's header to come
	request     time.Duration // for the whole request to come
	response    time.Duration // for the response to be taken
	idle        time.Duration // between two requests
	size        int           // bytes of a request's header
	drain       time.Duration // for what has begun to come to its end
}

// bounds are enough for a soak, and too little to be exhausted.
func defaultLimits() limits {
	return limits{
		connections: 512, header: 5 * time.Second, request: 20 * time.Second, response: 3 * time.Minute, idle: time.Minute,
		size: 64 << 10, drain: 5 * time.Second,
	}
}

// serve listens and responses until stop is called, which lets what has begun
// come to its end.
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
