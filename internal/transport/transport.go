// Package wire turns HTTP into exchanges. Whether a request goes to a
// provider, to a sandbox or to a cassette is the RoundTripper's affair.
package transport

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"assay/internal/contract"
)

// Largest is how many bytes of a response's body are read; no documented response
// comes near. A larger one is an error, never a part of a response.
const Largest = 10 << 20

// Freeze reads a request into a value, its body included, and leaves the
// request as it was.
func Freeze(req *http.Request) (contract.Request, error) {
	frozen := contract.Request{Method: req.Method, URL: req.URL, Header: req.Header.Clone()}
	if req.Body == nil {
		return frozen, nil
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return frozen, fmt.Errorf("wire: reading the request: %w", err)
	}
	if err := req.Body.Close(); err != nil {
		return frozen, fmt.Errorf("wire: reading the request: %w", err)
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	frozen.Body = body
	return frozen, nil
}

// Thaw makes a request of a value again, to be sent once.
func Thaw(ctx context.Context, r contract.Request) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, r.Method, r.URL.String(), bytes.NewReader(r.Body))
	if err != nil {
		return nil, fmt.Errorf("wire: %w", err)
	}
	if r.Header != nil {
		req.Header = r.Header.Clone()
	}
	Once(req)
	return req, nil
}

// Send asks once, follows no redirect and tries nothing twice, whatever the
// method: an order whose response got lost may have been taken.
func Send(ctx context.Context, over http.RoundTripper, r contract.Request) (contract.Exchange, error) {
	ex := contract.Exchange{Request: r}
	req, err := Thaw(ctx, r)
	if err != nil {
		return ex, err
	}
	began := time.Now()
	resp, err := over.RoundTrip(req)
	if err != nil {
		return ex, plain(err)
	}
	defer func() { _ = resp.Body.Close() }() // read to its end or given up
	body, err := io.ReadAll(io.LimitReader(resp.Body, Largest+1))
	if err != nil {
		return ex, fmt.Errorf("wire: the response broke off: %w", err)
	}
	if len(body) > Largest {
		return ex, fmt.Errorf("wire: the response is larger than %d bytes", Largest)
	}
	ex.Response = contract.Response{Status: resp.StatusCode, Header: resp.Header.Clone(), Body: body, Duration: time.Since(began)}
	return ex, nil
}
