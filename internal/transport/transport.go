// Package transport sends a request once and returns the exchange as a value. The
// RoundTripper decides whether the request goes to a provider, a sandbox or a cassette.
//
// Every request of this project leaves through Send, or is prepared by Once: Go's
// net/http repeats some requests by itself, and an order must never be sent twice.
package transport

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"assay/internal/contract"
)

// MaxBody is the largest response body in bytes. No documented response comes near it.
// A larger body is an error; it is never cut.
const MaxBody = 10 << 20

// Freeze copies a request and its body into a value. The request can still be sent.
func Freeze(req *http.Request) (contract.Request, error) {
	frozen := contract.Request{Method: req.Method, URL: req.URL, Header: req.Header.Clone()}
	if req.Body == nil {
		return frozen, nil
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return frozen, fmt.Errorf("transport: reading the request: %w", err)
	}
	if err := req.Body.Close(); err != nil {
		return frozen, fmt.Errorf("transport: reading the request: %w", err)
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	frozen.Body = body
	return frozen, nil
}

// Thaw makes an http.Request of a value. It is prepared to be sent once, see Once.
func Thaw(ctx context.Context, r contract.Request) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, r.Method, r.URL.String(), bytes.NewReader(r.Body))
	if err != nil {
		return nil, fmt.Errorf("transport: %w", err)
	}
	if r.Header != nil {
		req.Header = r.Header.Clone()
	}
	Once(req)
	return req, nil
}

// Send sends a request once. It follows no redirect and repeats nothing, whatever the
// method: if the response is lost, the provider may still have accepted the order.
// Duration is the time until the end of the body.
func Send(ctx context.Context, over http.RoundTripper, r contract.Request) (contract.Exchange, error) {
	ex := contract.Exchange{Request: r}
	req, err := Thaw(ctx, r)
	if err != nil {
		return ex, err
	}
	began := time.Now()
	resp, err := over.RoundTrip(req)
	if err != nil {
		return ex, cmp.Or(interruption(ctx, err), Explain(err))
	}
	defer func() { _ = resp.Body.Close() }() // the body is read, or the error says why not
	body, err := io.ReadAll(io.LimitReader(resp.Body, MaxBody+1))
	if err != nil {
		return ex, cmp.Or(interruption(ctx, err), incomplete(err))
	}
	if len(body) > MaxBody {
		return ex, fmt.Errorf("transport: the response is larger than %d bytes", MaxBody)
	}
	ex.Response = contract.Response{Status: resp.StatusCode, Header: resp.Header.Clone(), Body: body, Duration: time.Since(began)}
	return ex, nil
}
